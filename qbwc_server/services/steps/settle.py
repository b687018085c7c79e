"""Step 2: settle. The same books? What stands there already? What became of what is in doubt?

Nothing is posted before this has come to its end: docs/exactly-once.md, B and D. The same message
sets bring what else changed in the books (`lists`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from models.base import AnyRow
from models.queries import outbox
from models.queries import receipts as stored
from models.queries.exchanges import ExchangeRow
from qbwc_server.services import endings
from qbwc_server.services.steps import (
    doubts,
    elements,
    evidence,
    extras,
    healing,
    lists,
    short_lists,
    stamps,
)
from qbwc_server.services.steps.answers import (
    MALFORMED_ID,
    is_absent,
    is_complete,
    is_none,
    is_told,
)
from qbwc_server.services.steps.step import (
    Asked,
    Taken,
    Turn,
    answer_to,
    company_of,
    installs_of,
    request_id,
    to_do_of,
)
from qbxml import envelope
from qbxml.aggregate import RequestMessage
from qbxml.company import CompanyQuery, CompanyRet
from qbxml.deletion import (
    DeletedDateRangeFilter,
    ListDeletedQuery,
    TxnDeletedQuery,
    TxnDeletedRet,
)
from qbxml.envelope import MessageSet, Request, Response
from qbxml.filters import ModifiedDateRangeFilter
from qbxml.payment import (
    ReceivePaymentQuery,
    ReceivePaymentRet,
    ReceivePaymentToDepositQuery,
    ReceivePaymentToDepositRet,
)
from sync_core import connection, doubt, reading, receipts
from sync_core.reading import Cursor, Listed
from sync_core.trouble import Kind, Trouble, Variant
from sync_core.wording import notes, office

STAMPS, DELETED, LIST_DELETED, WITNESS, SETTLED, EXTRA, TO_DEPOSIT, NUMBER, LIST = (
    *("stamps", "deleted", "list_deleted", "witness", "settled", "extra", "to_deposit"),
    *("number", "list"),
)
# Enough to notice a backup of yesterday, few enough to cost nothing.
WITNESSES = 3
ITERATOR_ID_MAX = 50
NOTHING_TO_SEND = 0  # as WcSession.waiting_to: no payment has so small an id
_PLAIN = re.compile(r"[!-~]+")

DOUBTED = Trouble(Kind.OTHER_BOOKS)

Question = Sequence[Any]  # a kind, a value, the id of a payment
Told = tuple[Question, Response | None]
T = TypeVar("T")


def ask(turn: Turn, token: str) -> Asked:
    """Ask what proves the books and what stands there; then page by page to the list's end."""
    session = turn.session
    begins = session.receipts_from is None
    company = company_of(turn)
    cursors = lists.cursors(turn, company)
    waiting, since, begun_with = session.waiting, session.receipts_from, session.waiting_to
    to_do = to_do_of(turn)
    if since is None:
        waiting = to_do.waiting
        since, is_wide = _from(turn, company, to_do, cursors)
        # What arrives while the list is read was not reckoned with when its beginning was chosen.
        begun_with = begun_with if is_wide or begun_with is not None else NOTHING_TO_SEND
    page, more = _may_have_left(turn) if to_do.left else ([], False)
    questions: list[Question] = [
        *(_first(turn, company, to_do) if begins else ()),
        *((NUMBER, row.reference, row.id) for row in page),
        *([(LIST, session.iterator_id or "", 0)] if not session.receipts_read else ()),
        *lists.questions(turn, cursors, has_stale=to_do.stale),
        *(short_lists.QUESTIONS if not session.lists else ()),
        *(_deletions(company) if begins else ()),
    ]
    if not questions:  # those that were left to be asked for have moved in the meantime
        return Asked(xml="", learned={"more_to_ask": False, **doubts.conclude(turn, to_do)})
    size = lists.size(turn, company)
    requests = [
        lists.request(question, name, cursors, company, size)
        or short_lists.request(question, name)
        or _request(turn, question, name, since, size)
        for question, name in (
            (question, request_id(token, number)) for number, question in enumerate(questions)
        )
    ]
    xml = envelope.build(requests, version=turn.version, on_error="continueOnError")
    asked = {
        "questions": questions,
        "asked_to": page[-1].id if page else session.asked_to,
        "more_to_ask": more,
        "size": size,
    }
    begun = {listed.value: cursor.as_json() for listed, cursor in cursors.items()}
    learned = {
        "receipts_from": since,
        "lists": begun,
        "waiting": max(waiting, session.waiting),
        "waiting_to": begun_with,
    }
    if begins:
        learned["has_questions"] = company.has_questions
    return Asked(xml=xml, asked=asked, learned=learned)


