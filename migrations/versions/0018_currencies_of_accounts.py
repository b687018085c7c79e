"""in which currency accounts are kept

Revision: 0018
Revises: 0017
"""

# A migration runs while the release before it still serves. That one leaves the column empty; the
# next sync reads the accounts anew and fills it.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    """Add what this revision brings."""
    with op.batch_alter_table("account", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("currency", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("account", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("currency")
