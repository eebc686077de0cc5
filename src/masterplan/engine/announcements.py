"""The events that tell of a task's status, made from its row and its plan's counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import events
from masterplan.lifecycle import TaskStatus
from masterplan.models import MasterPlanTask
from masterplan.repository import PlanCounts


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a running task stands still for."""

    reason: str
    since: datetime


async def record_progress(
    session: AsyncSession,
    task: MasterPlanTask,
    counts: PlanCounts,
    *,
    status: TaskStatus,
    description: str,
    attempt: int | None = None,
    waiting: Waiting | None = None,
) -> None:
    await events.record(
        session,
        task.masterplan_id,
        events.TaskProgressed(
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
        ),
    )


async def record_finish(
    session: AsyncSession,
    task: MasterPlanTask,
    counts: PlanCounts,
    *,
    status: TaskStatus,
    error: str | None = None,
    blocked_by: str | None = None,
    output_files: Sequence[str] = (),
) -> None:
    await events.record(
        session,
        task.masterplan_id,
        events.TaskFinished.model_validate(
            {
                "task_id": task.id,
                "task_number": task.task_number,
                "phase_id": task.phase_id,
                "milestone_id": task.milestone_id,
                "status": status,
                "output_files": list(output_files),
                "error": error,
                "blocked_by": blocked_by,
                "attempt": task.attempt,
                "completed_tasks": counts.completed,
                "failed_tasks": counts.failed,
                "total_tasks": counts.total,
            }
        ),
    )
