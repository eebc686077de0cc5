"""Queries along the edges between tasks: what a task's end means for those that wait for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate

from masterplan.lifecycle import TaskStatus
from masterplan.models import MasterPlanTask, TaskDependency
from masterplan.repository.statements import NO_SYNC
from masterplan.repository.tasks import chunks, tasks_in_order


def _counting_off() -> ReturningUpdate[MasterPlanTask]:
    completed = TaskDependency.depends_on_id.in_(bindparam("completed", expanding=True))
    done = (
        select(func.count())
        .where(TaskDependency.task_id == MasterPlanTask.id, completed)
        .scalar_subquery()
    )
    left = MasterPlanTask.waits - done
    is_released = and_(left == 0, MasterPlanTask.status == TaskStatus.PENDING)
    return (
        update(MasterPlanTask)
        .where(MasterPlanTask.id.in_(select(TaskDependency.task_id).where(completed)))
        .values(
            waits=left, status=case((is_released, TaskStatus.READY), else_=MasterPlanTask.status)
        )
        .returning(MasterPlanTask)
        .execution_options(populate_existing=True, **NO_SYNC)
    )


_COUNT_OFF = _counting_off()


async def release_dependents(
    session: AsyncSession, task_ids: Sequence[str]
) -> Sequence[MasterPlanTask]:
    """Count completed tasks off their dependents and return those that are ready by it."""
    counted_off = await session.scalars(_COUNT_OFF, {"completed": list(task_ids)})
    # Whoever waits for something still is not ready: those that are became so right now.
    ready = [each for each in counted_off if (each.waits, each.status) == (0, TaskStatus.READY)]
    return sorted(ready, key=lambda each: each.task_number)


async def delete_dependencies(session: AsyncSession, plan_id: str) -> None:
    """Delete every edge between tasks of the plan."""
    tasks = select(MasterPlanTask.id).where(MasterPlanTask.masterplan_id == plan_id)
    await session.execute(
        delete(TaskDependency).where(TaskDependency.task_id.in_(tasks)).execution_options(**NO_SYNC)
    )


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
    for chunk in chunks(reached):
        rows = await session.scalars(
            update(MasterPlanTask)
            .where(MasterPlanTask.id.in_(chunk), MasterPlanTask.status == TaskStatus.PENDING)
            .values(status=TaskStatus.SKIPPED, blocked_by=task_id)
            .returning(MasterPlanTask.id)
            .execution_options(**NO_SYNC)
        )
        skipped.extend(rows)
    return await tasks_in_order(session, skipped)


async def unskip_all(session: AsyncSession, plan_id: str) -> Sequence[MasterPlanTask]:
    """Make every skipped task of the plan pending again, and return them."""
    ids = (
        await session.scalars(
            update(MasterPlanTask)
            .where(
                MasterPlanTask.masterplan_id == plan_id,
                MasterPlanTask.status == TaskStatus.SKIPPED,
            )
            .values(status=TaskStatus.PENDING, blocked_by=None)
            .returning(MasterPlanTask.id)
            .execution_options(**NO_SYNC)
        )
    ).all()
    return await tasks_in_order(session, ids)


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
            .execution_options(**NO_SYNC)
        )
    ).all()
    return await tasks_in_order(session, ids)
