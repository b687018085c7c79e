"""what payments wait for, in the order of its characters, and of those alone that wait

Revision: 0021
Revises: 0020
"""

# A migration runs while the release before it still serves: that one reads and writes the same
# rows. What a withdrawn payment left behind is deleted; nothing would ever end it.

from alembic import op
import sqlalchemy as sa


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OVER = """
    DELETE FROM watch WHERE EXISTS (
        SELECT payment.id FROM payment
        WHERE payment.id = watch.payment_id AND payment.status NOT IN ('queued', 'rejected')
    )
"""


def _collate(collation: str) -> None:
    """Order what is compared by its characters; SQLite never did anything else."""
    if op.get_context().dialect.name == "postgresql":
        op.alter_column(
            "watch",
            "key",
            type_=sa.String(627, collation=collation),
            existing_type=sa.String(627),
            existing_nullable=False,
        )


def upgrade() -> None:
    """Add what this revision brings."""
    op.execute(OVER)
    _collate("C")


def downgrade() -> None:
    """Take it back."""
    _collate("default")
