"""Every query, so that what the database is asked for can be read in one place.

Functions take a session and plain values and return rows. Changes of status are compare-and-set:
they name the status they expect and tell by their result whether they won.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from masterplan.errors import NotFound
from masterplan.lifecycle import FINISHED, RUNNING, AttemptStatus, PlanStatus, TaskStatus
from masterplan.models import (
    Attempt,
    Event,
    MasterPlan,
    MasterPlanMilestone,
    MasterPlanPhase,
    MasterPlanTask,
    TaskDependency,
    utc_now,
)

_NO_SYNC = {"synchronize_session": False}
MAX_OUTLINE_TASKS = 200


def _changed(result: Any) -> bool:
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)


# Plans


async def get_plan(session: AsyncSession, plan_id: str) -> MasterPlan:
    """Return the plan's row without its tree. Raises NotFound."""
    plan = await session.get(MasterPlan, plan_id, populate_existing=True)
    if plan is None:
        raise NotFound("masterplan", plan_id)
    return plan


async def get_plan_tree(session: AsyncSession, plan_id: str) -> MasterPlan:
    """Return the plan with its phases, milestones and tasks. Raises NotFound."""
    plan = await session.get(
        MasterPlan,
        plan_id,
        populate_existing=True,
        options=[
            selectinload(MasterPlan.phases)
            .selectinload(MasterPlanPhase.milestones)
            .selectinload(MasterPlanMilestone.tasks)
        ],
    )
    if plan is None:
        raise NotFound("masterplan", plan_id)
    return plan


async def list_plans(
    session: AsyncSession,
    *,
    statuses: Collection[PlanStatus],
    text: str | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[MasterPlan], int]:
    """Return one page of plans, newest first, and how many match in all."""
    query = select(MasterPlan)
    if statuses:
        query = query.where(MasterPlan.status.in_(statuses))
    if text:
        matches = [
            column.icontains(text, autoescape=True)
            for column in (MasterPlan.title, MasterPlan.goal)
        ]
        query = query.where(or_(*matches, MasterPlan.id.startswith(text, autoescape=True)))
    total = await session.scalar(select(func.count()).select_from(query.subquery()))
    page = query.order_by(MasterPlan.created_at.desc(), MasterPlan.id).limit(limit).offset(offset)
    return (await session.scalars(page)).all(), total or 0


async def set_plan_status(
    session: AsyncSession,
    plan_id: str,
    *,
    expected: PlanStatus,
    status: PlanStatus,
    **values: Any,
) -> bool:
    """Move the plan from `expected` to `status`; False where it was no longer there."""
    return _changed(
        await session.execute(
            update(MasterPlan)
            .where(MasterPlan.id == plan_id, MasterPlan.status == expected)
            .values(status=status, updated_at=utc_now(), **values)
            .execution_options(**_NO_SYNC)
        )
    )


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """How many of a plan's tasks have got how far."""

    total: int
    started: int
    completed: int
    failed: int
    skipped: int
    cancelled: int

    @property
    def finished(self) -> int:
        return self.completed + self.failed + self.skipped + self.cancelled


_COUNTERS = tuple(getattr(MasterPlan, f"{field.name}_tasks") for field in fields(PlanCounts))


async def count_in_plan(
    session: AsyncSession,
    plan_id: str,
    *,
    started: int = 0,
    completed: int = 0,
    failed: int = 0,
    skipped: int = 0,
    cancelled: int = 0,
) -> PlanCounts:
    """Add to the plan's counters and return them as they are then."""
    row = await session.execute(
        update(MasterPlan)
        .where(MasterPlan.id == plan_id)
        .values(
            started_tasks=MasterPlan.started_tasks + started,
            completed_tasks=MasterPlan.completed_tasks + completed,
            failed_tasks=MasterPlan.failed_tasks + failed,
            skipped_tasks=MasterPlan.skipped_tasks + skipped,
            cancelled_tasks=MasterPlan.cancelled_tasks + cancelled,
        )
        .returning(*_COUNTERS)
        .execution_options(**_NO_SYNC)
    )
    return PlanCounts(*row.one())


