"""how many payments are refused, and notices of it by e-mail

Revision: 0011
Revises: 0010
"""

# A migration runs while the release before it still serves. It leaves contacts empty and does not
# know the new table; indexes change nothing for it.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_REFUSED = "to_status = 'rejected' AND from_status <> 'rejected'"


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def _big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what this revision brings."""
    op.create_index(
        "ix_payment_refused",
        "payment",
        ["company_file_id", "created_at", "last_cause"],
        unique=False,
    )
    op.create_index(
        "ix_payment_event_refused",
        "payment_event",
        ["wc_session_id", "payment_id"],
        unique=False,
        sqlite_where=sa.text(_REFUSED),
        postgresql_where=sa.text(_REFUSED),
    )
    op.create_table(
        "notice",
        sa.Column("id", _big(), nullable=False),
        sa.Column("wc_session_id", _big(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                *("sent", "unsure", "settled", "given_up"),
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["wc_session_id"], ["wc_session.id"], name=op.f("fk_notice_wc_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("wc_session_id", name=op.f("uq_notice_wc_session_id")),
    )
    op.create_index(
        "ix_notice_due",
        "notice",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("contacts", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("contacts")
    op.drop_index("ix_notice_due", table_name="notice")
    op.drop_table("notice")
    op.drop_index("ix_payment_event_refused", table_name="payment_event")
    op.drop_index("ix_payment_refused", table_name="payment")
