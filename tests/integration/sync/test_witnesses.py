"""Are these the books we wrote to? The newest receipts are asked for before anything is written."""

from collections.abc import Callable

import pytest
from lxml import etree

from scripts.simulate.quickbooks.company_file import CompanyFile, Missing
from scripts.simulate.quickbooks.refusals import ComError
from scripts.simulate.web_connector import Session, WebConnector
from sync_core.trouble import Kind
from sync_core.wording import office
from tests.integration.sync.firm import Firm, play, play_until, requests, sent, status_of, update
from tests.integration.sync.losses import (
    Edit,
    act,
    company,
    edited,
    executed,
    extras,
    give_another_id,
    go_back,
    lose_the_answers,
    refuse,
    remember,
    say_twice,
    stand_once,
    take_out,
    trail,
    wrote,
)

CUSTOMER = "Café Belém"
DOUBTED = status_of(Kind.OTHER_BOOKS, short_link="https://pay.example.com/support")


@pytest.fixture
def pc(firm: Firm) -> WebConnector:
    """The office PC, which has synced before."""
    firm.books.add_customer(CUSTOMER)
    firm.books.add_invoice(CUSTOMER, amount="9000.00", number="2118")
    pc = firm.pc()
    update(pc)
    return pc


def some(firm: Firm) -> list[str]:
    """Queue a payment on account, one of which a part is applied, one in full."""
    part = {"invoice": {"number": "2118"}}
    return [
        firm.pay(CUSTOMER, "25.00"),
        firm.pay(CUSTOMER, "312.50", [{**part, "amount": "200.00"}]),
        firm.pay(CUSTOMER, "88.00", [{**part, "amount": "88.00"}]),
    ]


def paid(firm: Firm, pc: WebConnector) -> list[str]:
    """Post some payments; the next day begins."""
    payments = some(firm)
    assert update(pc).status == "3 payments posted"
    firm.clock.move(days=1)
    return payments


def is_doubted(firm: Firm, pc: WebConnector, waiting: list[str]) -> None:
    """See, twice, that nothing is written to these books and that a person is told."""
    before, statuses = len(firm.books.payments()), firm.statuses()
    for _ in range(2):
        session = update(pc)
        assert session.status == DOUBTED
        assert wrote(session) == []
        assert company(firm)["books_doubted"] == DOUBTED
    assert len(firm.books.payments()) == before
    assert firm.statuses() == statuses
    assert {statuses[payment] for payment in waiting} <= {"queued"}
    notices = firm.services.companies.show(firm.company_id).notices
    assert [notice for notice in notices if DOUBTED in notice]


def is_ours_now(firm: Firm) -> None:
    """Let an administrator say: this is our file now."""
    assert firm.services.companies.confirm(firm.company_id, by="admin@example.com").takes_stock


def missing(firm: Firm) -> list[str]:
    """List the payments that are missing from the file."""
    rows = firm.rows("SELECT external_id FROM payment WHERE missing_since IS NOT NULL ORDER BY id")
    return [row["external_id"] for row in rows]


# Who is asked for, and when


def witnesses(session: Session) -> list[str]:
    """List the TxnIDs that were asked for, one request each, before the session wrote anything."""
    found: list[str] = []
    for asked, _ in session.message_sets:
        if "Add" in asked or "TxnDelRq" in asked:
            break
        for node in requests(asked, "ReceivePaymentQuery"):
            ids = [str(each.text) for each in node.findall("TxnID")]
            assert len(ids) <= 1
            found += ids
    return found


def test_the_newest_three_are_asked_for_before_anything_is_written(
    firm: Firm, pc: WebConnector
) -> None:
    older = paid(firm, pc)
    newest = paid(firm, pc)
    new = firm.pay(CUSTOMER, "7.00")
    session = update(pc)
    assert sorted(witnesses(session)) == sorted(str(firm.payment(each).txn_id) for each in newest)
    assert session.status == "1 payment posted"
    stand_once(firm, *older, *newest, new)


