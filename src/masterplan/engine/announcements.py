"""The events that tell of a task's status, made from its row and its plan's counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from masterplan import events
from masterplan.lifecycle import TaskStatus
from masterplan.models import MasterPlanTask
from masterplan.repository import PlanCounts


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a running task stands still for."""

    reason: str
    since: datetime


def progress_of(
    task: MasterPlanTask,
    counts: PlanCounts,
    *,
    status: TaskStatus,
    description: str,
    attempt: int | None = None,
    waiting: Waiting | None = None,
) -> events.TaskProgressed:
    """Tell that a task is pending, ready, in progress or validating now."""
    assert task.phase_id is not None
    assert task.milestone_id is not None
    return events.TaskProgressed(
        task_id=task.id,
        task_number=task.task_number,
        phase_id=task.phase_id,
        milestone_id=task.milestone_id,
        status=status,
        description=description,
        attempt=task.attempt if attempt is None else attempt,
        current_task=counts.started,
        completed_tasks=counts.completed,
        total_tasks=counts.total,
        waiting_reason=waiting.reason if waiting else None,
        waiting_since=waiting.since if waiting else None,
    )


def finish_of(
    task: MasterPlanTask,
    counts: PlanCounts,
    *,
    status: events.FinishedStatus,
    error: str | None = None,
    blocked_by: str | None = None,
    output_files: Sequence[str] = (),
) -> events.TaskFinished:
    """Tell that a task has reached its end."""
    assert task.phase_id is not None
    assert task.milestone_id is not None
    return events.TaskFinished(
        task_id=task.id,
        task_number=task.task_number,
        phase_id=task.phase_id,
        milestone_id=task.milestone_id,
        status=status,
        output_files=list(output_files),
        error=error,
        blocked_by=blocked_by,
        attempt=task.attempt,
        completed_tasks=counts.completed,
        failed_tasks=counts.failed,
        total_tasks=counts.total,
    )


def first_line(text: str, limit: int = 200) -> str:
    """Return the first line of a text, cut off where it is longer than `limit` characters."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= limit else line[: limit - 1] + "…"
