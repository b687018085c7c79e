"""Which books are open: stamps, places, versions. All of it before anything is read or written."""

from collections.abc import Callable

import pytest

from scripts.simulate.quickbooks.company_file import CompanyFile
from scripts.simulate.quickbooks.request_processor import RequestProcessor
from scripts.simulate.web_connector import HOST_COMPANY_PREFERENCES, Session, WebConnector
from sync_core.trouble import Kind, Variant
from tests.integration.sync.firm import (
    PATH,
    Firm,
    kinds,
    last_error,
    play,
    receive,
    requests,
    send,
    sign_in,
    status_of,
    update,
)

CUSTOMER = "Café Belém"
STAMPS = ["CompanyQuery", "HostQuery", "PreferencesQuery"]
FOREIGN = "{00000000-33D9-4815-AC85-BC87A7E7D1EB}"
OTHER_FILE = status_of(Kind.OTHER_COMPANY, company_file=PATH)


@pytest.fixture
def payment(firm: Firm) -> str:
    firm.books.add_customer(CUSTOMER)
    return firm.pay(CUSTOMER, "312.50")


def proven(firm: Firm) -> list[bool]:
    """Say which installs have proven themselves, oldest first."""
    rows = firm.rows("SELECT proven_at FROM install ORDER BY id")
    return [row["proven_at"] is not None for row in rows]


def places(firm: Firm) -> list[tuple[str, str, str | None]]:
    rows = firm.rows("SELECT company_name, path, confirmed_by FROM place ORDER BY id")
    return [(row["company_name"], row["path"], row["confirmed_by"]) for row in rows]


def other_file(name: str = "Somebody Else, Inc.") -> CompanyFile:
    books = CompanyFile(name, path=r"C:\Books\other.qbw")
    books.add_customer(CUSTOMER)
    books.add_payment_method("Visa", "Visa")
    return books


# Stamps


def test_a_new_install_asks_for_the_stamp_of_every_install(firm: Firm, payment: str) -> None:
    first, second = firm.register("Front desk"), firm.register("Back office", primary=False)
    session = update(firm.add_to_pc(first))
    assert kinds(session)[0] == STAMPS
    (query,) = requests(session.message_sets[0][0], "CompanyQuery")
    asked = [node.text for node in query.findall("OwnerID")]
    assert sorted(asked, key=str) == sorted([first.owner_id, second.owner_id])
    assert proven(firm) == [True, False]
    assert firm.statuses() == {payment: "posted"}


def test_a_proven_install_is_known_by_what_comes_with_its_first_call(
    firm: Firm, payment: str
) -> None:
    pc = firm.pc()
    update(pc)
    session = update(pc)
    assert not [kind for kind in kinds(session) if "HostQuery" in kind]
    assert session.status == "Nothing to post."
    assert firm.payment(payment).status == "posted"


@pytest.mark.parametrize("hcp", ["", "<QBXML", "<QBXML><QBXMLMsgsRs/></QBXML>"])
def test_what_did_not_come_with_the_first_call_is_asked_for(firm: Firm, hcp: str) -> None:
    pc = firm.pc()
    update(pc)
    ticket, _ = sign_in(pc)
    asked = send(pc, ticket, hcp=hcp)
    assert [node.tag for node in requests(asked)] == [
        "HostQueryRq",
        "CompanyQueryRq",
        "PreferencesQueryRq",
    ]


def test_what_quickbooks_says_of_itself_is_kept(firm: Firm) -> None:
    firm.books.closing_date = firm.clock.now.date().replace(day=1)
    firm.books.home_currency = "US Dollar"
    update(firm.pc())
    told = firm.services.companies.show(firm.company_id).quickbooks
    assert told == {
        "name": "Prairie Wind Yoga",
        "product": "QuickBooks Enterprise Solutions 24.0",
        "country": "US",
        "closing_date": firm.books.closing_date,
        "multi_currency": True,
    }


def test_a_second_install_is_proven_by_the_stamp_of_the_first(firm: Firm, payment: str) -> None:
    update(firm.pc("Front desk"))
    later = firm.pay(CUSTOMER, "31.00")
    assert update(firm.pc("Back office", primary=False)).status == "1 payment posted"
    assert proven(firm) == [True, True]
    assert firm.statuses() == {payment: "posted", later: "posted"}


def test_a_second_install_on_another_file_reads_and_writes_nothing(
    firm: Firm, payment: str
) -> None:
    update(firm.pc("Front desk"))
    later = firm.pay(CUSTOMER, "31.00")
    stranger = firm.pc("Back office", primary=False)
    stranger.company_file = other_file()
    session = update(stranger)
    assert session.status == OTHER_FILE
    assert kinds(session) == [STAMPS]  # the stamps, and nothing else
    assert stranger.company_file.payments() == []
    assert proven(firm) == [True, False]
    assert firm.statuses() == {payment: "posted", later: "queued"}
    assert firm.services.companies.show(firm.company_id).quickbooks["name"] == "Prairie Wind Yoga"
    assert len(places(firm)) == 1


