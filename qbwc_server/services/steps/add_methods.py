"""Step: add the payment methods that the company lets us add, before the payments that use them."""

from models.queries import books
from models.queries.exchanges import ExchangeRow
from qbwc_server.services.steps.step import Asked, Taken, Turn, answer_to, plain_set
from qbxml.envelope import MessageSet
from qbxml.lists import PaymentMethodAdd, PaymentMethodRet
from sync_core.methods import Method


def ask(turn: Turn, token: str) -> Asked:
    """Add each with its right type."""
    return Asked(
        xml=plain_set(
            turn,
            token,
            [
                PaymentMethodAdd(name=name, payment_method_type=type_)
                for name, type_ in turn.session.methods_to_add
            ],
        )
    )


def take(turn: Turn, exchange: ExchangeRow, answer: MessageSet) -> Taken:
    """Learn those that were added. One that was not is told by the payments that use it."""
    answers = answer.by_request_id()
    added = (
        answer_to(answers, exchange.token, number)
        for number in range(len(turn.session.methods_to_add))
    )
    books.add_methods(
        turn.db,
        turn.session.company_file_id,
        [
            Method(
                list_id=item.list_id,
                name=item.name,
                is_active=True,
                type=item.payment_method_type,
            )
            for response in added
            if response is not None and response.status.is_success
            for item in response.objects
            if isinstance(item, PaymentMethodRet) and item.list_id and item.name
        ],
    )
    return Taken(learned={"methods_to_add": []})
