"""What people are told about a rejected payment, in sentences a bookkeeper could read."""

import re
from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.causes import EXAMPLE, facts
from sync_core import words
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Cause, Rejection
from sync_core.variants import VARIANTS, Variant
from sync_core.wording import buttons
from sync_core.wording.buttons import BUTTONS
from sync_core.wording.causes import CAUSES
from sync_core.wording.phrases import fill, names
from sync_core.wording.states import BOOKS, STATES, Books

STORIES = [(cause, variant) for cause in Cause for variant in VARIANTS[cause]]
TOLD = [*STORIES, *((cause, None) for cause in Cause)]


# Each variant in one sentence

SAID = """
paid_in_quickbooks by_hand
    Invoice 2102 is already paid in QuickBooks, by payment 1042 of 2026-11-19 for 125.00.
paid_in_quickbooks part
    50.00 of invoice 2102 was already paid in QuickBooks on 2026-11-19; 75.00 is left.
paid_in_quickbooks twice
    Invoice 2102 was already paid by online payment CBU99RA8VBVZ on 2026-11-18, so Northside
    Bakery has paid it twice.
paid_in_quickbooks look_alike
    QuickBooks already has a payment of 125.00 from Northside Bakery, dated 2026-11-19, that
    looks like this one.
paid_in_quickbooks same_number
    A payment with Reference # 1042 was entered in QuickBooks by hand on 2026-11-21.
paid_in_quickbooks entry_gone
    The payment 1042 of 2026-11-19 is no longer in QuickBooks. Post now?
credit_applied memo
    Credit memo CM-7 was applied to invoice 2102; 75.00 is left on it, and this payment was
    for 125.00.
credit_applied moved_credit
    A credit from another job (journal entry CM-7) was applied to invoice 2102; 75.00 is
    left on it, and this payment was for 125.00.
balance_changed discount
    Invoice 2102 has 75.00 left to pay; it was 125.00 when this payment of 125.00 was made.
balance_changed journal
    Invoice 2102 has 75.00 left to pay; it was 125.00 when this payment of 125.00 was made.
balance_changed edited
    Invoice 2102 has 75.00 left to pay; it was 125.00 when this payment of 125.00 was made.
balance_changed cents
    Invoice 2102 has 75.00 left to pay; it was 125.00 when this payment of 125.00 was made.
balance_changed other
    Invoice 2102 has 75.00 left to pay; it was 125.00 when this payment of 125.00 was made.
balance_changed pending
    Invoice 2102 is marked as pending in QuickBooks, so nothing is due on it yet.
invoice_recreated twin
    Invoice 2102 was deleted in QuickBooks on 2026-11-21 and entered again, so this payment
    still points at the old one.
invoice_recreated differs
    Invoice 2102 was deleted in QuickBooks on 2026-11-21 and entered again with differences,
    or more than once.
invoice_recreated dated_later
    Invoice 2102 was deleted in QuickBooks on 2026-11-21 and entered again, dated later than
    this payment (2026-11-22).
invoice_deleted plain
    Invoice 2102 was deleted in QuickBooks on 2026-11-21, and no new invoice that matches
    was found.
invoice_voided plain
    Invoice 2102 was voided in QuickBooks, so nothing is due on it.
customer_unavailable inactive
    Northside Bakery is inactive in QuickBooks, and QuickBooks did not accept a payment for
    it.
customer_unavailable merged
    Northside Bakery is no longer in QuickBooks; invoice 2102 now belongs to Northside Cafe.
customer_unavailable missing
    The customer Northside Bakery was not found in QuickBooks.
customer_unavailable unmapped
    The payment site's customer cust_88 is not linked to one in QuickBooks.
wrong_customer customer
    Invoice 2102 belongs to Northside Cafe, and this payment is from Northside Bakery.
wrong_customer account
    Invoice 2102 is kept in the account Notes Receivable, and this payment was meant for
    another one.
wrong_customer several
    This payment is for invoices of more than one customer or A/R account; QuickBooks keeps
    one of each on a payment.
unknown_reference method
    QuickBooks has no payment method called "Visa Debit".
unknown_reference method_inactive
    The payment method "Visa Debit" is inactive in QuickBooks.
unknown_reference account
    The account "Notes Receivable" was not found in QuickBooks, is inactive, or is of
    another type.
unknown_reference invoice_none
    QuickBooks has no open invoice 2102 for Northside Bakery.
unknown_reference invoice_many
    QuickBooks has more than one open invoice with the number 2102 for Northside Bakery.
unknown_reference invoice_unmapped
    The payment site's invoice inv_512 is not linked to one in QuickBooks.
closed_period closing
    This payment is dated 2026-11-20, and the books are closed through 2026-11-30.
closed_period accountant
    This payment is dated 2026-11-20; an Accountant's Copy is in use, and nothing on or
    before 2026-11-30 can be changed.
currency_mismatch plain
    This payment is in USD; invoice 2102 of Northside Bakery is kept in CAD.
not_permitted rights
    QuickBooks did not allow the payment to be recorded: "You cannot pay more than the
    amount due."
not_permitted application
    QuickBooks did not allow the payment to be recorded: "You cannot pay more than the
    amount due."
not_permitted read_only
    QuickBooks did not allow the payment to be recorded: "You cannot pay more than the
    amount due."
not_permitted feature
    QuickBooks did not allow the payment to be recorded: "You cannot pay more than the
    amount due."
locked plain
    Northside Bakery or invoice 2102 was in use in QuickBooks by another user at every try
    (5 of them).
possible_duplicate plain
    This payment looks like online payment CBU99RA8VBVZ of 2026-11-18: the same customer,
    amount and invoices.
possible_duplicate number_taken
    Reference # 1042 stands in QuickBooks on a payment that differs: 125.00 from Harper
    Dental Group.
possible_duplicate other_number
    QuickBooks has a payment of this customer and amount (125.00), entered since, under
    another number: 1042.
possible_duplicate was_deleted
    QuickBooks had a payment with Reference # 1042; it was deleted there on 2026-11-21.
invalid unreadable
    QuickBooks could not read this payment: You cannot pay more than the amount due.
invalid lost
    Three times QuickBooks' answer to this payment was lost, and it was not recorded.
invalid not_done
    5 times this payment was not recorded, and QuickBooks said: "You cannot pay more than
    the amount due." (3210).
invalid unfit
    QuickBooks cannot take this payment: ReceivePaymentAdd/Memo is longer than 4095
    characters.
invalid plain
    QuickBooks did not accept this payment and said: "You cannot pay more than the amount
    due." (3210).
"""


