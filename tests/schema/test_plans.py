"""The statements of every poll find their rows by an index, however much there is.

PostgreSQL is asked for the plan it makes once for all values: psycopg prepares what runs often.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import (
    Connection,
    Engine,
    String,
    case,
    cast,
    event,
    insert,
    literal,
    make_url,
    select,
)

from models.base import Base
from models.books import Customer, Invoice, SiteMapping, Stale
from models.company_file import CompanyFile, Install, Place, SignInHold
from models.engine import make_engine
from models.exchange import Exchange
from models.invoice_question import InvoiceQuestion
from models.notice import Notice
from models.payment import Attempt, Payment, PaymentApply, PaymentEvent, Watch
from models.queries import (
    attention,
    choices,
    connecting,
    exchanges,
    extras,
    installs,
    ledger,
    listed,
    missing,
    needs_you,
    notices,
    outbox,
    overview,
    payment_list,
    payments,
    receipts,
    session_log,
    sessions,
    troubles,
    watches,
)
from models.queries.payment_list import Wanted
from models.receipt import ExtraReceipt, Receipt
from models.remedy import RecordedAs
from models.wc_session import WcSession
from sync_core.lifecycle import PaymentStatus
from sync_core.names import Meant
from tests.schema.conftest import BOTH, lent
from tests.schema.rows import NOON, row


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is: enough for a planner to see that a scan is dear, and quick to put in."""

    companies: int
    sessions: int
    one_waits_in: int  # so many payments
    payments: int = 40_000


MANY = Size(companies=2_000, sessions=8_000, one_waits_in=20)
ONE = Size(companies=1, sessions=1_000, one_waits_in=4)  # a firm with a long history and backlog

Query = Callable[[Connection], object]

# Who asks, and for each table the indexes that may answer; `id` is the primary key.
WAITING = {"ix_payment_queued", "ix_payment_list"}
REFUSED = {"ix_payment_not_posted", "ix_payment_list"}
# The customers of one company file are looked through for a part of a name.
OF_COMPANY = {"id", "ix_customer_plain_name", "ix_customer_change_number", "ix_customer_there"}
LEFT = {"ix_payment_left", "ix_payment_queued", "ix_payment_list", "ix_payment_not_posted"}
# What moved in a session bounds either: SQLite may take the one of all that did.
OF_SESSION = {"ix_payment_event_refused", "ix_payment_event_moved"}


def in_state(state: str) -> Query:
    return lambda db: listed.invoices_by_day(db, 1, state, before=(NOON.date(), "9"), limit=50)


CUSTOMER_ID = {"id", "uq_customer_company_file_id_list_id"}
WORDS = {"ix_site_mapping_quickbooks_id"}
WORD_ID = {"id", "uq_site_mapping_company_file_id_meant_external_id"}
LISTED = {"ix_payment_list", "ix_payment_unsettled", "ix_payment_not_posted"}
WATCHES = {"id", "uq_watch_company_file_id_kind_key_payment_id"}
REJECTED = PaymentStatus.REJECTED
BY_DAY = "ix_payment_received"
# How people look through payments: what is asked, which index of payments answers, what else.
LISTS: dict[str, tuple[dict[str, Any], set[str], dict[str, set[str]]]] = {
    "all": ({}, {BY_DAY}, {}),
    "of_days": ({"received_from": NOON.date(), "received_to": NOON.date()}, {BY_DAY}, {}),
    "by_method": ({"method": "3"}, {"ix_payment_method"}, {}),
    "by_processor": ({"processor": "3"}, {"ix_payment_processor"}, {}),
    "of_batch": ({"batch": "3"}, {"ix_payment_batch"}, {}),
    "refused": ({"cause": "invalid"}, {"ix_payment_last_cause"}, {}),
    "of_amount": ({"ways": (payment_list.of_amount(700),)}, {"ix_payment_amount_cents"}, {}),
    "rejected": ({"ways": (payment_list.in_state(REJECTED),)}, {"ix_payment_not_posted"}, {}),
    "left_over": ({"ways": (payment_list.left_over(),)}, {"ix_payment_left_over"}, {}),
    "changed": ({"ways": (payment_list.changed(),)}, {"ix_payment_differs"}, {}),
    "missing": ({"ways": (payment_list.missing(),)}, {"ix_payment_missing", BY_DAY}, {}),
    "dismissed": (
        {"ways": (payment_list.dismissed_without_entry(),)},
        {"ix_payment_not_posted"},
        {"recorded_as": {"id", "uq_recorded_as_payment_id_txn_id"}},
    ),
    "named": (
        {"ways": payment_list.named("CB7", "web-7")},
        {"uq_payment_company_file_id_reference", "uq_payment_company_file_id_external_id"},
        {},
    ),
    "by_id": ({"ways": (payment_list.of_ids([7, 8]),)}, set(), {}),
}


def listing(wanted: dict[str, Any]) -> Query:
    """A page of payments that is not the first."""

    def page(db: Connection) -> object:
        asked = Wanted(company_file_id=1, **wanted)
        return payment_list.page(db, asked, after=(NOON.date(), 9), limit=51)

    return page


