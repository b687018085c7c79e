"""holes closed

Revision: 0008
Revises: 0005
"""

# A migration runs while the release before it still serves. On PostgreSQL a new column with a
# constant default is added at once.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None

MISSING = sa.text("missing_since IS NOT NULL")
POSTED = sa.text("status = 'posted'")
# Of what QuickBooks has shown: its own clock where it told it, ours else.
ENTERED = """
UPDATE payment SET entered_wall = COALESCE((
  SELECT created_wall FROM receipt
  WHERE receipt.company_file_id = payment.company_file_id AND receipt.txn_id = payment.txn_id
), {posted_at})
WHERE status = 'posted' AND (edit_sequence IS NOT NULL OR unapplied_cents IS NOT NULL)
"""
POSTED_AT = {
    "sqlite": "REPLACE(SUBSTR(posted_at, 1, 19), ' ', 'T')",
    "postgresql": """TO_CHAR(posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')""",
}


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def _index(column: str) -> None:
    """Order what is posted by a column.

    SQLite prefers, of two indexes that are as good, the one that was made last.
    """
    for name, columns, where in (
        ("ix_payment_posted", ["company_file_id", column], POSTED),
        ("ix_payment_missing", ["company_file_id", "status", "id"], MISSING),
    ):
        op.drop_index(name, "payment", sqlite_where=where, postgresql_where=where)
        op.create_index(name, "payment", columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    """Add what this revision brings."""
    with op.batch_alter_table("install", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("may_hold", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("payment", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("entered_wall", sa.String(length=19), nullable=True))
    op.execute(ENTERED.format(posted_at=POSTED_AT[op.get_context().dialect.name]))
    _index("entered_wall")
    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("closing_date_told", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("former_prefixes", sa.JSON(), server_default="[]", nullable=False)
        )
    # Where a restore is not settled yet, no Web Connector is proven to be done.
    op.execute(
        "UPDATE install SET may_hold = true WHERE company_file_id IN"
        " (SELECT id FROM company_file WHERE is_restored)"
    )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("former_prefixes")
        batch_op.drop_column("closing_date_told")
    _index("posted_at")
    with op.batch_alter_table("payment", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("entered_wall")
    with op.batch_alter_table("install", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("may_hold")
