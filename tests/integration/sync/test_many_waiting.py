"""Ten thousand rejected payments wait, one invoice changed: no more statements than with ten."""

from collections.abc import Callable

from sqlalchemy import func, insert, select

from models.payment import Payment, PaymentApply, Watch
from tests.integration.sync.firm import Firm, kinds, update
from tests.integration.sync.test_status_column import counted

CAFE = "Café Belém"
# Rows go in by so many at once.
SHARE = 1000


def wait(firm: Firm, payment: str, *, many: int) -> None:
    """Let many more payments wait as a rejected one does, each for an invoice of its own."""
    with firm.engine.begin() as db:
        first = db.execute(select(func.max(Payment.id))).scalar_one() + 1
        (like,) = db.execute(select(Payment.__table__).where(Payment.external_id == payment))
        row = like._asdict()
        del row["id"]
        for start in range(0, many, SHARE):
            numbers = range(start, min(start + SHARE, many))
            db.execute(
                insert(Payment),
                [
                    {
                        **row,
                        "id": first + number,
                        "external_id": f"old-{first + number}",
                        "reference": f"CBOLD{first + number:06}",
                        "external_guid": f"00000000-0000-4000-8000-{first + number:012}",
                        "likeness": None,
                    }
                    for number in numbers
                ],
            )
            db.execute(
                insert(PaymentApply),
                [
                    {
                        "payment_id": first + number,
                        "position": 0,
                        "amount_cents": row["amount_cents"],
                        "invoice_txn_id": f"F{number:X}-1760000000",
                    }
                    for number in numbers
                ],
            )
            db.execute(
                insert(Watch),
                [
                    {
                        "company_file_id": firm.company_file_id,
                        "payment_id": first + number,
                        "kind": kind,
                        "key": key,
                    }
                    for number in numbers
                    for kind, key in (
                        ("invoice", f"F{number:X}-1760000000"),
                        ("number", f"old {number}"),
                        ("customer", f"8000{number:04X}-1760000000"),
                    )
                ],
            )


def test_with_ten_thousand_waiting_a_changed_invoice_costs_as_much_as_with_ten(
    opened: Callable[..., Firm],
) -> None:
    firm = opened()
    firm.books.add_customer(CAFE)
    pc = firm.pc()
    invoices = [
        firm.books.add_invoice(CAFE, amount="10.00", number=str(number)) for number in range(4)
    ]
    update(pc)
    paid = [firm.pay(CAFE, "20.00", {invoice: "20.00"}) for invoice in invoices]
    firm.clock.move(hours=2)
    update(pc)
    assert set(firm.statuses().values()) == {"rejected"}
    counts = []
    # The first of them has more to find out than all that come after it.
    for payment, invoice, many in zip(paid, invoices, (0, 10, 10_000), strict=False):
        wait(firm, paid[-1], many=many)
        firm.clock.move(hours=2)
        firm.books.change_invoice(invoice, amount="20.00")
        with counted(firm.engine) as statements:
            session = update(pc)
        assert firm.payment(payment).status == "posted"
        counts.append((len(statements), len(kinds(session))))
        firm.clock.move(hours=2)
        update(pc)  # reads what was posted just now
    print(f"A sync that heals one takes {counts[1][0]} statements")  # noqa: T201 - for whoever looks
    assert counts[2] == counts[1]
