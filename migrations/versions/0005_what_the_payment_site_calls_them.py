"""what the payment site calls them

Revision: 0005
Revises: 0004
"""

# A migration runs while the release before it still serves. On PostgreSQL a new column with a
# constant default is added at once, and nobody reads the new table yet.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PARTS = ("invoice_txn_id", "post_txn_id", "invoice_external_id")
_NAMED_BY_SITE = "customer_external_id IS NOT NULL AND status IN ('queued', 'rejected')"


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    """Add what this revision brings."""
    op.create_table(
        "site_mapping",
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "meant",
            sa.Enum(
                "customers",
                "invoices",
                "methods",
                "payers",
                name="meant",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("external_id", sa.String(length=627), nullable=False),
        sa.Column("quickbooks_id", sa.String(length=36), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_file_id"], ["company_file.id"], name=op.f("fk_site_mapping_company_file_id")
        ),
        sa.PrimaryKeyConstraint(
            "company_file_id", "meant", "external_id", name=op.f("pk_site_mapping")
        ),
    )
    with op.batch_alter_table("site_mapping") as batch_op:
        batch_op.create_index(
            "ix_site_mapping_quickbooks_id",
            ["company_file_id", "meant", "quickbooks_id"],
            unique=False,
        )

    with op.batch_alter_table("customer", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("plain_name", sa.String(length=627), server_default="", nullable=False)
        )
    op.create_index(
        "ix_customer_plain_name", "customer", ["company_file_id", "plain_name"], unique=False
    )
    # The next sync reads the list whole and writes the names as they are compared.
    op.execute("DELETE FROM reading WHERE listed = 'customers'")

    with op.batch_alter_table("invoice", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("is_hidden", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.create_index(
        "ix_invoice_shown",
        "invoice",
        ["company_file_id", "change_number", "txn_id"],
        unique=False,
        sqlite_where=sa.text("is_hidden = 0"),
        postgresql_where=sa.text("NOT is_hidden"),
    )

    for column in _PARTS:
        op.create_index(
            f"ix_payment_apply_{column}",
            "payment_apply",
            [column],
            unique=False,
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index(
        "ix_payment_customer_external_id",
        "payment",
        ["company_file_id", "customer_external_id"],
        unique=False,
        sqlite_where=sa.text(_NAMED_BY_SITE),
        postgresql_where=sa.text(_NAMED_BY_SITE),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_payment_customer_external_id", table_name="payment")
    for column in _PARTS:
        op.drop_index(f"ix_payment_apply_{column}", table_name="payment_apply")
    op.drop_index("ix_invoice_shown", table_name="invoice")
    with op.batch_alter_table("invoice", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("is_hidden")
    op.drop_index("ix_customer_plain_name", table_name="customer")
    with op.batch_alter_table("customer", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("plain_name")
    with op.batch_alter_table("site_mapping") as batch_op:
        batch_op.drop_index("ix_site_mapping_quickbooks_id")
    op.drop_table("site_mapping")
