"""what quickbooks knows

Revision: 0004
Revises: 0003
"""

# A migration runs while the release before it still serves. On PostgreSQL a new column with a
# constant default is added at once, and nobody reads the new tables yet.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    """Add what this revision brings."""
    op.create_table(
        "linked_txn",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("txn_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("other_txn_id", sa.String(length=36), nullable=False),
        sa.Column("other_type", sa.String(length=50), nullable=True),
        sa.Column("other_number", sa.String(length=20), nullable=True),
        sa.Column("other_date", sa.Date(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "typeof(amount_cents) IN ('integer', 'null')",
            name=op.f("ck_linked_txn_amount_cents_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_linked_txn_company_file_id")
        ),
        sa.PrimaryKeyConstraint(
            "company_file_id", "txn_id", "position", name=op.f("pk_linked_txn")
        ),
    )
    with op.batch_alter_table("linked_txn") as batch_op:
        batch_op.create_index(
            "ix_linked_txn_other_txn_id", ["company_file_id", "other_txn_id"], unique=False
        )

    op.create_table(
        "reading",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "listed",
            sa.Enum(
                "customers",
                "invoices",
                "credit_memos",
                "payments",
                name="listed",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("mark", sa.String(length=19), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_reading_company_file_id")
        ),
        sa.PrimaryKeyConstraint("company_file_id", "listed", name=op.f("pk_reading")),
    )
    op.create_table(
        "stale",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("txn_id", sa.String(length=36), nullable=False),
        sa.Column(
            "listed",
            sa.Enum(
                "customers",
                "invoices",
                "credit_memos",
                "payments",
                name="listed",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_stale_company_file_id")
        ),
        sa.PrimaryKeyConstraint("company_file_id", "txn_id", name=op.f("pk_stale")),
    )
    op.create_table(
        "credit_memo",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("txn_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("edit_sequence", sa.String(length=16), nullable=True),
        sa.Column("number", sa.String(length=11), nullable=True),
        sa.Column("customer_list_id", sa.String(length=36), nullable=True),
        sa.Column("ar_account_list_id", sa.String(length=36), nullable=True),
        sa.Column("txn_date", sa.Date(), nullable=True),
        sa.Column("total_cents", sa.BigInteger(), nullable=True),
        sa.Column("remaining_cents", sa.BigInteger(), nullable=True),
        sa.Column("deleted_wall", sa.String(length=19), nullable=True),
        sa.Column(
            "seen_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint(
            "typeof(remaining_cents) IN ('integer', 'null')",
            name=op.f("ck_credit_memo_remaining_cents_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(total_cents) IN ('integer', 'null')",
            name=op.f("ck_credit_memo_total_cents_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_credit_memo_company_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["seen_session_id"], ["wc_session.id"], name=op.f("fk_credit_memo_seen_session_id")
        ),
        sa.PrimaryKeyConstraint("company_file_id", "txn_id", name=op.f("pk_credit_memo")),
    )
    with op.batch_alter_table("credit_memo") as batch_op:
        batch_op.create_index(
            "ix_credit_memo_customer_list_id", ["company_file_id", "customer_list_id"], unique=False
        )

    op.create_table(
        "customer",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("list_id", sa.String(length=36), nullable=False),
        sa.Column(
            "change_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("edit_sequence", sa.String(length=16), nullable=True),
        sa.Column("full_name", sa.String(length=209), nullable=False),
        sa.Column("parent_list_id", sa.String(length=36), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("balance_cents", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=64), nullable=True),
        sa.Column("gone_wall", sa.String(length=19), nullable=True),
        sa.Column(
            "seen_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint(
            "typeof(balance_cents) IN ('integer', 'null')",
            name=op.f("ck_customer_balance_cents_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_customer_company_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["seen_session_id"], ["wc_session.id"], name=op.f("fk_customer_seen_session_id")
        ),
        sa.PrimaryKeyConstraint("company_file_id", "list_id", name=op.f("pk_customer")),
    )
    with op.batch_alter_table("customer") as batch_op:
        batch_op.create_index(
            "ix_customer_change_number",
            ["company_file_id", "change_number", "list_id"],
            unique=False,
        )

    op.create_table(
        "invoice",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("txn_id", sa.String(length=36), nullable=False),
        sa.Column(
            "change_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("edit_sequence", sa.String(length=16), nullable=True),
        sa.Column("created_wall", sa.String(length=19), nullable=True),
        sa.Column("number", sa.String(length=11), nullable=True),
        sa.Column("plain_number", sa.String(length=33), nullable=True),
        sa.Column("customer_list_id", sa.String(length=36), nullable=True),
        sa.Column("ar_account_list_id", sa.String(length=36), nullable=True),
        sa.Column("txn_date", sa.Date(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("total_cents", sa.BigInteger(), nullable=True),
        sa.Column("balance_cents", sa.BigInteger(), nullable=True),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.Column("is_pending", sa.Boolean(), nullable=False),
        sa.Column("is_voided", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(length=64), nullable=True),
        sa.Column("deleted_wall", sa.String(length=19), nullable=True),
        sa.Column("replaced_by", sa.String(length=36), nullable=True),
        sa.Column(
            "seen_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint(
            "typeof(balance_cents) IN ('integer', 'null')",
            name=op.f("ck_invoice_balance_cents_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(total_cents) IN ('integer', 'null')", name=op.f("ck_invoice_total_cents_whole")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_invoice_company_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["seen_session_id"], ["wc_session.id"], name=op.f("fk_invoice_seen_session_id")
        ),
        sa.PrimaryKeyConstraint("company_file_id", "txn_id", name=op.f("pk_invoice")),
    )
    with op.batch_alter_table("invoice") as batch_op:
        batch_op.create_index(
            "ix_invoice_change_number", ["company_file_id", "change_number", "txn_id"], unique=False
        )
        batch_op.create_index(
            "ix_invoice_customer_list_id", ["company_file_id", "customer_list_id"], unique=False
        )
        batch_op.create_index(
            "ix_invoice_plain_number", ["company_file_id", "plain_number"], unique=False
        )

    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column(
                "change_count",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                server_default="0",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("page_size", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("is_restored", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("lists", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("stale_after", sa.String(length=36), nullable=True))
        batch_op.add_column(
            sa.Column(
                "waiting_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )


def downgrade() -> None:
    """Take it back."""

    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("waiting_to")
        batch_op.drop_column("stale_after")
        batch_op.drop_column("lists")

    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("is_restored")
        batch_op.drop_column("page_size")
        batch_op.drop_column("change_count")

    with op.batch_alter_table("invoice") as batch_op:
        batch_op.drop_index("ix_invoice_plain_number")
        batch_op.drop_index("ix_invoice_customer_list_id")
        batch_op.drop_index("ix_invoice_change_number")

    op.drop_table("invoice")
    with op.batch_alter_table("customer") as batch_op:
        batch_op.drop_index("ix_customer_change_number")

    op.drop_table("customer")
    with op.batch_alter_table("credit_memo") as batch_op:
        batch_op.drop_index("ix_credit_memo_customer_list_id")

    op.drop_table("credit_memo")
    op.drop_table("stale")
    op.drop_table("reading")
    with op.batch_alter_table("linked_txn") as batch_op:
        batch_op.drop_index("ix_linked_txn_other_txn_id")

    op.drop_table("linked_txn")
