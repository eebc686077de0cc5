"""Store where a plan's workspace is."""

import sqlalchemy as sa
from alembic import op

revision = "20251028_1315"
down_revision = "20251020_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("masterplans") as batch:
        batch.add_column(sa.Column("workspace_path", sa.String(length=500), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("masterplans") as batch:
        batch.drop_column("workspace_path")