def test_the_newest_are_those_that_quickbooks_entered_last(firm: Firm, pc: WebConnector) -> None:
    """Our restored database found all of them at once; then their file was restored as well.

    It lacks the payment that QuickBooks entered last and that came to us first.
    """
    update(pc)
    last = firm.pay("Nobody yet", "1.00")
    backup = remember(firm)
    some(firm)
    update(pc)
    kept = firm.books.backup()
    firm.clock.move(hours=5)
    firm.books.add_customer("Nobody yet")
    act(firm, last, "retry")
    assert update(pc).status == "1 payment posted"
    go_back(firm, backup)  # and the payment site sends in again what it was not told of
    firm.queued[1:] = []
    some(firm)
    firm.clock.move(hours=1)
    update(pc)
    assert set(firm.statuses().values()) == {"posted"}
    firm.books.restore(kept)
    firm.clock.move(hours=1)
    is_doubted(firm, pc, [firm.pay(CUSTOMER, "9.00")])


def test_every_session_asks_before_its_first_write(firm: Firm) -> None:
    """Also by another PC, and after a lost answer."""
    firm.books.add_customer(CUSTOMER)
    firm.books.add_invoice(CUSTOMER, amount="9000.00", number="2118")
    front, back = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    sessions = []
    for each in (front, back, front):
        some(firm)
        sessions.append(update(each))
        firm.clock.move(hours=1)
    some(firm)
    lose_the_answers(back)
    firm.clock.move(hours=1)
    some(firm)
    sessions.append(update(back))
    assert [len(witnesses(session)) for session in sessions] == [0, 3, 3, 3]
    stand_once(firm, *firm.queued)


def test_a_session_whose_set_was_refused_whole_asks_again(firm: Firm, pc: WebConnector) -> None:
    posted = paid(firm, pc)
    waiting = some(firm)

    class Refusing:
        """QuickBooks cannot read the first message set with payments: the third of all."""

        sets = 0

        def before_execute(self, index: int) -> None:
            self.sets += index == 0
            if self.sets == 3 and index == 0:
                raise ComError("0x80040400", "QuickBooks found an error when parsing.")

    pc.hook = Refusing()
    session = update(pc)
    assert session.status == "3 payments posted"
    asked = [
        node.findtext("TxnID") for each in sent(session, "ReceivePaymentQuery") for node in each
    ]
    assert [asked.count(firm.payment(payment).txn_id) for payment in posted] == [2, 2, 2]
    stand_once(firm, *posted, *waiting)


# A restored backup, and a copy


@pytest.mark.parametrize("reading", Missing)
def test_a_restored_backup_is_not_written_to(
    firm: Firm, pc: WebConnector, reading: Missing
) -> None:
    """However QuickBooks says that it does not have a payment; the right file heals it."""
    firm.books.behaviour.missing = reading
    backup = firm.books.backup()
    posted = paid(firm, pc)
    waiting = some(firm)
    right = firm.books.backup()
    firm.books.restore(backup)
    is_doubted(firm, pc, waiting)
    assert firm.books.payments() == []

    firm.books.restore(right)
    assert update(pc).status == "3 payments posted"
    assert company(firm)["books_doubted"] is None
    stand_once(firm, *posted, *waiting)


def test_a_backup_that_lacks_the_newest_payment_alone(firm: Firm, pc: WebConnector) -> None:
    posted = paid(firm, pc)
    backup = firm.books.backup()
    newest = firm.pay(CUSTOMER, "41.00")
    update(pc)
    firm.books.restore(backup)
    waiting = firm.pay(CUSTOMER, "42.00")
    is_doubted(firm, pc, [waiting])
    assert firm.statuses() == {**dict.fromkeys([*posted, newest], "posted"), waiting: "queued"}