def test_a_file_with_another_stamp_is_turned_away_at_the_first_call(
    firm: Firm, payment: str
) -> None:
    """Its stamp comes with the first call, so not even a question is asked."""
    pc = firm.pc()
    later = firm.pay(CUSTOMER, "31.00")
    firm.books.write_data(pc.owner_id, "FileID", FOREIGN)
    ticket, _ = sign_in(pc)
    assert send(pc, ticket, hcp=brought(firm, pc)) == ""
    assert last_error(pc, ticket) == status_of(Kind.OTHER_COMPANY)  # where ours is, is not known
    assert send(pc, ticket) == ""
    assert firm.rows("SELECT id FROM exchange") == []
    assert firm.statuses() == {payment: "queued", later: "queued"}
    assert proven(firm) == [False]


def test_a_file_that_lost_the_stamp_of_a_proven_install_is_another_one(firm: Firm) -> None:
    pc = firm.pc()
    update(pc)
    firm.books.write_data(pc.owner_id, "FileID", "")
    ticket, _ = sign_in(pc)
    asked = send(pc, ticket, hcp=brought(firm, pc))
    assert requests(asked, "CompanyQuery")  # QuickBooks, asked itself, does not have it either
    assert receive(pc, ticket, RequestProcessor(firm.books).process(asked)) == -1
    assert last_error(pc, ticket) == OTHER_FILE


def test_the_first_stamp_with_another_value_contradicts_the_second_install(firm: Firm) -> None:
    first, second = firm.pc("Front desk"), firm.pc("Back office", primary=False)
    update(first)
    firm.books.write_data(first.owner_id, "FileID", FOREIGN)
    assert update(second).status == OTHER_FILE
    assert proven(firm) == [True, False]


def test_quickbooks_that_does_not_say_who_it_is_is_not_written_to(firm: Firm, payment: str) -> None:
    pc = firm.pc()
    ticket, _ = sign_in(pc)
    send(pc, ticket)
    assert receive(pc, ticket, "<QBXML><QBXMLMsgsRs/></QBXML>") == -1
    assert last_error(pc, ticket) == status_of(Kind.OTHER, Variant.NOT_TOLD)
    assert firm.statuses() == {payment: "queued"}


def brought(firm: Firm, pc: WebConnector) -> str:
    """Ask QuickBooks what the Web Connector brings with its first call."""
    question = HOST_COMPANY_PREFERENCES.format(version="16.0", owner_id=pc.owner_id)
    return RequestProcessor(firm.books).process(question)


# Versions


@pytest.mark.parametrize(
    ("newest", "spoken"), [(10, "10.0"), (11, "11.0"), (12, "12.0"), (13, "13.0"), (16, "13.0")]
)
def test_the_newest_version_that_both_know_is_spoken(
    firm: Firm, payment: str, newest: int, spoken: str
) -> None:
    """The simulated QuickBooks refuses what its version does not know, the schema the rest."""
    firm.books.host.versions = tuple(f"{number}.0" for number in range(1, newest + 1))
    invoice = firm.books.add_invoice(CUSTOMER, amount="90.00", number="2118")
    firm.services.companies.set(firm.company_id, {"add_payment_methods": "yes"})
    by_number = [{"invoice": {"number": "2118"}, "amount": "40.00"}]
    firm.pay(CUSTOMER, "40.00", by_number, method="Discover")
    firm.pay(CUSTOMER, "50.00", {invoice: "50.00"})
    session = update(firm.pc())
    assert session.status == "3 payments posted"
    asked = [kind for kinds_ in kinds(session) for kind in kinds_]
    assert {"InvoiceQuery", "PaymentMethodAdd", "ReceivePaymentAdd"} <= set(asked)
    heads = [out.partition("<QBXML>")[0] for out, _ in session.message_sets]
    wanted = f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{spoken}"?>'
    assert set(heads) == {wanted}
    assert firm.payment(payment).status == "posted"
    assert firm.last_session()["qbxml_version"] == spoken


def test_a_quickbooks_too_old_is_told_so_and_asked_nothing(firm: Firm, payment: str) -> None:
    firm.books.host.versions = ("7.0", "8.0", "9.0")
    session = update(firm.pc())
    assert session.status == status_of(Kind.OTHER, Variant.TOO_OLD)
    assert session.message_sets == []
    assert firm.statuses() == {payment: "queued"}


# Places


@pytest.fixture
def careful(opened: Callable[..., Firm]) -> Firm:
    """A firm whose administrator has not said yes beforehand."""
    firm = opened(yes_to_first=False)
    firm.books.add_customer(CUSTOMER)
    return firm


