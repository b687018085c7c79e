"""The page docs/causes.md, written from the table of causes by `python -m scripts.draw`.

Every sentence on it is one that people see, with the facts of one example.
"""

from sync_core import words
from sync_core.rejection import Cause
from sync_core.variants import VARIANTS, Variant
from sync_core.wording.buttons import BUTTONS, WHY_NOT, Button
from sync_core.wording.causes import CAUSES
from sync_core.wording.phrases import fill, names
from sync_core.wording.states import STATES
from sync_core.words import Told

EXAMPLE = {
    "customer": "Northside Bakery",
    "amount": "125.00",
    "received_on": "2026-11-20",
    "method": "Visa",
    "reference": "CB7K3F9QXM2D",
    "invoice_number": "2102",
    "planned": "125.00",
    "invoice_balance": "75.00",
    "balance_before": "125.00",
    "fits": "75.00",
    "left_over": "50.00",
    "found_kind": "payment",
    "found_number": "1042",
    "found_date": "2026-11-19",
    "found_amount": "125.00",
    "found_customer": "Harper Dental Group",
    "other_reference": "CBU99RA8VBVZ",
    "other_date": "2026-11-18",
    "other_state": "in QuickBooks",
    "credit_number": "CM-7",
    "deleted_on": "2026-11-21",
    "entered_on": "2026-11-21",
    "new_invoice_number": "2102",
    "new_invoice_date": "2026-11-22",
    "invoice_customer": "Northside Cafe",
    "customer_external_id": "cust_88",
    "invoice_external_id": "inv_512",
    "method_name": "Visa Debit",
    "account_name": "Notes Receivable",
    "closing_date": "2026-11-30",
    "dividing_date": "2026-11-30",
    "first_open_day": "2026-12-01",
    "payment_currency": "USD",
    "currency_of": "Northside Bakery",
    "invoice_currency": "CAD",
    "total_before": "125.00",
    "total_now": "75.00",
    "difference": "0.02",
    "locked_thing": "Northside Bakery or invoice 2102",
    "locked_by": "another user",
    "problem": "ReceivePaymentAdd/Memo is longer than 4095 characters.",
    "tries_max": "5",
    "company": "Sunrise Dental",
    "waiting_count": "12",
    "waiting_amount": "3450.00",
    "qb_message": "You cannot pay more than the amount due.",
    "qb_code": "3210",
}

_IN_PART = (Variant.PART, Variant.DISCOUNT, Variant.JOURNAL)

_HEAD = """# Why a payment was rejected, and what to do

<!-- Written by `python -m scripts.draw` from sync_core/wording: change it there. -->

Each cause says the same five things: what happened, the evidence, what it means for the books, who
can act, and the steps. The sentences are those that people see, on a page, in the API and in an
e-mail; the names, numbers and amounts are an example's.

The evidence is a list of records, in the API as `evidence`. Their keys stand behind each column of
the table that people see; a key that has nothing to tell is left out, and so is its column. Dates
are ISO days, amounts decimal strings; `txn_id` is QuickBooks' id of what a record is about, and
`type` says what that is. What the others are compared with comes first, then the newest.

**Retry**, **Dismiss Syncing** and **Delete** stand beside every cause, and so does
[recording it by hand](#by-hand). The amount received is never changed by any button, and none of
them writes anything off or uses up a customer's credit.
"""


def page() -> str:
    """Write the page."""
    contents = [f"- [{words.label}](#{cause})" for cause, words in CAUSES.items()]
    parts = [_HEAD, "\n".join(contents) + "\n", *map(_cause, Cause), _ways_out(), _buttons()]
    return "\n".join(parts)


def facts(variant: Variant | None) -> dict[str, str]:
    """Give the example's facts, as far as they can be true at once."""
    some = {"found_amount": "50.00"} if variant in _IN_PART else {}
    nothing = {"fits": "0.00", "left_over": "125.00"} if variant is Variant.PENDING else {}
    return {**EXAMPLE, **some, **nothing}


