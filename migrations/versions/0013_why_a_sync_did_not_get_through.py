"""why a sync did not get through, how often in a row and since when

Revision: 0013
Revises: 0012
"""

# A migration runs while the release before it still serves. What that one ends has no trouble and
# counts as a sync that got through; the columns of sign-ins and places stay empty.

from typing import Literal

from alembic import op
import sqlalchemy as sa


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KINDS = (
    *("dialog_open", "single_user", "seats", "could_not_open", "quickbooks_closed"),
    *("other_company", "permission", "held_by_other", "silent", "cut_off", "other_books"),
    *("new_place", "one_too_many", "password", "other"),
)
_IS_OVER = "ended_at IS NOT NULL"
_HAS_TROUBLE = "trouble IS NOT NULL"
_HAS_TICKET = "turned_away_ticket IS NOT NULL"


def _rebuild() -> Literal["always", "never"]:
    """SQLite keeps the text of a table; rebuilt, it reads as if it had been made so."""
    return "always" if op.get_context().dialect.name == "sqlite" else "never"


def _big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def upgrade() -> None:
    """Add what this revision brings."""
    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("tried_file", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "trouble",
                sa.Enum(
                    *_KINDS, name="trouble", native_enum=False, create_constraint=True, length=32
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("trouble_variant", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("trouble_facts", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(
            sa.Column("failed_in_row", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("trouble_times", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(_moment("trouble_since"))
    op.create_index(
        "ix_wc_session_over",
        "wc_session",
        ["install_id", "id"],
        unique=False,
        sqlite_where=sa.text(_IS_OVER),
        postgresql_where=sa.text(_IS_OVER),
    )
    op.create_index(
        "ix_wc_session_trouble",
        "wc_session",
        ["company_file_id", "trouble", "id"],
        unique=False,
        sqlite_where=sa.text(_HAS_TROUBLE),
        postgresql_where=sa.text(_HAS_TROUBLE),
    )
    with op.batch_alter_table("install", recreate=_rebuild()) as batch_op:
        batch_op.add_column(
            sa.Column("turned_away", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(_moment("turned_away_since"))
        batch_op.add_column(sa.Column("turned_away_by", _big(), nullable=True))
        batch_op.add_column(sa.Column("turned_away_ticket", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_install_turned_away_ticket",
        "install",
        ["turned_away_ticket"],
        unique=False,
        sqlite_where=sa.text(_HAS_TICKET),
        postgresql_where=sa.text(_HAS_TICKET),
    )
    with op.batch_alter_table("place", recreate=_rebuild()) as batch_op:
        batch_op.add_column(_moment("first_seen_at"))
    with op.batch_alter_table("sign_in_hold", recreate=_rebuild()) as batch_op:
        batch_op.add_column(_moment("first_at"))
        batch_op.add_column(_moment("last_at"))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("sign_in_hold", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("last_at")
        batch_op.drop_column("first_at")
    with op.batch_alter_table("place", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("first_seen_at")
    op.drop_index("ix_install_turned_away_ticket", table_name="install")
    with op.batch_alter_table("install", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("turned_away_ticket")
        batch_op.drop_column("turned_away_by")
        batch_op.drop_column("turned_away_since")
        batch_op.drop_column("turned_away")
    op.drop_index("ix_wc_session_trouble", table_name="wc_session")
    op.drop_index("ix_wc_session_over", table_name="wc_session")
    with op.batch_alter_table("wc_session", recreate=_rebuild()) as batch_op:
        batch_op.drop_column("trouble_since")
        batch_op.drop_column("trouble_times")
        batch_op.drop_column("failed_in_row")
        batch_op.drop_column("trouble_facts")
        batch_op.drop_column("trouble_variant")
        batch_op.drop_constraint(batch_op.f("ck_wc_session_trouble"), type_="check")
        batch_op.drop_column("trouble")
        batch_op.drop_column("tried_file")
