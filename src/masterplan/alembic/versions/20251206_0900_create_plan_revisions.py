"""Keep the revisions of plans, comments on them, and what results were made from."""

import sqlalchemy as sa
from alembic import op

revision = "20251206_0900"
down_revision = "20251205_0900"
branch_labels = None
depends_on = None

START_ORDER = "ix_masterplan_tasks_start_order"


def upgrade() -> None:
    op.create_table(
        "plan_revisions",
        sa.Column("masterplan_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("plan_hash", sa.String(length=80), nullable=True),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("request", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("previous_status", sa.String(length=20), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["masterplan_id"],
            ["masterplans.id"],
            name=op.f("fk_plan_revisions_masterplan_id_masterplans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("masterplan_id", "number", name=op.f("pk_plan_revisions")),
    )
    op.create_table(
        "plan_comments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("masterplan_id", sa.String(length=36), nullable=False),
        sa.Column("task_key", sa.String(length=100), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sent_in", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["masterplan_id"],
            ["masterplans.id"],
            name=op.f("fk_plan_comments_masterplan_id_masterplans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_comments")),
    )
    op.create_index(op.f("ix_plan_comments_masterplan_id"), "plan_comments", ["masterplan_id"])
    # The table is made anew on SQLite, which does not tell that this index descends.
    op.drop_index(START_ORDER, table_name="masterplan_tasks")
    with op.batch_alter_table("masterplan_tasks") as batch:
        batch.add_column(sa.Column("removed_in", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("definition_hash", sa.String(length=80), nullable=True))
        batch.alter_column("phase_id", existing_type=sa.String(length=36), nullable=True)
        batch.alter_column("milestone_id", existing_type=sa.String(length=36), nullable=True)
    _index_start_order()
    with op.batch_alter_table("attempts") as batch:
        batch.add_column(sa.Column("input_hash", sa.String(length=80), nullable=True))
    with op.batch_alter_table("model_requests") as batch:
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("model_requests") as batch:
        batch.drop_column("revision")
    with op.batch_alter_table("attempts") as batch:
        batch.drop_column("input_hash")
    op.drop_index(START_ORDER, table_name="masterplan_tasks")
    op.execute("DELETE FROM masterplan_tasks WHERE milestone_id IS NULL")
    with op.batch_alter_table("masterplan_tasks") as batch:
        batch.alter_column("milestone_id", existing_type=sa.String(length=36), nullable=False)
        batch.alter_column("phase_id", existing_type=sa.String(length=36), nullable=False)
        batch.drop_column("definition_hash")
        batch.drop_column("removed_in")
    _index_start_order()
    op.drop_index(op.f("ix_plan_comments_masterplan_id"), table_name="plan_comments")
    op.drop_table("plan_comments")
    op.drop_table("plan_revisions")


def _index_start_order() -> None:
    op.create_index(
        START_ORDER,
        "masterplan_tasks",
        ["masterplan_id", "status", sa.text("priority DESC"), "task_number"],
    )