async def add_to_cost(
    session: AsyncSession,
    plan_id: str,
    task_id: str,
    *,
    tokens_input: int,
    tokens_output: int,
    cost_usd: Decimal,
) -> None:
    """Add what an attempt has spent to its task and its plan."""
    for model, identifier in ((MasterPlanTask, task_id), (MasterPlan, plan_id)):
        await session.execute(
            update(model)
            .where(model.id == identifier)
            .values(
                tokens_input=model.tokens_input + tokens_input,
                tokens_output=model.tokens_output + tokens_output,
                cost_usd=model.cost_usd + cost_usd,
            )
            .execution_options(**_NO_SYNC)
        )


async def plan_ids_with_status(session: AsyncSession, status: PlanStatus) -> Sequence[str]:
    return (await session.scalars(select(MasterPlan.id).where(MasterPlan.status == status))).all()


# Tasks


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


async def delete_tree(session: AsyncSession, plan_id: str) -> None:
    """Delete a plan's phases, and with them all that is in them."""
    await session.execute(delete(MasterPlanPhase).where(MasterPlanPhase.masterplan_id == plan_id))


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


async def tasks_by_id(session: AsyncSession, task_ids: Collection[str]) -> Sequence[MasterPlanTask]:
    return (
        await session.scalars(
            select(MasterPlanTask)
            .where(MasterPlanTask.id.in_(task_ids))
            .order_by(MasterPlanTask.task_number)
        )
    ).all()


async def task_statuses(session: AsyncSession, plan_id: str) -> list[TaskStatus]:
    statuses = await session.scalars(
        select(MasterPlanTask.status).where(MasterPlanTask.masterplan_id == plan_id)
    )
    return [TaskStatus(status) for status in statuses]


async def plan_outline(session: AsyncSession, plan_id: str) -> str:
    """Return the plan in a few lines: phases, milestones, tasks, with the files of each."""
    rows = await session.execute(
        select(
            MasterPlanPhase.name,
            MasterPlanMilestone.name,
            MasterPlanTask.task_number,
            MasterPlanTask.name,
            MasterPlanTask.target_files,
        )
        .join(MasterPlanMilestone, MasterPlanMilestone.phase_id == MasterPlanPhase.id)
        .join(MasterPlanTask, MasterPlanTask.milestone_id == MasterPlanMilestone.id)
        .where(MasterPlanPhase.masterplan_id == plan_id)
        .order_by(MasterPlanTask.task_number)
        .limit(MAX_OUTLINE_TASKS)
    )
    lines: list[str] = []
    seen: set[str] = set()
    for phase, milestone, number, name, files in rows:
        heading = f"{phase} > {milestone}"
        if heading not in seen:
            seen.add(heading)
            lines.append(heading)
        lines.append(f"  #{number} {name}: {', '.join(files)}")
    return "\n".join(lines)


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
    return _changed(
        await session.execute(query.values(status=status, **values).execution_options(**_NO_SYNC))
    )


async def release_dependents(session: AsyncSession, task_id: str) -> Sequence[MasterPlanTask]:
    """Count the completed task off its dependents and return those that are ready by it."""
    waiting = select(TaskDependency.task_id).where(TaskDependency.depends_on_id == task_id)
    await session.execute(
        update(MasterPlanTask)
        .where(MasterPlanTask.id.in_(waiting))
        .values(waits=MasterPlanTask.waits - 1)
        .execution_options(**_NO_SYNC)
    )
    ready = (
        MasterPlanTask.id.in_(waiting),
        MasterPlanTask.waits == 0,
        MasterPlanTask.status == TaskStatus.PENDING,
    )
    ids = (
        await session.scalars(
            update(MasterPlanTask)
            .where(*ready)
            .values(status=TaskStatus.READY)
            .returning(MasterPlanTask.id)
            .execution_options(**_NO_SYNC)
        )
    ).all()
    return await _tasks_in_order(session, ids)


