"""What the table of causes says of each cause and each of its variants; phrases that come again.

Data in the language of `phrases`. Each summary reads well with any of its facts missing. A button
is named in the steps exactly as in `buttons`, and only where it is offered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sync_core.names import plain
from sync_core.variants import Variant
from sync_core.wording.states import ANYONE, Books


def family(customer: str) -> str:
    """Give what all jobs of a customer have in common: its own name."""
    return plain(customer.split(":", 1)[0])


@dataclass(frozen=True, slots=True)
class Column:
    """A column of evidence: its label, and the phrase that a record fills for its cell.

    The phrase names keys of the record, with a capital where the text is to begin with one; `own_`
    before a name makes it a fact of the payment, and {changed} is the line "What changed". A cell
    is marked where `same_by` gives something else than for the first row.
    """

    label: str
    says: str
    same_by: Callable[[str], str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One variant of a cause.

    `remedies` stand beside retry, dismiss and delete, the main one first; those in
    `if_nothing_fits` only when no part of the payment fits its invoice. What is "" or empty is as
    the cause says.
    """

    summary: str
    steps: tuple[str, ...]
    remedies: tuple[str, ...] = ()
    if_nothing_fits: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)  # action -> its button's name here
    books: Books = Books.NOT_WRITTEN
    books_line: str = ""
    changed: str = ""  # the line "What changed" of the evidence
    evidence: tuple[Column, ...] = ()
    gives_back: bool = False  # "give the money back" is one of the ways out
    label: str = ""
    who: str = ""
    heals: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CauseWords:
    """One cause: what all its variants share, and what is said when the variant is not known.

    `means` and `steps` are the summary and the steps then. `hint` is the setting or habit to look
    at when it is the most frequent cause (the 10 % rule).
    """

    label: str
    means: str
    evidence: tuple[Column, ...]
    heals: str
    hint: str
    stories: Mapping[Variant, Story]
    who: str = ANYONE
    steps: tuple[str, ...] = ()


INVOICE = "[Invoice {invoice_number}|The invoice]"
THE_INVOICE = "[invoice {invoice_number}|the invoice]"
THE_CUSTOMER = "[{customer}|the customer]"
SUPPORT = "[{support_contact}|the support of your payment site]"
OTHER_INVOICE = "use **Choose another invoice** and pick the right one"

DATE, NUMBER, CUSTOMER = (
    Column("Date", "{date}"),
    Column("Number", "{number}"),
    Column("Customer:Job", "{customer}"),
)
# Of entries in QuickBooks that may be the money.
ENTRIES = (
    DATE,
    Column("Type", "{Type}"),
    Column("No.", "{number}"),
    Column("Pmt. Method", "{method}"),
    CUSTOMER,
    Column("Amount", "{amount}"),
    Column("Used on", "{used_on}"),
)
