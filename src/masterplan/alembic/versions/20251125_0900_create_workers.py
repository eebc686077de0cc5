"""Know the workers, and which one an attempt is made by."""

import sqlalchemy as sa
from alembic import op

revision = "20251125_0900"
down_revision = "20251124_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("node_id", sa.String(length=36), nullable=False),
        sa.Column("executor_id", sa.String(length=36), nullable=False),
        sa.Column("hostname", sa.String(length=255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_index("ix_workers_node_id", "workers", ["node_id"])
    with op.batch_alter_table("attempts") as batch:
        batch.add_column(sa.Column("worker_id", sa.String(length=36), nullable=True))
    # What is running was begun by the one process that there was.
    op.execute("UPDATE attempts SET worker_id = 'local' WHERE finished_at IS NULL")


def downgrade() -> None:
    with op.batch_alter_table("attempts") as batch:
        batch.drop_column("worker_id")
    op.drop_table("workers")
