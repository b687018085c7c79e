"""users

Revision: 0007
Revises: 0006
"""

# A migration runs while the release before it still serves, which knows nothing of the new tables.

from alembic import op
import sqlalchemy as sa


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what this revision brings."""
    op.create_table(
        "app_user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "bookkeeper",
                "viewer",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("sees_all", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("date_format", sa.String(length=20), nullable=False),
        sa.Column("number_format", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("email_key", name=op.f("uq_app_user_email_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_app_user_uuid")),
    )
    op.create_table(
        "portal_hold",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_portal_hold")),
    )
    with op.batch_alter_table("portal_hold") as batch_op:
        batch_op.create_index(batch_op.f("ix_portal_hold_last_at"), ["last_at"], unique=False)

    op.create_table(
        "app_user_company",
        sa.Column(
            "app_user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "company_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["app_user_id"], ["app_user.id"], name=op.f("fk_app_user_company_app_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_file_id"],
            ["company_file.id"],
            name=op.f("fk_app_user_company_company_file_id"),
        ),
        sa.PrimaryKeyConstraint("app_user_id", "company_file_id", name=op.f("pk_app_user_company")),
    )
    with op.batch_alter_table("app_user_company") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_app_user_company_company_file_id"), ["company_file_id"], unique=False
        )

    op.create_table(
        "app_user_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "app_user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["app_user_id"], ["app_user.id"], name=op.f("fk_app_user_event_app_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user_event")),
    )
    with op.batch_alter_table("app_user_event") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_app_user_event_app_user_id"), ["app_user_id"], unique=False
        )

    op.create_table(
        "app_user_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "app_user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "purpose",
            sa.Enum(
                "setup",
                "invite",
                "reset",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["app_user_id"], ["app_user.id"], name=op.f("fk_app_user_link_app_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_app_user_link_token_hash")),
    )
    with op.batch_alter_table("app_user_link") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_app_user_link_app_user_id"), ["app_user_id"], unique=False
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("app_user_link") as batch_op:
        batch_op.drop_index(batch_op.f("ix_app_user_link_app_user_id"))

    op.drop_table("app_user_link")
    with op.batch_alter_table("app_user_event") as batch_op:
        batch_op.drop_index(batch_op.f("ix_app_user_event_app_user_id"))

    op.drop_table("app_user_event")
    with op.batch_alter_table("app_user_company") as batch_op:
        batch_op.drop_index(batch_op.f("ix_app_user_company_company_file_id"))

    op.drop_table("app_user_company")
    with op.batch_alter_table("portal_hold") as batch_op:
        batch_op.drop_index(batch_op.f("ix_portal_hold_last_at"))

    op.drop_table("portal_hold")
    op.drop_table("app_user")