HOT: dict[str, tuple[Query, dict[str, set[str]]]] = {
    "waiting_page": (
        lambda db: outbox.waiting_page(db, 1, 4, after=0, until=9, limit=500),
        {"payment": WAITING},
    ),
    "to_do": (
        lambda db: outbox.to_do(db, 1, 4, stale_after=None),
        {
            "payment": {*LEFT, "ix_payment_posted"},
            "extra_receipt": {"ix_extra_receipt_open"},
            "stale": {"id", "uq_stale_company_file_id_txn_id"},
        },
    ),
    "with_installs": (
        lambda db: receipts.with_installs(db, 1),
        {
            "company_file": {"id"},
            "install": {"ix_install_company_file_id"},
            "place": {"id", "uq_place_install_id_company_name_path"},
            "invoice_question": {"ix_invoice_question_open"},
            "watch": {"id", "uq_watch_company_file_id_kind_key_payment_id"},
        },
    ),
    "may_have_left": (
        lambda db: outbox.may_have_left(db, 1, after=0, limit=500),
        {"payment": LEFT},
    ),
    "witnesses": (lambda db: outbox.witnesses(db, 1, 3), {"payment": {"ix_payment_posted"}}),
    "unseen": (lambda db: outbox.unseen(db, 1, 500), {"payment": {"ix_payment_posted"}}),
    "look_alikes": (
        lambda db: outbox.look_alikes(db, 4, [1, 2, 3], days=3),
        {"payment": {"id", "ix_payment_look_alike"}},
    ),
    "payments_in": (
        lambda db: receipts.payments_in(db, 1, ["1", "2"]),
        {"payment": {"ix_payment_txn_id"}},
    ),
    "stored": (
        lambda db: receipts.stored(db, 1, ["1", "2"]),
        {"receipt": {"id", "uq_receipt_company_file_id_txn_id"}},
    ),
    "entries": (
        lambda db: receipts.entries(db, 1, ["1", "2"]),
        {"receipt": {"id", "uq_receipt_company_file_id_txn_id"}},
    ),
    "numbers": (
        lambda db: ledger.numbers(db, 1, ["1", "2"]),
        {"invoice": {"id", "uq_invoice_company_file_id_txn_id"}},
    ),
    "just_paid": (
        lambda db: ledger.just_paid(db, 4, ["1", "2"]),
        {
            "payment_apply": {
                "ix_payment_apply_post_txn_id",
                "ix_payment_apply_invoice_txn_id",
            },
            "payment": {"id"},
        },
    ),
    "customers_named": (
        lambda db: ledger.customers_named(db, 1, ["1", "2"], ["a", "b"]),
        {
            "customer": {"id", "uq_customer_company_file_id_list_id", "ix_customer_plain_name"},
            "wc_session": {"id"},
        },
    ),
    "open_extras": (
        lambda db: receipts.open_extras(db, 1),
        {"extra_receipt": {"ix_extra_receipt_open"}, "payment": {"id"}},
    ),
    "strangers_known": (
        lambda db: receipts.strangers_known(db, 1, limit=500),
        {
            "extra_receipt": {"ix_extra_receipt_open"},
            "receipt": {"id", "uq_receipt_company_file_id_txn_id"},
            "payment": {
                "uq_payment_company_file_id_external_guid",
                "uq_payment_company_file_id_reference",
            },
        },
    ),
    "nobodys": (
        lambda db: receipts.nobodys(db, 1, amounts=[1, 2], since="2026-11-20T00:00:00"),
        {
            "receipt": {"ix_receipt_unnamed"},
            "payment": {"ix_payment_txn_id", "uq_payment_company_file_id_reference"},
        },
    ),
    "takers": (
        lambda db: outbox.takers(db, [1, 2]),
        {
            "attempt": {"ix_attempt_payment_id", "ix_attempt_exchange_id"},
            "exchange": {"id", "uq_exchange_wc_session_id_number"},
            "wc_session": {"id"},
            "install": {"id"},
        },
    ),
    "reading": (
        lambda db: receipts.reading(db, 1),
        {
            "company_file": {"id"},
            "invoice_question": {"ix_invoice_question_open"},
            "watch": {"id", "uq_watch_company_file_id_kind_key_payment_id"},
        },
    ),
    "places": (
        lambda db: connecting.places(db, 1),
        {"place": {"ix_place_company_file_id"}},
    ),
    "company_page": (
        lambda db: connecting.company_page(db, None, search="yoga", after=7, limit=51),
        {
            "company_file": {"id"},
            "install": {"ix_install_company_file_id", "id"},
            "place": {"ix_place_company_file_id", "uq_place_install_id_company_name_path"},
        },
    ),
    "read_so_far": (
        lambda db: connecting.read_so_far(db, 1),
        {
            "customer": {"id", "ix_customer_there", "ix_customer_change_number"},
            "invoice": {"id", "ix_invoice_open"},
        },
    ),
    "wrong_since": (
        lambda db: connecting.wrong_since(db, [1, 2]),
        {"sign_in_hold": {"id", "uq_sign_in_hold_install_id_address"}},
    ),
    "last_syncs": (
        lambda db: connecting.last_syncs(db, 1),
        {
            "install": {"ix_install_company_file_id"},
            "wc_session": {"id", "ix_wc_session_over"},
        },
    ),
    "open_questions": (
        lambda db: missing.open_questions(db, 1, limit=50),
        {"invoice_question": {"ix_invoice_question_open"}},
    ),
    "note_sent": (
        lambda db: missing.note_sent(db, 1, ["1", "2"], NOON),
        {"invoice_question": {"id", "uq_invoice_question_company_file_id_plain_number"}},
    ),
    "missing_invoices": (
        lambda db: missing.invoices(db, 1, "1", list_id="1", limit=9),
        {
            "invoice": {"ix_invoice_plain_number"},
            "customer": {"id", "uq_customer_company_file_id_list_id"},
        },
    ),
    "count_open_extras": (
        lambda db: extras.count_open(db, 1),
        {"extra_receipt": {"ix_extra_receipt_open"}},
    ),
    "claim": (
        lambda db: outbox.claim(db, 4, limit=100, now=NOON),
        {"payment": {"ix_payment_checked", "id"}, "company_file": {"id"}},
    ),
    "open_attempts": (
        lambda db: outbox.open_attempts(db, 4),
        {"attempt": {"ix_attempt_exchange_id"}, "payment": {"id"}},
    ),
    "extras_page": (
        lambda db: extras.page(db, 1, before=None, limit=50),
        {
            "extra_receipt": {"ix_extra_receipt_open"},
            "receipt": {"id", "uq_receipt_company_file_id_txn_id"},
            "payment": {"id"},
        },
    ),
    "count_needs_you": (
        lambda db: needs_you.count(db, 1),
        {
            "payment": {"ix_payment_not_posted", "ix_payment_list", "ix_payment_missing"},
            "extra_receipt": {"ix_extra_receipt_open"},
        },
    ),
    "total_of_refused": (lambda db: needs_you.totals(db, 1), {"payment": REFUSED}),
    "many_alike": (
        lambda db: needs_you.many_alike(
            db,
            1,
            causes=[("locked", "plain")],
            by_method=[("unknown_reference", "method")],
            least=3,
            limit=8,
        ),
        {"payment": REFUSED},
    ),
    "oldest_money": (
        lambda db: needs_you.page(
            db,
            1,
            without=[needs_you.Alike("locked", "plain")],
            after=(NOON.date(), 7),
            limit=26,
        ),
        {"payment": {"ix_payment_not_posted"}},
    ),
    "company_that_waits": (
        lambda db: needs_you.company_that_waits(db, [1, 2]),
        {"payment": REFUSED, "company_file": {"id"}},
    ),
    "last_sync": (lambda db: needs_you.last_sync(db, 1), {"wc_session": {"ix_wc_session_list"}}),
    "open_invoices": (
        lambda db: choices.open_invoices(db, 1, list_ids=["1", "2"], limit=50),
        {
            "invoice": {"ix_invoice_customer_list_id"},
            "customer": {"id", "uq_customer_company_file_id_list_id"},
        },
    ),
    "family": (lambda db: choices.family(db, 1, "acme"), {"customer": OF_COMPANY}),
    "customers_with": (
        lambda db: choices.customers(db, 1, "acme", limit=50),
        {"customer": OF_COMPANY},
    ),
    "missing_page": (
        lambda db: payments.missing_page(db, 1, before=None, limit=50),
        {"payment": {"ix_payment_missing"}},
    ),
    "silent_with_writes": (
        lambda db: sessions.silent_with_writes(db, NOON, NOON, limit=50),
        {"wc_session": {"ix_wc_session_writing"}},
    ),
    "take": (
        lambda db: sessions.take(db, "4", NOON),
        {"wc_session": {"uq_wc_session_ticket_hash"}},
    ),
    "open_one": (
        lambda db: sessions.open_one(db, 1),
        {"wc_session": {"ix_wc_session_open"}},
    ),
    "unanswered": (
        lambda db: exchanges.unanswered(db, 4),
        {"exchange": {"ix_exchange_unanswered"}},
    ),
    "signing_in": (
        lambda db: installs.signing_in(db, "1", "198.51.100.7"),
        {
            "install": {"uq_install_user_name"},
            "company_file": {"id"},
            "sign_in_hold": {"id", "uq_sign_in_hold_install_id_address"},
        },
    ),
    "note_notice": (
        lambda db: notices.note(db, session_id=4, company_file_id=1, now=NOON),
        {"company_file": {"id"}, "payment_event": OF_SESSION, "payment": {"id"}},
    ),
    "due_notices": (
        lambda db: notices.due(db, NOON, wait_max=timedelta(hours=6), limit=20),
        {"notice": {"ix_notice_due"}},
    ),
    "refused_in": (
        lambda db: notices.refused(db, 4),
        {"payment_event": OF_SESSION},
    ),
    "still_refused": (
        lambda db: notices.still_refused(db, [1, 2, 3], limit=20),
        {"payment": {"id"}},
    ),
    "counts_of_refused": (
        lambda db: attention.counts(db, 1, NOON),
        {"payment": {"ix_payment_refused"}},
    ),
    "last_over": (
        lambda db: sessions.last_over(db, 1),
        {"wc_session": {"ix_wc_session_over"}},
    ),
    "confirmed_place": (
        lambda db: installs.confirmed_place(db, 1, 1),
        {"place": {"ix_place_company_file_id"}},
    ),
    "turned_away": (
        lambda db: installs.turned_away(db, "4"),
        {"install": {"ix_install_turned_away_ticket", "id"}},
    ),
    "totals": (lambda db: outbox.totals(db, 1, PaymentStatus.QUEUED), {"payment": WAITING}),
    "troubles_of_installs": (
        lambda db: troubles.installs(db, 1),
        {
            "install": {"ix_install_company_file_id", "id"},
            "company_file": {"id"},
            "wc_session": {"id", "ix_wc_session_over"},
        },
    ),
    "wrong_passwords": (
        lambda db: troubles.wrong_passwords(db, 1),
        {
            "install": {"ix_install_company_file_id"},
            "sign_in_hold": {"id", "uq_sign_in_hold_install_id_address"},
        },
    ),
    "places_of_troubles": (
        lambda db: troubles.places(db, 1),
        {
            "install": {"ix_install_company_file_id"},
            "place": {"id", "uq_place_install_id_company_name_path"},
        },
    ),
    "last_of_kind": (
        lambda db: troubles.last_of_kind(db, 1, "other_books"),
        {"wc_session": {"ix_wc_session_trouble"}},
    ),
    "extras_of_now": (
        lambda db: troubles.extras(db, 1),
        {
            "extra_receipt": {"ix_extra_receipt_open"},
            "payment": {"id"},
            "receipt": {"id", "uq_receipt_company_file_id_txn_id"},
            "wc_session": {"id"},
            "install": {"id"},
        },
    ),
    "sessions_page": (
        lambda db: session_log.page(db, 1, before=9, limit=51),
        {"wc_session": {"ix_wc_session_list", "ix_wc_session_over"}, "install": {"id"}},
    ),
    "sessions_badly": (
        lambda db: session_log.page(db, 1, before=9, limit=51, badly=True),
        {"wc_session": {"ix_wc_session_badly", "ix_wc_session_over"}, "install": {"id"}},
    ),
    "sessions_wrote": (
        lambda db: session_log.page(db, 1, before=9, limit=51, wrote=True),
        {"wc_session": {"ix_wc_session_wrote", "ix_wc_session_over"}, "install": {"id"}},
    ),
    "sessions_of_install": (
        lambda db: session_log.page(db, 1, before=9, limit=51, install="1"),
        {
            "wc_session": {"ix_wc_session_list", "ix_wc_session_over"},
            "install": {"id", "uq_install_uuid"},
        },
    ),
    "session_one": (
        lambda db: session_log.one(db, 1, 4),
        {"wc_session": {"id", "ix_wc_session_list", "ix_wc_session_over"}, "install": {"id"}},
    ),
    "last_through": (
        lambda db: session_log.last_through(db, "1"),
        {"wc_session": {"ix_wc_session_over"}, "install": {"uq_install_uuid"}},
    ),
    "installs_by_label": (
        lambda db: session_log.installs(db, 1),
        {"install": {"ix_install_company_file_id"}},
    ),
    "last_step": (
        lambda db: session_log.last_step(db, 4),
        {"exchange": {"uq_exchange_wc_session_id_number"}},
    ),
    "exchanges_page": (
        lambda db: session_log.exchanges_page(db, 4, after=1, limit=51),
        {"exchange": {"uq_exchange_wc_session_id_number"}},
    ),
    "exchange": (
        lambda db: session_log.exchange(db, 4, 1, length_max=9),
        {"exchange": {"uq_exchange_wc_session_id_number"}},
    ),
    "exchange_lengths": (
        lambda db: session_log.lengths(db, 4, 100),
        {"exchange": {"uq_exchange_wc_session_id_number"}},
    ),
    "exchange_texts": (
        lambda db: session_log.texts(db, 4, [1, 2], length_max=9),
        {"exchange": {"uq_exchange_wc_session_id_number"}},
    ),
    "moved_in": (
        lambda db: session_log.moved(db, 4, after=0, limit=101),
        {"payment_event": {"ix_payment_event_moved"}, "payment": {"id"}},
    ),
    **{
        f"payments_{name}": (listing(wanted), {"payment": {"id", *indexes}, **more})
        for name, (wanted, indexes, more) in LISTS.items()
    },
    "sums_of_payments": (
        lambda db: payment_list.sums(
            db, Wanted(company_file_id=1, received_from=NOON.date()), limit=10_001
        ),
        {"payment": {"ix_payment_received"}},
    ),
    "count_of_payments": (
        lambda db: payment_list.count(
            db, Wanted(company_file_id=1, ways=(payment_list.in_state(REJECTED),)), limit=10_001
        ),
        {"payment": {"ix_payment_not_posted"}},
    ),
    "methods_of_payments": (
        lambda db: payment_list.words(db, 1, "method", limit=100),
        {"payment": {"ix_payment_method"}},
    ),
    "processors_of_payments": (
        lambda db: payment_list.words(db, 1, "processor", limit=100),
        {"payment": {"ix_payment_processor"}},
    ),
    "attempts_of_a_payment": (
        lambda db: payment_list.attempts(db, 9, limit=5, length_max=9),
        {"attempt": {"ix_attempt_payment_id"}, "exchange": {"id"}},
    ),
    "unsettled": (overview.unsettled, {"payment": {"ix_payment_unsettled"}}),
    "by_day": (
        lambda db: overview.by_day(db, 1, received_from=NOON.date()),
        {"payment": {BY_DAY, "ix_payment_refused"}},  # either bounds it by day
    ),
    "open_of_one": (
        lambda db: overview.open_of(db, [1]),
        {"payment": {*WAITING, *REFUSED, "ix_payment_unsettled", "ix_payment_missing"}},
    ),
    "open_of_companies": (
        lambda db: overview.open_of(db, [1, 2, 3]),
        {"payment": {*WAITING, *REFUSED, "ix_payment_unsettled", "ix_payment_missing"}},
    ),
    "count_companies": (
        lambda db: overview.count_companies(db, frozenset([1, 2])),
        {
            "company_file": {"id"},
            "payment": {*REFUSED, "ix_payment_unsettled", "ix_payment_missing"},
            "extra_receipt": {"ix_extra_receipt_open"},
        },
    ),
    **{
        f"invoices_{state}": (
            in_state(state),
            {"invoice": {f"ix_invoice_{state}"}, "customer": CUSTOMER_ID},
        )
        for state in ("open", "paid", "voided", "deleted")
    },
    "invoices_of_customers": (
        lambda db: listed.invoices_by_day(db, 1, "open", customers=["1", "2"], limit=50),
        {"invoice": {"ix_invoice_customer_list_id", "ix_invoice_open"}, "customer": CUSTOMER_ID},
    ),
    "invoices_not_mapped": (
        lambda db: listed.invoices_by_day(db, 1, "open", is_mapped=False, limit=50),
        {"invoice": {"ix_invoice_open"}, "customer": CUSTOMER_ID, "site_mapping": WORDS},
    ),
    "invoices_by_number": (
        lambda db: listed.invoices_by_number(db, 1, "10", after=("10", "1"), limit=50),
        {"invoice": {"ix_invoice_plain_number"}, "customer": CUSTOMER_ID},
    ),
    "invoices_by_number_of_an_amount": (
        lambda db: listed.invoices_by_number(
            db, 1, "10", cents=700, days=(NOON.date(), NOON.date()), limit=50
        ),
        {
            "invoice": {"ix_invoice_plain_number", "ix_invoice_total", "ix_invoice_open"},
            "customer": CUSTOMER_ID,
        },
    ),
    "invoices_of_days": (
        lambda db: listed.invoices_by_day(db, 1, "paid", days=(None, NOON.date()), limit=50),
        {"invoice": {"ix_invoice_paid"}, "customer": CUSTOMER_ID},
    ),
    "invoices_over": (
        lambda db: listed.invoices_over(db, 1, 700, before=(NOON.date(), "9"), limit=50),
        {"invoice": {"ix_invoice_total"}, "customer": CUSTOMER_ID},
    ),
    "invoices_due": (
        lambda db: listed.invoices_due(db, 1, 700, days=(NOON.date(), None), limit=50),
        {"invoice": {"ix_invoice_open"}, "customer": CUSTOMER_ID},
    ),
    "open_total": (lambda db: listed.open_total(db, 1), {"invoice": {"ix_invoice_open"}}),
    "open_total_of_one": (
        lambda db: listed.open_total(db, 1, customer="1"),
        {"invoice": {"ix_invoice_customer_list_id", "ix_invoice_open"}},
    ),
    "due_by_customer": (
        lambda db: listed.due_by_customer(db, 1, ["1", "2"]),
        {"invoice": {"ix_invoice_customer_list_id", "ix_invoice_open"}},
    ),
    "customers_by_name": (
        lambda db: listed.customers(db, 1, begins="10", after=("10", "1"), limit=50),
        {"customer": {"ix_customer_plain_name"}},
    ),
    "customers_active": (
        lambda db: listed.customers(db, 1, state="active", limit=50),
        {"customer": {"ix_customer_there"}},
    ),
    "customers_inactive": (
        lambda db: listed.customers(db, 1, state="inactive", begins="10", limit=50),
        {"customer": {"ix_customer_there", "ix_customer_plain_name"}},
    ),
    "customers_that_owe": (
        lambda db: listed.customers(db, 1, owes=True, limit=50),
        {
            "customer": {"ix_customer_plain_name"},
            "invoice": {"ix_invoice_customer_list_id", "ix_invoice_open"},
        },
    ),
    "customers_gone": (
        lambda db: listed.customers(db, 1, state="gone", limit=50),
        {"customer": {"ix_customer_gone"}},
    ),
    "customers_not_mapped": (
        lambda db: listed.customers(db, 1, is_mapped=False, limit=50),
        {"customer": {"ix_customer_plain_name"}, "site_mapping": WORDS},
    ),
    "count_customers": (
        lambda db: listed.count_customers(db, 1),
        {"customer": {"ix_customer_there"}},
    ),
    "payments_of_customer": (
        lambda db: listed.payments_of_customer(db, 1, list_id="1", name="1", words=["1"], limit=50),
        {
            "payment": {
                "ix_payment_post_customer_list_id",
                "ix_payment_customer_list_id",
                "ix_payment_customer_name",
                "ix_payment_customer_external_id",
            }
        },
    ),
    "waiting_under": (
        lambda db: listed.waiting_under(db, 1, ["1", "2"]),
        {"payment": {"ix_payment_customer_external_id"}, "site_mapping": WORD_ID},
    ),
    "words_of": (
        lambda db: listed.words_of(db, 1, Meant.CUSTOMERS, "1"),
        {"site_mapping": WORDS},
    ),
    "methods_waiting": (
        lambda db: listed.methods_waiting(db, 1, limit=50),
        {"watch": WATCHES | {"ix_watch_payment_id"}, "payment": {"id", *LISTED}},
    ),
}


