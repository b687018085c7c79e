"""QuickBooks refuses a message set because of one payment in it: the others are recorded, once.

It has done nothing of such a set, and says only that it could not read it. So halves of it are
sent, each after QuickBooks was asked for what was in it, until the culprit stands alone.
"""

from collections.abc import Callable, Collection

import pytest

from scripts.simulate.postman import Postman
from scripts.simulate.quickbooks.refusals import ComError, unparsable, unsupported_version
from scripts.simulate.quickbooks.request_processor import RequestProcessor
from scripts.simulate.web_connector import Session, WebConnector
from sync_core.trouble import Kind, Variant
from tests.integration.sync.firm import (
    Firm,
    kinds,
    receive,
    requests,
    status_of,
    tampered,
    until_payments_are_out,
    update,
)
from tests.integration.sync.leaving import (
    A_NIGHT_S,
    are_once,
    die,
    executed,
    fair_update,
    numbers_sent,
    reference,
    set_columns,
    some_payments,
)

CHOKE = "unreadable"
COULD_NOT_READ = "QuickBooks found an error when parsing the provided XML text stream."
OTHER_VERSION = "The version of qbXML that was requested is not supported or is unknown."
NEEDS_YOU = "1 needs you: https://pay.example.com/resolve"


def with_culprits(firm: Firm, count: int, at: Collection[int]) -> tuple[list[str], list[str]]:
    """Queue payments, some of which QuickBooks cannot read; those, and the others."""
    firm.books.behaviour.chokes_on = CHOKE
    queued = [
        some_payments(firm, 1, **({"memo": CHOKE} if place in at else {}))[0]
        for place in range(count)
    ]
    culprits = [payment for place, payment in enumerate(queued) if place in at]
    return culprits, [payment for payment in queued if payment not in culprits]


def are_rejected(firm: Firm, culprits: Collection[str], said: str = COULD_NOT_READ) -> None:
    for payment in culprits:
        shown = firm.payment(payment)
        assert shown.status == "rejected"
        assert shown.rejection is not None
        assert shown.rejection.cause == "invalid"
        assert shown.rejection.summary == f"QuickBooks could not read this payment: {said}"
        assert firm.attempts(payment)[-1]["outcome"] == "refused_alone"
        assert executed(firm, payment) == 0


def is_asked_for_after_each_refusal(session: Session) -> None:
    """See that the set after one that was refused asks for all that was in that one."""
    for (asked, answer), (then, _) in zip(
        session.message_sets, session.message_sets[1:], strict=False
    ):
        if not answer:
            out = {node.findtext("*/RefNumber") for node in requests(asked, "ReceivePaymentAdd")}
            wanted = {node.findtext("RefNumber") for node in requests(then, "ReceivePaymentQuery")}
            assert out
            assert out <= wanted
            assert not requests(then, "ReceivePaymentAdd")


def sizes(session: Session) -> list[int]:
    return [len(numbers) for numbers in numbers_sent(session)]


@pytest.mark.parametrize(
    ("count", "at"),
    [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2), (7, 0), (7, 6), (100, 0), (100, 99)],
)
def test_one_culprit_among_many(firm: Firm, count: int, at: int) -> None:
    culprits, innocents = with_culprits(firm, count, [at])
    session = fair_update(firm, firm.pc())
    assert session.status == (
        f"{count - 1} payment{'s' if count > 2 else ''} posted, {NEEDS_YOU}"
        if innocents
        else NEEDS_YOU
    )
    are_once(firm, innocents)
    are_rejected(firm, culprits)
    is_asked_for_after_each_refusal(session)
    assert len(sizes(session)) <= 25


@pytest.mark.parametrize(
    ("count", "at", "wanted"),
    [
        (7, 0, [7, 3, 1, 1, 2, 3]),  # at the front: it stands alone soon, and sets grow back
        (7, 6, [7, 3, 4, 2, 2, 1, 1]),
        (8, 3, [8, 4, 2, 4, 2, 1, 2, 1, 1, 2, 1]),
    ],
)
def test_sets_are_halved_and_grow_back(firm: Firm, count: int, at: int, wanted: list[int]) -> None:
    with_culprits(firm, count, [at])
    assert sizes(update(firm.pc())) == wanted


@pytest.mark.parametrize("at", [(0, 1), (0, 6), (2, 4), (5, 6)])
def test_two_culprits(firm: Firm, at: tuple[int, int]) -> None:
    culprits, innocents = with_culprits(firm, 7, at)
    session = fair_update(firm, firm.pc())
    assert session.status == "5 payments posted, 2 need you: https://pay.example.com/resolve"
    are_once(firm, innocents)
    are_rejected(firm, culprits)
    is_asked_for_after_each_refusal(session)


