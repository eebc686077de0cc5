"""Find the ready task that comes first without sorting all others."""

import sqlalchemy as sa
from alembic import op

revision = "20251205_0900"
down_revision = "20251204_0900"
branch_labels = None
depends_on = None

TABLE = "masterplan_tasks"


def upgrade() -> None:
    op.create_index(
        "ix_masterplan_tasks_start_order",
        TABLE,
        ["masterplan_id", "status", sa.text("priority DESC"), "task_number"],
    )
    op.drop_index("ix_masterplan_tasks_masterplan_id_status", TABLE)


def downgrade() -> None:
    op.create_index("ix_masterplan_tasks_masterplan_id_status", TABLE, ["masterplan_id", "status"])
    op.drop_index("ix_masterplan_tasks_start_order", TABLE)