def test_a_backup_in_which_nothing_is_missing_is_as_good_as_the_file(
    firm: Firm, pc: WebConnector
) -> None:
    posted = paid(firm, pc)
    backup = firm.books.backup()
    firm.books.receive_by_hand(CUSTOMER, amount="5.00")  # lost, and none of ours
    firm.books.restore(backup)
    waiting = some(firm)
    assert update(pc).status == "3 payments posted"
    stand_once(firm, *posted, *waiting)


def test_in_a_restored_backup_a_lost_answer_proves_nothing(firm: Firm, pc: WebConnector) -> None:
    """What is in doubt is not there, but neither is what we know to be posted."""
    posted = paid(firm, pc)
    backup = firm.books.backup()
    newest = firm.pay(CUSTOMER, "41.00")
    update(pc)
    lost = some(firm)
    lose_the_answers(pc)
    right = firm.books.backup()
    firm.clock.move(hours=2)
    firm.books.restore(backup)
    for _ in range(2):
        assert update(pc).status.endswith(DOUBTED)
        assert [firm.payment(each).status for each in lost] == ["in_doubt"] * 3
        firm.clock.move(hours=2)
    firm.books.restore(right)
    assert update(pc).status == "3 payments posted"
    stand_once(firm, *posted, newest, *lost)


def test_a_copy_that_goes_on_by_itself(firm: Firm, pc: WebConnector) -> None:
    """The accountant works on a copy from the same place; payments go to the original."""
    posted = paid(firm, pc)
    copy = firm.books.backup()
    later = paid(firm, pc)
    waiting = some(firm)
    copy.receive_by_hand(CUSTOMER, amount="31.00")
    pc.company_file = copy
    for _ in range(2):
        session = update(pc)
        assert session.status == DOUBTED
        assert wrote(session) == []
    assert len(copy.payments()) == 4
    pc.company_file = firm.books
    assert update(pc).status == "3 payments posted"
    stand_once(firm, *posted, *later, *waiting)


def test_the_original_after_payments_went_to_a_copy(firm: Firm, pc: WebConnector) -> None:
    """Nothing is missing from the copy when it is opened first, so it is the one that we know."""
    posted = paid(firm, pc)
    copy = firm.books.backup()
    pc.company_file = copy
    went_astray = some(firm)
    assert update(pc).status == "3 payments posted"
    pc.company_file = firm.books
    firm.clock.move(hours=1)
    is_doubted(firm, pc, [])
    is_ours_now(firm)
    assert update(pc).status == missing_said(3)
    assert missing(firm) == went_astray
    for payment in went_astray:
        act(firm, payment, "reopen")
    assert update(pc).status == "3 payments posted"
    stand_once(firm, *posted, *went_astray)


def test_a_copy_in_another_place_needs_a_word_first(firm: Firm, pc: WebConnector) -> None:
    posted = paid(firm, pc)
    copy = firm.books.backup()
    copy.path = r"D:\Copies\prairie.qbw"
    later = paid(firm, pc)
    pc.company_file = copy
    assert update(pc).status.startswith("Nothing is posted until an administrator confirms")
    firm.services.companies.confirm(firm.company_id, by="admin@example.com")
    session = update(pc)
    assert session.status == DOUBTED  # that it may be written to does not make it the right one
    assert wrote(session) == []
    stand_once(firm, *posted, *later)


def test_the_word_that_comes_while_a_list_is_read_counts_from_the_next_sync_on(
    firm: Firm, pc: WebConnector
) -> None:
    """Read from its middle on, the list says nothing of what stands before that."""
    posted = paid(firm, pc)
    right = firm.books.backup()
    newest = firm.pay(CUSTOMER, "41.00")
    update(pc)
    latest = firm.books.backup()
    firm.books.restore(right)
    waiting = firm.pay(CUSTOMER, "42.00")
    is_doubted(firm, pc, [waiting])
    firm.books.restore(latest)  # the right one again
    session = pc.begin()
    play_until(session, "ReceivePaymentQuery")
    firm.services.companies.ours(firm.company_id, by="admin@example.com")
    play(session)
    assert wrote(session) == []
    assert missing(firm) == []
    assert firm.statuses()[waiting] == "queued"
    assert update(pc).status == "1 payment posted"
    assert missing(firm) == []
    stand_once(firm, *posted, newest, waiting)