def table(text: str) -> list[tuple[str, str]]:
    """Read a table: a line, and the sentence that is indented below it."""
    blocks = re.split(r"\n(?! )", text.strip())
    return [(key, " ".join(said.split())) for key, said in (one.split("\n", 1) for one in blocks)]


@pytest.mark.parametrize(("story", "sentence"), table(SAID))
def test_what_happened_is_said_in_one_sentence(story: str, sentence: str) -> None:
    cause, variant = story.split()
    known = facts(Variant(variant))
    assert words.summary(Cause(cause), variant, known) == sentence
    assert words.told(Cause(cause), variant, known).what == sentence


@pytest.mark.parametrize(
    ("variant", "line"),
    [
        ("discount", "A discount of 50.00 was taken on 2026-11-19."),
        ("journal", "Journal entry 1042 of 2026-11-19 lowered it by 50.00."),
        ("edited", "The invoice total was changed from 125.00 to 75.00."),
        ("cents", "The difference is 0.02. This is usually sales tax, rounded another way."),
        ("pending", "The invoice is marked as pending, so nothing is due on it yet."),
        ("other", ""),
    ],
)
def test_why_less_is_due(variant: str, line: str) -> None:
    assert words.told(Cause.BALANCE_CHANGED, variant, facts(Variant(variant))).changed == line


