"""Queries about the files that plans were imported from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.models import MasterPlan, PlanSource
from masterplan.repository.statements import NO_SYNC


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
            .where(PlanSource.synced_tasks != MasterPlan.completed_tasks)
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


async def get_sync(session: AsyncSession, plan_id: str, *, node_id: str) -> SyncedFile | None:
    """Return the plan's file to tick; None where none lies here or all is ticked."""
    row = (
        await session.execute(
            select(
                PlanSource.sync_path,
                PlanSource.format,
                PlanSource.text,
                MasterPlan.completed_tasks,
            )
            .join(MasterPlan, MasterPlan.id == PlanSource.masterplan_id)
            .where(PlanSource.masterplan_id == plan_id, PlanSource.sync_node == node_id)
            .where(MasterPlan.completed_tasks != PlanSource.synced_tasks)
        )
    ).one_or_none()
    if row is None or row.sync_path is None:
        return None
    return SyncedFile(row.sync_path, row.format, row.text, row.completed_tasks)


async def has_sync(session: AsyncSession, plan_id: str, *, node_id: str) -> bool:
    """Tell whether the plan has a file to tick here."""
    found = await session.scalar(
        select(PlanSource.masterplan_id).where(
            PlanSource.masterplan_id == plan_id, PlanSource.sync_node == node_id
        )
    )
    return found is not None


async def keep_synced(
    session: AsyncSession, plan_id: str, *, tasks: int, notices: list[str]
) -> None:
    """Keep that the file was ticked when so many tasks were completed, and what was left alone."""
    await session.execute(
        update(PlanSource)
        .where(PlanSource.masterplan_id == plan_id)
        .values(synced_tasks=tasks, sync_notices=notices)
        .execution_options(**NO_SYNC)
    )
