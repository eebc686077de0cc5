"""Queries about tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.errors import NotFound
from masterplan.lifecycle import FINISHED, RUNNING, TaskStatus
from masterplan.models import MasterPlanTask, utc_now
from masterplan.repository.statements import NO_SYNC, was_changed

NOT_WAITING = {"waiting_since": None, "waiting_reason": None}
"""A task that gets another status waits for nothing any more."""


async def get_task(session: AsyncSession, task_id: str) -> MasterPlanTask:
    """Return the task as the database has it now. Raises NotFound."""
    task = await session.get(MasterPlanTask, task_id, populate_existing=True)
    if task is None:
        raise NotFound("task", task_id)
    return task


async def get_task_of_plan(session: AsyncSession, plan_id: str, task_id: str) -> MasterPlanTask:
    """Return the task, which must belong to the plan. Raises NotFound."""
    task = await get_task(session, task_id)
    if task.masterplan_id != plan_id:
        raise NotFound("task", task_id)
    return task


async def tasks_with_status(
    session: AsyncSession, plan_id: str, statuses: Collection[TaskStatus]
) -> Sequence[MasterPlanTask]:
    return (
        await session.scalars(
            select(MasterPlanTask)
            .where(MasterPlanTask.masterplan_id == plan_id, MasterPlanTask.status.in_(statuses))
            .order_by(MasterPlanTask.task_number)
        )
    ).all()


async def with_removed_tasks(session: AsyncSession, plan_id: str) -> Sequence[MasterPlanTask]:
    """Return all tasks that the plan has, and those it had that were attempted."""
    return (
        await session.scalars(select(MasterPlanTask).where(MasterPlanTask.masterplan_id == plan_id))
    ).all()


async def has_task(session: AsyncSession, plan_id: str, key: str) -> bool:
    """Tell whether the plan has a task of that key now."""
    found = await session.scalar(
        select(MasterPlanTask.id).where(
            MasterPlanTask.masterplan_id == plan_id,
            MasterPlanTask.key == key,
            MasterPlanTask.removed_in.is_(None),
        )
    )
    return found is not None


# Made once, as it is asked in every turn: to build it costs more than SQLite takes for it.
_BY_ID = (
    select(MasterPlanTask)
    .where(MasterPlanTask.id.in_(bindparam("task_ids", expanding=True)))
    .order_by(MasterPlanTask.task_number)
)


async def tasks_by_id(session: AsyncSession, task_ids: Collection[str]) -> Sequence[MasterPlanTask]:
    return (await session.scalars(_BY_ID, {"task_ids": list(task_ids)})).all()


async def task_statuses(session: AsyncSession, plan_id: str) -> list[TaskStatus]:
    """Return the statuses of the plan's tasks, but of those that were done before."""
    statuses = await session.scalars(
        select(MasterPlanTask.status).where(
            MasterPlanTask.masterplan_id == plan_id,
            MasterPlanTask.done.is_(False),
            MasterPlanTask.removed_in.is_(None),
        )
    )
    return [TaskStatus(status) for status in statuses]


async def count_tasks(session: AsyncSession, plan_id: str) -> dict[str, dict[TaskStatus, int]]:
    """Count the tasks of each status in each of the plan's milestones, by the milestone's id."""
    rows = await session.execute(
        select(MasterPlanTask.milestone_id, MasterPlanTask.status, func.count())
        .where(MasterPlanTask.masterplan_id == plan_id, MasterPlanTask.milestone_id.is_not(None))
        .group_by(MasterPlanTask.milestone_id, MasterPlanTask.status)
    )
    counts: dict[str, dict[TaskStatus, int]] = {}
    for milestone_id, status, tasks in rows:
        assert milestone_id is not None
        counts.setdefault(milestone_id, {})[TaskStatus(status)] = tasks
    return counts


async def tasks_without_files(session: AsyncSession, plan_id: str) -> Sequence[MasterPlanTask]:
    """Return the plan's tasks that are to be executed and may change no file."""
    tasks = await session.scalars(
        select(MasterPlanTask)
        .where(
            MasterPlanTask.masterplan_id == plan_id,
            MasterPlanTask.done.is_(False),
            MasterPlanTask.removed_in.is_(None),
        )
        .order_by(MasterPlanTask.task_number)
    )
    return [task for task in tasks if not task.target_files]


async def tasks_to_do(
    session: AsyncSession, plan_id: str, *, agent: str
) -> Sequence[MasterPlanTask]:
    """Return the plan's tasks of one agent, but those that were done before."""
    return (
        await session.scalars(
            select(MasterPlanTask)
            .where(
                MasterPlanTask.masterplan_id == plan_id,
                MasterPlanTask.done.is_(False),
                MasterPlanTask.agent == agent,
            )
            .order_by(MasterPlanTask.task_number)
        )
    ).all()


