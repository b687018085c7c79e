"""why a payment was rejected, and what a person wants then

Revision: 0009
Revises: 0008
"""

# A migration runs while the release before it still serves. On PostgreSQL a new column with a
# constant default is added at once, and nobody reads the new table yet.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_CAUSES = (
    *("paid_in_quickbooks", "credit_applied", "balance_changed", "invoice_recreated"),
    *("invoice_deleted", "invoice_voided", "customer_unavailable", "wrong_customer"),
    *("unknown_reference", "closed_period", "currency_mismatch", "not_permitted", "locked"),
    *("possible_duplicate", "invalid"),
)
_WATCHED = (
    *("invoice", "number", "customer", "name", "method", "site_customer", "site_invoice"),
)
STEPS = (
    "'company', 'settle', 'take_out', 'look_up', 'add_methods', 'post', 'explain', 'questions', "
    "'closing', 'finish'"
)
STEPS_BEFORE = (
    "'company', 'settle', 'take_out', 'look_up', 'add_methods', 'post', 'questions', 'closing', "
    "'finish'"
)
_CENTS = ("post_cents", "balance_before_cents", "total_before_cents")


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _made_last() -> None:
    """Make indexes of `payment` anew: of two as good as each other SQLite takes the newer one."""
    op.drop_index("ix_payment_posted", table_name="payment")
    op.create_index(
        "ix_payment_posted",
        "payment",
        ["company_file_id", "entered_wall"],
        unique=False,
        sqlite_where=sa.text("status = 'posted'"),
        postgresql_where=sa.text("status = 'posted'"),
    )
    op.drop_index("ix_payment_missing", table_name="payment")
    op.create_index(
        "ix_payment_missing",
        "payment",
        ["company_file_id", "status", "id"],
        unique=False,
        sqlite_where=sa.text("missing_since IS NOT NULL"),
        postgresql_where=sa.text("missing_since IS NOT NULL"),
    )


def _steps(words: str) -> None:
    name = op.f("ck_exchange_step")
    with op.batch_alter_table("exchange") as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"step IN ({words})")


def upgrade() -> None:
    """Add what this revision brings."""
    _steps(STEPS)
    op.create_table(
        "watch",
        sa.Column("company_file_id", _big(), nullable=False),
        sa.Column("kind", _words("kind", *_WATCHED), nullable=False),
        sa.Column("key", sa.String(length=627), nullable=False),
        sa.Column("payment_id", _big(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_watch_company_file_id")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_watch_payment_id")),
        sa.PrimaryKeyConstraint(
            "company_file_id", "kind", "key", "payment_id", name=op.f("pk_watch")
        ),
    )
    op.create_index("ix_watch_payment_id", "watch", ["payment_id"], unique=False)

    with op.batch_alter_table("payment", recreate=_rebuild()) as batch_op:
        for name in ("as_credit", "what_fits"):
            batch_op.add_column(
                sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
            )
        batch_op.add_column(sa.Column("post_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("chosen_customer_list_id", sa.String(length=36), nullable=True)
        )
        batch_op.add_column(sa.Column("variant", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("facts", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("last_cause", sa.String(length=32), nullable=True))
        in_words = ", ".join(f"'{cause}'" for cause in _CAUSES)
        batch_op.create_check_constraint(
            op.f("ck_payment_last_cause"), f"last_cause IN ({in_words})"
        )
    _made_last()
    op.execute("UPDATE payment SET last_cause = cause WHERE cause IS NOT NULL")

    with op.batch_alter_table("payment_apply", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("chosen_txn_id", sa.String(length=36), nullable=True))
        for name in _CENTS:
            batch_op.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
            if _is_sqlite():
                batch_op.create_check_constraint(
                    op.f(f"ck_payment_apply_{name}_whole"), f"typeof({name}) IN ('integer', 'null')"
                )

    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("use_twins", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("healed_to", _big(), server_default="0", nullable=False))

    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        for name in ("held", "to_explain"):
            batch_op.add_column(sa.Column(name, sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        for name in ("to_explain", "held"):
            batch_op.drop_column(name)

    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("healed_to")
        batch_op.drop_column("use_twins")

    with op.batch_alter_table("payment_apply", recreate=_rebuild()) as batch_op:
        for name in reversed(_CENTS):
            if _is_sqlite():
                batch_op.drop_constraint(op.f(f"ck_payment_apply_{name}_whole"), type_="check")
            batch_op.drop_column(name)
        batch_op.drop_column("chosen_txn_id")

    with op.batch_alter_table("payment", recreate=_rebuild()) as batch_op:
        batch_op.drop_constraint(op.f("ck_payment_last_cause"), type_="check")
        for name in (
            *("last_cause", "facts", "variant", "chosen_customer_list_id", "post_on"),
            *("what_fits", "as_credit"),
        ):
            batch_op.drop_column(name)

    op.drop_index("ix_watch_payment_id", table_name="watch")
    op.drop_table("watch")
    # An exchange of the step that is gone is history: it was closed by the release before this.
    op.execute("UPDATE exchange SET step = 'closing' WHERE step = 'explain'")
    _steps(STEPS_BEFORE)