def _cause(cause: Cause) -> str:
    shared = CAUSES[cause]
    lines = [f"## {cause}", "", f"**{shared.label}.** {fill(shared.means, {})}", ""]
    lines += [_evidence(cause, None), ""]
    lines += [line for variant in VARIANTS[cause] for line in _variant(cause, variant)]
    if len(VARIANTS[cause]) > 1 and shared.steps:
        lines += ["*Where it cannot be told which of these it is:*", ""]
        lines += [f"- {step}" for step in words.told(cause, None, {}).steps] + [""]
    lines += [f"*When it is the most frequent cause:* {fill(shared.hint, {})}", ""]
    return "\n".join(lines)


def _variant(cause: Cause, variant: Variant) -> list[str]:
    known = facts(variant)
    told = words.told(cause, variant, known)
    title = [] if VARIANTS[cause] == (variant,) else [f"### {cause}: {variant}", ""]
    if told.label != CAUSES[cause].label:
        title += [f"**{told.label}**", ""]
    offered = words.remedies(cause, variant)[: -len(words.ALWAYS_OFFERED)]
    if "retry" in CAUSES[cause].stories[variant].renamed:
        offered = ("retry", *offered)
    named = [words.button(one, known, cause=cause, variant=variant).name for one in offered]
    own = [_evidence(cause, variant), ""] if CAUSES[cause].stories[variant].evidence else []
    return [
        *title,
        *own,
        f"> {told.what}",
        *([f">\n> *What changed:* {told.changed}"] if told.changed else []),
        "",
        *_told(told),
        f"- *Buttons:* {', '.join(named) or 'those beside every cause'}",
        f"- *Settles by itself:* {told.heals}",
        "",
    ]


def _evidence(cause: Cause, variant: Variant | None) -> str:
    """Name the columns of the evidence, and the keys of its records that fill each."""
    columns = []
    for column in words.evidence_columns(cause, variant):
        keys = sorted({name.lower() for name in names(column.says) if _is_key(name)})
        columns.append(f"{column.label} ({', '.join(f'`{key}`' for key in keys)})")
    return f"*Evidence:* {' · '.join(columns)}"


def _is_key(name: str) -> bool:
    return name != "changed" and not name.startswith("own_")


def _told(told: Told) -> list[str]:
    back = "; [the money can be given back](#give-the-money-back)" if told.money_back else ""
    return [
        f"- *For the books:* {told.books}",
        f"- *Who can act:* {told.who}",
        f"- *What to do*{back}:",
        *(f"  - {step}" for step in told.steps),
    ]


def _ways_out() -> str:
    steps = {
        "By hand": words.by_hand(EXAMPLE),
        "Give the money back": words.money_back(EXAMPLE),
    }
    lines = []
    for title, listed in steps.items():
        lines += [f"## {title}", ""]
        lines += [f"{number}. {step}" for number, step in enumerate(listed, 1)] + [""]
    return "\n".join(lines)


def _buttons() -> str:
    lines = ["## Buttons", "", "| button | action | before it acts, it says |", "|---|---|---|"]
    for action, button in BUTTONS.items():
        name = fill(button.name, {})
        lines.append(f"| **{name}** | `{action}` | {_said(action, button)} |")
    lines += ["", "The answers to *Why?*: " + " · ".join(WHY_NOT.values()) + ", with a note.", ""]
    lines += ["## States", "", "| state | label | one line under it |", "|---|---|---|"]
    for status, state in STATES.items():
        line = fill(state.line, {}) or "(the cause's sentence)"
        lines.append(f"| `{status}` | {state.label} | {line} |")
    return "\n".join([*lines, ""])


def _said(action: str, button: Button) -> str:
    said = words.button(action, EXAMPLE).says
    option = f" ☐ {button.option}" if button.option else ""
    more = f" ({button.more})" if button.more else ""
    return f"{said}{option}{more}"
