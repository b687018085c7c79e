"""The evidence of each cause as a table for people, in the reader's format."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.causes import EXAMPLE, facts
from sync_core import words
from sync_core.rejection import Cause
from sync_core.variants import VARIANTS, Variant
from sync_core.words import EvidenceTable

STORIES = [(cause, variant) for cause in Cause for variant in VARIANTS[cause]]

# One table: the stories that are shown like that, the records (a key and its value each), and what
# a person sees. A star is before what differs from the first row.
TABLES = """
paid_in_quickbooks by_hand, paid_in_quickbooks part, paid_in_quickbooks entry_gone
  < type=payment; number=1042; date=2026-11-19; amount=1125.00; used_on=2102, 2103; txn_id=9F-1
  Date | Type | No. | Amount | Used on
  11/19/2026 | Payment | 1042 | $1,125.00 | 2102, 2103
paid_in_quickbooks twice
  < type=online payment; number=CB7; date=2026-11-18; amount=125.00; method=Visa; used_on=2102
  Date | Type | No. | Pmt. Method | Amount | Used on
  11/18/2026 | Online payment | CB7 | Visa | $125.00 | 2102
paid_in_quickbooks look_alike, paid_in_quickbooks same_number
  < type=payment; number=7; date=2026-11-18; amount=125.00; customer=Cafe:Bar; txn_id=9F-1
  < type=payment; date=2026-11-17; amount=125.00; customer=Cafe; used_on=2099; txn_id=9F-2
  Date | Type | No. | Customer:Job | Amount | Used on
  11/18/2026 | Payment | 7 | Cafe:Bar | $125.00 | -
  11/17/2026 | Payment | - | Cafe | $125.00 | 2099
credit_applied memo
  < type=credit memo; number=CM-7; date=2026-11-18; amount=30.00; due=70.00; used_on=2102
  Entry | Date | Amount used here | Left on the invoice
  Credit memo CM-7 | 11/18/2026 | $30.00 | $70.00
credit_applied moved_credit
  < type=journal entry; number=J-1; date=2026-11-18; amount=30.00; due=70.00
  < type=credit memo; number=CM-7; date=2026-11-17; amount=30.00; due=70.00
  Entry | Date | Amount used here | Left on the invoice
  Journal entry J-1 | 11/18/2026 | $30.00 | $70.00
  Credit memo CM-7 | 11/17/2026 | $30.00 | $70.00
balance_changed discount
  < number=2102; due_before=125.00; due=75.00; txn_id=A-1
  Due when the customer paid | Due now | What changed
  $125.00 | $75.00 | A discount of $50.00 was taken on 11/19/2026.
balance_changed journal
  < number=2102; due_before=125.00; due=75.00; txn_id=A-1
  < type=journal entry; number=1042; date=2026-11-19; amount=50.00; due=75.00; txn_id=B-1
  Due when the customer paid | Due now | What changed
  $125.00 | $75.00 | Journal entry 1042 of 11/19/2026 lowered it by $50.00.
  - | $75.00 | Journal entry 1042 of 11/19/2026: $50.00
balance_changed edited
  < number=2102; due_before=125.00; due=75.00
  Due when the customer paid | Due now | What changed
  $125.00 | $75.00 | The invoice total was changed from $125.00 to $75.00.
balance_changed cents
  < number=2102; due=124.98
  Due now | What changed
  $124.98 | The difference is $0.02. This is usually sales tax, rounded another way.
balance_changed pending
  < number=2102; due=0.00
  Due now | What changed
  $0.00 | The invoice is marked as pending, so nothing is due on it yet.
balance_changed other
  < number=2102; due_before=125.00; due=75.00
  Due when the customer paid | Due now
  $125.00 | $75.00
invoice_recreated twin, invoice_recreated dated_later
  < state=deleted; deleted_on=2026-11-21; number=2102; date=2026-11-01; amount=125.00; due=125.00
  < state=in QuickBooks; number=2102; date=2026-11-22; amount=125.00; due=125.00
  Invoice | Number | Date | Amount | Due
  Deleted on 11/21/2026 | 2102 | 11/01/2026 | $125.00 | $125.00
  In QuickBooks | 2102 | *11/22/2026 | $125.00 | $125.00