# A payment that was deleted is no sign of another file


@pytest.mark.parametrize(
    ("deleted", "reading"),
    [(1, Missing.OTHER_ROWS), (1, Missing.SILENT), (3, Missing.NO_ROWS), (3, Missing.EMPTY)],
)
def test_payments_deleted_by_the_bookkeeper_are_reversed_and_nothing_pauses(
    firm: Firm, pc: WebConnector, deleted: int, reading: Missing
) -> None:
    firm.books.behaviour.missing = reading
    posted = paid(firm, pc)
    for payment in posted[:deleted]:
        firm.books.delete_payment(str(firm.payment(payment).txn_id))
    waiting = some(firm)
    assert update(pc).status == "3 payments posted"
    assert [firm.payment(payment).status for payment in posted[:deleted]] == ["reversed"] * deleted
    stand_once(firm, *posted[deleted:], *waiting)
    assert company(firm)["books_doubted"] is None
    assert update(pc).status == "Nothing to post."
    assert [executed(firm, payment) for payment in posted] == [1, 1, 1]


def test_a_payment_set_to_zero_is_no_sign_either(firm: Firm, pc: WebConnector) -> None:
    zeroed, *others = paid(firm, pc)
    firm.books.change_payment(str(firm.payment(zeroed).txn_id), amount="0.00")
    waiting = some(firm)
    assert update(pc).status == "3 payments posted"
    assert firm.payment(zeroed).status == "reversed"
    stand_once(firm, *others, *waiting)


def test_a_payment_edited_by_the_bookkeeper_is_still_a_witness(
    firm: Firm, pc: WebConnector
) -> None:
    posted = paid(firm, pc)
    firm.books.add_customer("Zoë Lindqvist")
    first, second, third = (str(firm.payment(payment).txn_id) for payment in posted)
    firm.books.change_payment(first, number="1001")
    firm.books.change_payment(second, amount="300.00", customer="Zoë Lindqvist")
    firm.books.deposit(third, bank="First Prairie Bank")
    waiting = some(firm)
    assert update(pc).status == "3 payments posted"
    assert {firm.payment(payment).status for payment in [*posted, *waiting]} == {"posted"}


def test_a_deletion_that_quickbooks_has_forgotten_needs_a_person(
    firm: Firm, pc: WebConnector
) -> None:
    """It remembers deletions for 90 days. What it cannot explain is not written to."""
    posted = paid(firm, pc)
    firm.books.delete_payment(str(firm.payment(posted[0]).txn_id))
    firm.clock.move(days=91)
    waiting = some(firm)
    is_doubted(firm, pc, waiting)
    is_ours_now(firm)
    assert update(pc).status == f"3 payments posted - {missing_said(1)}"
    assert missing(firm) == posted[:1]
    assert firm.payment(posted[0]).status == "posted"  # mere absence reverses nothing
    stand_once(firm, *posted[1:], *waiting)


def test_payments_deleted_over_the_years_do_not_add_up_to_a_doubt(
    firm: Firm, pc: WebConnector
) -> None:
    for _ in range(3):
        for payment in paid(firm, pc):
            firm.books.delete_payment(str(firm.payment(payment).txn_id))
        firm.clock.move(days=60)
        assert update(pc).status == "Nothing to post."
    firm.clock.move(days=200)
    assert update(pc).status == "Nothing to post."
    assert set(firm.statuses().values()) == {"reversed"}


# An answer that says nothing