def take(turn: Turn, exchange: ExchangeRow, answer: MessageSet) -> Taken:
    """Learn what was told; at the end of all lists, decide about all that may have left."""
    answers = answer.by_request_id()
    told: list[Told] = [
        (question, answer_to(answers, exchange.token, number))
        for number, question in enumerate(exchange.asked["questions"])
    ]
    size = exchange.asked.get("size", turn.settings.import_page_size)
    company = company_of(turn)
    stop = _not_listed(turn, told, size) or _wrong_books(turn, told)
    if stop is not None:
        return Taken(stop=stop)
    read, has_changed = lists.take(turn, told, company, size)
    lists.resize(turn, size, turn.now - exchange.asked_at)
    outbox.note(
        turn.db,
        {
            question[2]: notes.UNREADABLE
            for question, response in told
            if question[0] == NUMBER and not _is_readable(response)
        },
    )
    # What was looked up by its number first: nothing else that was told may hide that number.
    by_number = _objects(told, NUMBER, ReceivePaymentRet)
    posted = evidence.take_receipts(turn, [*by_number, *_objects(told, "", ReceivePaymentRet)])
    evidence.take_deletions(turn, _objects(told, DELETED, TxnDeletedRet))
    outbox.note_asked(
        turn.db,
        turn.session.id,
        [
            question[2]
            for question, response in told
            if question[0] == NUMBER and _is_there(question, response) is not None
        ],
    )
    learned = (
        {name: exchange.asked[name] for name in ("asked_to", "more_to_ask")}
        | {"posted": turn.session.posted + posted}
        | read
        | _stamps(turn, told)
        | _cursor(turn, told, size)
        | _to_take_out(turn, told)
    )
    # What posting lacks does not keep what was posted from being known.
    listed = short_lists.take(turn, told)
    if listed.lacking is not None:
        learned["is_paused"] = True
    said = (
        turn.session.message,
        lists.said(turn.session.lists, read["lists"]),
        _miss(turn, told),
        listed.lacking,
    )
    learned["message"] = " ".join(filter(None, said)) or None
    session = replace(turn.session, **learned)
    then = replace(turn, session=session)
    is_whole = session.receipts_from == "" and not company.takes_stock
    if is_whole and session.receipts_read and not turn.session.receipts_read:
        lists.doubt_unseen_payments(then)
    healed = healing.methods(then) if listed.has_new_methods else {}
    if session.more_to_ask or not session.receipts_read or not lists.are_read(then):
        return Taken(learned=learned | healed)
    to_do = to_do_of(then)
    if to_do.stale:
        return Taken(learned=learned | healed)
    if has_changed or company.change_count > company.healed_to or company.refused:
        healed |= healing.heal(then)
        to_do = to_do_of(then)
    if healed:  # some of them left before: QuickBooks is asked for those first
        return Taken(learned=learned | healed)
    return Taken(learned=learned | doubts.conclude(then, to_do))


def _first(turn: Turn, company: AnyRow, to_do: AnyRow) -> list[Question]:
    """List what the first message set asks before all else, the stamps first.

    Whoever is over by its stamp adds nothing to what is looked up after it.
    """
    witnesses = outbox.witnesses(turn.db, turn.session.company_file_id, WITNESSES)
    limit = turn.settings.import_page_size
    unseen = outbox.unseen(turn.db, turn.session.company_file_id, limit) if to_do.unseen else ()
    ordered, known = extras.to_look_at(turn) if to_do.extras else ([], ())
    return [
        (STAMPS, "", 0),
        *((WITNESS, row.txn_id, row.id) for row in witnesses if not company.takes_stock),
        *((SETTLED, row.txn_id, row.id) for row in unseen),
        *((EXTRA, txn_id, 0) for txn_id in (*ordered, *known)),
        *([(TO_DEPOSIT, "", 0)] if ordered else []),
    ]


def _deletions(company: AnyRow) -> list[Question]:
    """Ask for what was deleted after all else.

    What a bookkeeper deletes while QuickBooks answers was still there, or it is named. They are
    few, so any clock may have set the mark, and any other one have stamped what came after.
    """
    since = doubt.asked_from(company.deletions_mark, doubt.ANY_CLOCK) or ""
    return [(DELETED, since, 0), (LIST_DELETED, since, 0)]


def _may_have_left(turn: Turn) -> tuple[Sequence[AnyRow], bool]:
    """Read the next payments to be asked for, and whether there are more."""
    session, limit = turn.session, turn.settings.import_page_size
    if not session.more_to_ask:
        return [], False
    rows = outbox.may_have_left(
        turn.db, session.company_file_id, after=session.asked_to, limit=limit + 1
    )
    return rows[:limit], len(rows) > limit


