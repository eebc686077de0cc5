"""Queries about plans and their trees."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Load, selectinload

from masterplan.errors import NotFound
from masterplan.lifecycle import ENDED, PlanStatus
from masterplan.models import (
    Attempt,
    MasterPlan,
    MasterPlanMilestone,
    MasterPlanPhase,
    MasterPlanTask,
    ModelRequest,
    PlanSource,
    utc_now,
)
from masterplan.repository.statements import NO_SYNC, was_changed

MAX_OUTLINE_TASKS = 200


async def get_plan(session: AsyncSession, plan_id: str) -> MasterPlan:
    """Return the plan's row without its tree. Raises NotFound."""
    plan = await session.get(MasterPlan, plan_id, populate_existing=True)
    return _found(plan, "masterplan", plan_id)


async def list_plans(
    session: AsyncSession,
    *,
    statuses: Collection[PlanStatus],
    text: str | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[MasterPlan], dict[PlanStatus, int]]:
    """Return one page of plans, newest first, and how many of each status match the text."""
    matches: ColumnElement[bool] = true()
    if text:
        matches = or_(
            MasterPlan.title.icontains(text, autoescape=True),
            MasterPlan.goal.icontains(text, autoescape=True),
            MasterPlan.id.startswith(text, autoescape=True),
        )
    counting = (
        select(MasterPlan.status, func.count().label("plans"))
        .where(matches)
        .group_by(MasterPlan.status)
    )
    counts = {row.status: row.plans for row in await session.execute(counting)}
    page = select(MasterPlan).where(matches)
    if statuses:
        page = page.where(MasterPlan.status.in_(statuses))
    page = page.order_by(MasterPlan.created_at.desc(), MasterPlan.id).limit(limit).offset(offset)
    return (await session.scalars(page)).all(), counts


