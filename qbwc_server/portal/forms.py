"""What forms have in common."""

from qbwc_server.errors import InvalidInput

NOT_THE_SAME = "The two passwords are not the same. Type both once more."


def problems(wrong: InvalidInput) -> dict[str, str]:
    """Name the wrong fields of a form, with a sentence for each."""
    return {one.pointer.removeprefix("/"): one.sentence for one in wrong.problems}
