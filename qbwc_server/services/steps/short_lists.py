"""The lists that each session reads whole: payment methods, and accounts that payments touch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.queries import books
from qbwc_server.services.steps import elements
from qbwc_server.services.steps.answers import is_told
from qbwc_server.services.steps.step import Turn, company_of
from qbxml.envelope import Request, Response
from qbxml.lists import AccountQuery, AccountRet, PaymentMethodQuery, PaymentMethodRet
from sync_core.methods import Method
from sync_core.wording import office
from sync_core.wording.phrases import fill

METHODS, ACCOUNTS = "methods", "accounts"
QUESTIONS: tuple[tuple[str, str, int], ...] = ((METHODS, "", 0), (ACCOUNTS, "", 0))
# Payments are deposited to an account of the first kinds (QuickBooks' Deposit To), and lower one of
# the last.
_ACCOUNT_TYPES = (*books.DEPOSIT_TYPES, "AccountsReceivable")


def request(question: Sequence[Any], name: str) -> Request | None:
    """Make the request of one of these questions; None for a question that is none of them."""
    match question[0]:
        case "methods":
            return Request(
                name, PaymentMethodQuery(active_status="All", include_ret_element=elements.METHOD)
            )
        case "accounts":
            return Request(
                name,
                AccountQuery(
                    active_status="All",
                    account_type=_ACCOUNT_TYPES,
                    include_ret_element=elements.ACCOUNT,
                ),
            )
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Listed:
    """What the lists have told: what posting lacks, in a sentence, and whether methods are new."""

    lacking: str | None = None
    has_new_methods: bool = False


def take(turn: Turn, told: Sequence[tuple[Sequence[Any], Response | None]]) -> Listed:
    """Write the lists as told, if they were asked."""
    answers = {
        question[0]: response for question, response in told if question[0] in (METHODS, ACCOUNTS)
    }
    if not answers:
        return Listed()
    for answer in answers.values():
        if answer is None or not is_told(answer):
            said = answer.status.message.strip() if answer else ""
            return Listed(fill(office.NOT_TOLD, {"said": said} if said else {}))
    has_new_methods = _write(turn, answers)
    company_file_id = turn.session.company_file_id
    deposit_to = company_of(turn).deposit_to
    if deposit_to and not books.has_account(turn.db, company_file_id, deposit_to):
        return Listed(office.NO_DEPOSIT_ACCOUNT.format(name=deposit_to), has_new_methods)
    return Listed(None, has_new_methods)


def _write(turn: Turn, answers: Mapping[str, Response | None]) -> bool:
    """Write both lists; say whether the methods are news."""
    objects = [item for answer in answers.values() if answer for item in answer.objects]
    return books.replace(
        turn.db,
        turn.session.company_file_id,
        [
            Method(
                list_id=item.list_id,
                name=item.name,
                is_active=item.is_active is not False,
                type=item.payment_method_type,
            )
            for item in objects
            if isinstance(item, PaymentMethodRet) and item.list_id and item.name
        ],
        [
            {
                "list_id": item.list_id,
                "full_name": item.full_name,
                "is_active": item.is_active is not False,
                "type": item.account_type,
                "special_type": item.special_account_type,
                "currency": item.currency_ref.full_name if item.currency_ref else None,
            }
            for item in objects
            if isinstance(item, AccountRet) and item.list_id and item.full_name
        ],
    )
