"""More of the demo, for pictures and checks of pages: books that changed in many ways meanwhile."""

from datetime import date
from typing import Any

from scripts.simulate.quickbooks.company_file import CompanyFile

STRANGE = '<script>alert("x")</script> =1+1'


def prepare(books: CompanyFile) -> dict[str, str]:
    """Enter the invoices that are known before the customers pay; give their TxnIDs by number."""
    owed = {
        "2131": ("Prairie Wind Yoga", "95.00"),
        "2132": ("Harper Dental Group:Lakeview", "640.00"),
        "2133": ("Zoë Lindqvist", "180.00"),
        "2134": ("Northside Bakery LLC", "515.00"),
        "2135": ("Garcia Auto Repair", "225.00"),
        "2136": ("Café Belém", "312.50"),
    }
    return {
        number: books.add_invoice(customer, number=number, amount=amount, date=date(2026, 11, 2))
        for number, (customer, amount) in owed.items()
    }


def payments(invoices: dict[str, str]) -> list[dict[str, Any]]:
    """List what customers pay then, as the service's JSON API takes it."""
    return [
        _payment(1, "Prairie Wind Yoga", "95.00", invoices["2131"]),
        _payment(2, "Harper Dental Group", "640.00", invoices["2132"], method="E-Check"),
        _payment(3, "Sunrise Montessori School", "180.00", invoices["2133"]),
        _payment(4, "Northside Bakery LLC", "515.00", invoices["2134"]),
        _payment(5, "Garcia Auto Repair", "225.00", invoices["2135"], method="Discover"),
        _payment(6, "Café Belém", "312.50", invoices["2136"]),
        _payment(7, STRANGE, "42.00"),
        _payment(8, "Ruiz & Daughters Plumbing", "60.00", received_on="2026-10-14"),
        *(
            _payment(number, customer, f"{number}.50", method="Gift card")
            for number, customer in enumerate(
                ("Café Belém", "Prairie Wind Yoga", "Zoë Lindqvist", "Garcia Auto Repair"), start=20
            )
        ),
    ]


def change(books: CompanyFile, invoices: dict[str, str]) -> None:
    """Do what a busy office does after that."""
    books.recreate_invoice(invoices["2131"])
    books.change_invoice(invoices["2132"], amount="580.00")
    books.void_invoice(invoices["2134"])
    books.receive_by_hand(
        "Garcia Auto Repair",
        amount="125.00",
        invoices={invoices["2135"]: "125.00"},
        method="Check",
        number="884",
    )
    books.receive_by_hand("Café Belém", amount="312.50", method="Visa", number="31")
    books.closing_date = date(2026, 10, 31)


def _payment(
    number: int, customer: str, amount: str, txn_id: str = "", **more: str
) -> dict[str, Any]:
    return {
        "id": f"web-{1100 + number}",
        "customer": {"name": customer},
        "amount": amount,
        "received_on": "2026-11-20",
        "method": "Visa",
        "apply": [{"invoice": {"txn_id": txn_id}, "amount": amount}] if txn_id else [],
        **more,
    }
