"""What a plan, a task and an attempt may become, decided without any I/O.

The statuses are those of the specification. Services ask here whether a transition is legal and
apply it as a compare-and-set; the engine asks here what a failure leads to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class PlanStatus(StrEnum):
    GENERATING = "generating"
    DRAFT = "draft"
    APPROVED = "approved"
    REJECTED = "rejected"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MessageRole(StrEnum):
    """Who says a message of a conversation."""

    PERSON = "person"
    ASSISTANT = "assistant"
    PLAN = "plan"
    """A plan that was begun from the conversation: the message tells how it goes."""


class MessageStatus(StrEnum):
    WRITING = "writing"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


class PlanOutcome(StrEnum):
    """How a completed plan ended."""

    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    FAILED = "failed"


class TaskStatus(StrEnum):
    PENDING = "pending"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    VALIDATING = "validating"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class AttemptStatus(StrEnum):
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RevisionStatus(StrEnum):
    """How far a revision of a plan's document is."""

    GENERATING = "generating"
    READY = "ready"
    FAILED = "failed"
    """Nothing came of it; the plan is as it was before."""


class Complexity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class FailureKind(StrEnum):
    """Why an attempt failed, as far as it matters for what comes next."""

    CHECKS = "checks"
    CONTRACT = "contract"
    AGENT = "agent"
    CONFLICT = "conflict"
    CREDENTIALS = "credentials"
    REFUSED = "refused"
    BUDGET = "budget"
    ENVIRONMENT = "environment"
    INTERRUPTED = "interrupted"
    """The attempt ended through no fault of its own and is made again; no retry is consumed."""


PERMANENT_FAILURES = frozenset(
    {
        FailureKind.CREDENTIALS,
        FailureKind.REFUSED,
        FailureKind.BUDGET,
        FailureKind.ENVIRONMENT,
    }
)
"""Failures that another attempt cannot mend."""

EDITABLE = frozenset(PlanStatus) - {PlanStatus.GENERATING, PlanStatus.IN_PROGRESS}
"""Statuses in which a plan's document may be replaced, if no attempt runs; it is a draft then."""

UNDECIDED = frozenset({PlanStatus.DRAFT, PlanStatus.REJECTED})
"""Statuses in which a plan waits for a person's decision."""

_DIRECT: Mapping[PlanStatus, frozenset[PlanStatus]] = {
    PlanStatus.GENERATING: frozenset({PlanStatus.DRAFT, PlanStatus.FAILED, PlanStatus.CANCELLED}),
    PlanStatus.DRAFT: frozenset({PlanStatus.APPROVED, PlanStatus.REJECTED}),
    PlanStatus.APPROVED: frozenset({PlanStatus.IN_PROGRESS, PlanStatus.FAILED}),
    PlanStatus.REJECTED: frozenset(),
    PlanStatus.IN_PROGRESS: frozenset(
        {PlanStatus.COMPLETED, PlanStatus.FAILED, PlanStatus.CANCELLED, PlanStatus.PAUSED}
    ),
    PlanStatus.PAUSED: frozenset({PlanStatus.IN_PROGRESS, PlanStatus.CANCELLED}),
    PlanStatus.COMPLETED: frozenset({PlanStatus.IN_PROGRESS}),
    # An approved plan whose workspace could not be made may be started again.
    PlanStatus.FAILED: frozenset({PlanStatus.IN_PROGRESS}),
    PlanStatus.CANCELLED: frozenset(),
}


def _with_revisions(status: PlanStatus) -> frozenset[PlanStatus]:
    """Add that an editable plan becomes a draft, at once or by way of a model.

    A plan for which nothing came of the model's revision is again what it was.
    """
    if status is PlanStatus.GENERATING:
        return _DIRECT[status] | EDITABLE
    if status in EDITABLE:
        return (_DIRECT[status] | {PlanStatus.DRAFT, PlanStatus.GENERATING}) - {status}
    return _DIRECT[status]


PLAN_TRANSITIONS: Mapping[PlanStatus, frozenset[PlanStatus]] = {
    status: _with_revisions(status) for status in PlanStatus
}

TASK_TRANSITIONS: Mapping[TaskStatus, frozenset[TaskStatus]] = {
    # Completed without running: a change was taken back, and the task's result holds again.
    TaskStatus.PENDING: frozenset(
        {TaskStatus.READY, TaskStatus.SKIPPED, TaskStatus.CANCELLED, TaskStatus.COMPLETED}
    ),
    TaskStatus.READY: frozenset({TaskStatus.IN_PROGRESS, TaskStatus.CANCELLED, TaskStatus.PENDING}),
    TaskStatus.IN_PROGRESS: frozenset(
        {TaskStatus.VALIDATING, TaskStatus.READY, TaskStatus.FAILED, TaskStatus.CANCELLED}
    ),
    TaskStatus.VALIDATING: frozenset(
        {TaskStatus.COMPLETED, TaskStatus.READY, TaskStatus.FAILED, TaskStatus.CANCELLED}
    ),
    # What has finished goes on where it is retried, or reopened by a revision of the plan.
    TaskStatus.COMPLETED: frozenset({TaskStatus.PENDING}),
    TaskStatus.FAILED: frozenset({TaskStatus.PENDING}),
    TaskStatus.SKIPPED: frozenset({TaskStatus.PENDING}),
    TaskStatus.CANCELLED: frozenset({TaskStatus.PENDING}),
}

FINISHED = frozenset(
    {TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.SKIPPED, TaskStatus.CANCELLED}
)
ENDED = frozenset({PlanStatus.COMPLETED, PlanStatus.CANCELLED})
"""Plan statuses in which nothing runs any more."""
RUNNING = frozenset({TaskStatus.IN_PROGRESS, TaskStatus.VALIDATING})


def plan_may_become(current: PlanStatus, requested: PlanStatus) -> bool:
    """Tell whether a plan in status `current` may go to `requested`."""
    return requested in PLAN_TRANSITIONS[current]


def task_may_become(current: TaskStatus, requested: TaskStatus) -> bool:
    """Tell whether a task in status `current` may go to `requested`."""
    return requested in TASK_TRANSITIONS[current]


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What follows a failed attempt: another attempt, or the task's end."""

    retry: bool
    reason: str


def decide_retry(kind: FailureKind, *, retry_count: int, max_retries: int) -> RetryDecision:
    """Decide whether a failed attempt is followed by another.

    A failure that another attempt cannot mend (`PERMANENT_FAILURES`) ends the task at once and
    leaves its retries for the person.
    """
    if kind in PERMANENT_FAILURES:
        return RetryDecision(retry=False, reason=f"another attempt cannot mend this ({kind})")
    if retry_count >= max_retries:
        return RetryDecision(
            retry=False, reason=f"no retry is left ({retry_count} of {max_retries} used)"
        )
    return RetryDecision(retry=True, reason=f"retry {retry_count + 1} of {max_retries}")


def outcome_of(statuses: Iterable[TaskStatus]) -> PlanOutcome:
    """Say how a plan ended whose tasks have all finished.

    All completed is `succeeded`, none is `failed`, anything between is `partial`.
    """
    counts = Counter(statuses)
    if set(counts) <= {TaskStatus.COMPLETED}:
        return PlanOutcome.SUCCEEDED
    if counts[TaskStatus.COMPLETED]:
        return PlanOutcome.PARTIAL
    return PlanOutcome.FAILED
