"""What the command line reads out of the API's answers.

Only what is shown or decided upon is named; everything else is kept and goes out again with
`--json`, so that an older command line still shows all that a newer server says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from masterplan.lifecycle import PlanOutcome, PlanStatus, TaskStatus


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class Task(Wire):
    task_id: str
    task_number: int
    key: str
    name: str
    description: str = ""
    status: TaskStatus
    complexity: str = ""
    agent: str = ""
    attempt: int = 0
    depends_on_tasks: list[str] = Field(default_factory=list)
    target_files: list[str] = Field(default_factory=list)
    checks: list[str] = Field(default_factory=list)
    command: str | None = None
    retry_count: int = 0
    max_retries: int = 0
    last_error: str | None = None
    blocked_by: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    failed_at: datetime | None = None
    waiting_since: datetime | None = None
    waiting_reason: str | None = None
    cost_usd: Decimal = Decimal(0)
    tokens_input: int = 0
    tokens_output: int = 0
    budget_usd: Decimal | None = None
    budget_tokens: int | None = None


class Milestone(Wire):
    name: str
    description: str = ""
    tasks: list[Task]


class Phase(Wire):
    name: str
    description: str = ""
    milestones: list[Milestone]


class PlanWarning(Wire):
    code: str
    message: str
    task_keys: list[str] = Field(default_factory=list)


class CheckVerdict(Wire):
    command: str
    passed: bool
    timed_out: bool = False
    passed_on_base: bool | None = None


class Evidence(Wire):
    task_id: str
    attempts: int
    checks: list[CheckVerdict] = Field(default_factory=list)


class PlanEvidence(Wire):
    tasks: list[Evidence]


class PlanSettings(Wire):
    model: str | None = None


class PlanSummary(Wire):
    masterplan_id: str
    title: str
    status: PlanStatus
    outcome: PlanOutcome | None = None
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    total_tasks: int = 0
    completed_tasks: int = 0
    failed_tasks: int = 0
    skipped_tasks: int = 0
    cost_usd: Decimal = Decimal(0)
    tokens_input: int = 0
    tokens_output: int = 0
    workspace_path: str | None = None
    unpriced_requests: int = 0
    budget_usd: Decimal | None = None
    budget_tokens: int | None = None
    pause_reason: str | None = None
    rejection_reason: str | None = None
    failure_reason: str | None = None
    last_seq: int = 0


class Source(Wire):
    """The file that a plan was imported from."""

    format: str
    name: str | None = None
    sync_path: str | None = None
    synced_tasks: int = 0
    sync_notices: list[str] = Field(default_factory=list)


class Discovery(Wire):
    summary: str


class FoundDiscovery(Wire):
    discovery: Discovery | None


class SecondsRange(Wire):
    low: float
    likely: float
    high: float

    def bounds(self) -> tuple[float, float, float]:
        return self.low, self.likely, self.high


class TokenRange(Wire):
    low: int
    likely: int
    high: int

    def bounds(self) -> tuple[int, int, int]:
        return self.low, self.likely, self.high


class MoneyRange(Wire):
    low: Decimal
    likely: Decimal
    high: Decimal

    def bounds(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.low, self.likely, self.high


class Forecast(Wire):
    max_parallel: int
    tasks: int
    critical_path: list[str]
    critical_path_s: SecondsRange
    parallel_width: int
    duration_s: SecondsRange
    tokens_input: TokenRange
    tokens_output: TokenRange
    cost_usd: MoneyRange | None
    unpriced_tasks: int
    within_budget: float | None
    tasks_from_history: int
    past_tasks: int


class PlanHead(PlanSummary):
    """A plan without its tasks."""

    description: str = ""
    goal: str = ""
    repository: str | None = None
    plan_hash: str | None = None
    revision: int = 1
    branch: str | None = None
    settings: PlanSettings = Field(default_factory=PlanSettings)
    source: Source | None = None


class PlanDetail(PlanHead):
    phases: list[Phase] = Field(default_factory=list)
    warnings: list[PlanWarning] = Field(default_factory=list)
    evidence: list[Evidence] = Field(default_factory=list)
    """What proves its tasks; the client adds it where it is shown."""
    discovery: Discovery | None = None
    """What was found in its repository; added likewise."""
    forecast: Forecast | None = None
    """What it will take; added likewise while it is not executed."""

    def tasks(self) -> Iterator[Task]:
        for phase in self.phases:
            for milestone in phase.milestones:
                yield from milestone.tasks


class PlanPage(Wire):
    masterplans: list[PlanSummary]
    total: int


class Imported(Wire):
    masterplan: PlanDetail
    notices: list[str] = Field(default_factory=list)


class Exported(Wire):
    """A plan as a file, and what that does not say."""

    format: str
    text: str
    notices: list[str] = Field(default_factory=list)


class Started(Wire):
    masterplan_id: str
    status: PlanStatus
    workspace_path: str | None = None
    total_tasks: int = 0


class Attempt(Wire):
    number: int
    status: str
    agent: str = ""
    model: str | None = None
    error: str | None = None


class ModelMessage(Wire):
    role: str
    text: str


class ModelRequest(Wire):
    ordinal: int
    model: str
    tokens_input: int = 0
    tokens_output: int = 0
    cost_usd: Decimal | None = None
    messages: list[ModelMessage] = Field(default_factory=list)
    answer: str | None = None
    error: str | None = None


class ModelRequests(Wire):
    requests: list[ModelRequest]


class AttemptText(BaseModel):
    """A whole log or diff of one attempt, for `--json`."""

    task_id: str
    attempt: int
    text: str


class LogChunk(BaseModel):
    """A piece of an attempt's log and the byte offset at which the next begins."""

    text: str
    next_offset: int


class PrunedPlan(Wire):
    masterplan_id: str
    title: str
    ended_at: datetime
    bytes: int


class Pruned(Wire):
    """Plans whose logs and unpublished attempts can be, or were, removed."""

    plans: list[PrunedPlan]
    bytes: int
