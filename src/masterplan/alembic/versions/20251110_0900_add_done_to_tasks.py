"""Tell which tasks were done before their plan was executed."""

import sqlalchemy as sa
from alembic import op

revision = "20251110_0900"
down_revision = "20251103_0930"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("masterplan_tasks") as batch:
        batch.add_column(sa.Column("done", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("masterplan_tasks") as batch:
        batch.drop_column("done")
