"""connecting a PC: files built, PCs retired, company files that are not ours

Revision: 0017
Revises: 0016
"""

# A migration runs while the release before it still serves. It leaves all of these empty; an
# install that is retired meanwhile could still sign in through it, which a restart ends.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"



def upgrade() -> None:
    """Add what this revision brings."""
    with op.batch_alter_table("install", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("built_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("place", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("denied_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("denied_by", sa.String(length=100), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("place", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("denied_by")
        batch_op.drop_column("denied_at")
    with op.batch_alter_table("install", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("retired_at")
        batch_op.drop_column("built_at")
