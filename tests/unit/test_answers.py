"""A value is named as not found when it is named itself, not when a longer one is."""

import pytest

from qbwc_server.services.steps.answers import names

NOT_FOUND = 'There was a required element ("{}") that could not be found in QuickBooks.'


@pytest.mark.parametrize(
    ("value", "said", "is_named"),
    [
        ("CB7K3F9QXM2D", NOT_FOUND.format("CB7K3F9QXM2D"), True),
        ("CB7K3F9QXM2D", NOT_FOUND.format("cb7k3f9qxm2d"), True),
        ("1A-1760000006", "Object 1A-1760000006 could not be found.", True),
        ("1001", "There is no 1001.", True),  # at the end of a sentence
        ("1001", NOT_FOUND.format("10012"), False),
        ("1001", NOT_FOUND.format("A1001"), False),
        ("1001", NOT_FOUND.format("1001-2"), False),
        ("1001", NOT_FOUND.format("1001.2"), False),
        ("1A-1760000006", NOT_FOUND.format("B1A-1760000006"), False),
        ("1001", "There was a required element that could not be found.", False),
    ],
)
def test_the_very_value(value: str, said: str, *, is_named: bool) -> None:
    assert names(said, value) is is_named