# What is not known is not said

WITH_LITTLE = """
paid_in_quickbooks by_hand:
    The invoice is already paid in QuickBooks, by another entry.
paid_in_quickbooks by_hand: found_kind found_date
    The invoice is already paid in QuickBooks, by a payment of 2026-11-19.
paid_in_quickbooks look_alike: customer
    QuickBooks already has a payment from Northside Bakery that looks like this one.
balance_changed other: invoice_number
    Invoice 2102 has less left to pay than this payment was for.
balance_changed other: invoice_balance planned
    The invoice has 75.00 left to pay, less than the 125.00 of this payment.
credit_applied memo: planned
    A credit memo was applied to the invoice, and less is left on it than the 125.00 of this
    payment.
customer_unavailable merged: customer
    Northside Bakery is no longer in QuickBooks; its invoices now belong to
    another customer.
wrong_customer customer: invoice_customer
    The invoice belongs to Northside Cafe, not to the one who paid.
unknown_reference method:
    QuickBooks does not have the payment method of this payment.
closed_period closing: received_on
    This payment is dated 2026-11-20, and the books are closed for that day.
closed_period closing: closing_date
    The books are closed for the day of this payment (through 2026-11-30).
currency_mismatch plain: payment_currency
    This payment is in USD, which is not the currency in QuickBooks.
currency_mismatch plain: payment_currency invoice_currency
    This payment is in USD; QuickBooks is kept in CAD.
not_permitted rights:
    QuickBooks did not allow the payment to be recorded.
invalid plain:
    QuickBooks did not accept this payment.
invalid plain: qb_code
    QuickBooks did not accept this payment (status code 3210).
"""


@pytest.mark.parametrize(("known", "sentence"), table(WITH_LITTLE))
def test_a_sentence_with_little_known(known: str, sentence: str) -> None:
    story, _, given_names = known.partition(":")
    cause, variant = story.split()
    some = {name: EXAMPLE[name] for name in given_names.split()}
    assert words.summary(Cause(cause), variant, some) == sentence


def sentences(cause: Cause, variant: str | None, known: dict[str, str]) -> Iterator[str]:
    """List every sentence that can be said of a rejection."""
    told = words.told(cause, variant, known)
    yield from (told.what, told.books, told.heals, *told.steps)
    yield from filter(None, [told.changed])
    yield from words.by_hand(known)
    yield from words.money_back(known)
    yield words.waits_locked(known)
    yield words.many_refused(cause, known)
    yield from (words.books_line(books, known) for books in Books)
    yield from filter(None, (words.state_line(status, known) for status in PaymentStatus))
    for action in BUTTONS:
        said = words.button(action, known, cause=cause, variant=variant)
        yield from filter(None, (said.says, said.option, said.more))


FULL = {
    **EXAMPLE,
    **{
        name: f"some {name}"
        for phrases in ([BUTTONS[action].says for action in BUTTONS], BOOKS.values())
        for phrase in phrases
        for name in names(phrase)
        if name not in EXAMPLE
    },
    **dict.fromkeys(
        ["pc", "sync_user", "app_name", "support_contact", "reversed_on", "other_id"], "Some"
    ),
    "qb_message": "You cannot do that.",
    "note": "entered by hand.",
    "rate": "12 %",
    "count": "6",
    "total": "50",
    "try": "2",
}

WRONG = re.compile(r'[{}\[\]|]|  |None|""|\(\)|\*\*\*|(?<!\*)\*(?!\*)|\.\.| [.,;:)]')
SUBSETS = st.fixed_dictionaries({}, optional={name: st.just(FULL[name]) for name in FULL})
BLANKS = st.dictionaries(st.sampled_from(sorted(FULL)), st.sampled_from(["", " "]), max_size=5)


