"""${message}

Revision: ${up_revision}
Revises: ${down_revision | comma,n}
"""

# A migration runs while the release before it still serves. On PostgreSQL say how long each lock
# is held; a change that the old release cannot live with is made in two releases.

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
