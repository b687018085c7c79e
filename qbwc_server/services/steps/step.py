"""What the steps share: the values that go in and come out of their two halves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models.base import AnyRow
from models.queries import outbox, watches
from models.queries import receipts as stored
from models.queries.sessions import SessionRow
from qbwc_server.settings import Settings
from qbxml import envelope
from qbxml.aggregate import RequestMessage
from qbxml.envelope import Request, Response
from sync_core.lifecycle import PaymentStatus
from sync_core.rejection import Rejection
from sync_core.trouble import Trouble


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One call inside its transaction, which holds the session's fence.

    `version` is the qbXML version to speak. `company` is what was known of the company file when
    it was first asked for: see `company_of`.
    """

    db: Connection
    session: SessionRow
    version: str
    now: datetime
    settings: Settings
    company: list[AnyRow] = field(default_factory=list)


def installs_of(turn: Turn) -> Sequence[AnyRow]:
    """Give the company's installs with their stamps, each beside the company; read once a call."""
    if not turn.company:
        turn.company.extend(stored.with_installs(turn.db, turn.session.company_file_id))
    return turn.company


def company_of(turn: Turn) -> AnyRow:
    """Give the company file as it was when this call first asked (`receipts.reading`)."""
    return installs_of(turn)[0]


def to_do_of(turn: Turn) -> AnyRow:
    """Say what there is to do in this session, as it stands now."""
    session = turn.session
    return outbox.to_do(
        turn.db, session.company_file_id, session.id, stale_after=session.stale_after
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A message set to hand out; `xml` is empty when nothing was left to ask.

    `asked` is kept beside it, for the response half. `attempts` maps payment ids to the
    requestIDs under which they leave. `learned` are columns of the session.
    """

    xml: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    attempts: Mapping[int, str] = field(default_factory=dict)
    learned: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What an answer has taught: columns of the session, and why when it must end here."""

    learned: Mapping[str, Any] = field(default_factory=dict)
    stop: Trouble | None = None


def plain_set(turn: Turn, token: str, messages: Sequence[RequestMessage]) -> str:
    """Build a message set that carries no payment: requests named by the token and their number.

    One that fails does not keep the others from an answer.
    """
    requests = [
        Request(request_id(token, number), message) for number, message in enumerate(messages)
    ]
    return envelope.build(requests, version=turn.version, on_error="continueOnError")


def request_id(token: str, number: int) -> str:
    """Name the reading request with this number in its message set, from 0 on."""
    return f"{token}.{number}"


def token_of(request_id: str) -> str:
    """Give the token of the message set that a requestID was made for."""
    return request_id.partition(".")[0]


def number_of(request_id: str, token: str) -> int:
    """Give the number that `request_id` was made of."""
    return int(request_id.removeprefix(f"{token}."))


def answer_to(
    answers: Mapping[str, Sequence[Response]], token: str, number: int
) -> Response | None:
    """Find the one response to a numbered request; None when there is none, or more than one."""
    found = answers.get(request_id(token, number), ())
    return found[0] if len(found) == 1 else None


def rejection_columns(rejection: Rejection) -> dict[str, Any]:
    """Give the columns of a payment that keep why it was rejected."""
    return {
        "cause": rejection.cause,
        "last_cause": rejection.cause,
        "variant": rejection.variant,
        "facts": dict(rejection.facts),
        "summary": rejection.summary,
        "evidence": [dict(fact) for fact in rejection.evidence],
        "status_code": rejection.status_code,
        "status_message": rejection.status_message,
    }


def watch(turn: Turn, rejections: Mapping[int, Rejection]) -> None:
    """Let rejected payments (by id) be checked again when what they wait for changes."""
    watches.add(
        turn.db,
        [
            {
                "company_file_id": turn.session.company_file_id,
                "kind": kind,
                "key": key,
                "payment_id": payment_id,
            }
            for payment_id, rejection in rejections.items()
            for kind, key in rejection.waits_for
            if key
        ],
    )


def check_events(turn: Turn, rejections: Mapping[int, Rejection]) -> list[dict[str, Any]]:
    """Make the events of payments (by id) that our own check rejects before they are sent."""
    return [
        {
            "payment_id": payment_id,
            "at": turn.now,
            "from_status": PaymentStatus.QUEUED,
            "to_status": PaymentStatus.REJECTED,
            "by": "session",
            "note": rejection.summary,
            "wc_session_id": turn.session.id,
        }
        for payment_id, rejection in rejections.items()
    ]
