"""what stands for a payment in QuickBooks instead, and how it was before a person acted

Revision: 0010
Revises: 0009
"""

# A migration runs while the release before it still serves: it does not know these tables.

from alembic import op
import sqlalchemy as sa


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_STATUSES = (
    *("queued", "sent", "in_doubt", "posted", "rejected", "dismissed", "reversed"),
)


def _big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what this revision brings."""
    op.create_table(
        "recorded_as",
        sa.Column("payment_id", _big(), nullable=False),
        sa.Column("txn_id", sa.String(length=36), nullable=False),
        sa.Column("company_file_id", _big(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_recorded_as_company_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_recorded_as_payment_id")
        ),
        sa.PrimaryKeyConstraint("payment_id", "txn_id", name=op.f("pk_recorded_as")),
    )
    op.create_index(
        "ix_recorded_as_txn_id", "recorded_as", ["company_file_id", "txn_id"], unique=False
    )
    op.create_table(
        "undo",
        sa.Column("payment_id", _big(), nullable=False),
        sa.Column("said_of_id", _big(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_session_id", _big(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                *_STATUSES, name="status", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_undo_payment_id")),
        sa.ForeignKeyConstraint(["said_of_id"], ["payment.id"], name=op.f("fk_undo_said_of_id")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_undo")),
    )
    op.create_index("ix_undo_said_of_id", "undo", ["said_of_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_undo_said_of_id", table_name="undo")
    op.drop_table("undo")
    op.drop_index("ix_recorded_as_txn_id", table_name="recorded_as")
    op.drop_table("recorded_as")
