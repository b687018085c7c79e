"""which invoice was meant, whether a pause was told, and a list that is begun anew

Revision: 0014
Revises: 0013
"""

# A migration runs while the release before it still serves: it leaves these columns as they are
# at first, and so is a payment that it takes in meanwhile.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    """Add what this revision brings."""
    with op.batch_alter_table("payment_apply", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("meant_txn_id", sa.String(length=36), nullable=True))
    op.create_index(
        "ix_payment_apply_meant_txn_id",
        "payment_apply",
        ["meant_txn_id"],
        unique=False,
        sqlite_where=sa.text("meant_txn_id IS NOT NULL"),
        postgresql_where=sa.text("meant_txn_id IS NOT NULL"),
    )
    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("refusal_told", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("receipts_again", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("receipts_again")
    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("refusal_told")
    op.drop_index("ix_payment_apply_meant_txn_id", table_name="payment_apply")
    with op.batch_alter_table("payment_apply", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("meant_txn_id")
