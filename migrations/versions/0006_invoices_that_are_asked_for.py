"""invoices that are asked for

Revision: 0006
Revises: 0005
"""

# A migration runs while the release before it still serves. On PostgreSQL a new column with a
# constant default is added at once, and nobody reads the new table yet; for the word of a new step
# the exchanges are locked while they are read through once.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STEPS = (
    "'company', 'settle', 'take_out', 'look_up', 'add_methods', 'post', 'questions', 'closing', "
    "'finish'"
)
STEPS_BEFORE = (
    "'company', 'settle', 'take_out', 'look_up', 'add_methods', 'post', 'closing', 'finish'"
)
IS_OPEN = "sent_at IS NULL"


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def _words(table: str, column: str, words: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"{column} IN ({words})")


def upgrade() -> None:
    """Add what this revision brings."""
    op.create_table(
        "invoice_question",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("plain_number", sa.String(length=33), nullable=False),
        sa.Column("number", sa.String(length=11), nullable=False),
        sa.Column("asked_for_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", sa.JSON(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_file_id"],
            ["company_file.id"],
            name=op.f("fk_invoice_question_company_file_id"),
        ),
        sa.PrimaryKeyConstraint(
            "company_file_id", "plain_number", name=op.f("pk_invoice_question")
        ),
    )
    with op.batch_alter_table("invoice_question") as batch_op:
        batch_op.create_index(
            "ix_invoice_question_open",
            ["company_file_id", "asked_for_at"],
            unique=False,
            sqlite_where=sa.text(IS_OPEN),
            postgresql_where=sa.text(IS_OPEN),
        )

    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("has_questions", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    _words("exchange", "step", STEPS)


def downgrade() -> None:
    """Take it back."""
    op.execute("UPDATE exchange SET step = 'look_up' WHERE step NOT IN (" + STEPS_BEFORE + ")")
    _words("exchange", "step", STEPS_BEFORE)

    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("has_questions")

    with op.batch_alter_table("invoice_question") as batch_op:
        batch_op.drop_index("ix_invoice_question_open")

    op.drop_table("invoice_question")