def _from(
    turn: Turn, company: AnyRow, to_do: AnyRow, begun: Mapping[Listed, Cursor]
) -> tuple[str, bool]:
    """Say from when on the list of payments received is read, and whether before any is sent.

    "" is its beginning.

    From where the last reading ended, or from where it had come when the first of those that may
    have left left. Where anything may be sent, clocks that differ are reckoned with: what waits,
    and what was rejected and may heal. After a silence in which deletions were lost, and of a file
    that is ours from now on, from its beginning.
    """
    if lists.was_silent(turn, begun) or company.takes_stock:
        return "", True
    mark = company.receipts_mark
    if to_do.left:
        first = None if to_do.unmarked else to_do.first_mark
        mark = min(mark, first) if mark and first else None
    is_wide = bool(to_do.left or to_do.waiting or company.may_heal) or mark is None
    return doubt.asked_from(mark, doubt.ANY_CLOCK if is_wide else doubt.OVERLAP) or "", is_wide


def _request(turn: Turn, question: Question, name: str, since: str, size: int) -> Request:
    """Make the request of a question; the list is asked for with the same filter on every page."""
    kind, value, _ = question
    is_list = kind == LIST
    return Request(
        name,
        _message(turn, kind, value, since, size),
        ("Continue" if value else "Start") if is_list else None,
        value or None if is_list else None,
    )


def _message(turn: Turn, kind: str, value: str, since: str, size: int) -> RequestMessage:
    deleted = DeletedDateRangeFilter(from_deleted_date=value) if value else None
    changed = ModifiedDateRangeFilter(from_modified_date=since) if since else None
    match kind:
        case "stamps":
            return CompanyQuery(
                include_ret_element=elements.STAMPS,
                owner_id=tuple(row.owner_id for row in installs_of(turn)),
            )
        case "deleted":
            return TxnDeletedQuery(
                txn_del_type=("ReceivePayment", "Invoice", "CreditMemo"),
                deleted_date_range_filter=deleted,
                include_ret_element=elements.DELETED,
            )
        case "list_deleted":
            return ListDeletedQuery(
                list_del_type=("Customer",),
                deleted_date_range_filter=deleted,
                include_ret_element=elements.LIST_DELETED,
            )
        case "to_deposit":
            return ReceivePaymentToDepositQuery(include_ret_element=elements.TO_DEPOSIT)
        case "list":
            return ReceivePaymentQuery(
                max_returned=size,
                modified_date_range_filter=changed,
                include_line_items=True,
                include_ret_element=elements.RECEIPT_WITH_LINES,
            )
        case _:
            is_number = kind == NUMBER
            return ReceivePaymentQuery(
                ref_number=(value,) if is_number else (),
                txn_id=() if is_number else (value,),
                include_ret_element=elements.RECEIPT,
            )


def _wrong_books(turn: Turn, told: Sequence[Told]) -> Trouble | None:
    """Notice a restored backup or another copy: a witness is missing, and nobody deleted it."""
    if not any(question[0] == DELETED for question, _ in told):
        return None  # the first message set has told
    witnesses = [each for each in told if each[0][0] == WITNESS]
    deleted = {item.txn_id for item in _objects(told, DELETED, TxnDeletedRet)}
    company_file_id = turn.session.company_file_id
    for question, response in witnesses:
        is_there = _is_there(question, response)
        if is_there is None:
            return _not_told(response)
        if not is_there and question[1] not in deleted:
            # The next sync asks for all deletions: a clock that was wrong may have hidden one.
            facts = {"books_doubted": endings.status(turn, DOUBTED), "deletions_mark": None}
            stored.learn(turn.db, company_file_id, facts)
            return DOUBTED
    if company_of(turn).books_doubted is not None:
        stored.learn(turn.db, company_file_id, {"books_doubted": None})
    return None


def _miss(turn: Turn, told: Sequence[Told]) -> str | None:
    """Note the entries that a person named and QuickBooks does not have; a sentence if any."""
    gone = [
        question[2]
        for question, response in told
        if question[0] == SETTLED and _is_there(question, response) is False
    ]
    count = outbox.miss(turn.db, gone, notes.NOT_SEEN, turn.now)
    return office.NOT_THERE.format(count=count, base_url=turn.settings.base_url) if count else None


def _not_listed(turn: Turn, told: Sequence[Told], size: int) -> Trouble | None:
    """Say that the lists were not told well enough to rely on what they lack."""
    for question, response in told:
        if question[0] not in (DELETED, LIST):
            continue
        if response is None or not is_complete(response):
            return _not_told(response)
        is_list = question[0] == LIST
        if is_list and not _is_readable(response):
            return _not_told(response)
        if is_list and not _is_page(turn, response, size) and not _may_begin_anew(turn):
            return _not_told(response)
    return None


