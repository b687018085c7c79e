"""Sentences with facts in them: a small language for the tables of words.

`{name}` stands for a fact. [A part in brackets] is left out when a fact directly in it has no
value; in [one|another] the first whole one is said. A phrase itself is such a part: what lacks a
fact is not said at all. Nothing here knows what the sentences are about.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

Show = Callable[[str, str], str]  # a fact's name and value, to how a reader is shown it
Forms = tuple[str, str]  # of one, and of several or none

_TOKEN = re.compile(r"\{\w+\}|[\[\]|]|[^\[\]|{}]+")


def as_is(_name: str, value: str) -> str:
    """Show a fact as it is written."""
    return value


@dataclass(frozen=True, slots=True)
class _Fact:
    name: str


@dataclass(frozen=True, slots=True)
class _Choice:
    branches: tuple[tuple["str | _Fact | _Choice", ...], ...]


def fill(phrase: str, facts: Mapping[str, str]) -> str:
    """Say a phrase; "" when no whole alternative is left. A value is never read as a phrase.

    A full stop that follows a value ending in one is said once ("Acme Inc.").
    """
    return _say(_parsed(phrase), facts) or ""


def count_of(forms: Forms, count: int, facts: Mapping[str, str] | None = None) -> str:
    """Say a phrase in the form that goes with a number; in it {count} is the number."""
    return fill(forms[count != 1], {"count": f"{count:,}", **(facts or {})})


def plain(said: str) -> str:
    """Say it where nothing can be set in bold: without the ** around words."""
    return said.replace("**", "")


def quoted(said: str) -> str:
    """Say steps in plain text: menus and buttons between quotation marks instead of **."""
    return re.sub(r"\*\*(.+?)\*\*", r'"\1"', said)


def names(phrase: str) -> frozenset[str]:
    """List the facts that a phrase can name."""
    return frozenset(re.findall(r"\{(\w+)\}", phrase))


def shown(facts: Mapping[str, str], show: Show) -> dict[str, str]:
    """Keep the facts that have a value, as a reader is shown them, each on one line."""
    lines = {
        name: " ".join(show(name, value).split()) for name, value in facts.items() if value.strip()
    }
    return {name: line for name, line in lines.items() if line}


@cache
def _parsed(phrase: str) -> _Choice:
    return _choice(iter(_TOKEN.findall(phrase)))


def _choice(tokens: Iterator[str]) -> _Choice:
    """Read up to the bracket that closes, or the end."""
    branches: list[list[str | _Fact | _Choice]] = [[]]
    for token in tokens:
        if token == "]":  # noqa: S105 - a bracket
            break
        if token == "|":  # noqa: S105 - a bar
            branches.append([])
        elif token == "[":  # noqa: S105 - a bracket
            branches[-1].append(_choice(tokens))
        else:
            branches[-1].append(_Fact(token[1:-1]) if token.startswith("{") else token)
    return _Choice(tuple(tuple(branch) for branch in branches))


def _say(choice: _Choice, facts: Mapping[str, str]) -> str | None:
    return next(
        (said for branch in choice.branches if (said := _joined(branch, facts)) is not None), None
    )


def _joined(pieces: tuple[str | _Fact | _Choice, ...], facts: Mapping[str, str]) -> str | None:
    said = ""
    for piece in pieces:
        if isinstance(piece, _Fact):
            if piece.name not in facts:
                return None
            text = facts[piece.name]
        else:
            text = piece if isinstance(piece, str) else _say(piece, facts) or ""
        said += text[1:] if text.startswith(".") and said.endswith((".", "!", "?")) else text
    return said
