"""invoices of an amount, by day

Revision: 0022
Revises: 0021
"""

# A migration runs while the release before it still serves: an index changes nothing that it reads
# or writes.

from alembic import op
import sqlalchemy as sa


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this revision brings."""
    op.create_index(
        "ix_invoice_total",
        "invoice",
        ["company_file_id", "total_cents", "txn_date", "txn_id"],
        unique=False,
        sqlite_where=sa.text("total_cents IS NOT NULL"),
        postgresql_where=sa.text("total_cents IS NOT NULL"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_invoice_total", table_name="invoice")
