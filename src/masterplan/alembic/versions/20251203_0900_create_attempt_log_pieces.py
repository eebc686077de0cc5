"""Copy logs to where every machine can read them."""

import sqlalchemy as sa
from alembic import op

revision = "20251203_0900"
down_revision = "20251202_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt_log_pieces",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offset", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["masterplan_tasks.id"],
            name=op.f("fk_attempt_log_pieces_task_id_masterplan_tasks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("task_id", "attempt", "offset", name=op.f("pk_attempt_log_pieces")),
    )


def downgrade() -> None:
    op.drop_table("attempt_log_pieces")
