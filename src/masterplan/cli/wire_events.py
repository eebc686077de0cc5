"""What the command line reads out of a plan's recorded events."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from masterplan.cli.wire import Wire
from masterplan.lifecycle import PlanOutcome, PlanStatus, TaskStatus


class Event(Wire):
    """Any recorded event; types that are not known here keep their number at least."""

    type: str
    masterplan_id: str
    seq: int
    occurred_at: datetime


class GenerationProgress(Event):
    phase: str
    percent: float
    message: str
    tasks_so_far: int


class StatusChange(Event):
    status: PlanStatus
    previous: PlanStatus | None = None
    reason: str | None = None
    by: str = ""


class ExecutionStart(Event):
    workspace_path: str
    total_tasks: int


class TaskProgress(Event):
    task_id: str
    task_number: int
    status: TaskStatus
    description: str = ""
    attempt: int
    waiting_since: datetime | None = None
    waiting_reason: str | None = None


class TaskEnd(Event):
    task_id: str
    task_number: int
    status: Literal[
        TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.SKIPPED, TaskStatus.CANCELLED
    ]
    error: str | None = None
    blocked_by: str | None = None
    attempt: int


class ExecutionEnd(Event):
    outcome: PlanOutcome
    completed_tasks: int
    failed_tasks: int
    skipped_tasks: int
    total_tasks: int
    duration_s: float


EVENT_TYPES: dict[str, type[Event]] = {
    "masterplan_generation_progress": GenerationProgress,
    "masterplan_status": StatusChange,
    "masterplan_execution_start": ExecutionStart,
    "task_execution_progress": TaskProgress,
    "task_execution_complete": TaskEnd,
    "masterplan_execution_complete": ExecutionEnd,
}


def parse_event(raw: dict[str, Any]) -> Event:
    """Read one event of the API's list, with its payload beside its number."""
    flat = {**raw.get("payload", {}), **raw}
    flat.pop("payload", None)
    return EVENT_TYPES.get(raw["type"], Event).model_validate(flat)
