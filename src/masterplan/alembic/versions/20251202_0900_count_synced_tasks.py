"""Count the tasks that a user's own file was ticked for."""

import sqlalchemy as sa
from alembic import op

revision = "20251202_0900"
down_revision = "20251201_0930"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("masterplan_sources") as batch:
        batch.add_column(
            sa.Column("synced_tasks", sa.Integer(), nullable=False, server_default="0")
        )


def downgrade() -> None:
    with op.batch_alter_table("masterplan_sources") as batch:
        batch.drop_column("synced_tasks")
