"""Queries about what may start next: ready tasks in their order, and what runs beside them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.lifecycle import RUNNING, PlanStatus, TaskStatus
from masterplan.models import MasterPlan, MasterPlanTask


@dataclass(frozen=True, slots=True)
class OrderedTask:
    """What ordering needs to know of a task."""

    id: str
    key: str
    name: str
    task_number: int
    priority: int
    target_files: list[str]


_FOR_ORDER = select(*(getattr(MasterPlanTask, each.name) for each in fields(OrderedTask))).where(
    MasterPlanTask.masterplan_id == bindparam("plan_id")
)
# Made once: to build a statement costs more than SQLite takes for it.
_RUNNING = _FOR_ORDER.where(MasterPlanTask.status.in_(RUNNING))
_FIRST_READY = (
    _FOR_ORDER.where(MasterPlanTask.status == TaskStatus.READY)
    .order_by(MasterPlanTask.priority.desc(), MasterPlanTask.task_number)
    .limit(bindparam("limit", type_=Integer))
)


async def running_for_order(session: AsyncSession, plan_id: str) -> list[OrderedTask]:
    """Return what ordering needs to know of the plan's running tasks."""
    rows = await session.execute(_RUNNING, {"plan_id": plan_id})
    return [OrderedTask(*row) for row in rows]


async def first_ready(session: AsyncSession, plan_id: str, *, limit: int) -> list[OrderedTask]:
    """Return the ready tasks that come first: longest chain of dependents, then the plan's order.

    Each costs one step in an index, however many others are ready.
    """
    rows = await session.execute(_FIRST_READY, {"plan_id": plan_id, "limit": limit})
    return [OrderedTask(*row) for row in rows]


async def targets_of_running(session: AsyncSession, plan_id: str) -> list[list[str]]:
    """Return the target files of each of the plan's running tasks."""
    rows = await session.scalars(
        select(MasterPlanTask.target_files).where(
            MasterPlanTask.masterplan_id == plan_id, MasterPlanTask.status.in_(RUNNING)
        )
    )
    return list(rows)


async def plans_with_ready_tasks(session: AsyncSession) -> set[str]:
    """Return the plans in progress that have a task to start."""
    ready = (
        select(MasterPlanTask.id)
        .where(
            MasterPlanTask.masterplan_id == MasterPlan.id,
            MasterPlanTask.status == TaskStatus.READY,
        )
        .exists()
    )
    plans = select(MasterPlan.id).where(MasterPlan.status == PlanStatus.IN_PROGRESS, ready)
    return set(await session.scalars(plans))
