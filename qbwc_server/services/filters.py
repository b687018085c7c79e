"""What a person looks for in a list: words of an address, read with limits. Knows no list."""

from collections.abc import Collection, Mapping

from qbwc_server.errors import InvalidInput, Problem
from sync_core.names import plain


def word(given: Mapping[str, str], name: str, allowed: Collection[str]) -> str | None:
    """Read one of some words; a blank says nothing.

    Raises:
        InvalidInput: it is another word.
    """
    said = given.get(name, "")
    if said and said not in allowed:
        sentence = f"This must be one of {', '.join(allowed)}, or be left out."
        raise InvalidInput((Problem(f"/{name}", sentence),))
    return said or None


def yes_or_no(given: Mapping[str, str], name: str) -> bool | None:
    """Read yes or no; a blank says nothing.

    Raises:
        InvalidInput: it is another word.
    """
    said = word(given, name, ("yes", "no"))
    return None if said is None else said == "yes"


def beginning(given: Mapping[str, str], name: str, length_max: int) -> str:
    """Read how a name or number begins, as names are compared; a blank says nothing.

    Raises:
        InvalidInput: no name is so long.
    """
    said = plain(given.get(name, ""))
    if len(said) > length_max:
        sentence = f"QuickBooks has no more than {length_max} characters here; type fewer."
        raise InvalidInput((Problem(f"/{name}", sentence),))
    return said
