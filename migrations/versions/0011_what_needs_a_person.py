"""how many payments are refused

Revision: 0011
Revises: 0010
"""

# A migration runs while the release before it still serves: an index changes nothing for it.

from alembic import op


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this revision brings."""
    op.create_index(
        "ix_payment_refused",
        "payment",
        ["company_file_id", "created_at", "last_cause"],
        unique=False,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_payment_refused", table_name="payment")