def test_nothing_is_written_until_an_administrator_confirms_the_file(careful: Firm) -> None:
    payment = careful.pay(CUSTOMER, "312.50", method="Barter")
    pc = careful.pc()
    for _ in range(2):
        session = update(pc)
        assert session.status == (
            "Nothing is posted until an administrator confirms that this is the right company "
            r"file (Prairie Wind Yoga, C:\Books\prairie.qbw)."
        )
        assert session.error_code is None
        assert ">100<" in session.calls[-2].answer
        # Nobody knows yet that these books may judge the payment, so it is not rejected either.
        assert careful.statuses() == {payment: "queued"}
    assert places(careful) == [("Prairie Wind Yoga", r"C:\Books\prairie.qbw", None)]
    assert careful.books.payments() == []

    place = careful.services.companies.confirm(careful.company_id, by="admin@example.com")
    assert (place.company_name, place.path) == ("Prairie Wind Yoga", r"C:\Books\prairie.qbw")
    careful.books.add_payment_method("Barter")
    assert update(pc).status == "1 payment posted"
    assert places(careful)[0][2] == "admin@example.com"


def test_yes_given_beforehand_holds_for_the_first_file_alone(firm: Firm, payment: str) -> None:
    pc = firm.pc()
    assert update(pc).status == "1 payment posted"
    assert places(firm) == [("Prairie Wind Yoga", r"C:\Books\prairie.qbw", "said beforehand")]
    firm.books.path = r"D:\Moved\prairie.qbw"
    later = firm.pay(CUSTOMER, "31.00")
    assert r"D:\Moved\prairie.qbw" in update(pc).status
    assert firm.statuses() == {payment: "posted", later: "queued"}
    firm.services.companies.confirm(firm.company_id, by="admin@example.com")
    assert update(pc).status == "1 payment posted"


def test_a_company_of_another_name_waits_as_well(firm: Firm, payment: str) -> None:
    pc = firm.pc()
    update(pc)
    later = firm.pay(CUSTOMER, "31.00")
    firm.books.name = "Prairie Wind Yoga (copy)"
    assert "(Prairie Wind Yoga (copy), " in update(pc).status
    assert firm.statuses() == {payment: "posted", later: "queued"}


def test_a_file_that_moved_back_is_known(firm: Firm, payment: str) -> None:
    pc = firm.pc()
    update(pc)
    home, firm.books.path = firm.books.path, r"D:\Moved\prairie.qbw"
    update(pc)
    firm.books.path = home
    later = firm.pay(CUSTOMER, "31.00")
    assert update(pc).status == "1 payment posted"
    assert firm.statuses() == {payment: "posted", later: "posted"}


def test_a_second_pc_at_the_very_same_place_needs_no_second_yes(firm: Firm, payment: str) -> None:
    update(firm.pc("Front desk"))
    later = firm.pay(CUSTOMER, "31.00")
    assert update(firm.pc("Back office", primary=False)).status == "1 payment posted"
    assert firm.statuses() == {payment: "posted", later: "posted"}


def test_a_second_pc_whose_place_was_never_confirmed_waits(careful: Firm) -> None:
    """Without a yes given beforehand each install's place needs the administrator's word."""
    update(careful.pc("Front desk"))
    careful.services.companies.confirm(careful.company_id, by="admin@example.com")
    payment = careful.pay(CUSTOMER, "31.00")
    second = careful.pc("Back office", primary=False)
    assert update(second).status.startswith("Nothing is posted until an administrator confirms")
    assert careful.statuses() == {payment: "queued"}
    careful.services.companies.confirm(careful.company_id, by="admin@example.com")
    assert update(second).status == "1 payment posted"


def test_a_word_given_during_a_session_counts_from_the_next_one(careful: Firm) -> None:
    payment = careful.pay(CUSTOMER, "31.00")
    pc = careful.pc()
    session: Session = pc.begin()
    while not careful.rows("SELECT id FROM place"):
        session.step()
    careful.services.companies.confirm(careful.company_id, by="admin@example.com")
    assert play(session).status.startswith("Nothing is posted until")
    assert careful.statuses() == {payment: "queued"}
    assert update(pc).status == "1 payment posted"


@pytest.mark.parametrize("path", ["", "x" * 2000, r"\\server\Büro\日本\prairie.qbw"])
def test_any_path_can_be_confirmed(careful: Firm, path: str) -> None:
    careful.books.path = path
    payment = careful.pay(CUSTOMER, "31.00")
    pc = careful.pc()
    assert update(pc).status.startswith("Nothing is posted until")
    careful.services.companies.confirm(careful.company_id, by="admin@example.com")
    assert update(pc).status == "1 payment posted"
    assert careful.statuses() == {payment: "posted"}