def as_text(number: Any) -> Any:
    return cast(number, String)


def put(db: Connection, kind: type[Base], count: int, **given: Callable[[Any], Any]) -> None:
    """Insert rows by one statement; `given` makes a column from the row's number, 1 to `count`.

    What is not given is filled in: text with the number, so that it differs, all else alike.
    """
    first = select(literal(1).label("number")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.number + 1).where(first.c.number < count))
    number = numbers.c.number
    columns = kind.__table__.columns
    made = {
        name: cast(number, String)
        if type(columns[name].type) is String
        else literal(value, columns[name].type)
        for name, value in row(kind).items()
        if name not in given
    } | {name: make(number) for name, make in given.items()}
    db.execute(insert(kind).from_select(list(made), select(*made.values())))


def fill(db: Connection, size: Size) -> None:
    """Put in companies with a history: most sessions are over, most payments are settled."""

    def company(number: Any) -> Any:
        return number % size.companies + 1

    def session(number: Any) -> Any:
        return number % size.sessions + 1

    def ended(number: Any) -> Any:
        return case((number <= size.companies, None), else_=literal(NOON, WcSession.ended_at.type))

    def missing(number: Any) -> Any:
        return case((number % 41 == 1, literal(NOON, Payment.missing_since.type)), else_=None)

    def waiting(number: Any, then: Any, otherwise: Any) -> Any:
        return case((number % size.one_waits_in == 0, then), else_=otherwise)

    def status(number: Any) -> Any:
        rest = case(
            (number % size.one_waits_in == 1, literal("rejected")),
            (number % size.one_waits_in == 2, literal("dismissed")),
            else_="posted",
        )
        return waiting(number, literal("queued"), rest)

    put(db, CompanyFile, size.companies)
    put(db, Install, size.companies, company_file_id=company)
    put(
        db,
        WcSession,
        size.sessions,
        company_file_id=company,
        install_id=company,
        ended_at=ended,
        trouble=lambda number: waiting(number, literal("other_books"), None),
    )
    put(db, Place, size.sessions, company_file_id=company, install_id=company)
    put(db, Exchange, size.sessions, wc_session_id=session, answered_at=ended)
    put(
        db,
        Payment,
        size.payments,
        company_file_id=company,
        status=status,
        checked_session_id=lambda number: waiting(number, company(number), None),
        missing_since=missing,
        customer_list_id=lambda number: case((number % 3 == 0, as_text(number)), else_=None),
        customer_name=lambda number: case((number % 3 == 1, as_text(number)), else_=None),
        customer_external_id=lambda number: case((number % 3 > 1, as_text(number)), else_=None),
        post_customer_list_id=lambda number: waiting(number, None, as_text(number)),
        method=lambda number: cast(number % 5, String),
        processor=lambda number: cast(number % 3, String),
        batch=lambda number: cast(number / 100, String),
        amount_cents=lambda number: number % 1_000 * 100,
        unapplied_cents=lambda number: case((number % 43 == 0, literal(100)), else_=literal(0)),
        differs=lambda number: number % 47 == 0,
        last_cause=lambda number: waiting(number, literal("invalid"), None),
    )
    put(
        db,
        RecordedAs,
        size.sessions,
        payment_id=lambda number: number,
        company_file_id=company,
        txn_id=lambda number: cast(number, String),
    )
    put(
        db,
        PaymentApply,
        size.payments,
        payment_id=lambda number: number,
        invoice_txn_id=lambda number: cast(number, String),
        post_txn_id=lambda number: cast(number, String),
    )
    put(
        db,
        Receipt,
        size.payments,
        company_file_id=company,
        txn_id=lambda number: cast(number, String),
        seen_session_id=session,
    )
    put(
        db,
        InvoiceQuestion,
        size.sessions,
        company_file_id=company,
        plain_number=lambda number: cast(number, String),
        number=lambda number: cast(number, String),
        sent_at=ended,
    )
    put(
        db,
        Watch,
        size.sessions,
        company_file_id=company,
        key=lambda number: cast(number, String),
        payment_id=lambda number: number,
    )
    own = {"company_file_id": company, "seen_session_id": session}
    put(
        db,
        Customer,
        size.payments,
        **own,
        list_id=as_text,
        plain_name=as_text,
        is_active=lambda number: number % 5 > 0,
        gone_wall=lambda number: case((number % 41 == 1, "2026-11-20T12:00:00"), else_=None),
    )
    put(
        db,
        Invoice,
        size.payments,
        **own,
        txn_id=as_text,
        plain_number=as_text,
        customer_list_id=lambda number: cast(number / 5, String),
        txn_date=lambda _: literal(NOON.date()),
        is_paid=lambda number: number % 3 > 0,
        is_voided=lambda number: number % 37 == 1,
        deleted_wall=lambda number: case((number % 41 == 1, "2026-11-20T12:00:00"), else_=None),
    )
    put(
        db,
        SiteMapping,
        size.payments,
        company_file_id=company,
        external_id=as_text,
        quickbooks_id=as_text,
    )
    put(
        db,
        ExtraReceipt,
        size.sessions,
        company_file_id=company,
        payment_id=lambda number: number,
        found_session_id=session,
        resolved_at=ended,
    )
    put(
        db,
        Stale,
        size.sessions,
        company_file_id=company,
        txn_id=lambda number: cast(number, String),
    )
    put(
        db,
        SignInHold,
        size.companies,
        install_id=lambda number: number,
        address=lambda number: cast(number, String),
    )
    put(
        db,
        PaymentEvent,
        size.payments,
        payment_id=lambda number: number,
        wc_session_id=session,
        from_status=lambda _: literal("sent"),
        to_status=lambda number: waiting(number, literal("rejected"), literal("posted")),
    )
    put(
        db,
        Notice,
        size.sessions,
        wc_session_id=lambda number: number,
        outcome=lambda number: waiting(number, None, literal("sent")),
    )
    put(
        db,
        Attempt,
        size.payments,
        payment_id=lambda number: number,
        exchange_id=session,
        outcome=lambda number: waiting(number, None, literal("posted")),
    )