@given(st.sampled_from(TOLD), SUBSETS, BLANKS)
def test_any_facts_give_whole_sentences(
    story: tuple[Cause, str | None], known: dict[str, str], blank: dict[str, str]
) -> None:
    for sentence in sentences(*story, {**known, **blank}):
        assert re.search(r"[.:?\"](\*\*)?$|\.\)$", sentence), sentence
        assert not WRONG.search(sentence), sentence
        assert sentence == sentence.strip()
        assert sentence.count("**") % 2 == 0, sentence


@given(st.sampled_from(TOLD), SUBSETS, BLANKS)
def test_the_summary_is_one_plain_line(
    story: tuple[Cause, str | None], known: dict[str, str], blank: dict[str, str]
) -> None:
    said = words.summary(*story, {**known, **blank})
    assert said[-1] in '.:?"'
    assert "*" not in said
    assert "\n" not in said


@pytest.mark.parametrize(("cause", "variant"), STORIES)
def test_a_summary_reads_well_with_each_of_its_facts_missing(
    cause: Cause, variant: Variant
) -> None:
    own = sorted(names(CAUSES[cause].stories[variant].summary))
    for count in range(len(own) + 1):
        for chosen in combinations(own, count):
            said = words.summary(cause, variant, {name: FULL[name] for name in chosen})
            assert said[-1] in '.:?"', said
            assert not WRONG.search(said), said
            assert all(FULL[name] in said for name in chosen if count == len(own)), said


@given(st.sampled_from(TOLD), st.text(min_size=1, max_size=12))
def test_whatever_a_customer_is_called_is_said_as_it_is(
    story: tuple[Cause, str | None], name: str
) -> None:
    known = {"customer": name}
    plain = " ".join(name.split())
    place = next(step for step in words.by_hand(known) if "**Received From**" in step)
    assert place.startswith(f"Fill in **Received From**{' ' * bool(plain)}{plain}, **Payment")
    assert words.told(*story, known).what


def test_a_name_that_looks_like_a_phrase() -> None:
    said = words.summary(Cause.CUSTOMER_UNAVAILABLE, "missing", {"customer": "[A|{amount}] \n B"})
    assert said == "The customer [A|{amount}] B was not found in QuickBooks."


def test_one_full_stop_after_a_name_that_has_one() -> None:
    known = {"invoice_number": "7", "customer": "Acme Inc."}
    said = words.summary(Cause.UNKNOWN_REFERENCE, "invoice_none", known)
    assert said == "QuickBooks has no open invoice 7 for Acme Inc."


def test_a_reader_sees_amounts_and_dates_in_his_own_way() -> None:
    def show(name: str, value: str) -> str:
        if name in words.AMOUNTS:
            return f"${value}"
        return f"{value[5:7]}/{value[8:]}/{value[:4]}" if name in words.DATES else value

    said = words.told(Cause.PAID_IN_QUICKBOOKS, "by_hand", EXAMPLE, show=show).what
    assert said.endswith("by payment 1042 of 11/19/2026 for $125.00.")


def test_every_amount_and_date_of_the_example_is_known_as_one() -> None:
    amounts = {name for name, value in EXAMPLE.items() if re.fullmatch(r"\d+\.\d\d", value)}
    dates = {name for name, value in EXAMPLE.items() if re.fullmatch(r"\d{4}-\d\d-\d\d", value)}
    assert (amounts - words.AMOUNTS, dates - words.DATES) == (set(), set())


# The table is whole


def test_every_cause_and_variant_is_in_the_table() -> None:
    assert set(CAUSES) == set(VARIANTS) == set(Cause)
    assert {cause: tuple(CAUSES[cause].stories) for cause in Cause} == VARIANTS
    assert {variant for variants in VARIANTS.values() for variant in variants} == set(Variant)


@pytest.mark.parametrize("status", PaymentStatus)
def test_every_status_has_a_label(status: PaymentStatus) -> None:
    assert STATES[status].label


