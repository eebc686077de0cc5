"""Removes what only matters while a plan runs or is fresh: logs, attempts' commits, workflows.

What a plan came to stays for good: its rows, its events, the evidence of its checks and the branch
with its commits. Plans that have not ended are never touched, nor is a folder that no plan names.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from masterplan import repository
from masterplan.db import Database
from masterplan.failpoints import Failpoint, reach
from masterplan.models import MasterPlan, utc_now
from masterplan.workspace.layout import WorkspaceLayout
from masterplan.workspace.upkeep import forget_attempts, old_bytes, remove_old

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 6 * 3600.0
WORKFLOWS_KEPT = timedelta(days=1)
"""A finished workflow answers nothing that the database does not; a day is for looking at it."""

ForgetWorkflows = Callable[[datetime], Awaitable[int]]
"""Deletes the engine's workflows that finished before a time; returns how many."""


@dataclass(frozen=True, slots=True)
class Prunable:
    """A plan that ended long ago and still has what can be removed."""

    masterplan_id: str
    title: str
    ended_at: datetime
    bytes: int


class Retention:
    """Looks for plans that ended longer ago than `keep` and removes what they do not need."""

    def __init__(
        self, database: Database, *, keep: timedelta | None, forget_workflows: ForgetWorkflows
    ) -> None:
        self._database = database
        self._keep = keep
        self._forget_workflows = forget_workflows

    async def run(self) -> None:
        """Prune now and then; `keep` of None keeps everything but finished workflows."""
        while True:
            now = utc_now()
            workflows = await self._forget_workflows(now - WORKFLOWS_KEPT)
            pruned = await self.prune(now - self._keep) if self._keep is not None else []
            if workflows or pruned:
                log.info("pruned", workflows=workflows, plans=len(pruned))
            await asyncio.sleep(INTERVAL_SECONDS)

    async def survey(self, ended_before: datetime) -> list[Prunable]:
        """List the plans that `prune` would clear, those that ended first coming first."""
        plans = await self._ended(ended_before)
        return [await _prunable(plan, ended_before) for plan in plans]

    async def prune(self, ended_before: datetime) -> list[Prunable]:
        """Remove logs and attempts' commits of the plans that ended before a time.

        Of a plan that is retried at this very moment only what is as old goes.
        """
        plans = await self._ended(ended_before)
        pruned = []
        for plan in plans:
            pruned.append(await _prunable(plan, ended_before))
            await self._clear(plan, ended_before)
        return pruned

    async def _ended(self, before: datetime) -> list[MasterPlan]:
        async with self._database.reading() as session:
            plans = await repository.plans_ended_before(session, before)
        if self._database.signals is None:
            return list(plans)
        # What lies on another machine is cleared there.
        return [plan for plan in plans if _layout(plan).root.is_dir()]

    async def _clear(self, plan: MasterPlan, before: datetime) -> None:
        # First in the database: nobody is led to a commit that is about to go.
        async with self._database.unit_of_work() as session:
            await repository.forget_snapshots(session, plan.id, before=before)
        reach(Failpoint.PRUNE_BEGUN)
        layout = _layout(plan)
        await asyncio.to_thread(remove_old, layout, before=before)
        reach(Failpoint.PRUNE_FILES_REMOVED)
        if layout.repository.is_dir():
            await forget_attempts(layout.repository, before=before)
        reach(Failpoint.PRUNE_ATTEMPTS_FORGOTTEN)
        # Last the logs, which the plan is found by: until then a pruning that was cut off is made
        # again from its beginning. A log whose file has gone reads as an empty one.
        async with self._database.unit_of_work() as session:
            await repository.forget_logs(session, plan.id, before=before)
        reach(Failpoint.PRUNE_RECORDED)


async def _prunable(plan: MasterPlan, before: datetime) -> Prunable:
    assert plan.completed_at is not None
    return Prunable(
        masterplan_id=plan.id,
        title=plan.title,
        ended_at=plan.completed_at,
        bytes=await asyncio.to_thread(old_bytes, _layout(plan), before=before),
    )


def _layout(plan: MasterPlan) -> WorkspaceLayout:
    assert plan.workspace_path is not None
    return WorkspaceLayout(Path(plan.workspace_path))
