"""What the API answers about attempts: what was tried, asked of models and proven."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from masterplan.api.schemas import Money
from masterplan.engine.report import CheckResult
from masterplan.lifecycle import AttemptStatus, FailureKind


class AttemptView(BaseModel):
    number: int
    status: AttemptStatus
    agent: str
    model: str | None
    guidance: str | None
    tokens_input: int
    tokens_output: int
    cost_usd: Money
    unpriced_requests: int
    failure_kind: FailureKind | None
    error: str | None
    commit: str | None
    check_results: list[CheckResult]
    started_at: datetime
    finished_at: datetime | None


class AttemptList(BaseModel):
    attempts: list[AttemptView]


class CheckVerdict(BaseModel):
    """What a check came to; `passed_on_base` says that it passes without the work too."""

    command: str
    passed: bool
    timed_out: bool
    passed_on_base: bool | None


class TaskEvidence(BaseModel):
    """How often a task was attempted, and what the checks of its latest attempt said."""

    task_id: str
    attempts: int
    checks: list[CheckVerdict]


class PlanEvidence(BaseModel):
    tasks: list[TaskEvidence]


class AttemptSpan(BaseModel):
    """When an attempt ran; `finished_at` is None while it does."""

    task_id: str
    number: int
    status: AttemptStatus
    started_at: datetime
    finished_at: datetime | None


class Timeline(BaseModel):
    attempts: list[AttemptSpan]


class ModelMessageView(BaseModel):
    """A message of a request as text; `role` is system, user, assistant or tool."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str


class ModelRequestView(BaseModel):
    """A request to a model. `answer` is None until it is there; `cost_usd` where no price is known.

    Until it is answered, its tokens and cost are the most that is reserved for it. `replayed` tells
    that the answer was taken over from an interrupted attempt and not paid for again.
    """

    ordinal: int
    model: str
    asked_at: datetime
    answered_at: datetime | None
    waited_s: float
    tokens_input: int
    tokens_output: int
    cost_usd: Money | None
    replayed: bool
    messages: list[ModelMessageView]
    answer: str | None
    error: str | None


class ModelRequestList(BaseModel):
    requests: list[ModelRequestView]
