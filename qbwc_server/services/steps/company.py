"""Step 1: know the company. Which books are open, and are they the right ones?

The Web Connector brings the answers to Host, Company and Preferences with its first call. They are
asked for again when they are missing or unreadable, and by an install that has not proven itself.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from models.base import AnyRow
from models.queries import installs
from models.queries.exchanges import ExchangeRow
from qbwc_server.services.steps import elements, stamps
from qbwc_server.services.steps.step import (
    Asked,
    Taken,
    Turn,
    answer_to,
    installs_of,
    plain_set,
)
from qbxml import envelope
from qbxml.company import (
    CompanyQuery,
    CompanyRet,
    HostQuery,
    HostRet,
    PreferencesQuery,
    PreferencesRet,
)
from qbxml.envelope import MessageSet
from qbxml.errors import ParseError
from sync_core import connection, same_books
from sync_core.same_books import Books, Stamp
from sync_core.trouble import Kind, Trouble, Variant

T = TypeVar("T")

# Asked before the version is known: the oldest one that all we serve can read.
VERSION_FIRST = "{}.{}".format(*same_books.VERSION_MIN)

# Host, company, preferences.
QUESTIONS = 3

TOO_OLD = Trouble(Kind.OTHER, Variant.TOO_OLD)
NOT_TOLD = Trouble(Kind.OTHER, Variant.NOT_TOLD)


def from_first_call(turn: Turn, hcp_response: str) -> Taken | None:
    """Decide from what the Web Connector brought; None when QuickBooks must be asked."""
    if not hcp_response:
        return None
    try:
        answer = envelope.parse(hcp_response)
    except ParseError:
        return None
    return _judge(turn, answer, asked_all=False)


def version_for_asking(major: int | None, minor: int | None) -> str | None:
    """Choose the version for the first questions; None when QuickBooks says that it is too old."""
    if major is None:
        return VERSION_FIRST
    return same_books.negotiate([f"{major}.{minor or 0}"])


def ask(turn: Turn, token: str) -> Asked:
    """Ask for the host, the preferences, and the company with every install's stamp."""
    owner_ids = tuple(row.owner_id for row in installs_of(turn))
    messages = (
        HostQuery(include_ret_element=elements.HOST),
        CompanyQuery(include_ret_element=elements.COMPANY, owner_id=owner_ids),
        PreferencesQuery(include_ret_element=elements.PREFERENCES),
    )
    return Asked(xml=plain_set(turn, token, messages))


def take(turn: Turn, exchange: ExchangeRow, answer: MessageSet) -> Taken:
    """Decide from the answer to our own questions."""
    answers = answer.by_request_id()
    found = (answer_to(answers, exchange.token, number) for number in range(QUESTIONS))
    own = MessageSet(tuple(response for response in found if response is not None))
    return _judge(turn, own, asked_all=True) or Taken(stop=NOT_TOLD)


def _judge(turn: Turn, answer: MessageSet, *, asked_all: bool) -> Taken | None:
    host, company = _first(answer, HostRet), _first(answer, CompanyRet)
    if host is None or company is None or not host.supported_qbxml_version:
        return None
    books = _books(turn, company, asked_all=asked_all)
    if books is Books.UNPROVEN:
        return None
    if books is Books.OTHER or (books is Books.ASK and not _is_called_so(turn, company)):
        return Taken(stop=_other_company(turn, company))
    version = same_books.negotiate(host.supported_qbxml_version)
    if version is None:
        return Taken(stop=TOO_OLD)
    preferences = _first(answer, PreferencesRet)
    place = _place(turn, company, must_say=books is Books.ASK)
    if place is None:
        return Taken(stop=_other_company(turn, company))
    own = _own(turn)
    if own.proven_at is None and (books is Books.OURS or place["may_write"]):
        installs.prove(turn.db, turn.session.install_id, turn.now)
    locks = stamps.locks(turn, company)
    stamped: dict[str, Any] = {"locks": locks}
    if asked_all:  # what the Web Connector brought may be from before it stamped (unverified)
        stamped["app_lock"] = locks.get(str(turn.session.install_id))
    if place["may_write"]:  # a file that nobody has confirmed has nothing to teach
        facts = _facts(host, company, preferences)
        if any(getattr(own, name) != fact for name, fact in facts.items()):
            installs.learn_company(turn.db, turn.session.company_file_id, facts)
    return Taken(learned=place | stamped | {"qbxml_version": version})


def _books(turn: Turn, company: CompanyRet, *, asked_all: bool) -> Books:
    known, own = installs_of(turn), _own(turn)
    others = [
        row for row in known if row.proven_at is not None and row.was_right and row is not own
    ]
    return same_books.judge(
        Stamp(own.owner_id, own.file_id),
        proven_before=own.proven_at is not None,
        proven_others=[Stamp(row.owner_id, row.file_id) for row in others],
        found=stamps.file_ids(company),
        asked_all=asked_all,
        others_in_use=any(row.retired_at is None for row in others),
    )


def _is_called_so(turn: Turn, company: CompanyRet) -> bool:
    """Say whether the company that is open has a name that an administrator has confirmed."""
    name = (company.company_name or "")[:200]
    return installs.is_known_by_name(turn.db, turn.session.company_file_id, name)


def _own(turn: Turn) -> AnyRow:
    return next(row for row in installs_of(turn) if row.install_id == turn.session.install_id)


def _place(turn: Turn, company: CompanyRet, *, must_say: bool) -> dict[str, Any] | None:
    """Note from where the file was opened; writes wait until an administrator knows the place.

    `must_say`: whatever was said beforehand, nothing but a word about this very place counts.

    None for a place of which an administrator said that it is not the right one.
    """
    name, path = (company.company_name or "")[:200], turn.session.company_path or ""
    confirmed = installs.see_place(
        turn.db,
        company_file_id=turn.session.company_file_id,
        install_id=turn.session.install_id,
        company_name=name,
        path=path,
        now=turn.now,
        must_say=must_say,
    )
    found = {"company_name_found": name, "company_file": path}
    waiting = None
    if not confirmed:
        if installs.is_denied(turn.db, turn.session.install_id, name, path):
            return None
        waiting = connection.status(Trouble(Kind.NEW_PLACE, Variant.FIRST, found), {})
    return {
        "company_known": True,
        "company_name": name,
        "may_write": confirmed,
        "message": waiting,
    }


def _other_company(turn: Turn, company: CompanyRet) -> Trouble:
    opened = (turn.session.company_path or company.company_name or "")[:500]
    return Trouble(Kind.OTHER_COMPANY, facts={"open_file": opened} if opened else {})


def _facts(
    host: HostRet, company: CompanyRet, preferences: PreferencesRet | None
) -> dict[str, Any]:
    accounting = preferences.accounting_preferences if preferences else None
    currency = preferences.multi_currency_preferences if preferences else None
    return {
        "quickbooks_name": (company.company_name or "")[:200] or None,
        "quickbooks_product": (host.product_name or "")[:200] or None,
        "country": (host.country or "")[:10] or None,
        # What was not told this time is as it was.
        **(
            {"closing_date": accounting.closing_date, "closing_date_told": True}
            if accounting
            else {}
        ),
        **({"multi_currency": currency.is_multi_currency_on} if currency else {}),
    }


def _first(answer: MessageSet, kind: type[T]) -> T | None:
    objects: Iterable[object] = (item for response in answer.responses for item in response.objects)
    return next((item for item in objects if isinstance(item, kind)), None)