def is_about_a_witness(node: etree._Element) -> bool:
    """Pick the responses to look-ups by TxnID; here no number is asked for."""
    return node.tag == "ReceivePaymentQueryRs" and "iteratorRemainingCount" not in node.attrib


def is_about_deletions(node: etree._Element) -> bool:
    return node.tag == "TxnDeletedQueryRs"


def tell_of_another(node: etree._Element) -> None:
    for name in ("TxnID", "RefNumber"):
        for found in node.iter(name):
            found.text = "77-1796400000"


def tell_nothing(node: etree._Element) -> None:
    node[:] = []
    node.attrib.update({"statusCode": "501", "statusMessage": "Something about it is odd."})


SAY_NOTHING: tuple[Edit, ...] = (
    take_out,
    give_another_id,
    say_twice,
    tell_of_another,
    tell_nothing,
    refuse("3231", "The request has not been processed."),
    refuse("3260", "Insufficient permission level to perform this action."),
    refuse("500", "There was a required element that could not be found in QuickBooks."),
    refuse("", "Nothing."),
)


def test_an_answer_about_a_witness_that_says_nothing(firm: Firm, pc: WebConnector) -> None:
    posted = paid(firm, pc)
    waiting = some(firm)
    line = pc.transport
    for edit in SAY_NOTHING:
        pc.transport = edited(line, is_about_a_witness, edit)
        session = update(pc)
        assert session.status.startswith("QuickBooks did not list the payments it has")
        assert "Nothing was written." in session.status
        assert wrote(session) == []
        assert company(firm)["books_doubted"] is None  # it was not said that anything is missing
        assert [firm.payment(payment).status for payment in waiting] == ["queued"] * 3
    pc.transport = line
    assert update(pc).status == "3 payments posted"
    stand_once(firm, *posted, *waiting)


def test_without_the_deletions_a_missing_witness_is_no_verdict(
    firm: Firm, pc: WebConnector
) -> None:
    """The payment was deleted, and QuickBooks does not say so this time."""
    posted = paid(firm, pc)
    for payment in posted:
        firm.books.delete_payment(str(firm.payment(payment).txn_id))
    waiting = some(firm)
    line = pc.transport
    for edit in (
        take_out,
        give_another_id,
        say_twice,
        refuse("3231"),
        refuse("500"),
        refuse("530"),
    ):
        pc.transport = edited(line, is_about_deletions, edit)
        session = update(pc)
        assert session.status.startswith("QuickBooks did not list the payments it has")
        assert wrote(session) == []
        assert company(firm)["books_doubted"] is None
    pc.transport = line
    assert update(pc).status == "3 payments posted"
    assert [firm.payment(payment).status for payment in posted] == ["reversed"] * 3
    stand_once(firm, *waiting)


@pytest.mark.parametrize("place", [1, 2, 3, 5])
def test_a_witness_deleted_while_quickbooks_answers(
    firm: Firm, pc: WebConnector, place: int
) -> None:
    """The bookkeeper is at work in the same file, between two requests of the message set."""
    posted = paid(firm, pc)
    waiting = some(firm)

    class Deleting:
        """Delete one before the request at a place of the second set, which asks for it."""

        sets = 0

        def before_execute(self, index: int) -> None:
            self.sets += index == 0
            if self.sets == 2 and index == place:
                firm.books.delete_payment(str(firm.payment(posted[1]).txn_id))

    pc.hook = Deleting()
    assert update(pc).status == "3 payments posted"
    pc.hook = None
    assert update(pc).status == "Nothing to post."
    stand_once(firm, posted[0], posted[2], *waiting)
    assert firm.payment(posted[1]).status == "reversed"


