"""The words for a sync: how it ended, what was asked in it, what came of that.

Sentences and counts only; nothing here names a customer or an amount.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from sync_core.plan import Step
from sync_core.wording.phrases import count_of
from sync_core.wording.states import NEED_YOU

NOTHING_TO_POST = "nothing to post"

_DONE = range(500, 1000)  # warnings: done all the same


class Outcome(StrEnum):
    """How a sync stands."""

    UNDER_WAY = "under_way"
    THROUGH = "through"  # to its end
    FAILED_ONCE = "failed_once"  # no alarm: a first try fails now and then
    FAILED_AGAIN = "failed_again"  # and the one before it from the same PC as well


OUTCOMES: Mapping[Outcome, str] = {
    Outcome.UNDER_WAY: "Under way",
    Outcome.THROUGH: "Got through",
    Outcome.FAILED_ONCE: "Did not get through",
    Outcome.FAILED_AGAIN: "Failed again",
}

STEPS: Mapping[Step, str] = {
    Step.COMPANY: "Finding out which company file is open",
    Step.SETTLE: "Reading what changed in QuickBooks",
    Step.TAKE_OUT: "Taking payments out that are one too many",
    Step.LOOK_UP: "Looking up invoices that payments name",
    Step.ADD_METHODS: "Adding payment methods",
    Step.POST: "Recording payments",
    Step.EXPLAIN: "Looking up why payments were refused",
    Step.QUESTIONS: "Looking for missing invoices",
    Step.CLOSING: "Taking leave",
    Step.FINISH: "Finishing",
}

# Requests by their message's name; what changes the books has its verb, and a count in it.
_ASKED = {
    "HostQuery": "its version",
    "CompanyQuery": "the company file it has open",
    "PreferencesQuery": "its preferences",
    "ReceivePaymentQuery": "payments in QuickBooks",
    "ReceivePaymentToDepositQuery": "what waits to be deposited",
    "TxnDeletedQuery": "what was deleted",
    "ListDeletedQuery": "customers that were deleted",
    "InvoiceQuery": "invoices",
    "CreditMemoQuery": "credit memos",
    "ChargeQuery": "statement charges",
    "CustomerQuery": "customers",
    "PaymentMethodQuery": "payment methods",
    "AccountQuery": "accounts",
}
_ORDERED = {
    "ReceivePaymentAdd": ("record {} payment", "record {} payments"),
    "TxnDel": ("delete {} payment", "delete {} payments"),
    "PaymentMethodAdd": ("add {} payment method", "add {} payment methods"),
}
# Objects by their own name; what is not here is told with its name in QuickBooks.
_CAME = {
    "CustomerRet": ("customer", "customers"),
    "InvoiceRet": ("invoice", "invoices"),
    "CreditMemoRet": ("credit memo", "credit memos"),
    "ChargeRet": ("statement charge", "statement charges"),
    "ReceivePaymentRet": ("payment", "payments"),
    "ReceivePaymentToDepositRet": ("payment to deposit", "payments to deposit"),
    "TxnDeletedRet": ("deleted entry", "deleted entries"),
    "ListDeletedRet": ("deleted customer", "deleted customers"),
    "PaymentMethodRet": ("payment method", "payment methods"),
    "AccountRet": ("account", "accounts"),
}
_ITSELF = ("HostRet", "CompanyRet", "PreferencesRet")  # what tells of QuickBooks, not the books


def outcome(*, is_over: bool, percent: int, percent_before: int | None) -> Outcome:
    """Say how a sync stands; `percent_before` is that of its PC's sync before it, if any."""
    if not is_over:
        return Outcome.UNDER_WAY
    if percent == 100:  # noqa: PLR2004 - done
        return Outcome.THROUGH
    is_first = percent_before is None or percent_before == 100  # noqa: PLR2004 - the same
    return Outcome.FAILED_ONCE if is_first else Outcome.FAILED_AGAIN


def asked(requests: Mapping[str, int]) -> str:
    """Say what a message set asks, by how many requests of each name are in it; "" for none."""
    orders = [
        _ORDERED[name][count != 1].format(count)
        for name, count in requests.items()
        if name in _ORDERED
    ]
    questions = [
        _ASKED.get(name, name) + (f" ({count} questions)" if count > 1 else "")
        for name, count in requests.items()
        if name not in _ORDERED
    ]
    told = ([f"told to {listed(orders)}"] if orders else []) + (
        [f"asked for {listed(questions)}"] if questions else []
    )
    return f"QuickBooks was {' and '.join(told)}." if told else ""


def came(objects: Mapping[str, int], codes: Mapping[str, int], *, writes: bool) -> str:
    """Say what QuickBooks answered, by its objects' names and its responses' status codes."""
    refused = {code: count for code, count in codes.items() if not _is_answer(code)}
    done = sum(codes.values()) - sum(refused.values())
    if writes:
        told = [f"{done} done"] if done else []
    else:
        brought = counted(
            (count, *_CAME.get(name, (name, name)))
            for name, count in objects.items()
            if name not in _ITSELF
        )
        is_only_itself = not brought and objects
        told = [
            f"{brought} came" if brought else "It answered" if is_only_itself else "Nothing new"
        ]
    told += [f"{count} refused (code {code or 'none'})" for code, count in refused.items()]
    return f"{'; '.join(told)}." if told else "Nothing was answered."


def _is_answer(code: str) -> bool:
    """Say whether a status code means that it was done; 1 is that nothing matched."""
    return code in ("0", "1") or (code.isdecimal() and int(code) in _DONE)


def came_in(customers: int, invoices: int, credit_memos: int) -> str:
    """Count what came in new or changed with a sync; "" for nothing."""
    return counted(
        (
            (customers, "customer", "customers"),
            (invoices, "invoice", "invoices"),
            (credit_memos, "credit memo", "credit memos"),
        )
    )


def went_out(posted: int, rejected: int) -> str:
    """Say what became of the payments of a sync; "" where there were none."""
    needs = [count_of(NEED_YOU, rejected)] if rejected else []
    return ", ".join(([f"{posted} posted"] if posted else []) + needs)


def counted(counts: Iterable[tuple[int, str, str]]) -> str:
    """Count things with their singular and plural; what there is none of is left out."""
    return listed(
        [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    )


def listed(parts: list[str]) -> str:
    """Write a list with "and" before its last."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def lasted(seconds: float) -> str:
    """Write how long something took."""
    whole = round(seconds)
    if seconds < 1:
        return "under 1 s"
    if whole < 60:  # noqa: PLR2004 - a minute
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def size(characters: int) -> str:
    """Write how long a text is."""
    if characters < 1000:  # noqa: PLR2004 - a thousand
        return f"{characters} B"
    if characters < 1_000_000:  # noqa: PLR2004 - a million
        return f"{characters / 1000:.1f} kB"
    return f"{characters / 1_000_000:.1f} MB"
