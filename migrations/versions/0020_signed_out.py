"""sign-ins that were ended, so that a copied cookie is worth nothing afterwards

Revision: 0020
Revises: 0019
"""

# A migration runs while the release before it still serves. That one ends no sign-in here, and its
# cookies name none: whoever has one signs in once more.

from alembic import op
import sqlalchemy as sa


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this revision brings."""
    op.create_table(
        "portal_sign_out",
        sa.Column("sign_in", sa.String(length=32), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sign_in", name=op.f("pk_portal_sign_out")),
    )
    with op.batch_alter_table("portal_sign_out") as batch_op:
        batch_op.create_index(batch_op.f("ix_portal_sign_out_over_at"), ["over_at"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("portal_sign_out") as batch_op:
        batch_op.drop_index(batch_op.f("ix_portal_sign_out_over_at"))
    op.drop_table("portal_sign_out")
