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


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    """Add what this revision brings."""
    with op.batch_alter_table("install", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("may_hold", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    # Where a restore is not settled yet, no Web Connector is proven to be done.
    op.execute(
        "UPDATE install SET may_hold = true WHERE company_file_id IN"
        " (SELECT id FROM company_file WHERE is_restored)"
    )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("install", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("may_hold")
