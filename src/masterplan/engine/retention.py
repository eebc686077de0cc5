"""Removes what only matters while a plan runs or is fresh: logs, attempts' commits, workflows,
what models were asked and answered, and clones of workspaces that lie on other machines.

What a plan came to stays for good: its rows, its events, the evidence of its checks and the branch
with its commits. Attempts of plans that have not ended are never touched, nor is a folder that no
plan names. What was asked to make a plan, to revise it or to answer in a conversation serves nobody
once that is over, whatever becomes of the plan, and so goes by its own age.
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
from masterplan.workspace.clone import is_clone
from masterplan.workspace.files import remove_tree
from masterplan.workspace.layout import WorkspaceLayout
from masterplan.workspace.upkeep import bytes_of, forget_attempts, old_bytes, remove_old

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 6 * 3600.0
WORKFLOWS_KEPT = timedelta(days=1)
"""A finished workflow answers nothing that the database does not; a day is for looking at it."""
DISCARDED = ".*.pruned"
"""What a clone is called while it is removed; one that a crash has left is removed next time."""

ForgetWorkflows = Callable[[datetime], Awaitable[int]]
"""Deletes the engine's workflows that finished before a time; returns how many."""


@dataclass(frozen=True, slots=True)
class Prunable:
    """A plan that ended long ago and still has what can be removed."""

    masterplan_id: str
    title: str
    ended_at: datetime
    bytes: int


@dataclass(frozen=True, slots=True)
class Room:
    """What can be, or was, removed: of plans, and of generations and conversations' answers."""

    plans: list[Prunable]
    deliberation_bytes: int

    @property
    def bytes(self) -> int:
        """How much all of it takes."""
        return sum(plan.bytes for plan in self.plans) + self.deliberation_bytes


class Retention:
    """Looks for what ended longer ago than `keep` and removes what nobody needs of it.

    `workspaces` is this process's own folder of workspaces, and of clones of others' workspaces.
    """

    def __init__(
        self,
        database: Database,
        *,
        workspaces: Path,
        keep: timedelta | None,
        forget_workflows: ForgetWorkflows,
    ) -> None:
        self._database = database
        self._workspaces = workspaces
        self._keep = keep
        self._forget_workflows = forget_workflows

    async def run(self) -> None:
        """Prune now and then; `keep` of None keeps everything but finished workflows."""
        while True:
            now = utc_now()
            workflows = await self._forget_workflows(now - WORKFLOWS_KEPT)
            room = await self.prune(now - self._keep) if self._keep is not None else Room([], 0)
            if workflows or room.plans or room.bytes:
                log.info("pruned", workflows=workflows, plans=len(room.plans), bytes=room.bytes)
            await asyncio.sleep(INTERVAL_SECONDS)

    async def survey(self, ended_before: datetime) -> Room:
        """Tell what `prune` would remove, the plans that ended first coming first."""
        found = [
            await self._prunable(plan, ended_before) for plan in await self._ended(ended_before)
        ]
        async with self._database.reading() as session:
            size = await repository.deliberation_bytes(session, before=ended_before)
        # What lies on another machine is cleared there.
        return Room([each for each in found if each.bytes or self._is_alone], size)

    async def prune(self, ended_before: datetime) -> Room:
        """Remove what nobody needs of what ended before a time; return what that was.

        Of a plan that is retried at this very moment only what is as old goes.
        """
        pruned = []
        for plan in await self._ended(ended_before):
            prunable = await self._prunable(plan, ended_before)
            if prunable.bytes or self._is_alone:
                pruned.append(prunable)
            if (layout := _layout_here(plan)) is not None:
                await self._clear(plan, layout, ended_before)
            await self._forget_requests(plan, ended_before)
            await self._discard_clone(plan, ended_before)
        await asyncio.to_thread(self._remove_discarded)
        return Room(pruned, await self._forget_deliberations(ended_before))

    @property
    def _is_alone(self) -> bool:
        return self._database.signals is None

    async def _ended(self, before: datetime) -> list[MasterPlan]:
        cloned = [] if self._is_alone else await asyncio.to_thread(_folders, self._workspaces)
        async with self._database.reading() as session:
            plans = {plan.id: plan for plan in await repository.plans_ended_before(session, before)}
            for plan in await repository.those_ended_before(session, cloned, before):
                if self._clone(plan) is not None:
                    plans[plan.id] = plan
        return sorted(plans.values(), key=_end_of)

    def _clone(self, plan: MasterPlan) -> Path | None:
        """Return where this process keeps a clone of the plan's workspace; None where it has none.

        Nothing in it is missed: what its attempts left was pushed to where the workspace is.
        """
        if self._is_alone or plan.workspace_path is None:
            return None
        layout = WorkspaceLayout(self._workspaces / plan.id)
        if layout.root == Path(plan.workspace_path) and not is_clone(layout.repository):
            return None
        return layout.root if layout.root.is_dir() else None

    async def _prunable(self, plan: MasterPlan, before: datetime) -> Prunable:
        async with self._database.reading() as session:
            size = await repository.request_bytes(session, plan.id, before=before)
        if (layout := _layout_here(plan)) is not None:
            size += await asyncio.to_thread(old_bytes, layout, before=before)
        if (clone := self._clone(plan)) is not None:
            size += await asyncio.to_thread(bytes_of, clone)
        return Prunable(plan.id, title=plan.title, ended_at=_end_of(plan), bytes=size)

    async def _clear(self, plan: MasterPlan, layout: WorkspaceLayout, before: datetime) -> None:
        # First in the database: nobody is led to a commit that is about to go.
        async with self._database.unit_of_work() as session:
            await repository.forget_snapshots(session, plan.id, before=before)
        reach(Failpoint.PRUNE_BEGUN)
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

    async def _forget_requests(self, plan: MasterPlan, before: datetime) -> None:
        async with self._database.unit_of_work() as session:
            await repository.forget_requests(session, plan.id, before=before)

    async def _forget_deliberations(self, before: datetime) -> int:
        """Remove what generations and conversations' answers asked; return how much that took."""
        async with self._database.unit_of_work() as session:
            size = await repository.deliberation_bytes(session, before=before)
            await repository.forget_deliberations(session, before=before)
        return size

    async def _discard_clone(self, plan: MasterPlan, before: datetime) -> None:
        clone = self._clone(plan)
        if clone is None:
            return
        # Out of the way in one moment, under the lock that a retry needs too: an attempt that
        # begins afterwards makes the clone anew.
        async with self._database.unit_of_work() as session:
            await repository.lock_plan(session, plan.id)
            if await repository.those_ended_before(session, [plan.id], before):
                clone.rename(clone.with_name(DISCARDED.replace("*", plan.id)))

    def _remove_discarded(self) -> None:
        for folder in self._workspaces.glob(DISCARDED):
            remove_tree(folder)


def _folders(parent: Path) -> list[str]:
    return [path.name for path in parent.iterdir() if path.is_dir()] if parent.is_dir() else []


def _end_of(plan: MasterPlan) -> datetime:
    assert plan.completed_at is not None
    return plan.completed_at


def _layout_here(plan: MasterPlan) -> WorkspaceLayout | None:
    """Return the plan's workspace where it lies on this machine."""
    if plan.workspace_path is None:
        return None
    layout = WorkspaceLayout(Path(plan.workspace_path))
    return layout if layout.root.is_dir() and not is_clone(layout.repository) else None
