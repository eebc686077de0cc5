"""Queries about attempts at tasks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.errors import NotFound
from masterplan.lifecycle import RUNNING, AttemptStatus
from masterplan.models import Attempt, LogPiece, MasterPlanTask, utc_now
from masterplan.repository.plans import get_plan
from masterplan.repository.statements import NO_SYNC


@dataclass(frozen=True, slots=True)
class RunningAttempt:
    task_id: str
    attempt: int


async def running_attempts(session: AsyncSession, plan_id: str) -> list[RunningAttempt]:
    """Return the attempts that were claimed and have not been settled."""
    rows = await session.execute(
        select(MasterPlanTask.id, MasterPlanTask.attempt).where(
            MasterPlanTask.masterplan_id == plan_id, MasterPlanTask.status.in_(RUNNING)
        )
    )
    return [RunningAttempt(task_id, attempt) for task_id, attempt in rows]


async def get_attempt(session: AsyncSession, task_id: str, number: int) -> Attempt:
    """Return the task's attempt of that number. Raises NotFound."""
    attempt = await session.scalar(
        select(Attempt).where(Attempt.task_id == task_id, Attempt.number == number)
    )
    if attempt is None:
        raise NotFound("attempt", f"{number} of task {task_id}")
    return attempt


_LATEST = (
    select(MasterPlanTask, Attempt)
    .join(
        Attempt,
        (Attempt.task_id == MasterPlanTask.id) & (Attempt.number == MasterPlanTask.attempt),
    )
    .where(MasterPlanTask.id.in_(bindparam("task_ids", expanding=True)))
)


async def tasks_of_attempts(
    session: AsyncSession, attempts: Collection[RunningAttempt]
) -> dict[RunningAttempt, tuple[MasterPlanTask, Attempt]]:
    """Return each of the attempts that has its task still, with both rows."""
    rows = await session.execute(_LATEST, {"task_ids": [each.task_id for each in attempts]})
    return {RunningAttempt(task.id, attempt.number): (task, attempt) for task, attempt in rows}


async def find_attempt(
    session: AsyncSession, plan_id: str, *, key: str, number: int
) -> Attempt | None:
    """Return the attempt of that number at the plan's task of that key, or None."""
    return await session.scalar(
        select(Attempt)
        .join(MasterPlanTask, MasterPlanTask.id == Attempt.task_id)
        .where(
            MasterPlanTask.masterplan_id == plan_id,
            MasterPlanTask.key == key,
            Attempt.number == number,
        )
    )


async def attempts_of(session: AsyncSession, task_id: str) -> Sequence[Attempt]:
    return (
        await session.scalars(
            select(Attempt).where(Attempt.task_id == task_id).order_by(Attempt.number)
        )
    ).all()


async def attempts_in_plan(session: AsyncSession, plan_id: str) -> Sequence[Attempt]:
    """Return every attempt at a plan's tasks, as they were started."""
    await get_plan(session, plan_id)
    return (
        await session.scalars(
            select(Attempt)
            .where(Attempt.masterplan_id == plan_id)
            .order_by(Attempt.started_at, Attempt.id)
        )
    ).all()


async def completed_attempts(session: AsyncSession, plan_id: str) -> dict[str, Attempt]:
    """Return the latest completed attempt at each of the plan's tasks, by the task's id."""
    rows = await session.scalars(
        select(Attempt)
        .where(Attempt.masterplan_id == plan_id, Attempt.status == AttemptStatus.COMPLETED)
        .order_by(Attempt.number)
    )
    return {attempt.task_id: attempt for attempt in rows}


async def finish_attempt(
    session: AsyncSession, task_id: str, number: int, *, status: AttemptStatus, **values: Any
) -> None:
    await session.execute(
        update(Attempt)
        .where(Attempt.task_id == task_id, Attempt.number == number)
        .values(status=status, finished_at=utc_now(), **values)
        .execution_options(**NO_SYNC)
    )


async def forget_snapshots(session: AsyncSession, plan_id: str, *, before: datetime) -> None:
    """Forget the unpublished commits of a plan's attempts that finished before a time."""
    await session.execute(
        update(Attempt)
        .where(Attempt.masterplan_id == plan_id, Attempt.finished_at < before)
        .values(snapshot_commit=None)
        .execution_options(**NO_SYNC)
    )


async def forget_logs(session: AsyncSession, plan_id: str, *, before: datetime) -> None:
    """Forget the logs of a plan's attempts that finished before a time."""
    await session.execute(
        update(Attempt)
        .where(Attempt.masterplan_id == plan_id, Attempt.finished_at < before)
        .values(log_path=None)
        .execution_options(**NO_SYNC)
    )
    forgotten = select(Attempt.task_id, Attempt.number).where(
        Attempt.masterplan_id == plan_id, Attempt.log_path.is_(None)
    )
    piece = tuple_(LogPiece.task_id, LogPiece.attempt)
    await session.execute(delete(LogPiece).where(piece.in_(forgotten)))
