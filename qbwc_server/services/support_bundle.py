"""One sync as a zip file for whoever helps: what crossed, without names, amounts or secrets.

What stands in it is described in docs/support-bundle.md. Reads only.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as installed_version
from typing import Any

from sqlalchemy import Engine

from models.base import AnyRow
from models.engine import for_reading
from models.queries import session_log
from qbwc_server.services.session_log import Exchange, exchange_of, found
from qbxml import showing

# Characters of message sets, as kept. Packed that is well below what a mailbox takes, it is masked
# in a second or two, and the newest exchanges, in which it went wrong, come first.
TEXTS_MAX = 4_000_000
# Rows of the list of exchanges, and of the list of payments.
EXCHANGES_MAX, PAYMENTS_MAX = 2_000, 1_000
# A file that was made twice of the same sync is the same file.
_MADE = (2026, 1, 1, 0, 0, 0)
_CODE = re.compile(r"0x[0-9A-Fa-f]{1,8}")

README = """\
One sync of the QuickBooks payment sync, for support.

session.json    when it ran, how it ended, what came in and went out
exchanges.json  each message set: what it was for, when, how long, what QuickBooks answered
payments.json   the payments that moved in it, by reference; where they stand now
exchanges/      the message sets themselves, in the order in which they crossed

Names, addresses, memos, amounts and QuickBooks' own sentences are replaced by {hidden}, and so is
everything that is not known to hold none of them. Passwords are not kept at all.
{left_out}"""
_ALL = "Every message set that is kept is here.\n"
_SOME = "The first {count} message sets are left out: this file holds the newest ones.\n"


@dataclass(frozen=True, slots=True)
class SupportBundle:
    """Makes support bundles."""

    engine: Engine

    def make(self, company_file_id: int, session_id: str) -> bytes:
        """Make the zip file of a session.

        Raises:
            NotFound: the company file has none with this id.
        """
        with for_reading(self.engine).connect() as db:
            session = found(db, company_file_id, session_id)
            newest = session_log.lengths(db, session.id, EXCHANGES_MAX)
            numbers = _that_fit(newest)
            texts = session_log.texts(db, session.id, numbers, length_max=showing.TEXT_LENGTH_MAX)
            payments = session_log.moved(db, session.id, after=0, limit=PAYMENTS_MAX)
        left_out = session.exchanges - len(numbers)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
            said = _SOME.format(count=left_out) if left_out else _ALL
            _add(bundle, "README.txt", README.format(hidden=showing.HIDDEN, left_out=said))
            _add(bundle, "session.json", _json(_session(session)))
            exchanges = [exchange_of(row) for row in reversed(newest)]
            _add(bundle, "exchanges.json", _json([_exchange(one) for one in exchanges]))
            _add(bundle, "payments.json", _json([_payment(row) for row in payments]))
            for name, text in _files(texts, {one.number: one for one in exchanges}):
                _add(bundle, name, text)
        return packed.getvalue()


def _that_fit(newest: Sequence[AnyRow]) -> list[int]:
    """List the numbers of the newest exchanges whose texts fit; at least that of the last."""
    numbers, left = list[int](), TEXTS_MAX
    for row in newest:
        left -= row.request_length + (row.kept_length or 0)
        if left < 0 and numbers:
            break
        numbers.append(row.number)
    return numbers


def _add(bundle: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _MADE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    bundle.writestr(entry, text)


def _json(document: object) -> str:
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _session(row: AnyRow) -> dict[str, Any]:
    """Tell of a session; its message may quote QuickBooks, and an install is called by people."""
    return {
        "server": installed_version("qbwc-payment-sync"),
        "id": str(row.id),
        "install": row.install_uuid,
        "opened_at": _moment(row.opened_at),
        "last_heard_at": _moment(row.last_heard_at),
        "ended_at": _moment(row.ended_at),
        "state": row.state,
        "percent": row.percent,
        "qbxml_version": row.qbxml_version,
        "exchanges": row.exchanges,
        "customers_changed": row.customers_changed,
        "invoices_changed": row.invoices_changed,
        "credit_memos_changed": row.credit_memos_changed,
        "wrote": row.wrote,
        "posted": row.posted,
        "rejected": row.rejected,
    }


def _exchange(one: Exchange) -> dict[str, Any]:
    return {
        "number": one.number,
        "step": one.step,
        "asked_at": _moment(one.asked_at),
        "answered_at": _moment(one.answered_at),
        "hresult": one.hresult if _is_code(one.hresult) else showing.HIDDEN,
        "asked": one.asked,
        "came": one.came,
        "request_length": one.request_length,
        "response_length": one.response_length,
        "kept_length": one.kept_length,
    }


def _is_code(hresult: str | None) -> bool:
    """Say whether it is a code, and no sentence that came in its place."""
    return hresult is None or _CODE.fullmatch(hresult) is not None


def _payment(row: AnyRow) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "status": row.status,
        "cause": row.cause,
        "status_code": row.status_code,
        "txn_id": row.txn_id,
    }


def _files(texts: Sequence[AnyRow], exchanges: dict[int, Exchange]) -> Iterator[tuple[str, str]]:
    """Name and mask the message sets, in the order in which they crossed."""
    for row in texts:
        name = f"exchanges/{row.number:04d}-{exchanges[row.number].step}"
        yield f"{name}-asked.xml", _masked(row.request_xml)
        if row.response_xml:
            yield f"{name}-answered.xml", _masked(row.response_xml)


def _masked(text: str) -> str:
    shown = showing.show(text, names=False)
    end = "" if shown.is_whole else "<!-- not whole: cut, or no XML -->\n"
    return "\n".join(shown.lines) + "\n" + end


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
