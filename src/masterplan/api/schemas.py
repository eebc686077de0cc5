"""What the API takes and answers about plans, as types, and what the types of the rest share.

The OpenAPI document is made from these, and from the other `*_schemas`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from masterplan.discovery.facts import RepositoryFacts
from masterplan.documents import PlanDocument, PlanSettings
from masterplan.documents.warnings import WarningCode
from masterplan.importers import PlanFormat
from masterplan.lifecycle import (
    Complexity,
    FailureKind,
    PlanOutcome,
    PlanStatus,
    TaskStatus,
)

Money = Annotated[
    Decimal, PlainSerializer(lambda amount: f"{amount:f}", return_type=str, when_used="json")
]
"""USD as a decimal string."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GenerateRequest(Body):
    goal: Words
    repository: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] | None = None
    settings: PlanSettings = Field(default_factory=PlanSettings)


class ApproveRequest(Body):
    """With `plan_hash`, only the plan that has this hash is approved."""

    plan_hash: str | None = None


class RejectRequest(Body):
    rejection_reason: Words | None = None


BudgetUsd = Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=6, allow_inf_nan=False)]
BudgetTokens = Annotated[int, Field(ge=1, le=1_000_000_000_000)]


class BudgetRequest(Body):
    """What a budget is raised to: the plan's, or that of the task `task_id`."""

    budget_usd: BudgetUsd | None = None
    budget_tokens: BudgetTokens | None = None
    task_id: str | None = None


class RetryRequest(Body):
    """`guidance` is told to the agent."""

    guidance: Words | None = None


class TaskView(BaseModel):
    task_id: str
    task_number: int
    key: str
    name: str
    description: str
    phase_id: str
    milestone_id: str
    status: TaskStatus
    complexity: Complexity
    agent: str
    command: str | None
    depends_on_tasks: list[str]
    target_files: list[str]
    output_files: list[str]
    checks: list[str]
    done: bool
    attempt: int
    retry_count: int
    max_retries: int
    last_error: str | None
    failure_kind: FailureKind | None
    blocked_by: str | None
    commit: str | None
    started_at: datetime | None
    completed_at: datetime | None
    failed_at: datetime | None
    cost_usd: Money
    tokens_input: int
    tokens_output: int
    unpriced_requests: int = Field(description="Model requests whose cost is not known.")
    budget_usd: Money | None
    budget_tokens: int | None
    waiting_since: datetime | None
    waiting_reason: str | None = Field(description="What the running attempt stands still for.")


TaskScope = Literal["all", "counts", "none"]
"""How much of its tasks an answer about a plan holds."""


class MilestoneView(BaseModel):
    """A milestone with its tasks, or where only counts were asked for, without them."""

    milestone_id: str
    name: str
    description: str
    tasks: list[TaskView]
    task_counts: dict[TaskStatus, int] | None = Field(
        default=None, description="Tasks of each status, where only counts were asked for."
    )


class PhaseView(BaseModel):
    phase_id: str
    name: str
    description: str
    milestones: list[MilestoneView]


class MasterplanSummary(BaseModel):
    masterplan_id: str
    title: str
    description: str
    goal: str
    repository: str | None
    status: PlanStatus
    outcome: PlanOutcome | None
    revision: int
    plan_hash: str | None
    warning_count: int
    approved_by: str | None
    approved_at: datetime | None
    rejection_reason: str | None
    failure_reason: str | None
    pause_reason: str | None = Field(description="Why the engine paused the plan.")
    workspace_id: str | None
    workspace_path: str | None
    branch: str
    total_tasks: int
    completed_tasks: int
    failed_tasks: int
    skipped_tasks: int
    cancelled_tasks: int
    cost_usd: Money
    tokens_input: int
    tokens_output: int
    unpriced_requests: int = Field(description="Model requests whose cost is not known.")
    budget_usd: Money | None
    budget_tokens: int | None
    last_seq: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


class WarningView(BaseModel):
    """What to look at before approving, with the tasks it is about."""

    code: WarningCode
    message: str
    task_keys: list[str]


class SourceView(BaseModel):
    """The file that the plan was imported from.

    `sync_path` is the user's own file where that is ticked as tasks complete, `synced_tasks` how
    many tasks were completed when it was ticked the last time, and `sync_notices` what was left
    alone then.
    """

    model_config = ConfigDict(from_attributes=True)

    format: PlanFormat
    name: str | None
    notices: list[str]
    sync_path: str | None
    synced_tasks: int
    sync_notices: list[str]


class MasterplanDetail(MasterplanSummary):
    """A plan in full; `warnings` is empty once the plan is neither draft nor rejected.

    With `tasks=counts` it holds no task and no warning, with `tasks=none` no phase either.
    """

    settings: PlanSettings
    source: SourceView | None
    warnings: list[WarningView]
    phases: list[PhaseView]


class EditableDocument(BaseModel):
    """A plan's document to be changed, with the hash that the change is then bound to."""

    revision: int
    plan_hash: str | None
    document: PlanDocument


class DiscoveryAnswer(BaseModel):
    discovery: RepositoryFacts | None


class MasterplanPage(BaseModel):
    """Plans, newest first; `counts` are of what matches the text, whatever statuses were asked for.

    A status that no plan has is missing from `counts`.
    """

    masterplans: list[MasterplanSummary]
    total: int
    counts: dict[PlanStatus, int]
    limit: int
    offset: int


class ImportAnswer(BaseModel):
    masterplan: MasterplanDetail
    notices: list[str]


class ExecutionAnswer(BaseModel):
    masterplan_id: str
    status: PlanStatus
    workspace_id: str
    workspace_path: str
    total_tasks: int


class EventView(BaseModel):
    """A recorded event: its type, and the message as Socket.IO clients receive it."""

    type: str
    masterplan_id: str
    seq: int
    occurred_at: datetime
    payload: dict[str, Any]


class EventPage(BaseModel):
    events: list[EventView]
    last_seq: int


class ErrorBody(BaseModel):
    code: str
    message: str
    details: dict[str, Any]


class ErrorAnswer(BaseModel):
    error: ErrorBody


class FileList(BaseModel):
    """The files of the workspace's branch at `commit`; None before execution has begun."""

    commit: str | None
    files: list[str]