def test_nothing_but_culprits(firm: Firm) -> None:
    culprits, _ = with_culprits(firm, 5, range(5))
    session = fair_update(firm, firm.pc())
    assert session.status == "5 need you: https://pay.example.com/resolve"
    are_rejected(firm, culprits)
    assert fair_update(firm, firm.pc("Back office", primary=False)).status == "Nothing to post."


@pytest.mark.parametrize(
    ("choke", "said"), [(unparsable, COULD_NOT_READ), (unsupported_version, OTHER_VERSION)]
)
def test_both_codes_that_prove_it(firm: Firm, choke: Callable[[str], ComError], said: str) -> None:
    firm.books.behaviour.choke = choke
    culprits, innocents = with_culprits(firm, 3, [1])
    session = fair_update(firm, firm.pc())
    are_once(firm, innocents)
    are_rejected(firm, culprits, said)
    is_asked_for_after_each_refusal(session)


def test_what_happened_is_in_the_trail(firm: Firm) -> None:
    culprits, innocents = with_culprits(firm, 2, [1])
    update(firm.pc())
    moves = [event.to_status for event in firm.payment(culprits[0]).history]
    back = ["sent", "in_doubt", "queued"]
    assert moves == ["queued", *back, "sent", "in_doubt", "rejected"]
    moves = [event.to_status for event in firm.payment(innocents[0]).history]
    assert moves == ["queued", *back, "sent", "posted"]
    outcomes = [attempt["outcome"] for attempt in firm.attempts(innocents[0])]
    assert outcomes == ["refused_whole", "posted"]
    # It was never lost, so it is not back from doubt.
    assert firm.rows("SELECT returns FROM payment") == [{"returns": 0}] * 2


def test_a_person_may_try_the_culprit_again(firm: Firm) -> None:
    """QuickBooks was updated, and reads it now."""
    (culprit,), innocents = with_culprits(firm, 2, [0])
    pc = firm.pc()
    update(pc)
    are_rejected(firm, [culprit])
    again = "status = 'queued', cause = NULL, summary = NULL, evidence = NULL, returns = 0"
    set_columns(firm, culprit, again)
    session = fair_update(firm, pc)  # not yet: it leaves once more, and is refused once more
    assert sizes(session) == [1]
    are_rejected(firm, [culprit])
    set_columns(firm, culprit, again)
    firm.books.behaviour.chokes_on = ""
    assert fair_update(firm, pc).status == "1 payment posted"
    are_once(firm, [culprit, *innocents])


# The session ends before the culprit is found


def test_the_next_sync_goes_on_where_the_first_one_ended(firm: Firm) -> None:
    """Whoever it is: nothing of a refused set was done, so nobody has to be over."""
    culprits, innocents = with_culprits(firm, 7, [6])
    desk, back = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    session = desk.begin()
    session.take("ReceivePaymentAdd")
    session.execute()
    while session.step() != "receiveResponseXML":
        pass
    session.power_cut()
    assert set(firm.statuses().values()) == {"in_doubt"}
    firm.clock.move(seconds=A_NIGHT_S)
    fair_update(firm, back)
    are_once(firm, innocents)
    are_rejected(firm, culprits)


def test_a_culprit_that_stood_alone_is_not_sent_by_the_next_sync(firm: Firm) -> None:
    (culprit,), _ = with_culprits(firm, 1, [0])
    pc = firm.pc()
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.execute()
    while session.step() != "receiveResponseXML":
        pass
    session.power_cut()
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    assert numbers_sent(session) == []
    are_rejected(firm, [culprit])


def test_a_copy_of_a_refusal_proves_nothing_about_a_later_set(firm: Firm) -> None:
    """It names no set; the PC that fell asleep with the later one in its hands carries it out."""
    culprits, innocents = with_culprits(firm, 4, [3])
    desk, back = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    desk.transport = post = Postman(desk.transport)
    session = desk.begin()
    session.take("ReceivePaymentAdd")
    post.copy("receiveResponseXML", "0x80040400")
    session.take("ReceivePaymentAdd")
    post.deliver()
    asleep = innocents[:2]
    assert {firm.payment(payment).status for payment in asleep} == {"in_doubt"}
    firm.clock.move(seconds=A_NIGHT_S)
    fair_update(firm, back)
    assert {firm.payment(payment).status for payment in asleep} == {"in_doubt"}
    session.wake()
    firm.clock.move(seconds=A_NIGHT_S)
    fair_update(firm, desk)
    are_once(firm, innocents)
    are_rejected(firm, culprits)


# What proves nothing


HRESULTS = [
    *("0x80040401", "0x80040402", "0x8004040D", "0x80040422", "0x800706BA", "0x80010105"),
    *("80040400", "0x800404000", "0x8004040", "error"),
]


