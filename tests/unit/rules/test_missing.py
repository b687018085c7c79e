"""Why is invoice 1042 missing? From what is known of it to the sentences people read."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.missing import (
    Customer,
    Entry,
    Facts,
    Question,
    explain,
)
from sync_core.reason import Reason
from sync_core.wording.missing import SENTENCES

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
KERN = Customer(list_id="80000001-1", name="Kern")
OPEN = Entry(
    txn_id="6-1",
    number="1042",
    customer_list_id=KERN.list_id,
    customer_name="Kern",
    day=date(2026, 10, 31),
    total_cents=12500,
    balance_cents=12500,
)
PAID = replace(OPEN, txn_id="6-2", is_paid=True, balance_cents=0)
VOIDED = replace(PAID, txn_id="6-3", is_voided=True, total_cents=0)
PENDING = replace(OPEN, txn_id="6-4", is_pending=True)
OLD = replace(OPEN, txn_id="6-5", is_hidden=True)
DELETED = replace(OPEN, txn_id="6-6", deleted_wall="2026-11-19T16:20:00")
CHARGE = replace(OPEN, txn_id="6-7", is_charge=True, is_known=False)
KITCHEN = replace(OPEN, txn_id="6-8", customer_list_id="80000002-1", customer_name="Kern:Kitchen")
ABBOTT = replace(OPEN, txn_id="6-9", customer_list_id="80000009-1", customer_name="Abbott")
TOLD = replace(OPEN, txn_id="6-10", is_known=False)

NOBODY_KNOWS = Facts(number="1042", customer=KERN, read_at=NOON, sync_from=date(2026, 1, 1))


def of(*entries: Entry, **more: Any) -> Facts:
    """Kern misses invoice 1042, and these are the ones with that number."""
    return replace(NOBODY_KNOWS, entries=entries, **more)


def told(*found: Entry) -> Question:
    """QuickBooks was asked and has answered."""
    return Question(sent_at=MORNING, answered_at=MORNING, found=found)


@pytest.mark.parametrize(
    ("facts", "reason", "summary"),
    [
        pytest.param(
            of(OPEN),
            Reason.HERE_AND_OPEN,
            "Invoice 1042 of 2026-10-31 is here and open, with 125.00 due. If Kern does not see "
            "it, look at the customer's rights on the payment site.",
            id="it is there",
        ),
        pytest.param(
            of(KITCHEN),
            Reason.HERE_AND_OPEN,
            "Invoice 1042 of 2026-10-31 is here and open, with 125.00 due. It stands under "
            "Kern:Kitchen. If Kern does not see it, look at the customer's rights on the payment "
            "site.",
            id="under a job of the customer",
        ),
        pytest.param(
            of(OPEN, customer=replace(KERN, is_mapped=False)),
            Reason.NO_MAPPING,
            "Kern is not linked to a customer of the payment site, so none of its invoices are "
            "shown there. Link it, then look again.",
            id="nobody over there is this customer",
        ),
        pytest.param(
            of(customer=replace(KERN, is_gone=True)),
            Reason.CUSTOMER_GONE,
            "Kern is no longer in QuickBooks: it was deleted, or merged into another customer.",
            id="the customer is gone",
        ),
        pytest.param(
            of(ABBOTT, customer=replace(KERN, is_gone=True)),
            Reason.CUSTOMER_GONE,
            "Kern is no longer in QuickBooks: it was deleted, or merged into another customer. "
            "Invoice 1042 stands under Abbott.",
            id="merged away, and this is where the invoice went",
        ),
        pytest.param(
            of(OLD),
            Reason.BEFORE_SYNC_FROM,
            "Invoice 1042 is dated 2026-10-31, before the Sync From Date 2026-01-01, so it is not "
            "shown. To show it, move the Sync From Date back and press Update Selected.",
            id="too old to be shown",
        ),
        pytest.param(
            of(replace(PAID, is_hidden=True)),
            Reason.BEFORE_SYNC_FROM,
            "Invoice 1042 is dated 2026-10-31, before the Sync From Date 2026-01-01, so it is not "
            "shown. Nothing is due on it either.",
            id="too old, and nobody has to move the date for it",
        ),
        pytest.param(
            of(PAID),
            Reason.NO_OPEN_BALANCE,
            "Invoice 1042 of 2026-10-31 is paid in full in QuickBooks, so nothing is due on it.",
            id="paid",
        ),
        pytest.param(
            of(VOIDED),
            Reason.NO_OPEN_BALANCE,
            "Invoice 1042 of 2026-10-31 was voided in QuickBooks, so nothing is due on it.",
            id="voided",
        ),
        pytest.param(
            of(replace(PAID, total_cents=0)),
            Reason.NO_OPEN_BALANCE,
            "Invoice 1042 of 2026-10-31 comes to 0.00 in QuickBooks, so nothing is due on it.",
            id="over nothing",
        ),
        pytest.param(
            of(OPEN, customer=replace(KERN, is_active=False)),
            Reason.CUSTOMER_INACTIVE,
            "Kern is inactive in QuickBooks, so invoice 1042 of 2026-10-31 is not shown. To show "
            "it, make the customer active there and press Update Selected.",
            id="an inactive customer",
        ),
        pytest.param(
            of(replace(KITCHEN, is_customer_active=False)),
            Reason.CUSTOMER_INACTIVE,
            "Kern:Kitchen is inactive in QuickBooks, so invoice 1042 of 2026-10-31 is not shown. "
            "To show it, make the customer active there and press Update Selected.",
            id="an inactive job",
        ),
        pytest.param(
            of(PENDING),
            Reason.PENDING,
            "Invoice 1042 of 2026-10-31 is marked as pending, so nothing is due on it yet. In "
            "QuickBooks open the invoice and choose Edit > Mark Invoice as Final (older: Mark As "
            "Final), then press Update Selected.",
            id="not final",
        ),
        pytest.param(
            of(DELETED, question=told()),
            Reason.DELETED,
            "Invoice 1042 was deleted in QuickBooks on 2026-11-19.",
            id="deleted",
        ),
        pytest.param(
            of(replace(DELETED, replaced_by=replace(OPEN, number="1042-B", day=None))),
            Reason.DELETED,
            "Invoice 1042 was deleted in QuickBooks on 2026-11-19. It was entered anew as invoice "
            "1042-B.",
            id="entered anew, and its number changed since",
        ),
        pytest.param(
            of(replace(DELETED, deleted_wall="", replaced_by=ABBOTT), ABBOTT),
            Reason.DELETED,
            "Invoice 1042 was deleted in QuickBooks. It was entered anew as invoice 1042 of "
            "2026-10-31, under Abbott.",
            id="entered anew, and moved since",
        ),
        pytest.param(
            of(DELETED),
            Reason.DELETED,
            "Invoice 1042 was deleted in QuickBooks on 2026-11-19. The next sync asks QuickBooks "
            "whether there is another one.",
            id="deleted, but an older one may have its number",
        ),
        pytest.param(
            of(ABBOTT),
            Reason.OTHER_CUSTOMER,
            "Invoice 1042 of 2026-10-31 stands under Abbott in QuickBooks, not under Kern. The "
            "next sync asks QuickBooks whether Kern has one too.",
            id="somebody else's, as far as we know",
        ),
        pytest.param(
            of(ABBOTT, replace(ABBOTT, customer_name="Zoe"), question=told()),
            Reason.OTHER_CUSTOMER,
            "Invoice 1042 of 2026-10-31 stands under Abbott and Zoe in QuickBooks, not under Kern.",
            id="two others have the number",
        ),
        pytest.param(
            of(question=told(replace(CHARGE, customer_name="Abbott", customer_list_id="9"))),
            Reason.OTHER_CUSTOMER,
            "Statement charge 1042 of 2026-10-31 stands under Abbott in QuickBooks, not under "
            "Kern.",
            id="somebody else's statement charge",
        ),
        pytest.param(
            of(question=told(CHARGE)),
            Reason.STATEMENT_CHARGE,
            "1042 is a statement charge in QuickBooks, dated 2026-10-31, over 125.00, not an "
            "invoice. Statement charges are not shown; only an invoice can be paid online.",
            id="no invoice at all",
        ),
        pytest.param(
            of(question=told(replace(OLD, is_known=False))),
            Reason.BEFORE_SYNC_FROM,
            "Invoice 1042 is dated 2026-10-31, before the Sync From Date 2026-01-01, so it is not "
            "shown. To show it, move the Sync From Date back and press Update Selected.",
            id="too old to have been imported: QuickBooks said so",
        ),
        pytest.param(
            of(question=told(TOLD)),
            Reason.NOT_IMPORTED_SINCE,
            "Invoice 1042 of 2026-10-31 is in QuickBooks and was not imported yet. Press Update "
            "Selected.",
            id="the Sync From Date was moved back and no sync came since",
        ),
        pytest.param(
            of(),
            Reason.NOT_IMPORTED_SINCE,
            "Invoice 1042 was not among the invoices of QuickBooks when they were last read to "
            "their end, at 2026-11-20 12:00 UTC. If it was entered since, press Update Selected. "
            "The next sync asks QuickBooks for exactly this number.",
            id="nobody knows it",
        ),
        pytest.param(
            of(read_at=None),
            Reason.NOT_IMPORTED_SINCE,
            "The invoices of QuickBooks have not been read to their end yet, and 1042 was not "
            "among those read. Press Update Selected. The next sync asks QuickBooks for exactly "
            "this number.",
            id="before the first import",
        ),
        pytest.param(
            of(question=told()),
            Reason.NOT_IMPORTED_SINCE,
            "QuickBooks had no invoice and no statement charge 1042 when it was asked, at "
            "2026-11-20 09:30 UTC. If it was entered since, press Update Selected.",
            id="QuickBooks has none",
        ),
        pytest.param(
            of(question=Question(answered_at=MORNING)),
            Reason.NOT_IMPORTED_SINCE,
            "QuickBooks had no invoice and no statement charge 1042 when it was asked, at "
            "2026-11-20 09:30 UTC. If it was entered since, press Update Selected. The next sync "
            "asks QuickBooks for exactly this number.",
            id="QuickBooks had none yesterday",
        ),
        pytest.param(
            of(question=Question(sent_at=MORNING)),
            Reason.NOT_IMPORTED_SINCE,
            "Invoice 1042 was not among the invoices of QuickBooks when they were last read to "
            "their end, at 2026-11-20 12:00 UTC. QuickBooks was asked for this number at "
            "2026-11-20 09:30 UTC and did not say. If it was entered since, press Update Selected.",
            id="QuickBooks did not answer",
        ),
    ],
)
def test_why(facts: Facts, reason: Reason, summary: str) -> None:
    answer = explain(facts)
    assert (answer.reason, answer.summary) == (reason, summary)


@pytest.mark.parametrize(
    ("entries", "meant"),
    [
        pytest.param((PAID, OPEN), OPEN, id="the open one"),
        pytest.param((OPEN, KITCHEN), OPEN, id="the customer's own before a job's"),
        pytest.param((PAID, KITCHEN), KITCHEN, id="a job's open one before a paid one"),
        pytest.param((ABBOTT, PAID), PAID, id="the family's before anybody else's"),
        pytest.param((DELETED, PAID), PAID, id="one that is there before one that was deleted"),
        pytest.param((OLD, VOIDED), VOIDED, id="what is nearer to being seen"),
        pytest.param(
            (PAID, replace(PAID, txn_id="6-11", day=date(2026, 11, 1))),
            replace(PAID, txn_id="6-11", day=date(2026, 11, 1)),
            id="the later one",
        ),
        pytest.param(
            (DELETED, replace(DELETED, txn_id="6-12", deleted_wall="")),
            DELETED,
            id="of two that were deleted, the one of which we know when",
        ),
    ],
)
def test_which_one_is_meant(entries: tuple[Entry, ...], meant: Entry) -> None:
    assert explain(of(*entries)).entry == meant
    assert explain(of(*reversed(entries))).entry == meant


def test_what_was_imported_since_is_believed_before_what_quickbooks_once_said() -> None:
    once = replace(TOLD, txn_id=PAID.txn_id)
    assert explain(of(PAID, question=told(once))).reason is Reason.NO_OPEN_BALANCE


@pytest.mark.parametrize(
    ("facts", "asks"),
    [
        (of(OPEN), False),
        (of(PAID), False),
        (of(KITCHEN), False),
        (of(OPEN, customer=replace(KERN, is_mapped=False)), False),
        (of(customer=replace(KERN, is_gone=True)), False),
        (of(replace(DELETED, replaced_by=ABBOTT)), False),
        (of(DELETED), True),
        (of(ABBOTT), True),
        (of(), True),
        (of(question=told(CHARGE)), True),  # it may be deleted by now
        (of(PAID, question=told(CHARGE)), False),
    ],
)
def test_quickbooks_is_asked_for_what_the_tables_do_not_have(facts: Facts, *, asks: bool) -> None:
    assert explain(facts).asks is asks


def test_many_others_are_not_all_named() -> None:
    others = [replace(ABBOTT, customer_name=name) for name in ("Abbott", "Bea", "Cy", "Dee")]
    assert "under Abbott, Bea, Cy and others in" in explain(of(*others)).summary


def test_an_answer_of_quickbooks_is_kept_as_it_is() -> None:
    for entry in (TOLD, CHARGE, replace(TOLD, day=None, customer_name=None, is_voided=True)):
        assert Entry.of(entry.as_json()) == entry


def test_every_reason_has_its_sentences() -> None:
    assert {reason for reason, _ in SENTENCES} == set(Reason)


entries = st.builds(
    Entry,
    txn_id=st.sampled_from("abcdef"),
    number=st.just("1042"),
    customer_list_id=st.sampled_from([KERN.list_id, "80000002-1", "80000009-1", None]),
    customer_name=st.sampled_from(["Kern", "Kern:Kitchen", "Abbott", None]),
    day=st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    total_cents=st.none() | st.sampled_from([0, 12500]),
    balance_cents=st.none() | st.sampled_from([0, 12500]),
    is_charge=st.booleans(),
    is_paid=st.booleans(),
    is_pending=st.booleans(),
    is_voided=st.booleans(),
    is_known=st.booleans(),
    is_customer_active=st.booleans(),
    deleted_wall=st.none() | st.sampled_from(["", "2026-11-19T16:20:00"]),
)


@given(
    st.builds(
        Facts,
        number=st.just("1042"),
        customer=st.builds(
            Customer,
            list_id=st.just(KERN.list_id),
            name=st.just("Kern"),
            is_active=st.booleans(),
            is_gone=st.booleans(),
            is_mapped=st.booleans(),
        ),
        entries=st.lists(entries, max_size=4),
        question=st.none()
        | st.builds(
            Question,
            sent_at=st.none() | st.just(MORNING),
            answered_at=st.none() | st.just(MORNING),
            found=st.lists(entries, max_size=3).map(tuple),
        ),
        read_at=st.none() | st.just(NOON),
        sync_from=st.none() | st.just(date(2026, 1, 1)),
    )
)
def test_whatever_is_known_it_is_said_in_whole_sentences(facts: Facts) -> None:
    said = explain(facts).summary
    assert re.fullmatch(r"[A-Z0-9].*\.", said)
    assert not re.search(r"None|[][{}]|\s\s|\s[.,]|,\.", said)
    assert len(said) < 400


@given(st.lists(entries, max_size=5))
def test_here_and_open_is_said_of_nothing_else(found: list[Entry]) -> None:
    answer = explain(of(*found))
    if answer.reason is Reason.HERE_AND_OPEN:
        entry = answer.entry
        assert entry is not None
        assert entry.is_known
        assert entry.deleted_wall is None
        flags = (entry.is_charge, entry.is_pending, entry.is_hidden, entry.is_settled)
        assert flags == (False, False, False, False)
    else:
        assert OPEN not in found
