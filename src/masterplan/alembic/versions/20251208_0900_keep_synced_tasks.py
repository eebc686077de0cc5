"""Keep which tasks a user's own file was ticked for, and in which revision of the plan."""

import sqlalchemy as sa
from alembic import op

revision = "20251208_0900"
down_revision = "20251207_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("masterplan_sources") as batch:
        batch.add_column(
            sa.Column("synced_revision", sa.Integer(), nullable=False, server_default="0")
        )
        batch.add_column(sa.Column("synced_keys", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("masterplan_sources") as batch:
        batch.drop_column("synced_keys")
        batch.drop_column("synced_revision")