@pytest.mark.parametrize("cause", Cause)
def test_a_variant_that_is_not_known_is_told_as_what_all_have_in_common(cause: Cause) -> None:
    unknown = words.told(cause, None, EXAMPLE)
    assert words.told(cause, "from a newer release", EXAMPLE) == unknown
    assert unknown.steps
    offered = set(words.remedies(cause, None))
    assert all(offered <= set(words.remedies(cause, variant)) for variant in VARIANTS[cause])


@pytest.mark.parametrize(("cause", "variant"), TOLD)
def test_a_phrase_is_closed(cause: Cause, variant: str | None) -> None:
    story = CAUSES[cause].stories[Variant(variant)] if variant else None
    phrases = [CAUSES[cause].means, *CAUSES[cause].steps, CAUSES[cause].hint, CAUSES[cause].who]
    if story:
        phrases += [story.summary, *story.steps, story.books_line, story.changed]
    for phrase in phrases:
        assert phrase.count("[") == phrase.count("]"), phrase
        assert phrase.count("{") == phrase.count("}") == len(re.findall(r"\{\w+\}", phrase)), phrase


@pytest.mark.parametrize(("cause", "variant"), TOLD)
def test_our_words_are_used(cause: Cause, variant: str | None) -> None:
    said = " ".join(sentences(cause, variant, EXAMPLE))
    assert not re.search(r"(?i)\b(receipts?|you deleted|user error|are you sure)\b", said)


def test_a_rejection_carries_its_variant_and_facts() -> None:
    bare = Rejection(cause=Cause.INVALID, summary="It was not accepted.")
    assert (bare.variant, bare.facts) == (None, {})
    known = {"invoice_number": "2102"}
    told = Rejection(
        cause=Cause.INVOICE_VOIDED,
        summary=words.summary(Cause.INVOICE_VOIDED, Variant.PLAIN, known),
        variant=Variant.PLAIN,
        facts=known,
    )
    assert told.summary == "Invoice 2102 was voided in QuickBooks, so nothing is due on it."


# Buttons


@pytest.mark.parametrize(
    ("story", "own"),
    [
        ("paid_in_quickbooks by_hand", "link apply_what_fits post_unapplied"),
        ("paid_in_quickbooks part", "link apply_what_fits post_unapplied"),
        ("paid_in_quickbooks twice", "post_unapplied choose_invoice"),
        ("paid_in_quickbooks look_alike", "link post_anyway"),
        ("credit_applied memo", "apply_what_fits post_unapplied"),
        ("credit_applied moved_credit", "apply_what_fits post_unapplied"),
        ("balance_changed discount", "apply_what_fits post_unapplied"),
        ("balance_changed pending", "apply_what_fits post_unapplied"),
        ("balance_changed other", "apply_what_fits post_unapplied"),
        ("invoice_recreated twin", "use_new_invoice choose_invoice post_unapplied"),
        ("invoice_recreated differs", "choose_invoice post_unapplied"),
        ("invoice_recreated dated_later", "use_new_invoice choose_invoice post_unapplied"),
        ("invoice_deleted plain", "choose_invoice post_unapplied"),
        ("invoice_voided plain", "choose_invoice post_unapplied"),
        ("customer_unavailable inactive", "choose_customer"),
        ("customer_unavailable merged", "choose_customer"),
        ("customer_unavailable missing", "choose_customer"),
        ("customer_unavailable unmapped", "choose_customer"),
        ("wrong_customer customer", "choose_customer choose_invoice post_unapplied"),
        ("wrong_customer account", "use_invoice_account choose_invoice post_unapplied"),
        ("wrong_customer several", ""),
        ("unknown_reference method", "choose_method"),
        ("unknown_reference method_inactive", "choose_method"),
        ("unknown_reference account", ""),
        ("unknown_reference invoice_none", "choose_invoice post_unapplied"),
        ("unknown_reference invoice_many", "choose_invoice post_unapplied"),
        ("unknown_reference invoice_unmapped", "choose_invoice post_unapplied"),
        ("closed_period closing", "use_open_day"),
        ("closed_period accountant", "use_open_day"),
        ("currency_mismatch plain", "choose_customer"),
        ("not_permitted rights", ""),
        ("locked plain", ""),
        ("possible_duplicate plain", "post_anyway"),
        ("possible_duplicate number_taken", "post_anyway"),
        ("possible_duplicate was_deleted", "post_anyway"),
        ("paid_in_quickbooks same_number", "link post_anyway"),
        ("paid_in_quickbooks entry_gone", ""),
        ("invalid plain", ""),
        ("invalid lost", ""),
    ],
)
def test_what_a_person_can_do(story: str, own: str) -> None:
    cause, variant = story.split()
    offered = words.remedies(Cause(cause), variant)
    assert offered == (*own.split(), "retry", "dismiss", "delete")