async def descendant_ids(session: AsyncSession, task_id: str) -> Sequence[str]:
    """Return the ids of all tasks that depend on the task, directly or not."""
    reached = (
        select(TaskDependency.task_id)
        .where(TaskDependency.depends_on_id == task_id)
        .cte("reached", recursive=True)
    )
    step = aliased(TaskDependency)
    reached = reached.union(
        select(step.task_id).join(reached, step.depends_on_id == reached.c.task_id)
    )
    return (await session.scalars(select(reached.c.task_id))).all()


async def skip_descendants(session: AsyncSession, task_id: str) -> Sequence[MasterPlanTask]:
    """Skip every pending task that depends on the failed one, and return them."""
    reached = await descendant_ids(session, task_id)
    skipped: list[str] = []
    for chunk in _chunks(reached):
        rows = await session.scalars(
            update(MasterPlanTask)
            .where(MasterPlanTask.id.in_(chunk), MasterPlanTask.status == TaskStatus.PENDING)
            .values(status=TaskStatus.SKIPPED, blocked_by=task_id)
            .returning(MasterPlanTask.id)
            .execution_options(**_NO_SYNC)
        )
        skipped.extend(rows)
    return await _tasks_in_order(session, skipped)


async def cancel_tasks(session: AsyncSession, plan_id: str) -> Sequence[MasterPlanTask]:
    """Cancel the plan's tasks that have not reached their end, and return them."""
    ids = (
        await session.scalars(
            update(MasterPlanTask)
            .where(MasterPlanTask.masterplan_id == plan_id)
            .where(MasterPlanTask.status.not_in(FINISHED))
            .values(status=TaskStatus.CANCELLED)
            .returning(MasterPlanTask.id)
            .execution_options(**_NO_SYNC)
        )
    ).all()
    return await _tasks_in_order(session, ids)


async def unskip_descendants(session: AsyncSession, task_id: str) -> Sequence[MasterPlanTask]:
    """Make the tasks that were skipped because of this one pending again, and return them."""
    ids = (
        await session.scalars(
            update(MasterPlanTask)
            .where(
                MasterPlanTask.blocked_by == task_id,
                MasterPlanTask.status == TaskStatus.SKIPPED,
            )
            .values(status=TaskStatus.PENDING, blocked_by=None)
            .returning(MasterPlanTask.id)
            .execution_options(**_NO_SYNC)
        )
    ).all()
    return await _tasks_in_order(session, ids)


async def _tasks_in_order(session: AsyncSession, ids: Sequence[str]) -> list[MasterPlanTask]:
    tasks: list[MasterPlanTask] = []
    for chunk in _chunks(ids):
        tasks.extend(await tasks_by_id(session, chunk))
    return sorted(tasks, key=lambda task: task.task_number)


def _chunks(ids: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


# Attempts


async def get_attempt(session: AsyncSession, task_id: str, number: int) -> Attempt:
    """Return the task's attempt of that number. Raises NotFound."""
    attempt = await session.scalar(
        select(Attempt).where(Attempt.task_id == task_id, Attempt.number == number)
    )
    if attempt is None:
        raise NotFound("attempt", f"{number} of task {task_id}")
    return attempt


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


async def finish_attempt(
    session: AsyncSession, task_id: str, number: int, *, status: AttemptStatus, **values: Any
) -> None:
    await session.execute(
        update(Attempt)
        .where(Attempt.task_id == task_id, Attempt.number == number)
        .values(status=status, finished_at=utc_now(), **values)
        .execution_options(**_NO_SYNC)
    )


# Events


async def events_after(
    session: AsyncSession, plan_id: str, *, after: int, limit: int
) -> Sequence[Event]:
    return (
        await session.scalars(
            select(Event)
            .where(Event.masterplan_id == plan_id, Event.seq > after)
            .order_by(Event.seq)
            .limit(limit)
        )
    ).all()


async def last_seqs(session: AsyncSession) -> dict[str, int]:
    """Return each plan's last event number."""
    rows = await session.execute(select(MasterPlan.id, MasterPlan.event_seq))
    return {row.id: row.event_seq for row in rows}
