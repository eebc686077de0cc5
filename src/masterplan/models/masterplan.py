"""A plan as the database holds it: plan > phases > milestones > tasks.

Counters and `event_seq` live on the plan's row, so that one `UPDATE … RETURNING` gives an event
its number and the progress it reports; nothing is ever counted by scanning the tasks of a large
plan. Relationships are `lazy="raise"`: whoever wants the tree asks `repository` for it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    desc,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from masterplan.lifecycle import Complexity, FailureKind, PlanOutcome, PlanStatus, TaskStatus
from masterplan.models.base import Base, UtcDateTime, new_id, utc_now
from masterplan.models.source import PlanSource

__all__ = [
    "Complexity",
    "FailureKind",
    "MasterPlan",
    "MasterPlanMilestone",
    "MasterPlanPhase",
    "MasterPlanTask",
    "PlanOutcome",
    "PlanStatus",
    "TaskDependency",
    "TaskStatus",
]

Id = String(36)
Money = Numeric(14, 6)


class MasterPlan(Base):
    __tablename__ = "masterplans"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    goal: Mapped[str] = mapped_column(Text, default="")
    repository: Mapped[str | None] = mapped_column(Text)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    status: Mapped[str] = mapped_column(String(20), index=True)
    outcome: Mapped[str | None] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(default=1)
    plan_hash: Mapped[str | None] = mapped_column(String(80))
    warning_count: Mapped[int] = mapped_column(default=0, server_default="0")
    approved_by: Mapped[str | None] = mapped_column(String(100))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rejection_reason: Mapped[str | None] = mapped_column(Text)
    failure_reason: Mapped[str | None] = mapped_column(Text)
    pause_reason: Mapped[str | None] = mapped_column(Text)
    """Why the engine paused the plan; None where a person did."""

    workspace_id: Mapped[str | None] = mapped_column(Id)
    workspace_path: Mapped[str | None] = mapped_column(String(500))

    event_seq: Mapped[int] = mapped_column(default=0)
    total_tasks: Mapped[int] = mapped_column(default=0)
    started_tasks: Mapped[int] = mapped_column(default=0)
    completed_tasks: Mapped[int] = mapped_column(default=0)
    failed_tasks: Mapped[int] = mapped_column(default=0)
    skipped_tasks: Mapped[int] = mapped_column(default=0)
    cancelled_tasks: Mapped[int] = mapped_column(default=0)

    tokens_input: Mapped[int] = mapped_column(default=0)
    tokens_output: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    unpriced_requests: Mapped[int] = mapped_column(default=0)
    """Model requests whose price is not known, and so not in `cost_usd`."""
    raised_budget_usd: Mapped[Decimal | None] = mapped_column(Money)
    """What a person raised the approved budget to; the settings stay as they were approved."""
    raised_budget_tokens: Mapped[int | None] = mapped_column(BigInteger)

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    phases: Mapped[list[MasterPlanPhase]] = relationship(
        back_populates="masterplan",
        lazy="raise",
        cascade="all, delete-orphan",
        order_by="MasterPlanPhase.position",
    )
    source: Mapped[PlanSource | None] = relationship(lazy="raise", passive_deletes=True)

    @property
    def branch(self) -> str:
        """The git branch that holds the result."""
        return f"masterplan/{self.id[:8]}"

    @property
    def budget_usd(self) -> Decimal | None:
        """What the plan may cost now, in US dollars."""
        approved = self.settings.get("budget_usd")
        return self.raised_budget_usd or (None if approved is None else Decimal(approved))

    @property
    def budget_tokens(self) -> int | None:
        """How many tokens the plan may use now."""
        return self.raised_budget_tokens or self.settings.get("budget_tokens")


class MasterPlanPhase(Base):
    __tablename__ = "masterplan_phases"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    masterplan_id: Mapped[str] = mapped_column(
        ForeignKey("masterplans.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")

    masterplan: Mapped[MasterPlan] = relationship(back_populates="phases", lazy="raise")
    milestones: Mapped[list[MasterPlanMilestone]] = relationship(
        back_populates="phase",
        lazy="raise",
        cascade="all, delete-orphan",
        order_by="MasterPlanMilestone.position",
    )


class MasterPlanMilestone(Base):
    __tablename__ = "masterplan_milestones"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    phase_id: Mapped[str] = mapped_column(
        ForeignKey("masterplan_phases.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")

    phase: Mapped[MasterPlanPhase] = relationship(back_populates="milestones", lazy="raise")
    tasks: Mapped[list[MasterPlanTask]] = relationship(
        back_populates="milestone",
        lazy="raise",
        cascade="all, delete-orphan",
        order_by="MasterPlanTask.task_number",
    )


class MasterPlanTask(Base):
    __tablename__ = "masterplan_tasks"
    __table_args__ = (
        UniqueConstraint("masterplan_id", "key"),
        Index(
            "ix_masterplan_tasks_start_order",
            "masterplan_id",
            "status",
            desc("priority"),
            "task_number",
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    masterplan_id: Mapped[str] = mapped_column(ForeignKey("masterplans.id", ondelete="CASCADE"))
    phase_id: Mapped[str | None] = mapped_column(
        ForeignKey("masterplan_phases.id", ondelete="CASCADE")
    )
    milestone_id: Mapped[str | None] = mapped_column(
        ForeignKey("masterplan_milestones.id", ondelete="CASCADE"), index=True
    )
    """None, as the phase, of a task that is no longer in the plan but was attempted."""
    removed_in: Mapped[int | None]
    """The revision that left the task out; its attempts are kept."""
    task_number: Mapped[int]
    key: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    complexity: Mapped[str] = mapped_column(String(20), default=Complexity.MEDIUM)
    agent: Mapped[str] = mapped_column(String(100))
    command: Mapped[str | None] = mapped_column(Text)
    script: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    target_files: Mapped[list[str]] = mapped_column(JSON)
    """The contract and the lock: the only paths that the task's commit may change."""
    depends_on_tasks: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Ids of the tasks that must be completed first, as `TaskDependency` has them too."""
    checks: Mapped[list[str]] = mapped_column(JSON, default=list)
    definition_hash: Mapped[str | None] = mapped_column(String(80))
    """What decides about the task's work (`documents.results`); None in plans of older versions."""
    done: Mapped[bool] = mapped_column(default=False)
    """Done before the plan was executed: completed from the start, without attempt or commit."""
    priority: Mapped[int] = mapped_column(default=1)
    """Length in tasks of the longest chain that starts here; longer chains start first."""

    status: Mapped[str] = mapped_column(String(20), default=TaskStatus.PENDING)
    waits: Mapped[int] = mapped_column(default=0)
    """How many of its dependencies are not completed."""
    attempt: Mapped[int] = mapped_column(default=0)
    """Number of the latest attempt; settling and publishing compare it, so a late one is fenced."""
    retry_count: Mapped[int] = mapped_column(default=0)
    max_retries: Mapped[int] = mapped_column(default=2)
    guidance: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    failure_kind: Mapped[str | None] = mapped_column(String(20))
    blocked_by: Mapped[str | None] = mapped_column(Id)
    commit: Mapped[str | None] = mapped_column(String(64))
    output_files: Mapped[list[str]] = mapped_column(JSON, default=list)

    tokens_input: Mapped[int] = mapped_column(default=0)
    tokens_output: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    unpriced_requests: Mapped[int] = mapped_column(default=0)
    approved_budget_usd: Mapped[Decimal | None] = mapped_column(Money)
    approved_budget_tokens: Mapped[int | None] = mapped_column(BigInteger)
    raised_budget_usd: Mapped[Decimal | None] = mapped_column(Money)
    raised_budget_tokens: Mapped[int | None] = mapped_column(BigInteger)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the running attempt stands still; None while it does not."""
    waiting_reason: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    milestone: Mapped[MasterPlanMilestone] = relationship(back_populates="tasks", lazy="raise")

    @property
    def budget_usd(self) -> Decimal | None:
        """What the task may cost now, in US dollars."""
        return self.raised_budget_usd or self.approved_budget_usd

    @property
    def budget_tokens(self) -> int | None:
        """How many tokens the task may use now."""
        return self.raised_budget_tokens or self.approved_budget_tokens


class TaskDependency(Base):
    """One edge: `task_id` waits for `depends_on_id`. Indexed both ways."""

    __tablename__ = "masterplan_task_dependencies"

    task_id: Mapped[str] = mapped_column(
        ForeignKey("masterplan_tasks.id", ondelete="CASCADE"), primary_key=True
    )
    depends_on_id: Mapped[str] = mapped_column(
        ForeignKey("masterplan_tasks.id", ondelete="CASCADE"), primary_key=True, index=True
    )
