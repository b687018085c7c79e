"""the first tables

Revision: 0001
Revises:
"""

# A migration runs while the release before it still serves. On PostgreSQL say how long each lock
# is held; a change that the old release cannot live with is made in two releases.

from alembic import op
import sqlalchemy as sa


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "company_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sync_from", sa.Date(), nullable=True),
        sa.Column("reference_prefix", sa.String(length=10), nullable=False),
        sa.Column("deposit_to", sa.String(length=159), nullable=True),
        sa.Column("add_payment_methods", sa.Boolean(), nullable=False),
        sa.Column("yes_to_first", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("quickbooks_name", sa.String(length=200), nullable=True),
        sa.Column("quickbooks_product", sa.String(length=200), nullable=True),
        sa.Column("country", sa.String(length=10), nullable=True),
        sa.Column("closing_date", sa.Date(), nullable=True),
        sa.Column("multi_currency", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_file")),
        sa.UniqueConstraint("uuid", name=op.f("uq_company_file_uuid")),
    )
    op.create_table(
        "server_fact",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_server_fact")),
    )
    op.create_table(
        "account",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("list_id", sa.String(length=36), nullable=False),
        sa.Column("full_name", sa.String(length=159), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("type", sa.String(length=31), nullable=True),
        sa.Column("special_type", sa.String(length=31), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_account_company_file_id")
        ),
        sa.PrimaryKeyConstraint("company_file_id", "list_id", name=op.f("pk_account")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_api_token_company_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_api_token_uuid")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_api_token_company_file_id"), ["company_file_id"], unique=False
        )

    op.create_table(
        "install",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("user_name", sa.String(length=100), nullable=False),
        sa.Column("owner_id", sa.String(length=38), nullable=False),
        sa.Column("file_id", sa.String(length=38), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("run_every_minutes", sa.Integer(), nullable=False),
        sa.Column("is_paired", sa.Boolean(), nullable=False),
        sa.Column("pairing_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_called_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_install_company_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_install")),
        sa.UniqueConstraint("file_id", name=op.f("uq_install_file_id")),
        sa.UniqueConstraint("owner_id", name=op.f("uq_install_owner_id")),
        sa.UniqueConstraint("user_name", name=op.f("uq_install_user_name")),
        sa.UniqueConstraint("uuid", name=op.f("uq_install_uuid")),
    )
    with op.batch_alter_table("install", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_install_company_file_id"), ["company_file_id"], unique=False
        )

    op.create_table(
        "payment_method",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("list_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=31), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("type", sa.String(length=31), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_payment_method_company_file_id")
        ),
        sa.PrimaryKeyConstraint("company_file_id", "list_id", name=op.f("pk_payment_method")),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "install_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("company_name", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_place_company_file_id")
        ),
        sa.ForeignKeyConstraint(["install_id"], ["install.id"], name=op.f("fk_place_install_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint(
            "install_id", "company_name", "path", name=op.f("uq_place_install_id_company_name_path")
        ),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_place_company_file_id"), ["company_file_id"], unique=False
        )

    op.create_table(
        "sign_in_hold",
        sa.Column(
            "install_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["install_id"], ["install.id"], name=op.f("fk_sign_in_hold_install_id")
        ),
        sa.PrimaryKeyConstraint("install_id", "address", name=op.f("pk_sign_in_hold")),
    )
    op.create_table(
        "wc_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "install_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "reading",
                "writing",
                "done",
                "failed",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("company_known", sa.Boolean(), nullable=False),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column(
            "looked_up_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("more_pages", sa.Boolean(), nullable=False),
        sa.Column("look_again", sa.JSON(), nullable=False),
        sa.Column("methods_to_add", sa.JSON(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("exchanges", sa.Integer(), nullable=False),
        sa.Column("to_post", sa.Integer(), nullable=False),
        sa.Column("posted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("qbxml_version", sa.String(length=10), nullable=True),
        sa.Column("company_name", sa.String(length=200), nullable=True),
        sa.Column("company_path", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_wc_session_company_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["install_id"], ["install.id"], name=op.f("fk_wc_session_install_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wc_session")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_wc_session_ticket_hash")),
    )
    with op.batch_alter_table("wc_session", schema=None) as batch_op:
        batch_op.create_index("ix_wc_session_list", ["company_file_id", "id"], unique=False)
        batch_op.create_index(
            "ix_wc_session_open",
            ["company_file_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "exchange",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "wc_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "company",
                "look_up",
                "add_methods",
                "post",
                "closing",
                "finish",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("request_xml", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("response_xml", sa.Text(), nullable=True),
        sa.Column("hresult", sa.String(length=20), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["wc_session_id"], ["wc_session.id"], name=op.f("fk_exchange_wc_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
        sa.UniqueConstraint(
            "wc_session_id", "number", name=op.f("uq_exchange_wc_session_id_number")
        ),
    )
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.create_index(
            "ix_exchange_unanswered",
            ["wc_session_id"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("external_guid", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("customer_list_id", sa.String(length=36), nullable=True),
        sa.Column("customer_name", sa.String(length=209), nullable=True),
        sa.Column("customer_external_id", sa.String(length=100), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=100), nullable=False),
        sa.Column("memo", sa.Text(), nullable=True),
        sa.Column("processor", sa.String(length=100), nullable=True),
        sa.Column("processor_txn_id", sa.String(length=100), nullable=True),
        sa.Column("batch", sa.String(length=100), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "sent",
                "in_doubt",
                "posted",
                "rejected",
                "dismissed",
                "reversed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "checked_session_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("post_customer_list_id", sa.String(length=36), nullable=True),
        sa.Column("post_customer_name", sa.String(length=209), nullable=True),
        sa.Column("post_ar_account_list_id", sa.String(length=36), nullable=True),
        sa.Column("post_method_list_id", sa.String(length=36), nullable=True),
        sa.Column("txn_id", sa.String(length=36), nullable=True),
        sa.Column("edit_sequence", sa.String(length=16), nullable=True),
        sa.Column("applied_cents", sa.BigInteger(), nullable=True),
        sa.Column("unapplied_cents", sa.BigInteger(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "cause",
            sa.Enum(
                "paid_in_quickbooks",
                "credit_applied",
                "balance_changed",
                "invoice_recreated",
                "invoice_deleted",
                "invoice_voided",
                "customer_unavailable",
                "wrong_customer",
                "unknown_reference",
                "closed_period",
                "currency_mismatch",
                "not_permitted",
                "locked",
                "possible_duplicate",
                "invalid",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("status_message", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "typeof(amount_cents) IN ('integer', 'null')",
            name=op.f("ck_payment_amount_cents_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(applied_cents) IN ('integer', 'null')",
            name=op.f("ck_payment_applied_cents_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(unapplied_cents) IN ('integer', 'null')",
            name=op.f("ck_payment_unapplied_cents_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["checked_session_id"], ["wc_session.id"], name=op.f("fk_payment_checked_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_payment_company_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint(
            "company_file_id", "external_id", name=op.f("uq_payment_company_file_id_external_id")
        ),
        sa.UniqueConstraint(
            "company_file_id", "reference", name=op.f("uq_payment_company_file_id_reference")
        ),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_payment_checked",
            ["checked_session_id", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'queued'"),
            postgresql_where=sa.text("status = 'queued'"),
        )
        batch_op.create_index("ix_payment_list", ["company_file_id", "status", "id"], unique=False)
        batch_op.create_index(
            "ix_payment_look_alike",
            ["company_file_id", "amount_cents", "received_on"],
            unique=False,
        )
        batch_op.create_index(
            "ix_payment_queued",
            ["company_file_id", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'queued'"),
            postgresql_where=sa.text("status = 'queued'"),
        )
        batch_op.create_index(
            "ix_payment_unsettled",
            ["status", "created_at"],
            unique=False,
            sqlite_where=sa.text("status IN ('queued', 'sent', 'in_doubt', 'rejected')"),
            postgresql_where=sa.text("status IN ('queued', 'sent', 'in_doubt', 'rejected')"),
        )

    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("request_id", sa.String(length=50), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "posted",
                "rejected",
                "not_executed",
                "in_doubt",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("status_message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchange.id"], name=op.f("fk_attempt_exchange_id")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_attempt_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("request_id", name=op.f("uq_attempt_request_id")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_exchange_id"), ["exchange_id"], unique=False)
        batch_op.create_index(
            "ix_attempt_open",
            ["payment_id"],
            unique=True,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_attempt_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "payment_apply",
        sa.Column(
            "payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("invoice_txn_id", sa.String(length=36), nullable=True),
        sa.Column("invoice_number", sa.String(length=20), nullable=True),
        sa.Column("invoice_external_id", sa.String(length=100), nullable=True),
        sa.Column("post_txn_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint(
            "typeof(amount_cents) IN ('integer', 'null')",
            name=op.f("ck_payment_apply_amount_cents_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_apply_payment_id")
        ),
        sa.PrimaryKeyConstraint("payment_id", "position", name=op.f("pk_payment_apply")),
    )
    op.create_table(
        "payment_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "from_status",
            sa.Enum(
                "queued",
                "sent",
                "in_doubt",
                "posted",
                "rejected",
                "dismissed",
                "reversed",
                name="from_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
                "queued",
                "sent",
                "in_doubt",
                "posted",
                "rejected",
                "dismissed",
                "reversed",
                name="to_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "wc_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_payment_event_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_event_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["wc_session_id"], ["wc_session.id"], name=op.f("fk_payment_event_wc_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_event")),
    )
    with op.batch_alter_table("payment_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_event_payment_id"), ["payment_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("payment_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_event_payment_id"))

    op.drop_table("payment_event")
    op.drop_table("payment_apply")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_payment_id"))
        batch_op.drop_index(
            "ix_attempt_open",
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_attempt_exchange_id"))

    op.drop_table("attempt")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_payment_unsettled",
            sqlite_where=sa.text("status IN ('queued', 'sent', 'in_doubt', 'rejected')"),
            postgresql_where=sa.text("status IN ('queued', 'sent', 'in_doubt', 'rejected')"),
        )
        batch_op.drop_index(
            "ix_payment_queued",
            sqlite_where=sa.text("status = 'queued'"),
            postgresql_where=sa.text("status = 'queued'"),
        )
        batch_op.drop_index("ix_payment_look_alike")
        batch_op.drop_index("ix_payment_list")
        batch_op.drop_index(
            "ix_payment_checked",
            sqlite_where=sa.text("status = 'queued'"),
            postgresql_where=sa.text("status = 'queued'"),
        )

    op.drop_table("payment")
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_exchange_unanswered",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.drop_table("exchange")
    with op.batch_alter_table("wc_session", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_wc_session_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_wc_session_list")

    op.drop_table("wc_session")
    op.drop_table("sign_in_hold")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_company_file_id"))

    op.drop_table("place")
    op.drop_table("payment_method")
    with op.batch_alter_table("install", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_install_company_file_id"))

    op.drop_table("install")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_company_file_id"))

    op.drop_table("api_token")
    op.drop_table("account")
    op.drop_table("server_fact")
    op.drop_table("company_file")