invoice_recreated differs
  < state=deleted; number=2102a; date=2026-11-01; amount=125.00; due=125.00; customer=Cafe
  < state=in QuickBooks; number=2102A; date=2026-11-01; amount=120.00; due=20.00; customer=Bar
  Invoice | Number | Date | Amount | Due | Customer:Job
  Deleted | 2102a | 11/01/2026 | $125.00 | $125.00 | Cafe
  In QuickBooks | 2102A | 11/01/2026 | *$120.00 | *$20.00 | *Bar
invoice_deleted plain
  < state=deleted; deleted_on=2026-11-21; number=2102; date=2026-11-01; amount=125.00; due=125.00
  Number | Date | Amount | Deleted on
  2102 | 11/01/2026 | $125.00 | 11/21/2026
invoice_voided plain
  < state=voided; number=2102; date=2026-11-01; customer=Cafe
  Number | Date | Customer:Job | State
  2102 | 11/01/2026 | Cafe | Voided
customer_unavailable inactive, customer_unavailable missing
  < customer=de Vries; active=no; balance=-5.00; last_seen_on=2026-11-21
  Name | Active | Balance | Last seen on
  de Vries | No | -$5.00 | 11/21/2026
customer_unavailable merged
  < customer=Cafe; active=no; last_seen_on=2026-11-21; invoice=2102; now=Bar
  Name | Active | Last seen on | Its invoice | Belongs now to
  Cafe | No | 11/21/2026 | 2102 | Bar
customer_unavailable unmapped
  < customer_external_id=cust_88
  Name
  cust_88
wrong_customer customer
  < type=online payment; customer=Cafe
  < type=invoice; number=2102; date=2026-11-01; due=5.00; customer=Harper:Clinic; account=A/R
  < type=invoice; number=2103; customer=Cafe:Bar; account=A/R
  Invoice | Customer:Job | A/R Account
  Online payment | Cafe | -
  2102 | *Harper:Clinic | A/R
  2103 | Cafe:Bar | A/R
wrong_customer account, wrong_customer several
  < type=online payment; customer=Cafe; account=A/R
  < type=invoice; number=2102; customer=Cafe; account=Notes
  Invoice | Customer:Job | A/R Account
  Online payment | Cafe | A/R
  2102 | Cafe | *Notes
unknown_reference method
  < given=Visa Debit; nearest=Visa
  < nearest=Debit card
  The name we have | The nearest names in QuickBooks
  Visa Debit | Visa
  - | Debit card
unknown_reference method_inactive
  < given=visa; nearest=Visa; state=inactive
  The name we have | The nearest names in QuickBooks
  visa | Visa (inactive)
unknown_reference account
  < given=Bank; said=There is an invalid reference.; code=3140
  The name we have
  Bank
unknown_reference invoice_none
  < given=2102
  What we have
  2102
unknown_reference invoice_many
  < type=invoice; number=2102; date=2026-11-01; due=5.00; customer=Cafe; txn_id=A-1
  < type=invoice; number=2102; date=2026-11-02; due=6.00; customer=Cafe; txn_id=A-2
  Number | Date | Due | Customer:Job
  2102 | 11/01/2026 | $5.00 | Cafe
  2102 | 11/02/2026 | $6.00 | Cafe
unknown_reference invoice_unmapped
  < invoice_external_id=inv_512; position=0
  What we have
  inv_512
closed_period closing
  < received_on=2026-11-20; closing_date=2026-11-30; first_open_day=2026-12-01
  Payment date | Closing date
  11/20/2026 | 11/30/2026
closed_period accountant
  < received_on=2026-11-20; dividing_date=2026-11-30
  Payment date | Dividing date
  11/20/2026 | 11/30/2026
currency_mismatch plain
  < payment_currency=USD; customer_currency=CAD; invoice_currency=CAD; company_currency=USD
  Payment's currency | Customer's | Invoice's | The company file's
  USD | CAD | CAD | USD
not_permitted rights, not_permitted application, not_permitted read_only, not_permitted feature
  < said=Insufficient permission level.; code=3260
  QuickBooks' sentence | Code
  Insufficient permission level. | 3260
locked plain
  < what=Cafe or invoice 2102; by=another user; said=It is in use by another user.; code=3176
  What was in use | By whom | QuickBooks' sentence | Code
  Cafe or invoice 2102 | another user | It is in use by another user. | 3176