def test_an_invoice_that_was_paid_twice_is_never_linked() -> None:
    assert "link" not in words.remedies(Cause.PAID_IN_QUICKBOOKS, "twice")
    assert "link" not in words.remedies(Cause.PAID_IN_QUICKBOOKS, None)


def test_what_fits_decides_between_two_buttons() -> None:
    credit, paid = Cause.CREDIT_APPLIED, Cause.PAID_IN_QUICKBOOKS
    some, none = {"fits": "75.00"}, {"fits": "0.00"}
    assert words.remedies(credit, "memo", some)[0] == "apply_what_fits"
    assert "post_unapplied" not in words.remedies(credit, "memo", some)
    assert words.remedies(credit, "memo", none)[0] == "post_unapplied"
    assert words.remedies(paid, "by_hand", some)[:3] == (
        "link",
        "apply_what_fits",
        "post_unapplied",
    )
    assert words.remedies(paid, "by_hand", none)[:2] == ("link", "post_unapplied")
    step = words.told(credit, "memo", none).steps[1]
    assert step == (
        "**Should the credit stay?** Then choose **Post as a credit**, since nothing fits the "
        "invoice now."
    )


@pytest.mark.parametrize(("cause", "variant"), STORIES)
def test_the_steps_name_the_buttons_that_are_there(cause: Cause, variant: Variant) -> None:
    known = facts(variant)
    offered = {
        words.button(action, known, cause=cause, variant=variant).name: action
        for action in words.remedies(cause, variant, known)
    }
    ours = {
        words.button(action, known, cause=of, variant=one).name
        for action in BUTTONS
        for of, one in STORIES
    }
    bold = set(re.findall(r"\*\*(.+?)\*\*", " ".join(words.told(cause, variant, known).steps)))
    assert bold & ours <= set(offered), "a step names a button that is not there"
    own = {name for name, action in offered.items() if action not in words.ALWAYS_OFFERED}
    assert own <= bold, "a button that no step speaks of"


CALLED = """
apply_what_fits credit_applied memo
    Post what fits / Apply 75.00, keep 50.00 as credit
post_unapplied invoice_deleted plain
    Post as a credit / Post 125.00 as credit
use_new_invoice invoice_recreated twin
    Use the new invoice / Pay new invoice 2102: 125.00
use_open_day closed_period closing
    Use 2026-12-01 / Record on 2026-12-01
choose_customer wrong_customer customer
    Use Northside Cafe / Use Northside Cafe
choose_customer customer_unavailable merged
    Use Northside Cafe / Use Northside Cafe
choose_customer currency_mismatch plain
    Choose the customer / Choose the customer
retry not_permitted rights
    Try one now / Try one now
retry invalid plain
    Retry / Retry
"""


@pytest.mark.parametrize(("where", "called"), table(CALLED))
def test_what_a_button_is_called_in_menus_and_on_a_card(where: str, called: str) -> None:
    action, cause, variant = where.split()
    said = words.button(action, EXAMPLE, cause=Cause(cause), variant=variant)
    assert f"{said.name} / {said.on_card}" == called


