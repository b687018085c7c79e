"""What gets lost between a PC and the server, and how often a payment was carried out all the same.

Judged by two counts: how often QuickBooks has executed a payment, by its ExternalGUID, and the
receipts that stand there now.
"""

from collections.abc import Callable
from typing import Any

from lxml import etree
from sqlalchemy import text

from models.base import Base
from scripts.simulate.transport import Transport
from scripts.simulate.web_connector import Session, WebConnector
from tests import databases
from tests.integration.sync.firm import Firm, Row, requests, tampered

WRITES = ("ReceivePaymentAdd", "PaymentMethodAdd", "TxnDel")
Database = dict[str, list[Row]]
Edit = Callable[[etree._Element], object]


def lose_the_answers(pc: WebConnector) -> Session:
    """Let QuickBooks carry the payments of an update out, and the PC die before it tells."""
    session = pc.begin()
    session.take("ReceivePaymentAdd")
    session.execute()
    session.power_cut()
    return session


def executed(firm: Firm, payment: str) -> int:
    """Count how often QuickBooks has carried a payment out, in the file that is open now."""
    rows = firm.rows(
        "SELECT external_guid FROM payment WHERE external_id = :id AND company_file_id = :company",
        id=payment,
        company=firm.company_file_id,
    )
    return firm.books.executed_adds[f"{{{rows[0]['external_guid']}}}"]


def stand_once(firm: Firm, *payments: str) -> None:
    """See that payments are posted, and were carried out once: one receipt each, known by TxnID."""
    for payment in payments:
        shown = firm.payment(payment)
        assert shown.status == "posted", (payment, shown.status, shown.note, shown.rejection)
        assert executed(firm, payment) == 1
        assert firm.receipt(payment).total == round(float(shown.amount) * 100)
    standing = [firm.payment(payment).txn_id for payment in payments]
    assert len(set(standing)) == len(payments)


def wrote(session: Session) -> list[str]:
    """List what a session has written, by the names of the requests."""
    return [
        str(node.tag).removesuffix("Rq")
        for asked, _ in session.message_sets
        for node in requests(asked)
        if str(node.tag).removesuffix("Rq") in WRITES
    ]


def edited(line: Transport, only: Callable[[etree._Element], bool], edit: Edit) -> Transport:
    """Edit on its way to the service each response that `only` picks."""

    def change(answer: str) -> str:
        root = etree.fromstring(answer.encode())
        for node in [node for node in root[0] if only(node)]:
            edit(node)
        return etree.tostring(root, encoding="unicode")

    return tampered(line, change, only="<QBXMLMsgsRs>")


def take_out(node: etree._Element) -> None:
    """Leave a response out."""
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)


def say_twice(node: etree._Element) -> None:
    """Let a response come two times."""
    node.addnext(etree.fromstring(etree.tostring(node)))


def give_another_id(node: etree._Element) -> None:
    """Let a response answer what nobody asked."""
    node.set("requestID", "nobody's")


def refuse(code: str, message: str = "It cannot be done.") -> Edit:
    """Say that nothing was done."""

    def edit(node: etree._Element) -> None:
        node[:] = []
        node.attrib.update({"statusCode": code, "statusMessage": message})

    return edit


def remember(firm: Firm) -> Database:
    """Back our database up."""
    return firm.everything()


def go_back(firm: Firm, remembered: Database) -> None:
    """Restore our database from a backup, and tell nobody."""
    tables = Base.metadata.sorted_tables
    with firm.engine.begin() as db:
        databases.clear(db)
        for table in tables:
            if remembered[table.name]:
                db.execute(table.insert(), remembered[table.name])


def lose_payments(firm: Firm) -> None:
    """Lose all payments, and all that was ever read of QuickBooks: a total loss."""
    with firm.engine.begin() as db, databases.erasing(db):
        for table in ("extra_receipt", "payment_event", "attempt", "payment_apply", "payment"):
            db.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - names of our own
        db.execute(text("DELETE FROM receipt"))
        db.execute(text("UPDATE company_file SET receipts_mark = NULL, deletions_mark = NULL"))


def company(firm: Firm) -> Row:
    """Read what is known of the company file."""
    return firm.rows("SELECT * FROM company_file WHERE id = :id", id=firm.company_file_id)[0]


def extras(firm: Firm) -> list[Row]:
    """List the entries in QuickBooks that are one too many and not settled, oldest first."""
    return firm.rows(
        "SELECT * FROM extra_receipt WHERE company_file_id = :id AND resolved_at IS NULL"
        " ORDER BY id",
        id=firm.company_file_id,
    )


def resolutions(firm: Firm) -> list[str | None]:
    """Say how the entries that were one too many have ended, oldest first."""
    found = firm.rows("SELECT resolution FROM extra_receipt ORDER BY id")
    return [row["resolution"] for row in found]


def act(firm: Firm, payment: str, action: str, **more: Any) -> None:
    """Do what a person does about a payment."""
    given = {"action": action, "note": "I have looked.", **more}
    firm.services.review.act(firm.company_file_id, payment, given, by="maria@example.com")


def trail(firm: Firm, payment: str) -> list[str]:
    """Read a payment's history: where it stood, one after the other."""
    return [str(event.to_status) for event in firm.payment(payment).history]