possible_duplicate plain
  < reference=CB7; state=this one; received_on=2026-11-20; amount=5.00; method=Visa; id=web-2
  < reference=CB8; state=in QuickBooks; received_on=2026-11-18; amount=5.00; method=VISA; id=web-1
  Online payment | Received | Amount | Method | The site's own id
  CB7 (this one) | 11/20/2026 | $5.00 | Visa | web-2
  CB8 (in QuickBooks) | *11/18/2026 | $5.00 | VISA | web-1
possible_duplicate number_taken, possible_duplicate other_number
  < type=payment; number=CB7; date=2026-11-18; amount=5.00; customer=Cafe; txn_id=9F-1
  Date | Type | No. | Customer:Job | Amount
  11/18/2026 | Payment | CB7 | Cafe | $5.00
possible_duplicate was_deleted
  < number=CB7; state=deleted
  No. | Deleted on
  CB7 | Deleted
invalid plain, invalid unreadable, invalid not_done
  < said=You cannot pay more.; code=3210; invoices=2102, 2103
  < customer=Cafe; active=yes
  What was sent | QuickBooks' sentence | Code
  $125.00 from Northside Bakery, Visa, received 11/20/2026, for 2102, 2103 | You cannot pay more. | 3210
invalid lost
  < lost=3
  What was sent
  $125.00 from Northside Bakery, Visa, received 11/20/2026
invalid unfit
  < problem=ReceivePaymentAdd/Memo is too long.
  What was sent
  $125.00 from Northside Bakery, Visa, received 11/20/2026
"""  # noqa: E501 - a row of a table

Shown = tuple[tuple[Cause, Variant], list[dict[str, str]], list[str]]


def tables() -> list[Shown]:
    found = []
    for block in re.split(r"\n(?! )", TABLES.strip()):
        stories, *lines = block.split("\n")
        records = [
            dict(part.split("=", 1) for part in line.removeprefix("  < ").split("; "))
            for line in lines
            if line.startswith("  < ")
        ]
        shown = [line.strip() for line in lines if not line.startswith("  < ")]
        for story in stories.split(", "):
            cause, variant = story.split()
            found.append(((Cause(cause), Variant(variant)), records, shown))
    return found


def show(name: str, value: str) -> str:
    if name in words.AMOUNTS:
        return f"-${value[1:]}" if value.startswith("-") else f"${float(value):,.2f}"
    return f"{value[5:7]}/{value[8:]}/{value[:4]}" if name in words.DATES else value


def as_text(table: EvidenceTable) -> list[str]:
    rows = [[f"{'*' * cell.differs}{cell.text or '-'}" for cell in row] for row in table.rows]
    return [" | ".join(row) for row in (table.columns, *rows)]


@pytest.mark.parametrize(("story", "records", "shown"), tables())
def test_the_evidence_of_a_cause_as_a_person_sees_it(
    story: tuple[Cause, Variant], records: list[dict[str, str]], shown: list[str]
) -> None:
    cause, variant = story
    assert (
        as_text(words.evidence_table(cause, variant, records, facts(variant), show=show)) == shown
    )


def test_every_cause_and_variant_has_a_table() -> None:
    assert sorted(story for story, _, _ in tables()) == sorted(STORIES)


KEYS = sorted({key for _, records, _ in tables() for record in records for key in record})
RECORDS = st.lists(st.dictionaries(st.sampled_from(KEYS), st.text() | st.integers() | st.none()))


@given(st.sampled_from(STORIES), RECORDS)
def test_whatever_was_kept_gives_a_whole_table(
    story: tuple[Cause, Variant], records: list[dict[str, object]]
) -> None:
    """Of an older release, or with half of it missing: each row has a cell for each column."""
    table = words.evidence_table(*story, records, EXAMPLE)
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert all(any(cell.text for cell in column) for column in zip(*table.rows, strict=True))
    assert not any(cell.differs for row in table.rows[:1] for cell in row)


def test_evidence_of_a_variant_that_is_not_known() -> None:
    table = words.evidence_table(Cause.POSSIBLE_DUPLICATE, None, [{"id": "web-1"}], EXAMPLE)
    assert as_text(table) == ["The site's own id", "web-1"]


def test_no_evidence_is_an_empty_table() -> None:
    assert words.evidence_table(Cause.INVALID, "plain", [], EXAMPLE) == EvidenceTable((), ())
