"""holes closed

Revision: 0008
Revises: 0007
"""

# A migration runs while the release before it still serves. On PostgreSQL a new column with a
# constant default is added at once.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0008"
down_revision = "0007"
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

# The audit trail is neither rewritten nor erased; a table that SQLite rebuilds loses its triggers.
FINAL_SQLITE = """
CREATE TRIGGER payment_event_is_final BEFORE UPDATE ON payment_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is never rewritten'); END
"""
KEPT_SQLITE = """
CREATE TRIGGER payment_event_is_kept BEFORE DELETE ON payment_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is never erased'); END
"""
FINAL_POSTGRES = """
CREATE TRIGGER payment_event_is_final BEFORE {what} ON payment_event
FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()
"""
# The best there is of what was accepted before: what stands there now.
ACCEPTED = """
UPDATE payment_event SET amount_cents = (
  SELECT amount_cents FROM payment WHERE payment.id = payment_event.payment_id
) WHERE from_status IS NULL
"""


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if _is_sqlite() else "never"


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _let_go() -> None:
    """Let this migration write the audit trail; SQLite's triggers go with the table."""
    if not _is_sqlite():
        op.execute("DROP TRIGGER payment_event_is_final ON payment_event")


def _hold_fast(what: str, *for_sqlite: str) -> None:
    """Refuse to rewrite the audit trail, or to erase it."""
    for statement in for_sqlite if _is_sqlite() else [FINAL_POSTGRES.format(what=what)]:
        op.execute(statement)


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
    _let_go()
    with op.batch_alter_table("payment_event", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("amount_cents", sa.BigInteger(), nullable=True))
        if _is_sqlite():
            batch_op.create_check_constraint(
                op.f("ck_payment_event_amount_cents_whole"),
                "typeof(amount_cents) IN ('integer', 'null')",
            )
    op.execute(ACCEPTED)
    _hold_fast("UPDATE OR DELETE", FINAL_SQLITE, KEPT_SQLITE)
    # Where a restore is not settled yet, no Web Connector is proven to be done.
    op.execute(
        "UPDATE install SET may_hold = true WHERE company_file_id IN"
        " (SELECT id FROM company_file WHERE is_restored)"
    )


def downgrade() -> None:
    """Take it back."""
    _let_go()
    with op.batch_alter_table("payment_event", recreate=_rebuild()) as batch_op:
        if _is_sqlite():
            batch_op.drop_constraint(op.f("ck_payment_event_amount_cents_whole"), type_="check")
        batch_op.drop_column("amount_cents")
    _hold_fast("UPDATE", FINAL_SQLITE)
    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("former_prefixes")
        batch_op.drop_column("closing_date_told")
    _index("posted_at")
    with op.batch_alter_table("payment", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("entered_wall")
    with op.batch_alter_table("install", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("may_hold")
