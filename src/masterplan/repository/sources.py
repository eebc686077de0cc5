"""Queries about the files that plans were imported from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.lifecycle import TaskStatus
from masterplan.models import MasterPlan, MasterPlanTask, PlanSource
from masterplan.repository.statements import NO_SYNC

_OUT_OF_STEP = or_(
    PlanSource.synced_tasks != MasterPlan.completed_tasks,
    PlanSource.synced_revision != MasterPlan.revision,
)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The file that a plan was imported from."""

    format: str
    text: str


async def get_source(session: AsyncSession, plan_id: str) -> StoredFile | None:
    """Return the file that the plan was imported from; None where it was not."""
    row = (
        await session.execute(
            select(PlanSource.format, PlanSource.text).where(PlanSource.masterplan_id == plan_id)
        )
    ).one_or_none()
    return StoredFile(row.format, row.text) if row else None


async def unsynced_plan_ids(session: AsyncSession, *, node_id: str) -> Sequence[str]:
    """Return the ids of the plans whose file lies here and has not been ticked for all tasks."""
    return (
        await session.scalars(
            select(PlanSource.masterplan_id)
            .join(MasterPlan, MasterPlan.id == PlanSource.masterplan_id)
            .where(PlanSource.sync_node == node_id)
            .where(_OUT_OF_STEP)
        )
    ).all()


@dataclass(frozen=True, slots=True)
class SyncedFile:
    """A user's file that is to be ticked, with what is known of it."""

    path: str
    format: str
    text: str
    completed: int
    """How many of the plan's tasks are completed."""
    revision: int
    ticked: frozenset[str]
    """Keys of the tasks that it was ticked for the last time."""


async def get_sync(session: AsyncSession, plan_id: str, *, node_id: str) -> SyncedFile | None:
    """Return the plan's file to tick; None where none lies here or all is ticked."""
    row = (
        await session.execute(
            select(
                PlanSource.sync_path,
                PlanSource.format,
                PlanSource.text,
                PlanSource.synced_keys,
                MasterPlan.completed_tasks,
                MasterPlan.revision,
            )
            .join(MasterPlan, MasterPlan.id == PlanSource.masterplan_id)
            .where(PlanSource.masterplan_id == plan_id, PlanSource.sync_node == node_id)
            .where(_OUT_OF_STEP)
        )
    ).one_or_none()
    if row is None or row.sync_path is None:
        return None
    return SyncedFile(
        path=row.sync_path,
        format=row.format,
        text=row.text,
        completed=row.completed_tasks,
        revision=row.revision,
        ticked=frozenset(row.synced_keys),
    )


@dataclass(frozen=True, slots=True)
class TaskMarks:
    """What of a plan is done by now, by keys; removed tasks are in neither."""

    done: frozenset[str]
    """Completed, those done before included."""
    to_do: frozenset[str]
    """Not taken for done before, be they completed or not."""


async def task_marks(session: AsyncSession, plan_id: str) -> TaskMarks:
    """Return what of the plan is done, and what of it is its own work."""
    task = MasterPlanTask
    rows = await session.execute(
        select(task.key, task.status, task.done).where(
            task.masterplan_id == plan_id, task.removed_in.is_(None)
        )
    )
    found = rows.all()
    return TaskMarks(
        done=frozenset(row.key for row in found if row.status == TaskStatus.COMPLETED),
        to_do=frozenset(row.key for row in found if not row.done),
    )


async def has_sync(session: AsyncSession, plan_id: str, *, node_id: str) -> bool:
    """Tell whether the plan has a file to tick here."""
    found = await session.scalar(
        select(PlanSource.masterplan_id).where(
            PlanSource.masterplan_id == plan_id, PlanSource.sync_node == node_id
        )
    )
    return found is not None


async def keep_synced(
    session: AsyncSession,
    plan_id: str,
    file: SyncedFile,
    *,
    ticked: Collection[str],
    notices: list[str],
) -> None:
    """Keep that the file is in step with the plan as it was read, and what was left alone."""
    await session.execute(
        update(PlanSource)
        .where(PlanSource.masterplan_id == plan_id)
        .values(
            synced_tasks=file.completed,
            synced_revision=file.revision,
            synced_keys=sorted(ticked),
            sync_notices=notices,
        )
        .execution_options(**NO_SYNC)
    )
