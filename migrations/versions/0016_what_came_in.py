"""what came in and went out with a sync, and with each of its exchanges

Revision: 0016
Revises: 0015
"""

# A migration runs while the release before it still serves. It leaves the new columns at what the
# database gives them: a sync of that hour counts nothing that came in.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ENDED_BADLY = "ended_at IS NOT NULL AND percent < 100"
_MOVED = "wc_session_id IS NOT NULL"
_COUNTS = ("customers_changed", "invoices_changed", "credit_memos_changed")
_WROTE = (
    "UPDATE wc_session SET wrote = true WHERE EXISTS ("
    "SELECT 1 FROM exchange WHERE exchange.wc_session_id = wc_session.id "
    "AND exchange.step IN ('take_out', 'add_methods', 'post'))"
)


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    """Add what this revision brings."""
    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("wrote", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        for name in _COUNTS:
            batch_op.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("exchange", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("holds", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("response_length", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("told", sa.JSON(), nullable=True))
    op.execute(_WROTE)
    for name, columns, where in (
        ("ix_wc_session_badly", ["company_file_id", "id"], _ENDED_BADLY),
        ("ix_wc_session_wrote", ["company_file_id", "id"], "wrote"),
    ):
        op.create_index(
            name,
            "wc_session",
            columns,
            unique=False,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_index(
        "ix_payment_event_moved",
        "payment_event",
        ["wc_session_id", "payment_id"],
        unique=False,
        sqlite_where=sa.text(_MOVED),
        postgresql_where=sa.text(_MOVED),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_payment_event_moved", table_name="payment_event")
    for name in ("ix_wc_session_wrote", "ix_wc_session_badly"):
        op.drop_index(name, table_name="wc_session")
    with op.batch_alter_table("exchange", recreate=_rebuild()) as batch_op:
        for name in ("told", "response_length", "holds"):
            batch_op.drop_column(name)
    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        for name in (*reversed(_COUNTS), "wrote"):
            batch_op.drop_column(name)