async def completed_keys(session: AsyncSession, plan_id: str) -> set[str]:
    """Return the keys of the plan's tasks that are completed, those done before included."""
    keys = await session.scalars(
        select(MasterPlanTask.key).where(
            MasterPlanTask.masterplan_id == plan_id,
            MasterPlanTask.status == TaskStatus.COMPLETED,
        )
    )
    return set(keys)


async def set_task_status(
    session: AsyncSession,
    task_id: str,
    *,
    expected: Collection[TaskStatus],
    status: TaskStatus,
    at_attempt: int | None = None,
    **values: Any,
) -> bool:
    """Move the task to `status` from one of `expected`; False where it was not there.

    With `at_attempt`, the task's latest attempt must have that number too: a late one is fenced.
    """
    query = update(MasterPlanTask).where(
        MasterPlanTask.id == task_id, MasterPlanTask.status.in_(expected)
    )
    if at_attempt is not None:
        query = query.where(MasterPlanTask.attempt == at_attempt)
    changes = {"status": status, **NOT_WAITING, **values}
    return was_changed(await session.execute(query.values(changes).execution_options(**NO_SYNC)))


async def set_waiting(
    session: AsyncSession, task_id: str, *, attempt: int, reason: str | None
) -> bool:
    """Note what the running attempt waits for, or None; False where nothing changes by it.

    The time at which it began to wait stays while only the reason changes.
    """
    since = func.coalesce(MasterPlanTask.waiting_since, utc_now()) if reason is not None else None
    return was_changed(
        await session.execute(
            update(MasterPlanTask)
            .where(
                MasterPlanTask.id == task_id,
                MasterPlanTask.attempt == attempt,
                MasterPlanTask.status.in_(RUNNING),
                MasterPlanTask.waiting_reason.is_distinct_from(reason),
            )
            .values(waiting_reason=reason, waiting_since=since)
            .execution_options(**NO_SYNC)
        )
    )


async def reopen_failed_tasks(
    session: AsyncSession, plan_id: str, *, guidance: str | None
) -> Sequence[MasterPlanTask]:
    """Make the plan's failed tasks pending for one more attempt each, and return them."""
    spent = MasterPlanTask.retry_count + 1
    ids = (
        await session.scalars(
            update(MasterPlanTask)
            .where(
                MasterPlanTask.masterplan_id == plan_id,
                MasterPlanTask.status == TaskStatus.FAILED,
            )
            .values(
                status=TaskStatus.PENDING,
                guidance=guidance,
                retry_count=spent,
                max_retries=case(
                    (MasterPlanTask.max_retries < spent, spent), else_=MasterPlanTask.max_retries
                ),
                failed_at=None,
            )
            .returning(MasterPlanTask.id)
            .execution_options(**NO_SYNC)
        )
    ).all()
    return await tasks_in_order(session, ids)


async def make_ready(
    session: AsyncSession, plan_id: str, *, task_ids: Collection[str] | None
) -> Sequence[MasterPlanTask]:
    """Make ready what is pending and waits for nothing, of some tasks or of all; return these."""
    query = update(MasterPlanTask).where(
        MasterPlanTask.masterplan_id == plan_id,
        MasterPlanTask.status == TaskStatus.PENDING,
        MasterPlanTask.waits == 0,
    )
    if task_ids is not None:
        query = query.where(MasterPlanTask.id.in_(task_ids))
    ids = await session.scalars(
        query.values(status=TaskStatus.READY)
        .returning(MasterPlanTask.id)
        .execution_options(**NO_SYNC)
    )
    return await tasks_in_order(session, ids.all())


async def cancel_tasks(session: AsyncSession, plan_id: str) -> Sequence[MasterPlanTask]:
    """Cancel the plan's tasks that have not reached their end, and return them."""
    ids = (
        await session.scalars(
            update(MasterPlanTask)
            .where(MasterPlanTask.masterplan_id == plan_id)
            .where(MasterPlanTask.status.not_in(FINISHED))
            .values(status=TaskStatus.CANCELLED, **NOT_WAITING)
            .returning(MasterPlanTask.id)
            .execution_options(**NO_SYNC)
        )
    ).all()
    return await tasks_in_order(session, ids)


async def tasks_in_order(session: AsyncSession, ids: Sequence[str]) -> list[MasterPlanTask]:
    """Return the tasks with these ids, however many, in the plan's order."""
    tasks: list[MasterPlanTask] = []
    for chunk in chunks(ids):
        tasks.extend(await tasks_by_id(session, chunk))
    return sorted(tasks, key=lambda task: task.task_number)


def chunks(ids: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    """Cut ids into pieces of as many as one statement may name."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
