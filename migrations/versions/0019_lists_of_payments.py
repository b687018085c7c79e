"""lists of payments that people look through, and what was changed in QuickBooks since

Revision: 0019
Revises: 0018
"""

# A migration runs while the release before it still serves: it does not write the new column, and
# indexes change nothing that it reads or writes. What needs a person is found by the day in the
# index of all that is not posted, so that the one of its own goes.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# Name of the index: what stands before the day, and which payments are in it.
_INDEXES: dict[str, tuple[tuple[str, ...], str | None]] = {
    "ix_payment_received": ((), None),
    "ix_payment_not_posted": (("status",), "status <> 'posted'"),
    "ix_payment_left_over": ((), "status = 'posted' AND unapplied_cents > 0"),
    "ix_payment_differs": ((), "status = 'posted' AND differs"),
    "ix_payment_method": (("method",), None),
    "ix_payment_processor": (("processor",), "processor IS NOT NULL"),
    "ix_payment_batch": (("batch",), "batch IS NOT NULL"),
    "ix_payment_last_cause": (("last_cause",), "last_cause IS NOT NULL"),
    "ix_payment_amount_cents": (("amount_cents",), None),
}
_NARROW = {
    "ix_payment_missing": (["company_file_id", "status", "id"], "missing_since IS NOT NULL"),
    "ix_payment_posted": (["company_file_id", "entered_wall"], "status = 'posted'"),
}
# What is applied to which invoice is compared when the payment is told again.
STANDS = """
    SELECT {column} FROM receipt
    WHERE receipt.company_file_id = payment.company_file_id AND receipt.txn_id = payment.txn_id
    AND receipt.unused_cents IS NOT NULL AND receipt.deleted_wall IS NULL
"""
LEFT = f"""
    UPDATE payment SET unapplied_cents = ({STANDS.format(column="receipt.unused_cents")}),
    applied_cents = ({
    STANDS.format(
        column="COALESCE(receipt.total_cents, payment.amount_cents) - receipt.unused_cents"
    )
})
    WHERE status = 'posted' AND EXISTS ({STANDS.format(column="receipt.txn_id")})
"""  # noqa: S608 - our own words
DIFFERS = f"""
    UPDATE payment SET differs = true
    WHERE status = 'posted' AND EXISTS ({STANDS.format(column="receipt.txn_id")}
    AND (receipt.total_cents <> payment.amount_cents
         OR receipt.customer_list_id <> payment.post_customer_list_id))
"""  # noqa: S608 - the same


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    """Add what this revision brings."""
    with op.batch_alter_table("payment", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("differs", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.execute(LEFT)
    op.execute(DIFFERS)
    for name, (columns, where) in _INDEXES.items():
        partial = sa.text(where) if where else None
        op.create_index(
            name,
            "payment",
            ["company_file_id", *columns, "received_on", "id"],
            unique=False,
            sqlite_where=partial,
            postgresql_where=partial,
        )
    op.drop_index("ix_payment_needs_you", table_name="payment")
    # Of indexes that begin alike SQLite takes the one that was made last, and a rebuilt table has
    # its own in any order: the narrow ones are made once more, after those of all payments.
    for name, (columns, where) in _NARROW.items():
        op.drop_index(name, table_name="payment")
        op.create_index(
            name,
            "payment",
            columns,
            unique=False,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    """Take it back."""
    needs_you = sa.text("status = 'rejected'")
    op.create_index(
        "ix_payment_needs_you",
        "payment",
        ["company_file_id", "received_on", "id"],
        unique=False,
        sqlite_where=needs_you,
        postgresql_where=needs_you,
    )
    for name in _INDEXES:
        op.drop_index(name, table_name="payment")
    with op.batch_alter_table("payment", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("differs")
