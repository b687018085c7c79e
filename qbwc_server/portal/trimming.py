"""Leaves out of a style sheet what no page can use.

Tabler has rules for hundreds of parts; the portal shows a few, and the rest would be most of what a
first visit loads. It happens at the start, from the templates as they are, so nothing has to be
built or kept in step. The price: a template writes the names of Tabler's classes out, never
`btn-{{ kind }}`.
"""

import re
from collections.abc import Collection, Iterator

_CLASS = re.compile(r"\.((?:[A-Za-z0-9_-]|\\.)+)")
_WORD = re.compile(r"[A-Za-z0-9_/:.-]+")
_TOKEN = re.compile(r"""/\*.*?\*/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]""", re.DOTALL)
# Rules inside these are rules like those outside; what stands in any other @ block is left whole.
_NESTING = ("@media", "@supports", "@layer", "@container")


def words(*texts: str) -> frozenset[str]:
    """List everything in some texts that could be the name of a class."""
    return frozenset(word for text in texts for word in _WORD.findall(text))


def trim(css: str, used: Collection[str]) -> str:
    """Give a style sheet without the rules that need a class that is not used."""
    return "".join(_kept(css, used))


def _kept(css: str, used: Collection[str]) -> Iterator[str]:
    for head, body in _rules(css):
        name = head.lstrip()
        if body is None or (name.startswith("@") and not name.startswith(_NESTING)):
            yield head if body is None else f"{head}{{{body}}}"
        elif name.startswith("@"):
            inner = trim(body, used)
            if inner:
                yield f"{head}{{{inner}}}"
        else:
            selectors = [one for one in _selectors(head) if _can_match(one, used)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Part a style sheet into heads and bodies; a statement such as @charset has no body."""
    start = depth = opened = 0
    for token in _TOKEN.finditer(css):
        match token[0]:
            case "{":
                opened = opened if depth else token.start()
                depth += 1
            case "}":
                depth -= 1
                if depth == 0:
                    yield _bare(css[start:opened]), css[opened + 1 : token.start()]
                    start = token.end()
            case ";" if depth == 0:
                yield _bare(css[start : token.end()]), None
                start = token.end()


def _bare(head: str) -> str:
    return re.sub(r"/\*.*?\*/", "", head, flags=re.DOTALL)


def _selectors(head: str) -> Iterator[str]:
    """Part a list of selectors at the commas that stand in no brackets."""
    depth = start = 0
    for index, character in enumerate(head):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            yield head[start:index]
            start = index + 1
    yield head[start:]


def _can_match(selector: str, used: Collection[str]) -> bool:
    """Say whether all classes that a selector asks for are used.

    What stands in brackets is left out of account: `:not(.x)` asks for no x, `:is(.x,.y)` for one.
    """
    outside, depth = [], 0
    for character in selector:
        depth += character in "(["
        if depth == 0:
            outside.append(character)
        depth -= character in ")]"
    names = (re.sub(r"\\(.)", r"\1", name) for name in _CLASS.findall("".join(outside)))
    return all(name in used for name in names)
