"""what needs a person, the oldest money first

Revision: 0012
Revises: 0011
"""

# A migration runs while the release before it still serves; an index changes nothing for it.

from alembic import op
import sqlalchemy as sa


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NEEDS_YOU = "status = 'rejected'"


def upgrade() -> None:
    """Add what this revision brings."""
    op.create_index(
        "ix_payment_needs_you",
        "payment",
        ["company_file_id", "received_on", "id"],
        unique=False,
        sqlite_where=sa.text(_NEEDS_YOU),
        postgresql_where=sa.text(_NEEDS_YOU),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_payment_needs_you", table_name="payment")
