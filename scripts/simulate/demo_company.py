"""The demo: the books of a small firm, and the online payments its customers have made.

Everything is made up and always the same, ids included, so that a description of the demo stays
true. Most payments post; three meet books that have changed since the customer paid.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from scripts.simulate.quickbooks.company_file import CompanyFile

NAME = "Bluestem IT Services, Inc."
PATH = r"C:\Books\bluestem.qbw"
METHODS = {
    "Cash": "Cash",
    "Check": "Check",
    "American Express": "AmericanExpress",
    "Discover": "Discover",
    "MasterCard": "MasterCard",
    "Visa": "Visa",
    "E-Check": "ECheck",
}
CUSTOMERS = (
    *("Harper Dental Group", "Harper Dental Group:Elm Street", "Harper Dental Group:Lakeview"),
    *("Northside Bakery LLC", "Café Belém", "Ruiz & Daughters Plumbing", "O'Neill Law Offices"),
    *("Zoë Lindqvist", "Prairie Wind Yoga", "Garcia Auto Repair", "Sunrise Montessori School"),
    "Tidewater Veterinary Clinic",
)

# Number, customer, month and day in 2026, amount, sales tax.
INVOICES = (
    ("2101", "Northside Bakery LLC", (9, 28), "480.00", "0.00"),
    ("2102", "Café Belém", (10, 1), "312.50", "0.00"),
    ("2103", "Harper Dental Group:Elm Street", (10, 1), "1250.00", "0.00"),
    ("2104", "Harper Dental Group:Lakeview", (10, 1), "640.00", "0.00"),
    ("2105", "O'Neill Law Offices", (10, 5), "350.00", "0.00"),
    ("2106", "O'Neill Law Offices", (10, 12), "425.00", "0.00"),
    ("2107", "O'Neill Law Offices", (10, 19), "250.00", "0.00"),
    ("2108", "Ruiz & Daughters Plumbing", (10, 14), "1800.00", "0.00"),
    ("2109", "Prairie Wind Yoga", (10, 15), "95.00", "0.00"),
    ("2110", "Garcia Auto Repair", (10, 20), "225.00", "0.00"),
    ("2111", "Sunrise Montessori School", (10, 22), "1600.00", "132.00"),
    ("2112", "Tidewater Veterinary Clinic", (10, 26), "875.00", "0.00"),
    ("2113", "Northside Bakery LLC", (10, 28), "515.00", "0.00"),
    ("2114", "O'Neill Law Offices", (11, 2), "390.00", "0.00"),
    ("2115", "Tidewater Veterinary Clinic", (11, 3), "560.00", "0.00"),
    ("2116", "Garcia Auto Repair", (11, 4), "275.00", "0.00"),
    ("2117", "Zoë Lindqvist", (11, 9), "180.00", "0.00"),
    ("2118", "Café Belém", (11, 10), "298.75", "24.65"),
    ("2119", "Harper Dental Group:Elm Street", (11, 12), "1250.00", "0.00"),
    ("2120", "Sunrise Montessori School", (11, 16), "720.00", "59.40"),
)


class Planned(NamedTuple):
    """An online payment: its day in November 2026, and what goes to which invoice.

    An invoice number that starts with # is told to the service as a number, the others by TxnID.
    """

    day: int
    customer: str
    amount: str
    method: str
    applied: dict[str, str]


PAYMENTS = (
    Planned(18, "Northside Bakery LLC", "480.00", "Visa", {"2101": "480.00"}),
    Planned(18, "Café Belém", "312.50", "MasterCard", {"2102": "312.50"}),
    Planned(18, "Harper Dental Group", "1250.00", "E-Check", {"2103": "1250.00"}),
    Planned(18, "Harper Dental Group:Lakeview", "640.00", "E-Check", {"2104": "640.00"}),
    Planned(
        19,
        "O'Neill Law Offices",
        "1025.00",
        "American Express",
        {"2105": "350.00", "2106": "425.00", "2107": "250.00"},
    ),
    Planned(19, "Ruiz & Daughters Plumbing", "500.00", "Visa", {"2108": "500.00"}),
    Planned(19, "Zoë Lindqvist", "150.00", "Visa", {}),
    Planned(19, "Prairie Wind Yoga", "95.00", "MasterCard", {"#2109": "95.00"}),
    Planned(19, "Garcia Auto Repair", "250.00", "Discover", {"2110": "225.00"}),
    Planned(20, "Sunrise Montessori School", "1732.00", "E-Check", {"2111": "1732.00"}),
    Planned(20, "Tidewater Veterinary Clinic", "875.00", "Discover", {"2112": "875.00"}),
    Planned(20, "Northside Bakery LLC", "515.00", "Visa", {"2113": "515.00"}),
    Planned(20, "O'Neill Law Offices", "390.00", "Visa", {"2114": "390.00"}),
    Planned(20, "Tidewater Veterinary Clinic", "560.00", "MasterCard", {"2115": "560.00"}),
    Planned(20, "Garcia Auto Repair", "275.00", "Visa", {"2116": "275.00"}),
)


class TickingClock:
    """A clock that goes on by a second whenever it is read, from the morning of 2026-11-20."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Read it."""
        self.moment += timedelta(seconds=1)
        return self.moment


