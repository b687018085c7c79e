"""lists of customers and invoices, found by the beginning of a name or number

Revision: 0015
Revises: 0014
"""

# A migration runs while the release before it still serves: indexes and an order of characters
# change nothing that it reads or writes.

from alembic import op
import sqlalchemy as sa


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_STATES = {
    "open": "deleted_wall IS NULL AND NOT is_voided AND NOT is_paid AND NOT is_hidden",
    "paid": "deleted_wall IS NULL AND NOT is_voided AND is_paid AND NOT is_hidden",
    "voided": "deleted_wall IS NULL AND is_voided AND NOT is_hidden",
    "deleted": "deleted_wall IS NOT NULL AND NOT is_hidden",
}
_CUSTOMERS = {
    "there": ("gone_wall IS NULL", ["company_file_id", "is_active", "plain_name", "list_id"]),
    "gone": ("gone_wall IS NOT NULL", ["company_file_id", "plain_name", "list_id"]),
}
_PAYMENTS = ("customer_list_id", "customer_name", "post_customer_list_id")
_COMPARED = (("customer", "plain_name", 627, False), ("invoice", "plain_number", 33, True))


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=False,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _collate(collation: str | None) -> None:
    """Order what is compared by its characters; SQLite never did anything else."""
    if op.get_context().dialect.name != "postgresql":
        return
    for table, column, length, nullable in _COMPARED:
        op.alter_column(
            table,
            column,
            type_=sa.String(length, collation=collation),
            existing_type=sa.String(length),
            existing_nullable=nullable,
        )


def upgrade() -> None:
    """Add what this revision brings."""
    _collate("C")
    op.drop_index("ix_customer_plain_name", table_name="customer")
    op.create_index(
        "ix_customer_plain_name",
        "customer",
        ["company_file_id", "plain_name", "list_id"],
        unique=False,
    )
    for name, (where, columns) in _CUSTOMERS.items():
        _partial(f"ix_customer_{name}", "customer", columns, where)
    for name, where in _STATES.items():
        columns = ["company_file_id", "txn_date", "txn_id"]
        more = ["balance_cents"] if name == "open" else []
        _partial(f"ix_invoice_{name}", "invoice", columns + more, where)
    for name in _PAYMENTS:
        columns = ["company_file_id", name, "id"]
        _partial(f"ix_payment_{name}", "payment", columns, f"{name} IS NOT NULL")


def downgrade() -> None:
    """Take it back."""
    for name in _PAYMENTS:
        op.drop_index(f"ix_payment_{name}", table_name="payment")
    for name in _STATES:
        op.drop_index(f"ix_invoice_{name}", table_name="invoice")
    for name in _CUSTOMERS:
        op.drop_index(f"ix_customer_{name}", table_name="customer")
    op.drop_index("ix_customer_plain_name", table_name="customer")
    op.create_index(
        "ix_customer_plain_name", "customer", ["company_file_id", "plain_name"], unique=False
    )
    _collate("default")