BEFORE_IT_ACTS = """
apply_what_fits; lines=2102: 75.00
    QuickBooks gets one payment of 125.00: 2102: 75.00; 50.00 stays as Northside Bakery's credit.
apply_what_fits; left_over=0.00
    QuickBooks gets one payment of 125.00.
link
    Nothing is sent. The payment 1042 of 2026-11-19 stands for this payment.
choose_invoice; chosen_invoice=2200
    75.00 goes on invoice 2200; 50.00 stays as credit.
choose_customer; chosen_customer=Lee
    QuickBooks gets this payment from Lee.
use_open_day
    QuickBooks gets the date 2026-12-01; **Memo** says "Received 2026-11-20".
reopen; returned_on=2026-12-02
    Goes to QuickBooks again at the next sync. The money went back on 2026-12-02. Post it all
    the same?
delete
    Hides it from lists and history; the audit trail keeps it.
"""


@pytest.mark.parametrize(("asked", "sentence"), table(BEFORE_IT_ACTS))
def test_what_a_button_says_before_it_acts(asked: str, sentence: str) -> None:
    action, _, more = asked.partition("; ")
    known = dict([more.split("=")]) if more else {}
    assert words.button(action, {**EXAMPLE, **known}).says == sentence


def test_to_delete_a_rejected_payment_dismisses_it() -> None:
    assert words.button("delete", {}, cause=Cause.INVALID).says.endswith("This also dismisses it.")


# The rest


def test_by_hand() -> None:
    steps = words.by_hand(EXAMPLE)
    assert "**Reference #** CB7K3F9QXM2D" in steps[1]
    assert len(steps) == 5


def test_giving_the_money_back_is_said_where_it_is_a_way_out() -> None:
    ways = {story for story in STORIES if words.told(*story, EXAMPLE).money_back}
    said = {
        story
        for story in STORIES
        if re.search(r"(?i)give (the money|it) back", " ".join(words.told(*story, EXAMPLE).steps))
    }
    assert ways == said
    assert "turn it off first" in words.money_back(EXAMPLE)[0]


def test_a_payment_that_waits_because_something_is_in_use() -> None:
    said = words.waits_locked({**EXAMPLE, "try": "2"})
    assert said == (
        "Northside Bakery or invoice 2102 was in use in QuickBooks by another user just then; the "
        "payment is tried again at the next sync (try 2 of 5)."
    )


def test_many_refused() -> None:
    known = {"rate": "14 %", "count": "7", "total": "50"}
    assert words.many_refused(Cause.CLOSED_PERIOD, known) == (
        "**14 % of the last 30 days' payments were refused** (7 of 50). Most often: books closed. "
        "Payments arrive with dates in closed books. Sync before closing, or close later."
    )


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_hint(cause: Cause) -> None:
    assert fill(CAUSES[cause].hint, {})


def test_where_a_payment_stands() -> None:
    posted = words.state_line(PaymentStatus.POSTED, EXAMPLE)
    assert posted == "Recorded as No. CB7K3F9QXM2D, 50.00 left as the customer's credit."
    whole = words.state_line(PaymentStatus.POSTED, {"reference": "A1", "left_over": "0.00"})
    assert whole == "Recorded as No. A1."
    dismissed = words.state_line(PaymentStatus.DISMISSED, {"note": "Entered by Mia."})
    assert dismissed == "Not sent: Entered by Mia."


def test_posting_that_is_paused_is_said_with_what_waits() -> None:
    said = words.told(Cause.NOT_PERMITTED, "rights", EXAMPLE).books
    assert "Posting for Sunrise Dental is paused; payments waiting: 12 (3450.00)." in said


def test_an_entry_that_is_kept_says_whether_posting_goes_on() -> None:
    assert words.kept(0) == "The entry stays in QuickBooks, and posting goes on."
    assert words.kept(1).endswith("Posting is paused until the other one is decided.")
    assert words.kept(1200).endswith("Posting is paused until the other 1,200 are decided.")


def test_why_a_payment_is_not_sent() -> None:
    assert list(buttons.WHY_NOT) == ["in_quickbooks", "by_hand", "voided", "not_ours"]