@contextmanager
def filled_with(size: Size, database: str) -> Iterator[Engine]:
    with lent(database, for_good=True) as url:
        engine = make_engine(url)
        with engine.begin() as db:
            fill(db, size)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.exec_driver_sql("ANALYZE")
        yield engine
        engine.dispose()


@pytest.fixture(scope="module", params=BOTH)
def filled(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with filled_with(MANY, request.param) as engine:
        yield engine


@pytest.fixture(scope="module", params=BOTH)
def one_firm(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with filled_with(ONE, request.param) as engine:
        yield engine


def statements(engine: Engine, query: Query) -> list[tuple[str, Any]]:
    """Run a query for nothing, and give what it sent."""
    sent: list[tuple[str, Any]] = []

    def note(_db: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        sent.append((statement, values))

    with engine.connect() as db, db.begin() as doing:
        event.listen(engine, "before_cursor_execute", note)
        try:
            query(db)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        doing.rollback()
    return sent


@dataclass(frozen=True, slots=True)
class Plan:
    """How a database means to find rows: by table the indexes it uses, "" for none."""

    scans: set[tuple[str, str]]
    sorts: bool


# An index of some rows only may be read from end to end; of another one that is a scan.
PARTIAL = {
    str(index.name)
    for table in Base.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["postgresql"]["where"] is not None
}
_STEP = re.compile(
    r"(?P<how>SCAN|SEARCH) (?P<table>\w+)"
    r"(?: USING .*?(?:INDEX (?P<index>\w+)|(?P<key>PRIMARY KEY)))?"
)


def _used(index: str, *, is_whole: bool) -> str:
    return "" if is_whole and index not in PARTIAL else index


def explain(engine: Engine, statement: str, values: Any) -> Plan:
    how = _sqlite_plan if engine.dialect.name == "sqlite" else _postgres_plan
    return how(engine, statement, values)


def _sqlite_plan(engine: Engine, statement: str, values: Any) -> Plan:
    scans = set()
    with engine.connect() as db:
        lines = [line for *_, line in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
        for line in lines:
            step = _STEP.match(line)
            table = step["table"].removesuffix("_1") if step else ""  # one joined with itself
            if step and table in Base.metadata.tables:  # no values (`among`), no part of the query
                index = "id" if step["key"] else _sqlite_index(db, step["table"], step["index"])
                scans.add((table, _used(index, is_whole=step["how"] == "SCAN")))
    return Plan(scans, sorts=any("TEMP B-TREE" in line for line in lines))


def _sqlite_index(db: Connection, table: str, index: str | None) -> str:
    """Name an index; SQLite numbers those of UNIQUE instead of keeping their names."""
    if index is None or not index.startswith("sqlite_autoindex"):
        return index or ""
    columns = [name for *_, name in db.exec_driver_sql(f"PRAGMA index_info({index})")]
    return "_".join(["uq", table.removesuffix("_1"), *columns])


def _postgres_plan(engine: Engine, statement: str, values: Any) -> Plan:
    nodes = _postgres_nodes(engine, statement, values)
    scans = {
        (node["Relation Name"], _postgres_index(node))
        for node in nodes
        if "Relation Name" in node and "Scan" in node["Node Type"]
    }
    return Plan(scans, sorts=any("Sort" in node["Node Type"] for node in nodes))


def _postgres_nodes(engine: Engine, statement: str, values: Any) -> list[dict[str, Any]]:
    """Ask for the generic plan of a statement, whose values come after it was prepared."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    numbered = re.sub(r"%\((\w+)\)s", lambda name: f"${names.index(name[1]) + 1}", statement)
    url = make_url(engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as db:
        db.execute("SET plan_cache_mode = force_generic_plan")
        db.execute(f"PREPARE hot AS {numbered}".encode())
        places = ", ".join(["%s"] * len(names))
        call = f"EXPLAIN (FORMAT JSON) EXECUTE hot{f' ({places})' if names else ''}"
        cursor = psycopg.ClientCursor(db)
        cursor.execute(call.encode(), [values[name] for name in names])
        ((told,),) = cursor.fetchall()
    return list(_nodes(told[0]["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def _postgres_index(node: dict[str, Any]) -> str:
    """Name the index of a scan; a bitmap of one stands below the scan of the table."""
    steps = [step for step in _nodes(node) if "Index Name" in step]
    if not steps:
        return ""
    index: str = steps[0]["Index Name"]
    name = "id" if index == f"pk_{node['Relation Name']}" else index
    return _used(name, is_whole="Index Cond" not in steps[0])


@pytest.mark.parametrize("name", HOT)
def test_a_hot_statement_is_answered_by_its_indexes(filled: Engine, name: str) -> None:
    query, indexes = HOT[name]
    for sent in statements(filled, query):
        plan = explain(filled, *sent)
        assert {table for table, _ in plan.scans} == set(indexes)
        for table, index in plan.scans:
            assert index in indexes[table]


MUCH_WAITS = """
    INSERT INTO watch (company_file_id, kind, key, payment_id)
    SELECT 1, kind, 'much-' || number, number FROM generate_series(1, 500) AS number,
    unnest(ARRAY['invoice', 'number', 'customer', 'name']) AS kind
"""


def test_what_waits_for_a_change_is_found_by_what_changed(filled: Engine) -> None:
    """Never by looking through all that waits, however much that is."""
    sent = statements(filled, lambda db: watches.concerned(db, 1, since=7))
    assert len(sent) == 4
    for statement in sent:
        plan = explain(filled, *statement)
        assert {table for table, index in plan.scans if not index} == set()
        if filled.dialect.name == "postgresql":
            assert "key" in _looked_up_by(filled, *statement)


def _looked_up_by(engine: Engine, statement: str, values: Any) -> str:
    """Say by what PostgreSQL looks up each watch, where much waits."""
    with engine.connect() as db:
        db.exec_driver_sql(MUCH_WAITS)
        db.exec_driver_sql("ANALYZE watch")
        for way in ("hashjoin", "mergejoin", "material", "seqscan"):
            db.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        told = db.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    nodes = _nodes(told[0]["Plan"])
    return " ".join(
        node["Index Cond"]
        for node in nodes
        if "Index Cond" in node and "watch" in node.get("Index Name", "")
    )


def test_payments_of_an_invoice_are_found_by_indexes(one_firm: Engine) -> None:
    allowed = {
        "payment_apply": {"ix_payment_apply_invoice_txn_id", "ix_payment_apply_post_txn_id"},
        "payment": {"id"},
        "watch": {"id", "uq_watch_company_file_id_kind_key_payment_id"},
    }
    sent = statements(one_firm, lambda db: payment_list.paying(db, 1, ["7", "8"], "7"))
    assert len(sent) == 4
    for statement in sent:
        for table, index in explain(one_firm, *statement).scans:
            assert index in allowed[table]


@pytest.mark.parametrize(
    "name",
    [
        *("waiting_page", "claim", "open_attempts", "unanswered"),
        # What is linked is a short table here, which PostgreSQL rather reads at once.
        *(f"payments_{name}" for name in LISTS if name != "dismissed"),
    ],
)
def test_a_long_history_is_not_read_again(one_firm: Engine, name: str) -> None:
    query, indexes = HOT[name]
    for sent in statements(one_firm, query):
        for table, index in explain(one_firm, *sent).scans:
            # There is one company file: whoever reads that whole reads one row.
            assert index in indexes[table] or table == "company_file"


@pytest.mark.parametrize("name", ["waiting_page", "claim", "count_of_payments"])
def test_a_limit_does_not_first_sort_all_there_is(filled: Engine, name: str) -> None:
    query, _ = HOT[name]
    for sent in statements(filled, query):
        assert not explain(filled, *sent).sorts


NOT_MAPPED: dict[str, Query] = {
    "invoices": lambda db: listed.invoices_by_day(db, 1, "open", is_mapped=False, limit=50),
    "customers": lambda db: listed.customers(db, 1, is_mapped=False, limit=50),
}


@pytest.mark.parametrize("name", NOT_MAPPED)
def test_a_mapping_is_looked_up_by_its_key_before_anything_was_counted(name: str) -> None:
    """Just after a big import PostgreSQL has no counts; it must not compare each with each."""
    with lent("postgresql", for_good=True) as url:
        engine = make_engine(url)
        with engine.begin() as db:
            put(db, CompanyFile, 1)
            words = {"external_id": as_text, "quickbooks_id": as_text}
            put(db, SiteMapping, 10_000, company_file_id=lambda _: literal(1), **words)
        (sent,) = statements(engine, NOT_MAPPED[name])
        nodes = _postgres_nodes(engine, *sent)
        engine.dispose()
    (lookup,) = (node for node in nodes if node.get("Relation Name") == "site_mapping")
    assert "(quickbooks_id)::text = " in lookup["Index Cond"]


def test_a_scan_and_a_sort_would_be_seen(filled: Engine) -> None:
    """The control: a column without an index is looked for in the whole table."""
    unaided = select(Payment.id).where(Payment.memo == "x").order_by(Payment.note)
    (sent,) = statements(filled, lambda db: db.execute(unaided))
    assert explain(filled, *sent) == Plan({("payment", "")}, sorts=True)