@pytest.mark.parametrize("was_executed", [True, False])
def test_any_other_code_proves_nothing(firm: Firm, *, was_executed: bool) -> None:
    pc = firm.pc()
    for hresult in HRESULTS:
        payments = some_payments(firm, 2)
        session = until_payments_are_out(pc)
        if was_executed:
            RequestProcessor(firm.books).process(_out(firm))
        assert receive(pc, session.ticket, "", hresult=hresult, message="An error.") == -1
        assert {firm.payment(payment).status for payment in payments} == {"in_doubt"}, hresult
        firm.clock.move(seconds=A_NIGHT_S)
        fair_update(firm, pc)
        are_once(firm, payments)


@pytest.mark.parametrize("hresult", ["0x80040400", "0x80040423"])
@pytest.mark.parametrize("rest", ["", "<QBXML/>", "."])
def test_a_code_beside_an_answer_proves_nothing(firm: Firm, hresult: str, rest: str) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 2)
    session = until_payments_are_out(pc)
    answer = rest or RequestProcessor(firm.books).process(_out(firm))
    assert receive(pc, session.ticket, answer, hresult=hresult, message=COULD_NOT_READ) == -1
    assert {firm.payment(payment).status for payment in payments} == {"in_doubt"}
    assert {firm.attempts(payment)[0]["outcome"] for payment in payments} == {"in_doubt"}
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    assert numbers_sent(session) == (
        [[reference(firm, payment) for payment in payments]] if rest else []
    )
    are_once(firm, payments)


def _out(firm: Firm) -> str:
    (row,) = firm.rows("SELECT request_xml FROM exchange WHERE answered_at IS NULL")
    return str(row["request_xml"])


@pytest.mark.parametrize("choke", [unparsable, unsupported_version])
def test_a_look_up_that_is_refused_whole_ends_the_sync(
    firm: Firm, choke: Callable[[str], ComError]
) -> None:
    pc = firm.pc()
    payments = some_payments(firm, 2)
    die(pc)
    firm.clock.move(seconds=A_NIGHT_S)
    firm.books.behaviour.chokes_on = "ReceivePaymentQueryRq"
    firm.books.behaviour.choke = choke
    others = some_payments(firm, 2)
    session = update(pc)
    assert session.status.endswith(status_of(Kind.OTHER, Variant.NOT_UNDERSTOOD))
    assert "ReceivePaymentQuery" in kinds(session)[-1]
    assert numbers_sent(session) == []
    assert list(firm.statuses().values()) == ["in_doubt"] * 2 + ["queued"] * 2
    firm.books.behaviour.chokes_on = ""
    assert fair_update(firm, pc).status == "4 payments posted"
    are_once(firm, [*payments, *others])


def test_a_look_up_after_a_refused_set_that_is_refused_too_ends_the_sync(firm: Firm) -> None:
    """QuickBooks reads nothing any more: no half is sent, and all of them wait in doubt."""
    pc = firm.pc()
    payments = some_payments(firm, 4)
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    firm.books.behaviour.chokes_on = "QBXML"
    session.finish()
    assert sizes(session) == [4]
    assert session.status.endswith(status_of(Kind.OTHER, Variant.NOT_UNDERSTOOD))
    assert set(firm.statuses().values()) == {"in_doubt"}
    firm.books.behaviour.chokes_on = ""
    assert fair_update(firm, pc).status == "4 payments posted"
    are_once(firm, payments)


def test_a_look_up_after_a_refused_set_that_finds_it_there(firm: Firm) -> None:
    """QuickBooks' word against its books: what stands there is posted, whatever the code said."""
    pc: WebConnector = firm.pc()
    payments = some_payments(firm, 4)
    session = until_payments_are_out(pc)
    RequestProcessor(firm.books).process(_out(firm))
    firm.books.behaviour.chokes_on = "ReceivePaymentAddRq"
    session.finish()
    assert session.status == "4 payments posted"
    assert sizes(session) == [4]
    are_once(firm, payments)


def test_an_answer_of_nothing_but_the_two_codes_words_is_no_refusal(firm: Firm) -> None:
    """The code counts, and no text."""
    pc = firm.pc()
    payments = some_payments(firm, 2)
    line = pc.transport
    pc.transport = tampered(line, lambda _: COULD_NOT_READ, only="ReceivePaymentAddRs")
    update(pc)
    pc.transport = line
    assert set(firm.statuses().values()) == {"in_doubt"}
    firm.clock.move(seconds=A_NIGHT_S)
    session = fair_update(firm, pc)
    assert numbers_sent(session) == []
    are_once(firm, payments)
