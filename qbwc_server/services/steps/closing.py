"""The closing question: asked when nothing is left, so that the session can end by answering 100.

An empty request would send the Web Connector to getLastError, and the office would read an error.
"""

from models.queries.exchanges import ExchangeRow
from qbwc_server.services.steps import elements
from qbwc_server.services.steps.step import Asked, Taken, Turn, plain_set
from qbxml.company import HostQuery
from qbxml.envelope import MessageSet


def ask(turn: Turn, token: str) -> Asked:
    """Ask for the host, which costs QuickBooks nothing."""
    return Asked(xml=plain_set(turn, token, [HostQuery(include_ret_element=elements.HOST_UNREAD)]))


def take(_turn: Turn, _exchange: ExchangeRow, _answer: MessageSet) -> Taken:
    """Learn nothing."""
    return Taken()
