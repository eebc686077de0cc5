"""Count the warnings of each plan, so that a list of drafts tells them."""

import sqlalchemy as sa
from alembic import op

revision = "20251124_0900"
down_revision = "20251110_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "masterplans", sa.Column("warning_count", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("masterplans", "warning_count")