def test_a_doubt_that_a_deletion_explains_later_is_over(firm: Firm, pc: WebConnector) -> None:
    """It is said once that the file lacks payments; then it turns out that they were deleted."""
    (posted, *others) = paid(firm, pc)
    for payment in (posted, *others):
        firm.books.delete_payment(str(firm.payment(payment).txn_id))
    deletions, firm.books.deletions = firm.books.deletions, []
    is_doubted(firm, pc, [])
    firm.books.deletions = deletions
    waiting = some(firm)
    assert update(pc).status == "3 payments posted"
    assert company(firm)["books_doubted"] is None
    assert firm.services.companies.show(firm.company_id).notices == []
    stand_once(firm, *waiting)


# "This is our file now"


def missing_said(count: int) -> str:
    return office.MISSING.format(count=count, base_url="https://pay.example.com")


def restored(firm: Firm, pc: WebConnector) -> tuple[list[str], list[str], CompanyFile]:
    """Post twice and restore a backup from between: what it has, what it lacks, the lost file."""
    there = paid(firm, pc)
    backup = firm.books.backup()
    lacking = paid(firm, pc)
    lost = firm.books.backup()
    firm.books.restore(backup)
    is_doubted(firm, pc, [])
    is_ours_now(firm)
    return there, lacking, lost


def test_what_is_missing_is_listed_and_posting_goes_on(firm: Firm, pc: WebConnector) -> None:
    there, lacking, _ = restored(firm, pc)
    waiting = some(firm)
    assert update(pc).status == f"3 payments posted - {missing_said(3)}"
    assert missing(firm) == lacking
    listed = firm.services.payments.missing(firm.company_file_id).items
    assert sorted(each.id for each in listed) == sorted(lacking)
    assert {firm.payment(payment).status for payment in lacking} == {"posted"}
    stand_once(firm, *there, *waiting)
    assert update(pc).status == "Nothing to post."  # they are no witnesses any more
    assert firm.books.executed_adds.total() == 6


def test_missing_payments_are_posted_again_once_all_or_some(firm: Firm, pc: WebConnector) -> None:
    there, lacking, _ = restored(firm, pc)
    update(pc)
    act(firm, lacking[0], "reopen")
    assert update(pc).status == "1 payment posted"
    assert missing(firm) == lacking[1:]
    firm.clock.move(days=1)
    told = firm.services.review.reopen_missing(
        firm.company_file_id, note="The backup lacks them.", by="maria@example.com"
    )
    assert told == 2
    assert update(pc).status == "2 payments posted"
    assert missing(firm) == []
    stand_once(firm, *there, *lacking)
    for _ in range(2):
        firm.clock.move(days=1)
        assert update(pc).status == "Nothing to post."
    stand_once(firm, *there, *lacking)
    assert trail(firm, lacking[0]) == ["queued", "sent", "posted", "queued", "sent", "posted"]
    assert extras(firm) == []


def test_the_answer_to_a_payment_posted_again_is_lost(firm: Firm, pc: WebConnector) -> None:
    """What was read of the file that is gone proves nothing about the one of now."""
    there, lacking, _ = restored(firm, pc)
    update(pc)
    for payment in lacking:
        act(firm, payment, "reopen")
    lose_the_answers(pc)
    firm.clock.move(hours=1)
    assert update(pc).status == "3 payments posted"
    stand_once(firm, *there, *lacking)
    assert extras(firm) == []
    firm.clock.move(hours=1)
    assert update(pc).status == "Nothing to post."


def test_a_payment_posted_again_that_never_reached_quickbooks(firm: Firm, pc: WebConnector) -> None:
    there, lacking, _ = restored(firm, pc)
    update(pc)
    for payment in lacking:
        act(firm, payment, "reopen")
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.power_cut()
    firm.clock.move(hours=1)
    assert update(pc).status == "3 payments posted"
    stand_once(firm, *there, *lacking)


def test_re_opened_before_the_next_sync(firm: Firm, pc: WebConnector) -> None:
    """Nobody waits for the list: the administrator confirms, the sync and the person meet."""
    there, lacking, _ = restored(firm, pc)
    session = pc.begin()
    session.take("ReceivePaymentQuery")
    session.finish()
    for payment in lacking:
        act(firm, payment, "reopen")
    assert update(pc).status == "3 payments posted"
    stand_once(firm, *there, *lacking)


