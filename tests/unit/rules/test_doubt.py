"""A payment that may have left: who is over, what absence proves, and who has to look at it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core import words
from sync_core.decide import NotExecuted
from sync_core.doubt import (
    AHEAD_MAX,
    CLEAR,
    Asker,
    Clear,
    Doubt,
    Refused,
    Stands,
    Stays,
    Taker,
    asked_from,
    computer,
    is_done,
    is_over,
    judge,
    like_it,
    mark_after,
    too_often,
    waits,
)
from sync_core.receipts import ByHand, Contested, Found, Nowhere, Ours, Receipt
from sync_core.rejection import Cause
from sync_core.wording.notes import CUT_OFF, NOT_LONG_ENOUGH, STILL_AT_WORK

NUMBER = "CB7K3F9QXM2D"
TAKEN = (
    f"Reference # {NUMBER} stands in QuickBooks on a payment that differs: 125.00 from Café Belém. "
    "Please look whether it is this one."
)

# Who is over. The stamp is written by the Web Connector for as long as it is at work.

DESK, BACK_ROOM = 1, 2
NOT_TOLD = None
X = "LOCKED:FRONT-DESK:638678016000000000"
Y = "LOCKED:FRONT-DESK:638678017000000000"


@pytest.mark.parametrize(
    ("began_with", "told", "same_install", "other_install"),
    [
        # Nothing was told of the stamp that it began with.
        (NOT_TOLD, NOT_TOLD, False, False),
        (NOT_TOLD, CLEAR, True, False),
        (NOT_TOLD, X, False, False),
        (NOT_TOLD, Y, False, False),
        # It had none: a Web Connector that does not lock. That it has none now proves nothing,
        # but to the install itself, which cannot call again while it is at work.
        (CLEAR, NOT_TOLD, False, False),
        (CLEAR, CLEAR, True, False),
        (CLEAR, X, False, False),
        (CLEAR, Y, False, False),
        # It had one. Held still, it is at work, unless its own PC calls again with the same.
        (X, NOT_TOLD, False, False),
        (X, CLEAR, True, True),
        (X, X, True, False),
        (X, Y, True, True),
    ],
)
def test_who_is_over(
    began_with: str | None, told: str | None, *, same_install: bool, other_install: bool
) -> None:
    taker = Taker(session_id=10, install_id=DESK, app_lock=began_with)
    locks = {} if told is None else {DESK: told}
    for asks, over in ((DESK, same_install), (BACK_ROOM, other_install)):
        assert is_over(taker, Asker(session_id=11, install_id=asks, locks=locks)) is over
        # A session is never over while it asks.
        assert not is_over(taker, Asker(session_id=10, install_id=asks, locks=locks))


@pytest.mark.parametrize("told", [CLEAR, X, Y])
def test_the_stamp_of_another_install_says_nothing(told: str) -> None:
    taker = Taker(session_id=10, install_id=DESK, app_lock=X)
    asker = Asker(session_id=11, install_id=BACK_ROOM, locks={BACK_ROOM: told})
    assert not is_over(taker, asker)


def test_the_same_stamp_without_a_computer_in_it_may_be_another_pcs() -> None:
    taker = Taker(session_id=10, install_id=DESK, app_lock="1")
    assert not is_over(taker, Asker(session_id=11, install_id=DESK, locks={DESK: "1"}))
    assert is_over(taker, Asker(session_id=11, install_id=DESK, locks={DESK: "2"}))


@pytest.mark.parametrize(
    ("app_lock", "name"),
    [
        (X, "FRONT-DESK"),
        ("LOCKED:FRONT-DESK:", "FRONT-DESK"),
        ("LOCKED:DOMAIN:FRONT-DESK:638678016000000000", "DOMAIN:FRONT-DESK"),
        ("LOCKED::638678016000000000", None),
        ("LOCKED:FRONT-DESK", None),
        ("LOCKED", None),
        ("OPEN:FRONT-DESK:1", None),
        ("1", None),
        ("", None),
    ],
)
def test_the_computer_in_a_stamp(app_lock: str, name: str | None) -> None:
    assert computer(app_lock) == name


@pytest.mark.parametrize(
    ("locks", "leaves_stamps", "done"),
    [
        pytest.param({}, True, False, id="nothing was told of it"),
        pytest.param({BACK_ROOM: CLEAR}, True, True, id="its stamp is clear"),
        pytest.param({BACK_ROOM: CLEAR}, False, False, id="clear, as it is all along"),
        pytest.param({BACK_ROOM: X}, True, False, id="it is at work"),
        pytest.param({DESK: CLEAR}, True, False, id="another's is clear"),
    ],
)
def test_after_a_restore_each_web_connector_must_be_done(
    locks: dict[int, str], *, leaves_stamps: bool, done: bool
) -> None:
    asker = Asker(session_id=11, install_id=DESK, locks=locks)
    assert is_done(BACK_ROOM, asker, leaves_stamps=leaves_stamps) is done
    assert is_done(DESK, asker, leaves_stamps=leaves_stamps)  # it calls, so it is


stamps = st.none() | st.sampled_from([CLEAR, X, Y, "1"])


@given(began_with=stamps, locks=st.dictionaries(st.integers(1, 3), stamps.map(lambda s: s or "")))
def test_who_is_another_install_needs_a_stamp_that_was_there_and_is_not_now(
    began_with: str | None, locks: dict[int, str]
) -> None:
    taker = Taker(session_id=10, install_id=DESK, app_lock=began_with)
    if is_over(taker, Asker(session_id=11, install_id=BACK_ROOM, locks=locks)):
        assert began_with
        assert DESK in locks
        assert locks[DESK] != began_with


# What becomes of it

THERE = Receipt(txn_id="9F-1", reference=NUMBER, total_cents=12_500, customer_name="Café Belém")
SECOND = Receipt(txn_id="A0-1", reference=NUMBER)
LOST = Doubt(found=Nowhere(), is_in_doubt=True, is_proven=True, has_waited=True)
RETRIED = replace(LOST, is_in_doubt=False)
SAID = "QuickBooks found an error when parsing the provided XML text stream."


@pytest.mark.parametrize(
    "doubt",
    [
        LOST,
        RETRIED,
        replace(LOST, is_proven=False, has_waited=False),
        replace(LOST, deleted_wall="", returns=9, refused=SAID),
    ],
)
def test_what_stands_there_stands_whatever_else_is_known(doubt: Doubt) -> None:
    found = Ours((THERE, SECOND))
    assert judge(replace(doubt, found=found), NUMBER) == Stands((THERE, SECOND))


@pytest.mark.parametrize(
    ("doubt", "returns"),
    [
        pytest.param(LOST, 1, id="the first time back from doubt"),
        pytest.param(replace(LOST, returns=1), 2, id="the second time"),
        pytest.param(replace(LOST, refused_whole=True), 0, id="never done, so never lost"),
        pytest.param(replace(LOST, refused_whole=True, returns=2), 2, id="however often before"),
        pytest.param(RETRIED, 0, id="a person said: again"),
        pytest.param(replace(RETRIED, returns=2), 2, id="though it was lost so often"),
        pytest.param(
            replace(RETRIED, refused=SAID), 0, id="though QuickBooks could not read it last time"
        ),
        pytest.param(
            replace(LOST, found=ByHand(THERE), post_anyway=True), 1, id="a person saw what is there"
        ),
        pytest.param(
            replace(RETRIED, found=Contested((THERE,)), post_anyway=True), 0, id="and said: post it"
        ),
        pytest.param(replace(RETRIED, deleted_wall="", post_anyway=True), 0, id="deleted before"),
    ],
)
def test_it_may_be_sent(doubt: Doubt, returns: int) -> None:
    assert judge(doubt, NUMBER) == Clear(returns)


@pytest.mark.parametrize(
    ("doubt", "why"),
    [
        (replace(LOST, is_proven=False), STILL_AT_WORK),
        (replace(LOST, is_proven=False, cut_off="Old PC"), CUT_OFF.format(pc="Old PC")),
        (replace(RETRIED, is_proven=False), STILL_AT_WORK),
        (replace(LOST, is_proven=False, has_waited=False), STILL_AT_WORK),
        (replace(LOST, has_waited=False), NOT_LONG_ENOUGH),
        (replace(RETRIED, has_waited=False), NOT_LONG_ENOUGH),
        (replace(LOST, found=ByHand(THERE), is_proven=False), STILL_AT_WORK),
        (replace(LOST, returns=2, is_proven=False), STILL_AT_WORK),
        (replace(LOST, refused=SAID, is_proven=False), STILL_AT_WORK),
        (replace(RETRIED, post_anyway=True, is_proven=False), STILL_AT_WORK),
        (replace(LOST, found=Contested((THERE,))), TAKEN),
        (
            replace(LOST, found=Contested((THERE,)), is_proven=False),
            TAKEN,
        ),
        (replace(RETRIED, found=Contested((THERE,)), is_proven=False), STILL_AT_WORK),
    ],
)
def test_it_cannot_be_told_yet(doubt: Doubt, why: str) -> None:
    assert judge(doubt, NUMBER) == Stays(why)


@pytest.mark.parametrize(
    ("doubt", "cause", "word"),
    [
        (replace(LOST, found=ByHand(THERE)), Cause.PAID_IN_QUICKBOOKS, "entered in QuickBooks by"),
        (replace(RETRIED, found=ByHand(THERE)), Cause.PAID_IN_QUICKBOOKS, "by hand"),
        (replace(LOST, deleted_wall=""), Cause.POSSIBLE_DUPLICATE, "it was deleted there"),
        # In doubt, a person settles it; said not to be there, it must not wait for ever.
        (replace(RETRIED, found=Contested((THERE,))), Cause.POSSIBLE_DUPLICATE, "that differs"),
        (replace(LOST, refused=SAID), Cause.INVALID, SAID),
        (replace(LOST, refused=SAID, post_anyway=True), Cause.INVALID, SAID),
        (replace(LOST, returns=2), Cause.INVALID, "Three times"),
        (replace(LOST, returns=7), Cause.INVALID, "Three times"),
    ],
)
def test_a_person_has_to_look_at_it(doubt: Doubt, cause: Cause, word: str) -> None:
    verdict = judge(doubt, NUMBER)
    assert isinstance(verdict, Refused)
    assert verdict.rejection.cause is cause
    assert word in verdict.rejection.summary


finds: st.SearchStrategy[Found] = st.sampled_from(
    [Nowhere(), Ours((THERE,)), Ours((THERE, SECOND)), ByHand(THERE), Contested((THERE, SECOND))]
)
doubts = st.builds(
    Doubt,
    found=finds,
    is_in_doubt=st.booleans(),
    is_proven=st.booleans(),
    has_waited=st.booleans(),
    deleted_wall=st.sampled_from([None, ""]),
    returns=st.integers(0, 4),
    refused_whole=st.booleans(),
    refused=st.none() | st.just(SAID),
    post_anyway=st.booleans(),
)


@given(doubts)
def test_nothing_is_sent_before_its_absence_is_proven(doubt: Doubt) -> None:
    verdict = judge(doubt, NUMBER)
    if not isinstance(verdict, Clear):
        return
    assert doubt.is_proven
    assert doubt.has_waited
    assert doubt.post_anyway or (doubt.found == Nowhere() and doubt.deleted_wall is None)
    assert not isinstance(doubt.found, Ours)
    assert verdict.returns in (doubt.returns, doubt.returns + 1)
    assert verdict.returns <= 2 or verdict.returns == doubt.returns


@given(doubts)
def test_nothing_is_said_of_absence_before_it_is_proven(doubt: Doubt) -> None:
    verdict = judge(doubt, NUMBER)
    if not (doubt.is_proven and doubt.has_waited):
        assert isinstance(verdict, Stands | Stays)
    assert isinstance(verdict, Stands) == isinstance(doubt.found, Ours)


@given(doubts)
def test_what_is_not_in_doubt_and_proven_does_not_stay(doubt: Doubt) -> None:
    """Waiting with a note that no action of a person could end would be waiting for ever."""
    if not doubt.is_in_doubt and doubt.is_proven and doubt.has_waited:
        assert not isinstance(judge(doubt, NUMBER), Stays)


@pytest.mark.parametrize(
    ("found", "deleted_wall", "cause", "summary"),
    [
        (Nowhere(), None, None, ""),
        (
            Nowhere(),
            "",
            Cause.POSSIBLE_DUPLICATE,
            f"QuickBooks had a payment with Reference # {NUMBER}; it was deleted there.",
        ),
        (
            Nowhere(),
            "2026-11-21T09:30:00",
            Cause.POSSIBLE_DUPLICATE,
            (
                f"QuickBooks had a payment with Reference # {NUMBER}; it was deleted there on "
                "2026-11-21."
            ),
        ),
        (
            ByHand(replace(THERE, created_wall="2026-11-21T09:30:00")),
            "",
            Cause.PAID_IN_QUICKBOOKS,
            f"A payment with Reference # {NUMBER} was entered in QuickBooks by hand on 2026-11-21.",
        ),
        (
            Contested((THERE, SECOND)),
            None,
            Cause.POSSIBLE_DUPLICATE,
            (
                f"Reference # {NUMBER} stands in QuickBooks on a payment that differs: 125.00 from "
                "Café Belém."
            ),
        ),
        (
            Contested((replace(THERE, reference="1042"),)),
            None,
            Cause.POSSIBLE_DUPLICATE,
            (
                "QuickBooks has a payment of this customer and amount (125.00), entered since, "
                "under another number: 1042."
            ),
        ),
    ],
)
def test_what_is_like_it(
    found: Found, deleted_wall: str | None, cause: Cause | None, summary: str
) -> None:
    rejection = like_it(found, NUMBER, deleted_wall)
    assert (rejection and rejection.cause) == cause
    if rejection is not None:
        assert rejection.summary == summary
        assert words.summary(rejection.cause, rejection.variant, rejection.facts) == summary
        assert rejection.evidence


def test_what_is_like_it_is_shown() -> None:
    rejection = like_it(ByHand(replace(THERE, day=date(2026, 11, 20))), NUMBER, None)
    assert rejection is not None
    assert rejection.evidence == (
        {
            "type": "payment",
            "number": NUMBER,
            "date": "2026-11-20",
            "amount": "125.00",
            "customer": "Café Belém",
            "txn_id": "9F-1",
        },
    )


# Not done, again and again

LOCKED = NotExecuted(
    status_code=3176,
    said="The transaction could not be locked.  It is in use by another user.",
)
NOT_PROCESSED = NotExecuted(status_code=3231, said="The request has not been processed.")
NAMES = {"customer": "Café Belém", "invoices": "2118"}


@pytest.mark.parametrize(
    ("before", "outcome", "cause", "summary"),
    [
        (0, LOCKED, None, ""),
        (3, LOCKED, None, ""),
        (
            4,
            LOCKED,
            Cause.LOCKED,
            (
                "Café Belém or invoice 2118 was in use in QuickBooks by another user at every try "
                "(5 of them)."
            ),
        ),
        (
            4,
            NOT_PROCESSED,
            Cause.INVALID,
            (
                '5 times this payment was not recorded, and QuickBooks said: "The request has not '
                'been processed." (3231).'
            ),
        ),
        (9, NOT_PROCESSED, Cause.INVALID, "5 times this payment was not recorded"),
    ],
)
def test_the_fifth_time_is_the_last(
    before: int, outcome: NotExecuted, cause: Cause | None, summary: str
) -> None:
    rejection = too_often(before, outcome, NAMES)
    assert (rejection and rejection.cause) == cause
    if rejection is not None:
        assert rejection.summary.startswith(summary)
        said = words.summary(rejection.cause, rejection.variant, rejection.facts)
        assert said == rejection.summary
        assert rejection.evidence[0]["said"] == outcome.said
        assert (rejection.status_code, rejection.status_message) == (
            outcome.status_code,
            outcome.said,
        )


@pytest.mark.parametrize(
    ("names", "outcome", "said"),
    [
        (
            NAMES,
            LOCKED,
            (
                "Café Belém or invoice 2118 was in use in QuickBooks by another user just then; "
                "the payment is tried again at the next sync (try 2 of 5)."
            ),
        ),
        (
            {"customer": "Café Belém", "invoices": "2118, 2119"},
            NotExecuted(status_code=3175, said="It is in use."),
            (
                "Café Belém or one of the invoices 2118, 2119 was in use in QuickBooks just then; "
                "the payment is tried again at the next sync (try 2 of 5)."
            ),
        ),
        (
            {"customer": "Café Belém", "invoices": ""},
            LOCKED,
            (
                "Café Belém was in use in QuickBooks by another user just then; the payment is "
                "tried again at the next sync (try 2 of 5)."
            ),
        ),
        (
            {"customer": "Café Belém", "invoices": "1, 2, 3, 4, 5, 6"},
            NotExecuted(status_code=3175, said="It is in use."),
            (
                "Café Belém or one of its 6 invoices was in use in QuickBooks just then; the "
                "payment is tried again at the next sync (try 2 of 5)."
            ),
        ),
        (  # which of its lists QuickBooks does not say
            NAMES,
            NotExecuted(status_code=3170, said="This list has been modified by another user."),
            (
                "Something this payment needs was in use in QuickBooks just then; the payment is "
                "tried again at the next sync (try 2 of 5)."
            ),
        ),
        (NAMES, NOT_PROCESSED, "QuickBooks did not do it: The request has not been processed."),
    ],
)
def test_why_it_waits(names: dict[str, str], outcome: NotExecuted, said: str) -> None:
    assert waits(1, outcome, names) == said


# Up to where the list was read

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seen", "before", "mark"),
    [
        ("2026-11-20T10:00:00", None, "2026-11-20T10:00:00"),
        ("2026-11-20T10:00:00", "2026-11-20T09:00:00", "2026-11-20T10:00:00"),
        ("2026-11-20T09:00:00", "2026-11-20T10:00:00", "2026-11-20T10:00:00"),  # an old one again
        (None, "2026-11-20T10:00:00", "2026-11-20T10:00:00"),
        (None, None, None),
        ("2026-11-21T05:00:00", None, "2026-11-21T05:00:00"),  # Kiritimati
        ("2026-11-21T05:00:01", None, "2026-11-21T05:00:00"),  # nowhere on Earth
        ("2036-01-01T00:00:00", "2026-11-20T10:00:00", "2026-11-21T05:00:00"),
    ],
)
def test_the_mark(seen: str | None, before: str | None, mark: str | None) -> None:
    assert mark_after(seen, before, now=NOW) == mark


walls = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001 - QuickBooks' wall clock
    lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S")
)


@given(walls, walls)
def test_the_mark_never_goes_back_nor_into_the_future(seen: str | None, before: str | None) -> None:
    mark = mark_after(seen, before, now=NOW)
    limit = (NOW + AHEAD_MAX).strftime("%Y-%m-%dT%H:%M:%S")
    assert (mark is None) == (seen is None and before is None)
    assert mark is None or before is None or mark >= before
    assert mark is None or mark <= max(limit, before or "")
    assert mark is None or mark in (seen, before, limit)


@pytest.mark.parametrize(
    ("mark", "asked"),
    [
        ("2026-11-20T10:00:00", "2026-11-20T09:00:00"),
        ("2026-11-20T00:30:00", "2026-11-19T23:30:00"),
        (None, None),
        # What no PC's clock can have shown: the whole list.
        ("2026-13-45T10:00:00", None),
        ("0000-00-00T00:00:00", None),
        ("0001-01-01T00:30:00", None),
    ],
)
def test_what_is_asked_for_again(mark: str | None, asked: str | None) -> None:
    assert asked_from(mark) == asked


@given(st.datetimes(datetime(1, 1, 2)))  # noqa: DTZ001 - QuickBooks' wall clock
def test_an_hour_is_asked_for_again(moment: datetime) -> None:
    mark = moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    asked = asked_from(mark)
    assert asked is not None
    assert datetime.fromisoformat(asked.rjust(19, "0")) == datetime.fromisoformat(mark) - timedelta(
        hours=1
    )