async def set_plan_status(
    session: AsyncSession,
    plan_id: str,
    *,
    expected: PlanStatus,
    status: PlanStatus,
    **values: Any,
) -> bool:
    """Move the plan from `expected` to `status`; False where it was no longer there."""
    return was_changed(
        await session.execute(
            update(MasterPlan)
            .where(MasterPlan.id == plan_id, MasterPlan.status == expected)
            .values(status=status, updated_at=utc_now(), **values)
            .execution_options(**NO_SYNC)
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


def counts_of(plan: MasterPlan) -> PlanCounts:
    """Return the counters of a plan's row as it was read and changed since."""
    return PlanCounts(*(getattr(plan, counter.key) for counter in _COUNTERS))


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
        .execution_options(**NO_SYNC)
    )
    return PlanCounts(*row.one())


async def plan_ids_with_status(session: AsyncSession, status: PlanStatus) -> Sequence[str]:
    return (await session.scalars(select(MasterPlan.id).where(MasterPlan.status == status))).all()


async def plans_by_id(session: AsyncSession, ids: Collection[str]) -> dict[str, MasterPlan]:
    """Return those of the plans that there are, without their trees."""
    plans = await session.scalars(select(MasterPlan).where(MasterPlan.id.in_(ids)))
    return {plan.id: plan for plan in plans}


async def plans_ended_before(session: AsyncSession, moment: datetime) -> Sequence[MasterPlan]:
    """Return the plans that ended before a moment, by age.

    Only those whose attempts still have logs or model requests.
    """
    has_logs = exists().where(
        Attempt.masterplan_id == MasterPlan.id,
        Attempt.finished_at < moment,
        Attempt.log_path.is_not(None),
    )
    has_requests = exists().where(
        ModelRequest.masterplan_id == MasterPlan.id,
        ModelRequest.attempt_id.is_not(None),
        ModelRequest.asked_at < moment,
    )
    return (
        await session.scalars(
            select(MasterPlan)
            .where(_ended_before(moment), has_logs | has_requests)
            .order_by(MasterPlan.completed_at)
        )
    ).all()


async def those_ended_before(
    session: AsyncSession, plan_ids: Collection[str], moment: datetime
) -> Sequence[MasterPlan]:
    """Return those of the named plans that ended before a moment."""
    named = MasterPlan.id.in_(plan_ids)
    return (await session.scalars(select(MasterPlan).where(named, _ended_before(moment)))).all()


def _ended_before(moment: datetime) -> ColumnElement[bool]:
    return MasterPlan.status.in_(ENDED) & (MasterPlan.completed_at < moment)


async def lock_plan(session: AsyncSession, plan_id: str) -> MasterPlan:
    """Return the plan's row, locked until the end of the unit of work. Raises NotFound.

    Every change of a plan or of what belongs to it begins with this, so that the order of locks is
    the same everywhere. SQLite has locked the whole file already.
    """
    return _found(await session.scalar(_LOCKED, {"plan_id": plan_id}), "masterplan", plan_id)


async def lock_plan_of_task(session: AsyncSession, task_id: str) -> MasterPlan:
    """Return the row of the task's plan, locked likewise. Raises NotFound."""
    owner = select(MasterPlanTask.masterplan_id).where(MasterPlanTask.id == task_id)
    plan = await session.scalar(_locked(MasterPlan.id == owner.scalar_subquery()))
    return _found(plan, "task", task_id)


def _locked(which: ColumnElement[bool]) -> Select[MasterPlan]:
    # Without the key: rows that refer to the plan may be inserted meanwhile.
    return (
        select(MasterPlan)
        .where(which)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


_LOCKED = _locked(MasterPlan.id == bindparam("plan_id"))


def _found(plan: MasterPlan | None, kind: str, identifier: str) -> MasterPlan:
    if plan is None:
        raise NotFound(kind, identifier)
    return plan


async def plan_version(session: AsyncSession, plan_id: str) -> str:
    """Return what differs whenever the plan or its tree does, without reading it. Raises NotFound.

    Each change of a task is told by an event, or adds to the plan's cost.
    """
    query = (
        select(
            MasterPlan.event_seq,
            MasterPlan.revision,
            MasterPlan.updated_at,
            PlanSource.sync_path,
            PlanSource.synced_tasks,
            PlanSource.sync_notices,
        )
        .outerjoin(PlanSource, PlanSource.masterplan_id == MasterPlan.id)
        .where(MasterPlan.id == plan_id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("masterplan", plan_id)
    return " ".join(map(str, row))


async def get_plan_tree(session: AsyncSession, plan_id: str) -> MasterPlan:
    """Return the plan with its phases, milestones and tasks. Raises NotFound."""
    tasks = _with_milestones().selectinload(MasterPlanMilestone.tasks)
    return await _get_plan_with(session, plan_id, tasks)


async def get_plan_milestones(session: AsyncSession, plan_id: str) -> MasterPlan:
    """Return the plan with its phases and milestones, without tasks. Raises NotFound."""
    return await _get_plan_with(session, plan_id, _with_milestones())


def _with_milestones() -> Load:
    return Load(MasterPlan).selectinload(MasterPlan.phases).selectinload(MasterPlanPhase.milestones)


async def get_plan_head(session: AsyncSession, plan_id: str) -> MasterPlan:
    """Return the plan with the file that it came from, without its tree. Raises NotFound."""
    return await _get_plan_with(session, plan_id)


async def _get_plan_with(session: AsyncSession, plan_id: str, *parts: Load) -> MasterPlan:
    plan = await session.get(
        MasterPlan,
        plan_id,
        populate_existing=True,
        options=[selectinload(MasterPlan.source), *parts],
    )
    return _found(plan, "masterplan", plan_id)


async def delete_phases(session: AsyncSession, phase_ids: Collection[str]) -> None:
    """Delete phases, and with them all that is in them."""
    await session.execute(
        delete(MasterPlanPhase)
        .where(MasterPlanPhase.id.in_(phase_ids))
        .execution_options(**NO_SYNC)
    )


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
