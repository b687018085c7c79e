"""The books of a soak, and the payments that its payment site hands in.

Every amount is another one, so that no payment looks like any other, and three of four would stand
in the books twice if they were sent twice: they do not use up what is due.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from scripts.simulate.quickbooks.company_file import Behaviour, CompanyFile, Missing
from sync_core.money import format_cents

CUSTOMERS = 11
AMOUNT_CENTS_MIN = 1_000
# QuickBooks' clock runs ahead, or each sync would read all payments of the last hour: all.
MINUTES_A_SECOND = 1
Payment = dict[str, Any]


def build(name: str, count: int, dice: Random) -> tuple[CompanyFile, list[Payment]]:
    """Make the books, and payments as the API takes them.

    The dice say which QuickBooks it is, where Intuit's documents leave two readings.
    """
    books = CompanyFile(name, clock=_fast_clock())
    books.behaviour = Behaviour(
        missing=dice.choice(list(Missing)), keeps_external_guid=dice.random() < 2 / 3
    )
    books.add_payment_method("Visa", "Visa")
    all_cents = format_cents(count * (AMOUNT_CENTS_MIN + count))
    names = [f"Customer {number}" for number in range(CUSTOMERS)]
    list_ids = [books.add_customer(each) for each in names]
    shared = [_invoice(books, each, all_cents) for each in names]
    given = []
    for number in range(count):
        who, cents = number % CUSTOMERS, AMOUNT_CENTS_MIN + number
        match number % 4:
            case 0:
                apply = {}
            case 1:
                apply = {shared[who]: cents}
            case 2:
                own = _invoice(books, names[who], format_cents(2 * cents))
                apply = {own: cents // 2, shared[who]: cents // 3}
            case _:
                apply = {_invoice(books, names[who], format_cents(cents)): cents}
        given.append(_payment(number, list_ids[who], cents, apply))
    return books, given


def _payment(number: int, list_id: str, cents: int, apply: dict[str, int]) -> Payment:
    return {
        "id": f"web-{number + 1}",
        "customer": {"list_id": list_id},
        "amount": format_cents(cents),
        "received_on": "2026-11-20",
        "method": "Visa",
        "processor": "Prairie Pay",
        "processor_txn_id": f"pp_{number + 1}",
        "apply": [
            {"invoice": {"txn_id": txn_id}, "amount": format_cents(part)}
            for txn_id, part in apply.items()
        ],
    }


def _invoice(books: CompanyFile, customer: str, amount: str) -> str:
    return books.add_invoice(customer, amount=amount, date=date(2026, 11, 1))


def _fast_clock() -> Callable[[], datetime]:
    began, since = datetime.now(UTC), time.monotonic()

    def clock() -> datetime:
        gone = timedelta(minutes=MINUTES_A_SECOND * (time.monotonic() - since))
        return (began + gone).replace(microsecond=0)

    return clock