@dataclass(frozen=True)
class Demo:
    """The books, their clock, the payments as the service's JSON API takes them, and refusals.

    `refused` maps a payment's id to the status code QuickBooks has for it.
    """

    books: CompanyFile
    clock: TickingClock
    payments: list[dict[str, Any]]
    refused: dict[str, int]


def build() -> Demo:
    """Set up the demo, after the customers paid and the books changed."""
    clock = TickingClock()
    books = CompanyFile(NAME, path=PATH, clock=clock)
    books.add_account("First Prairie Bank", "Bank")
    for name, method_type in METHODS.items():
        books.add_payment_method(name, method_type)
    for full_name in CUSTOMERS:
        books.add_customer(full_name)
    invoices = {
        number: books.add_invoice(
            customer, number=number, amount=amount, tax=tax, date=date(2026, *month_and_day)
        )
        for number, customer, month_and_day, amount, tax in INVOICES
    }
    payments = [
        _payment(books, invoices, f"web-{number}", planned)
        for number, planned in enumerate(PAYMENTS, start=1001)
    ]
    refused = _change_books(books, invoices)
    return Demo(books, clock, payments, refused)


def _change_books(books: CompanyFile, invoices: dict[str, str]) -> dict[str, int]:
    """Do what a busy office does while payments wait."""
    books.receive_by_hand(
        "O'Neill Law Offices",
        amount="390.00",
        invoices={invoices["2114"]: "390.00"},
        method="Check",
        number="5521",
    )
    credit = books.add_credit("Tidewater Veterinary Clinic", amount="85.00", number="CM-31")
    books.apply_credit(credit, invoices["2115"], "85.00")
    books.delete_invoice(invoices["2116"])
    return {"web-1013": 3120, "web-1014": 3210, "web-1015": 3120}


def _payment(
    books: CompanyFile, invoices: dict[str, str], payment_id: str, planned: Planned
) -> dict[str, Any]:
    # A job is told by its ListID, a customer by name.
    is_job = ":" in planned.customer
    list_id = books.customer(planned.customer).list_id
    return {
        "id": payment_id,
        "customer": {"list_id": list_id} if is_job else {"name": planned.customer},
        "amount": planned.amount,
        "received_on": f"2026-11-{planned.day}",
        "method": planned.method,
        "memo": f"Online payment, {planned.customer}",
        "processor": "Prairie Pay",
        "processor_txn_id": f"pp_{payment_id.removeprefix('web-')}",
        "batch": f"2026-11-{planned.day}",
        "apply": [
            {"invoice": _invoice(invoices, number), "amount": part}
            for number, part in planned.applied.items()
        ],
    }


def _invoice(invoices: dict[str, str], number: str) -> dict[str, str]:
    if number.startswith("#"):
        return {"number": number[1:]}
    return {"txn_id": invoices[number]}
