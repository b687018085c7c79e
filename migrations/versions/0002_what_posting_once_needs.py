"""what posting once needs

Revision: 0002
Revises: 0001
"""

# A migration runs while the release before it still serves. On PostgreSQL say how long each lock
# is held; a change that the old release cannot live with is made in two releases.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OUTCOMES = (
    "'posted', 'rejected', 'not_executed', 'refused_whole', 'refused_alone', 'in_doubt', 'absent'"
)
OUTCOMES_BEFORE = "'posted', 'rejected', 'not_executed', 'in_doubt'"
STEPS = "'company', 'settle', 'take_out', 'look_up', 'add_methods', 'post', 'closing', 'finish'"
STEPS_BEFORE = "'company', 'look_up', 'add_methods', 'post', 'closing', 'finish'"


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def _words(table: str, column: str, words: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"{column} IN ({words})")


def upgrade() -> None:
    op.create_table(
        "receipt",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("txn_id", sa.String(length=36), nullable=False),
        sa.Column("edit_sequence", sa.String(length=16), nullable=True),
        sa.Column("created_wall", sa.String(length=19), nullable=True),
        sa.Column("modified_wall", sa.String(length=19), nullable=True),
        sa.Column("external_guid", sa.String(length=36), nullable=True),
        sa.Column("reference", sa.String(length=20), nullable=True),
        sa.Column("customer_list_id", sa.String(length=36), nullable=True),
        sa.Column("customer_name", sa.String(length=209), nullable=True),
        sa.Column("txn_date", sa.Date(), nullable=True),
        sa.Column("total_cents", sa.BigInteger(), nullable=True),
        sa.Column("unused_cents", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("deleted_wall", sa.String(length=19), nullable=True),
        sa.CheckConstraint(
            "typeof(total_cents) IN ('integer', 'null')", name=op.f("ck_receipt_total_cents_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(unused_cents) IN ('integer', 'null')",
            name=op.f("ck_receipt_unused_cents_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_receipt_company_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["seen_session_id"], ["wc_session.id"], name=op.f("fk_receipt_seen_session_id")
        ),
        sa.PrimaryKeyConstraint("company_file_id", "txn_id", name=op.f("pk_receipt")),
    )
    with op.batch_alter_table("receipt") as batch_op:
        batch_op.create_index(
            "ix_receipt_external_guid", ["company_file_id", "external_guid"], unique=False
        )
        batch_op.create_index(
            "ix_receipt_reference", ["company_file_id", "reference"], unique=False
        )

    op.create_table(
        "extra_receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("txn_id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "second",
                "stranger",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("edit_sequence", sa.String(length=16), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "found_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_by", sa.String(length=100), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column(
            "resolution",
            sa.Enum(
                "taken_out",
                "gone",
                "kept",
                "linked",
                name="resolution",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=100), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_extra_receipt_company_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["found_session_id"], ["wc_session.id"], name=op.f("fk_extra_receipt_found_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_extra_receipt_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_receipt")),
        sa.UniqueConstraint(
            "company_file_id", "txn_id", name=op.f("uq_extra_receipt_company_file_id_txn_id")
        ),
    )
    with op.batch_alter_table("extra_receipt") as batch_op:
        batch_op.create_index(
            "ix_extra_receipt_open",
            ["company_file_id", "id"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )

    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("hold_look_alikes", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(sa.Column("keeps_guid", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("receipts_mark", sa.String(length=19), nullable=True))
        batch_op.add_column(sa.Column("deletions_mark", sa.String(length=19), nullable=True))
        batch_op.add_column(sa.Column("books_doubted", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("takes_stock", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("payment", recreate=_rebuild()) as batch_op:
        batch_op.add_column(sa.Column("likeness", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("post_anyway", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("ever_left", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_mark", sa.String(length=19), nullable=True))
        batch_op.add_column(
            sa.Column("is_restored", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("returns", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("refusals", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column(
                "asked_session_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "cleared_session_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_payment_look_alike"))
        batch_op.create_index(
            "ix_payment_look_alike", ["company_file_id", "likeness", "received_on"], unique=False
        )
        batch_op.create_index(
            "ix_payment_left",
            ["company_file_id", "id"],
            unique=False,
            sqlite_where=sa.text("ever_left AND status IN ('queued', 'in_doubt')"),
            postgresql_where=sa.text("ever_left AND status IN ('queued', 'in_doubt')"),
        )
        batch_op.create_index(
            "ix_payment_posted",
            ["company_file_id", "posted_at"],
            unique=False,
            sqlite_where=sa.text("status = 'posted'"),
            postgresql_where=sa.text("status = 'posted'"),
        )
        batch_op.create_index(
            "ix_payment_txn_id",
            ["company_file_id", "txn_id"],
            unique=False,
            sqlite_where=sa.text("txn_id IS NOT NULL"),
            postgresql_where=sa.text("txn_id IS NOT NULL"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_payment_company_file_id_external_guid"),
            ["company_file_id", "external_guid"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_payment_cleared_session_id"),
            "wc_session",
            ["cleared_session_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_payment_asked_session_id"), "wc_session", ["asked_session_id"], ["id"]
        )

    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("is_paused", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("settled", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "asked_to",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                server_default="0",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("more_to_ask", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("receipts_read", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("receipts_from", sa.String(length=19), nullable=True))
        batch_op.add_column(sa.Column("receipts_to", sa.String(length=19), nullable=True))
        batch_op.add_column(sa.Column("receipts_left", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("iterator_id", sa.String(length=50), nullable=True))
        batch_op.add_column(sa.Column("locks", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("take_out", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("set_limit", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("app_lock", sa.String(length=200), nullable=True))

    _words("attempt", "outcome", OUTCOMES)
    _words("exchange", "step", STEPS)
    op.execute("UPDATE payment SET ever_left = true, left_at = changed_at WHERE attempt_count > 0")
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            """
CREATE TRIGGER payment_event_is_final BEFORE UPDATE ON payment_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is never rewritten'); END
"""
        )
        return
    op.execute(
        """
CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION 'the audit trail is never rewritten'
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
    )
    op.execute(
        """
CREATE TRIGGER payment_event_is_final BEFORE UPDATE ON payment_event
FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()
"""
    )


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TRIGGER payment_event_is_final")
    else:
        op.execute("DROP TRIGGER payment_event_is_final ON payment_event")
        op.execute("DROP FUNCTION refuse_rewriting")
    op.execute(
        "UPDATE attempt SET outcome = 'in_doubt' WHERE outcome NOT IN (" + OUTCOMES_BEFORE + ")"
    )
    op.execute("UPDATE exchange SET step = 'look_up' WHERE step NOT IN (" + STEPS_BEFORE + ")")
    _words("exchange", "step", STEPS_BEFORE)
    _words("attempt", "outcome", OUTCOMES_BEFORE)
    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("app_lock")
        batch_op.drop_column("set_limit")
        batch_op.drop_column("take_out")
        batch_op.drop_column("locks")
        batch_op.drop_column("iterator_id")
        batch_op.drop_column("receipts_left")
        batch_op.drop_column("receipts_to")
        batch_op.drop_column("receipts_from")
        batch_op.drop_column("receipts_read")
        batch_op.drop_column("more_to_ask")
        batch_op.drop_column("asked_to")
        batch_op.drop_column("settled")
        batch_op.drop_column("is_paused")

    with op.batch_alter_table("payment", recreate=_rebuild()) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_payment_asked_session_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_payment_cleared_session_id"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("uq_payment_company_file_id_external_guid"), type_="unique"
        )
        batch_op.drop_index(
            "ix_payment_txn_id",
            sqlite_where=sa.text("txn_id IS NOT NULL"),
            postgresql_where=sa.text("txn_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_payment_posted",
            sqlite_where=sa.text("status = 'posted'"),
            postgresql_where=sa.text("status = 'posted'"),
        )
        batch_op.drop_index(
            "ix_payment_left",
            sqlite_where=sa.text("ever_left AND status IN ('queued', 'in_doubt')"),
            postgresql_where=sa.text("ever_left AND status IN ('queued', 'in_doubt')"),
        )
        batch_op.drop_index("ix_payment_look_alike")
        batch_op.create_index(
            batch_op.f("ix_payment_look_alike"),
            ["company_file_id", "amount_cents", "received_on"],
            unique=False,
        )
        batch_op.drop_column("missing_since")
        batch_op.drop_column("cleared_session_id")
        batch_op.drop_column("asked_session_id")
        batch_op.drop_column("refusals")
        batch_op.drop_column("returns")
        batch_op.drop_column("is_restored")
        batch_op.drop_column("left_mark")
        batch_op.drop_column("left_at")
        batch_op.drop_column("ever_left")
        batch_op.drop_column("post_anyway")
        batch_op.drop_column("likeness")

    with op.batch_alter_table("company_file", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("takes_stock")
        batch_op.drop_column("books_doubted")
        batch_op.drop_column("deletions_mark")
        batch_op.drop_column("receipts_mark")
        batch_op.drop_column("keeps_guid")
        batch_op.drop_column("hold_look_alikes")

    with op.batch_alter_table("extra_receipt") as batch_op:
        batch_op.drop_index(
            "ix_extra_receipt_open",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )

    op.drop_table("extra_receipt")
    with op.batch_alter_table("receipt") as batch_op:
        batch_op.drop_index("ix_receipt_reference")
        batch_op.drop_index("ix_receipt_external_guid")

    op.drop_table("receipt")
