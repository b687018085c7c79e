"""Web Connector sessions: from authenticate to the end, one open per company file."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    Base,
    BigId,
    NoAtFirst,
    UtcDateTime,
    WallTime,
    YesAtFirst,
    ZeroAtFirst,
    words,
)
from sync_core.session import State
from sync_core.trouble import Kind

IS_WRITING = "ended_at IS NULL AND state = 'writing'"
IS_OVER = "ended_at IS NOT NULL"
ENDED_BADLY = "ended_at IS NOT NULL AND percent < 100"


class WcSession(Base):
    """One call of a Web Connector, and how far it has come."""

    __tablename__ = "wc_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"))
    install_id: Mapped[int] = mapped_column(ForeignKey("install.id"))
    ticket_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(words("state", *(state.value for state in State)))
    revision: Mapped[int] = mapped_column(
        default=0
    )  # raised by every operation: the fence against an overtaken worker
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_heard_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    percent: Mapped[int] = mapped_column(default=0)
    message: Mapped[str | None] = mapped_column(Text)  # how it ended, as the office reads it

    # What it has learned; see sync_core.plan.Standing
    company_known: Mapped[bool] = mapped_column(default=False)
    may_write: Mapped[bool] = mapped_column(default=True)
    is_paused: Mapped[NoAtFirst]  # nothing is posted while a receipt of ours is one too many
    settled: Mapped[NoAtFirst]  # same books, doubts and receipts
    # Asked for the payments that may have left up to this id.
    asked_to: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    more_to_ask: Mapped[YesAtFirst]  # payments that may have left
    receipts_read: Mapped[NoAtFirst]  # to the end of the list
    # Where the reading begins; "" is the beginning of the list, None that nothing was asked yet.
    receipts_from: Mapped[str | None] = mapped_column(WallTime)
    receipts_to: Mapped[str | None] = mapped_column(WallTime)  # the latest seen so far
    receipts_left: Mapped[int | None]  # as the iterator counts them
    receipts_again: Mapped[NoAtFirst]  # begun anew: it changed while it was read
    iterator_id: Mapped[str | None] = mapped_column(String(50))
    lists: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # how far each was read; sync_core.reading.Cursor
    stale_after: Mapped[str | None] = mapped_column(String(36))  # asked for again up to this TxnID
    has_questions: Mapped[NoAtFirst]  # about invoices that our tables do not know
    locks: Mapped[dict[str, str]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # by install id; "" is clear
    take_out: Mapped[list[str]] = mapped_column(
        JSON, default=list, server_default="[]"
    )  # TxnIDs of receipts
    set_limit: Mapped[int | None]  # payments in a set, after one was refused whole
    # Payments up to this id are this session's; what arrives meanwhile waits for the next one.
    waiting_to: Mapped[int | None] = mapped_column(BigId)
    looked_up_to: Mapped[int] = mapped_column(BigId, default=0)  # payment id: those up to it
    more_pages: Mapped[bool] = mapped_column(default=True)  # of payments to look up
    look_again: Mapped[list[int]] = mapped_column(JSON, default=list)  # payment ids
    # Payments (by id) that wait for others of this session on the same invoice, and those that
    # QuickBooks refused and whose cause is not known yet.
    held: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    to_explain: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    methods_to_add: Mapped[list[list[str]]] = mapped_column(JSON, default=list)  # name, type
    waiting: Mapped[int] = mapped_column(default=0)  # payments, when the look-ups began
    looked: Mapped[int] = mapped_column(default=0)  # payments that were looked at since
    exchanges: Mapped[int] = mapped_column(default=0)
    to_post: Mapped[int] = mapped_column(default=0)  # payments checked and not yet handed out
    posted: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    wrote: Mapped[NoAtFirst]  # a message set that changes the books was handed out
    # Entries that came in new or changed, those that are gone among them
    customers_changed: Mapped[ZeroAtFirst]
    invoices_changed: Mapped[ZeroAtFirst]
    credit_memos_changed: Mapped[ZeroAtFirst]

    # What the Web Connector said of its side
    qbxml_version: Mapped[str | None] = mapped_column(String(10))
    company_name: Mapped[str | None] = mapped_column(String(200))
    company_path: Mapped[str | None] = mapped_column(String(500))
    app_lock: Mapped[str | None] = mapped_column(String(200))  # its own; "" is clear

    # Why it did not get through; none: it did, or it is not over. See sync_core.trouble.Trouble
    tried_file: Mapped[NoAtFirst]  # QuickBooks did not open; once more, by the file's name
    trouble: Mapped[str | None] = mapped_column(words("trouble", *(kind.value for kind in Kind)))
    trouble_variant: Mapped[str | None] = mapped_column(String(20))
    trouble_facts: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    # This one included, those of its install in a row: of any kind, and of this kind since when.
    failed_in_row: Mapped[ZeroAtFirst]
    trouble_times: Mapped[ZeroAtFirst]
    trouble_since: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_wc_session_open",
            "company_file_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        # Those that may have fallen silent with payments out.
        Index(
            "ix_wc_session_writing",
            "last_heard_at",
            sqlite_where=text(IS_WRITING),
            postgresql_where=text(IS_WRITING),
        ),
        Index("ix_wc_session_list", "company_file_id", "id"),
        # The last one of an install, the last one of a company file with some trouble, and the few
        # that people look for in a long list.
        Index(
            "ix_wc_session_over",
            "install_id",
            "id",
            sqlite_where=text(IS_OVER),
            postgresql_where=text(IS_OVER),
        ),
        Index(
            "ix_wc_session_trouble",
            "company_file_id",
            "trouble",
            "id",
            sqlite_where=text("trouble IS NOT NULL"),
            postgresql_where=text("trouble IS NOT NULL"),
        ),
        Index(
            "ix_wc_session_badly",
            "company_file_id",
            "id",
            sqlite_where=text(ENDED_BADLY),
            postgresql_where=text(ENDED_BADLY),
        ),
        Index(
            "ix_wc_session_wrote",
            "company_file_id",
            "id",
            sqlite_where=text("wrote"),
            postgresql_where=text("wrote"),
        ),
    )
