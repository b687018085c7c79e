"""Are these our books? What the stamps in a company file prove, and which qbXML it speaks."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml.fields import parse_version
from sync_core.same_books import VERSION_MAX, VERSION_MIN, Books, Stamp, judge, negotiate

OFFICE = Stamp("{6F1C2A34-0B5D-4E7F-8A9B-0C1D2E3F4A5B}", "{90E8B3AC-11D2-4C3B-9E1F-AA00BB11CC22}")
LAPTOP = Stamp("{A1111111-0000-4000-8000-000000000001}", "{B2222222-0000-4000-8000-000000000002}")
RETIRED = Stamp("{C3333333-0000-4000-8000-000000000003}", "{D4444444-0000-4000-8000-000000000004}")
ELSEWHERE = "{EEEEEEEE-0000-4000-8000-00000000000E}"


def stamped(*stamps: Stamp) -> dict[str, str]:
    return {stamp.owner_id: stamp.file_id for stamp in stamps}


# The first call carries the caller's own stamp alone; CompanyQuery asks for all of them.


@pytest.mark.parametrize(
    ("found", "asked_all", "books"),
    [
        pytest.param(stamped(OFFICE), False, Books.OURS, id="its stamp is there"),
        pytest.param(stamped(OFFICE), True, Books.OURS, id="the same when asked for"),
        pytest.param({}, False, Books.UNPROVEN, id="not told: ask"),
        pytest.param({}, True, Books.OTHER, id="asked, and it is not there"),
        pytest.param({OFFICE.owner_id: ELSEWHERE}, False, Books.OTHER, id="another stamp"),
        pytest.param({OFFICE.owner_id: ELSEWHERE}, True, Books.OTHER, id="another, asked for"),
        pytest.param({OFFICE.owner_id: ""}, False, Books.UNPROVEN, id="unreadable: ask"),
        pytest.param({OFFICE.owner_id: ""}, True, Books.OTHER, id="asked, and it is empty"),
        pytest.param(stamped(LAPTOP), False, Books.UNPROVEN, id="somebody else's: ask for ours"),
        pytest.param(stamped(LAPTOP), True, Books.OTHER, id="somebody else's alone"),
        pytest.param(
            {OFFICE.owner_id: LAPTOP.file_id}, True, Books.OTHER, id="the right FileID elsewhere"
        ),
    ],
)
def test_an_install_that_has_proven_itself(
    found: dict[str, str], *, asked_all: bool, books: Books
) -> None:
    verdict = judge(
        OFFICE, proven_before=True, proven_others=[LAPTOP], found=found, asked_all=asked_all
    )
    assert verdict is books


@pytest.mark.parametrize(
    ("found", "asked_all", "books"),
    [
        pytest.param(stamped(OFFICE), False, Books.UNPROVEN, id="the first call alone: ask"),
        pytest.param(stamped(OFFICE), True, Books.OURS, id="its stamp is there"),
        pytest.param({}, False, Books.UNPROVEN, id="not told: ask"),
        pytest.param({}, True, Books.OTHER, id="not stamped"),
        pytest.param({OFFICE.owner_id: ELSEWHERE}, True, Books.OTHER, id="another stamp"),
    ],
)
def test_the_first_install_of_a_company(
    found: dict[str, str], *, asked_all: bool, books: Books
) -> None:
    verdict = judge(OFFICE, proven_before=False, proven_others=[], found=found, asked_all=asked_all)
    assert verdict is books


@pytest.mark.parametrize(
    ("found", "asked_all", "books"),
    [
        pytest.param(stamped(LAPTOP), False, Books.UNPROVEN, id="its own stamp proves nothing yet"),
        pytest.param(
            stamped(LAPTOP, OFFICE), False, Books.UNPROVEN, id="not before all were asked for"
        ),
        pytest.param(stamped(LAPTOP, OFFICE), True, Books.OURS, id="beside the first one's"),
        pytest.param(stamped(LAPTOP), True, Books.OTHER, id="without the first one's: other books"),
        pytest.param(stamped(OFFICE), True, Books.OTHER, id="only the first one's"),
        pytest.param(
            {**stamped(LAPTOP), OFFICE.owner_id: ELSEWHERE},
            True,
            Books.OTHER,
            id="beside another stamp of the first one",
        ),
        pytest.param(
            {LAPTOP.owner_id: ELSEWHERE, **stamped(OFFICE)},
            True,
            Books.OTHER,
            id="stamped by somebody else",
        ),
    ],
)
def test_a_second_install_needs_the_first_ones_stamp(
    found: dict[str, str], *, asked_all: bool, books: Books
) -> None:
    verdict = judge(
        LAPTOP, proven_before=False, proven_others=[OFFICE], found=found, asked_all=asked_all
    )
    assert verdict is books


@pytest.mark.parametrize(
    ("found", "books"),
    [
        pytest.param(stamped(LAPTOP, OFFICE, RETIRED), Books.OURS, id="all of them"),
        pytest.param(stamped(LAPTOP, RETIRED), Books.OURS, id="a retired pair still proves"),
        pytest.param(stamped(LAPTOP), Books.OTHER, id="none of them"),
        pytest.param(
            {**stamped(LAPTOP, RETIRED), OFFICE.owner_id: ELSEWHERE},
            Books.OTHER,
            id="one proves, one contradicts",
        ),
    ],
)
def test_a_third_install_needs_one_and_no_contradiction(
    found: dict[str, str], books: Books
) -> None:
    verdict = judge(
        LAPTOP,
        proven_before=False,
        proven_others=[OFFICE, RETIRED],
        found=found,
        asked_all=True,
    )
    assert verdict is books


@pytest.mark.parametrize(
    ("found", "books"),
    [
        pytest.param(stamped(LAPTOP, RETIRED), Books.OURS, id="its stamp is there"),
        pytest.param(stamped(LAPTOP), Books.ASK, id="the file is from before all that was proven"),
        pytest.param(
            {**stamped(LAPTOP), RETIRED.owner_id: ELSEWHERE}, Books.OTHER, id="contradicted"
        ),
        pytest.param({}, Books.OTHER, id="not stamped at all"),
    ],
)
def test_a_person_is_asked_where_nobody_is_left_to_prove_it(
    found: dict[str, str], books: Books
) -> None:
    verdict = judge(
        LAPTOP,
        proven_before=False,
        proven_others=[RETIRED],
        found=found,
        asked_all=True,
        others_in_use=False,
    )
    assert verdict is books


WRITINGS = [str.lower, str.upper, lambda guid: guid.strip("{}"), lambda guid: f" {guid}\n"]


@pytest.mark.parametrize("owner", WRITINGS)
@pytest.mark.parametrize("file", WRITINGS)
def test_case_and_braces_make_no_other_books(
    owner: Callable[[str], str], file: Callable[[str], str]
) -> None:
    found = {owner(stamp.owner_id): file(stamp.file_id) for stamp in (OFFICE, LAPTOP)}
    verdict = judge(
        LAPTOP, proven_before=False, proven_others=[OFFICE], found=found, asked_all=True
    )
    assert verdict is Books.OURS


guids = st.uuids().map(lambda guid: f"{{{guid}}}")


@given(
    found=st.dictionaries(guids, guids, max_size=4),
    proven_before=st.booleans(),
    asked_all=st.booleans(),
)
def test_without_the_right_stamp_no_books_are_ours(
    found: dict[str, str], *, proven_before: bool, asked_all: bool
) -> None:
    verdict = judge(
        OFFICE,
        proven_before=proven_before,
        proven_others=[LAPTOP],
        found=found,
        asked_all=asked_all,
    )
    assert verdict is not Books.OURS


# The version


@pytest.mark.parametrize(
    ("supported", "version"),
    [
        (["1.0", "1.1", "2.0", "9.0", "10.0", "11.0", "12.0", "13.0"], "13.0"),
        (["13.0", "14.0", "15.0", "16.0"], "13.0"),
        (["16.0"], "13.0"),  # a newer QuickBooks reads what is older
        (["10.0", "11.0"], "11.0"),
        (["12.0", "2.0", "11.0"], "12.0"),
        (["10.0"], "10.0"),
        (["9.0"], None),
        (["1.0", "2.0", "8.0", "9.0"], None),
        ([], None),
        (["CA3.0"], None),
        (["CA2.0", "CA3.0", "UK2.0", "6.0", "12.0", "13.0"], "13.0"),
        ([" 13.0 "], "13.0"),
        (["13"], "13.0"),
        (["", "x", "\u0661\u0663.0", "-13.0", "13.", "twelve"], None),
        (["12.10", "11.0"], "11.0"),  # no qbXML is called that
    ],
)
def test_the_newest_version_that_both_know(supported: list[str], version: str | None) -> None:
    assert negotiate(supported) == version


@given(
    st.lists(
        st.from_regex(r"(CA|UK)?[0-9]{1,4}(\.[0-9]{0,3})?", fullmatch=True) | st.text(max_size=6),
        max_size=6,
    )
)
def test_only_a_version_that_we_speak_is_chosen(supported: list[str]) -> None:
    version = negotiate(supported)
    if version is not None:
        assert VERSION_MIN <= parse_version(version) <= VERSION_MAX
