"""Create plans, phases, milestones, tasks and the edges between tasks."""

import sqlalchemy as sa
from alembic import op

revision = "20251020_0900"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "masterplans",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("plan_hash", sa.String(length=80), nullable=True),
        sa.Column("approved_by", sa.String(length=100), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection_reason", sa.Text(), nullable=True),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("workspace_id", sa.String(length=36), nullable=True),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("total_tasks", sa.Integer(), nullable=False),
        sa.Column("started_tasks", sa.Integer(), nullable=False),
        sa.Column("completed_tasks", sa.Integer(), nullable=False),
        sa.Column("failed_tasks", sa.Integer(), nullable=False),
        sa.Column("skipped_tasks", sa.Integer(), nullable=False),
        sa.Column("cancelled_tasks", sa.Integer(), nullable=False),
        sa.Column("tokens_input", sa.Integer(), nullable=False),
        sa.Column("tokens_output", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=14, scale=6), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_masterplans")),
    )
    op.create_index("ix_masterplans_status", "masterplans", ["status"])
    op.create_table(
        "masterplan_phases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("masterplan_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["masterplan_id"],
            ["masterplans.id"],
            name=op.f("fk_masterplan_phases_masterplan_id_masterplans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_masterplan_phases")),
    )
    op.create_index("ix_masterplan_phases_masterplan_id", "masterplan_phases", ["masterplan_id"])
    op.create_table(
        "masterplan_milestones",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("phase_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["phase_id"],
            ["masterplan_phases.id"],
            name=op.f("fk_masterplan_milestones_phase_id_masterplan_phases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_masterplan_milestones")),
    )
    op.create_index("ix_masterplan_milestones_phase_id", "masterplan_milestones", ["phase_id"])
    op.create_table(
        "masterplan_tasks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("masterplan_id", sa.String(length=36), nullable=False),
        sa.Column("phase_id", sa.String(length=36), nullable=False),
        sa.Column("milestone_id", sa.String(length=36), nullable=False),
        sa.Column("task_number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("complexity", sa.String(length=20), nullable=False),
        sa.Column("agent", sa.String(length=100), nullable=False),
        sa.Column("command", sa.Text(), nullable=True),
        sa.Column("script", sa.JSON(), nullable=True),
        sa.Column("target_files", sa.JSON(), nullable=False),
        sa.Column("depends_on_tasks", sa.JSON(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("retry_count", sa.Integer(), nullable=False),
        sa.Column("max_retries", sa.Integer(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("failure_kind", sa.String(length=20), nullable=True),
        sa.Column("blocked_by", sa.String(length=36), nullable=True),
        sa.Column("commit", sa.String(length=64), nullable=True),
        sa.Column("output_files", sa.JSON(), nullable=False),
        sa.Column("tokens_input", sa.Integer(), nullable=False),
        sa.Column("tokens_output", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=14, scale=6), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["masterplan_id"],
            ["masterplans.id"],
            name=op.f("fk_masterplan_tasks_masterplan_id_masterplans"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["masterplan_milestones.id"],
            name=op.f("fk_masterplan_tasks_milestone_id_masterplan_milestones"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["phase_id"],
            ["masterplan_phases.id"],
            name=op.f("fk_masterplan_tasks_phase_id_masterplan_phases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_masterplan_tasks")),
        sa.UniqueConstraint("masterplan_id", "key", name=op.f("uq_masterplan_tasks_masterplan_id")),
    )
    op.create_index(
        "ix_masterplan_tasks_masterplan_id_status", "masterplan_tasks", ["masterplan_id", "status"]
    )
    op.create_index("ix_masterplan_tasks_milestone_id", "masterplan_tasks", ["milestone_id"])
    op.create_table(
        "masterplan_task_dependencies",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("depends_on_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["depends_on_id"],
            ["masterplan_tasks.id"],
            name=op.f("fk_masterplan_task_dependencies_depends_on_id_masterplan_tasks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["masterplan_tasks.id"],
            name=op.f("fk_masterplan_task_dependencies_task_id_masterplan_tasks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "task_id", "depends_on_id", name=op.f("pk_masterplan_task_dependencies")
        ),
    )
    op.create_index(
        "ix_masterplan_task_dependencies_depends_on_id",
        "masterplan_task_dependencies",
        ["depends_on_id"],
    )


def downgrade() -> None:
    op.drop_table("masterplan_task_dependencies")
    op.drop_table("masterplan_tasks")
    op.drop_table("masterplan_milestones")
    op.drop_table("masterplan_phases")
    op.drop_table("masterplans")