def test_taking_stock_that_was_cut_off_begins_again(opened: Callable[..., Firm]) -> None:
    firm = opened(import_page_size=2)
    firm.books.add_customer(CUSTOMER)
    firm.books.add_invoice(CUSTOMER, amount="9000.00", number="2118")
    pc = firm.pc()
    update(pc)
    there, lacking, _ = restored(firm, pc)
    session = pc.begin()
    while 'iterator="Continue"' not in session.held:
        assert session.step()
    session.power_cut()
    assert missing(firm) == []
    firm.clock.move(hours=1)
    assert update(pc).status == missing_said(3)
    assert missing(firm) == lacking
    assert {firm.payment(payment).status for payment in there} == {"posted"}


def test_the_old_file_comes_back(firm: Firm, pc: WebConnector) -> None:
    there, lacking, lost = restored(firm, pc)
    update(pc)
    new = some(firm)
    assert update(pc).status == "3 payments posted"
    assert missing(firm) == lacking
    firm.clock.move(days=1)

    firm.books.restore(lost)  # found on a stick
    is_doubted(firm, pc, [])
    is_ours_now(firm)
    assert update(pc).status == missing_said(3)
    assert missing(firm) == new
    for payment in new:
        act(firm, payment, "reopen")
    assert update(pc).status == "3 payments posted"
    assert missing(firm) == []
    stand_once(firm, *there, *lacking, *new)
    assert extras(firm) == []


def test_the_old_file_comes_back_after_they_were_posted_again(firm: Firm, pc: WebConnector) -> None:
    """Each stands once in either file. In the old one it is its old receipt that counts."""
    there, lacking, lost = restored(firm, pc)
    old = {payment: firm.payment(payment).txn_id for payment in lacking}
    update(pc)
    for payment in lacking:
        act(firm, payment, "reopen")
    assert update(pc).status == "3 payments posted"
    firm.clock.move(days=1)
    firm.books.restore(lost)
    is_doubted(firm, pc, [])
    is_ours_now(firm)
    waiting = firm.pay(CUSTOMER, "3.00")
    assert update(pc).status == "1 payment posted"
    assert extras(firm) == []  # nothing stands there twice
    assert missing(firm) == []
    assert {payment: firm.payment(payment).txn_id for payment in lacking} == old
    stand_once(firm, *there, *lacking, waiting)


def test_a_missing_payment_that_somebody_entered_again_by_hand(
    firm: Firm, pc: WebConnector
) -> None:
    """It is typed in under our number; posting it as well would be the money twice."""
    _, lacking, _ = restored(firm, pc)
    update(pc)
    number = firm.payment(lacking[0]).reference
    firm.books.receive_by_hand(CUSTOMER, amount="25.00", number=number)
    act(firm, lacking[0], "reopen")
    session = update(pc)
    assert wrote(session) == []
    shown = firm.payment(lacking[0])
    assert shown.status == "rejected"
    assert shown.rejection is not None
    assert shown.rejection.cause == "paid_in_quickbooks"
    assert extras(firm) == []


def test_the_right_file_within_the_hour(firm: Firm, pc: WebConnector) -> None:
    """Opened by mistake, noticed at once: nobody has to say anything."""
    posted = paid(firm, pc)
    backup = firm.books.backup()
    newest = firm.pay(CUSTOMER, "41.00")
    update(pc)
    right = firm.books.backup()
    firm.books.restore(backup)
    waiting = firm.pay(CUSTOMER, "42.00")
    update(pc)
    firm.clock.move(minutes=50)
    firm.books.restore(right)
    assert update(pc).status == "1 payment posted"
    assert firm.services.companies.show(firm.company_id).notices == []
    stand_once(firm, *posted, newest, waiting)
