"""quick answers

Revision: 0003
Revises: 0002
"""

# A migration runs while the release before it still serves. On PostgreSQL an index keeps writers
# of its table waiting while it is made: a second for a million rows.

from alembic import op
import sqlalchemy as sa


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNNAMED = sa.text("external_guid IS NULL AND deleted_wall IS NULL")
MISSING = sa.text("missing_since IS NOT NULL")
WRITING = sa.text("ended_at IS NULL AND state = 'writing'")

INDEXES = (
    ("ix_receipt_unnamed", "receipt", ["company_file_id", "total_cents", "created_wall"], UNNAMED),
    ("ix_payment_missing", "payment", ["company_file_id", "status", "id"], MISSING),
    ("ix_wc_session_writing", "wc_session", ["last_heard_at"], WRITING),
)


def upgrade() -> None:
    """Add what this revision brings."""
    for name, table, columns, where in INDEXES:
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Take it back."""
    for name, table, _, where in INDEXES:
        op.drop_index(name, table, sqlite_where=where, postgresql_where=where)
