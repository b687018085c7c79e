"""`python -m scripts.draw`: what the documentation takes from the tables.

The state diagrams of docs/exactly-once.md, between their marks, and the whole of docs/causes.md and
docs/connection-problems.md. A test sees that they are as the tables say.
"""

import re
import sys
from pathlib import Path

from scripts import causes, troubles
from sync_core.lifecycle import MOVES, Mover
from sync_core.session import OPEN, TABLE, State

_DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = _DOCS / "exactly-once.md"
CAUSES = _DOCS / "causes.md"
TROUBLES = _DOCS / "connection-problems.md"
_MARKED = "<!-- drawn: {name} -->\n{body}<!-- end of {name} -->"


def payment() -> str:
    """Draw the life of a payment: who may move it where."""
    lines = []
    for (source, target), movers in MOVES.items():
        named = ", ".join(str(mover).replace("_", " ") for mover in Mover if mover in movers)
        lines.append(f"    {source or '[*]'} --> {target}: {named}")
    return _diagram(lines)


def session() -> str:
    """Draw a session: what each call of the Web Connector makes of it.

    Calls that leave it as it is are left out; what is over stays over.
    """
    calls: dict[tuple[State, State, bool], list[str]] = {}
    for (before, call), reaction in TABLE.items():
        if before in OPEN and reaction.after is not before:
            calls.setdefault((before, reaction.after, reaction.doubt), []).append(call)
    lines = [f"    [*] --> {State.READY}: authenticate"]
    lines += [
        f"    {before} --> {after}: {', '.join(named)}{' (doubt)' if doubt else ''}"
        for (before, after, doubt), named in calls.items()
    ]
    # What is handed out or answered decides these; see Reaction.
    lines += [
        f"    {State.READY} --> {State.READY}: connectionError, answered with the file to try once",
        f"    {State.READING} --> {State.FAILED}: sendRequestXML, once a list goes on",
        f"    {State.READY} --> {State.READING}: a message set that reads is handed out",
        f"    {State.READY} --> {State.WRITING}: a message set that writes is handed out",
        f"    {State.READY} --> {State.DONE}: 100 is answered",
        f"    {State.READY} --> {State.FAILED}: -1 is answered",
    ]
    return _diagram(lines)


def drawn(text: str) -> str:
    """Give a page with its diagrams as they must be."""
    for name, body in (("payment", payment()), ("session", session())):
        found = re.findall(_MARKED.format(name=name, body="(?s:.*?)"), text)
        if len(found) != 1:
            raise ValueError(f"docs/exactly-once.md has {len(found)} places for {name}")
        text = text.replace(found[0], _MARKED.format(name=name, body=body))
    return text


def _diagram(lines: list[str]) -> str:
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])


def main() -> int:
    """Draw the diagrams and write the pages of causes and of connection problems."""
    before = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(drawn(before), encoding="utf-8")
    CAUSES.write_text(causes.page(), encoding="utf-8")
    TROUBLES.write_text(troubles.page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