def _may_begin_anew(turn: Turn) -> bool:
    """Say whether a list whose pages do not add up is read from its beginning again, once a sync.

    A payment that was deleted meanwhile is left out of its page. Only a reading that adds up from
    the beginning to the end proves what is not there; what any page showed was there.
    """
    return turn.session.receipts_left is not None and not turn.session.receipts_again


def _is_page(turn: Turn, response: Response, size: int) -> bool:
    """Say whether a page of the list can be followed to the list's end."""
    iterator_id = response.iterator_id
    told = 0 if is_none(response) else response.iterator_remaining
    before = turn.session.receipts_left
    left = reading.left_after(before, len(response.objects), told, size=size)
    if not left:
        return left == 0
    is_known = iterator_id is None and turn.session.iterator_id is not None
    is_plain = len(iterator_id or "") <= ITERATOR_ID_MAX and _PLAIN.fullmatch(iterator_id or "")
    return is_known or bool(is_plain)


def _is_readable(response: Response | None) -> bool:
    """Say whether each payment that an answer brought can be kept.

    One that cannot may be any: what such an answer lacks proves nothing.
    """
    return response is None or all(
        isinstance(item, ReceivePaymentRet) and evidence.is_readable(item)
        for item in response.objects
    )


def _not_told(response: Response | None) -> Trouble:
    said = connection.words_of(response.status.message) if response else {}
    return Trouble(Kind.OTHER, Variant.NOT_LISTED, said)


def _is_there(question: Question, response: Response | None) -> bool | None:
    """Say whether a look-up by TxnID or RefNumber found it; None when that was not told.

    Absence is believed for a complete answer alone: nothing matched, the very value is named as
    not found, or there is no row (rule D.3). What cannot be a TxnID is none of this file's either.
    """
    if response is None or not _is_readable(response):
        return None
    kind, value, _ = question
    received = [item for item in response.objects if isinstance(item, ReceivePaymentRet)]
    if any(value in (item.txn_id, receipts.number_of(item.ref_number)) for item in received):
        return True
    if is_absent(response, value):
        return False
    is_no_id = response.status.code == MALFORMED_ID and kind in (WITNESS, SETTLED)
    return False if is_no_id else None


def _objects(told: Sequence[Told], kind: str, wanted: type[T]) -> list[T]:
    """List the objects of a class in the answers to one kind of question; "" to all kinds."""
    return [
        item
        for question, response in told
        if response is not None and kind in ("", question[0])
        for item in response.objects
        if isinstance(item, wanted)
    ]


def _stamps(turn: Turn, told: Sequence[Told]) -> dict[str, Any]:
    """Learn the AppLocks, this session's own among them.

    Its own is what it was told when it asked. What the Web Connector brought along may be the stamp
    of a sync before, and then this one's would look as if that one were over.
    """
    now: dict[str, str] = {}
    for company in _objects(told, STAMPS, CompanyRet):
        now |= stamps.locks(turn, company)
    own = now.get(str(turn.session.install_id), turn.session.app_lock)
    return {"locks": turn.session.locks | now, "app_lock": own}


def _cursor(turn: Turn, told: Sequence[Told], size: int) -> dict[str, Any]:
    """Say how far the list was read."""
    for question, response in told:
        if question[0] == LIST and response is not None:
            if not _is_page(turn, response, size):
                return {"receipts_left": None, "iterator_id": None, "receipts_again": True}
            left = 0 if is_none(response) else response.iterator_remaining or 0
            walls = [
                receipts.wall_of(item.time_modified)
                for item in response.objects
                if isinstance(item, ReceivePaymentRet)
            ]
            seen = [wall for wall in (*walls, turn.session.receipts_to) if wall]
            return {
                "receipts_to": max(seen, default=None),
                "receipts_left": left,
                "receipts_read": left == 0,
                "iterator_id": response.iterator_id or turn.session.iterator_id if left else None,
            }
    return {}


def _to_take_out(turn: Turn, told: Sequence[Told]) -> dict[str, Any]:
    """Say what may be taken out, if QuickBooks has told what is undeposited."""
    for question, response in told:
        if question[0] == TO_DEPOSIT and response is not None and is_told(response):
            there = {item.txn_id: item for item in _objects(told, EXTRA, ReceivePaymentRet)}
            waiting = {
                item.txn_id for item in _objects(told, TO_DEPOSIT, ReceivePaymentToDepositRet)
            }
            return {"take_out": extras.judge(turn, there, waiting)}
    return {}
