"""Sees to it that every plan that is being generated has a workflow that somebody runs.

A workflow may not be begun (the process died right after the plan was stored), may have ended
without an end of its plan (a fault that was more than passing), or may have been lost between two
of its steps. Each process looks for its own; what a dead one has left, the reaper takes over.
Nothing that a model has answered is asked again: the journal has it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Set
from contextlib import suppress
from enum import StrEnum
from typing import assert_never

from dbos import DBOS, WorkflowStatus, error

from masterplan import repository
from masterplan.db import Database
from masterplan.engine.membership import Membership
from masterplan.engine.misses import Misses
from masterplan.engine.workflow_ids import STILL_RUNNING, generation_id
from masterplan.lifecycle import PlanStatus

GENERATIONS = "generations"
"""The DBOS queue from which any process takes the planning that no process goes on with."""


class Remedy(StrEnum):
    """What gets a generation going."""

    START = "start"
    """There is no workflow."""
    REWIND = "rewind"
    """It has ended, and is run again from its beginning."""
    RESUME = "resume"
    """It counts as running, but nobody runs it."""


def remedy_for(
    status: WorkflowStatus | None, *, is_run_by: Callable[[str | None], bool]
) -> Remedy | None:
    """Decide what a generation's workflow needs; None where it runs or is about to."""
    if status is None:
        return Remedy.START
    if status.status not in STILL_RUNNING:
        return Remedy.REWIND
    if status.status == "PENDING" and not is_run_by(status.executor_id):
        return Remedy.RESUME
    return None


class Generations:
    """Gets generations going that nobody runs."""

    def __init__(
        self,
        database: Database,
        membership: Membership,
        *,
        start: Callable[[str], Awaitable[None]],
        is_active: Callable[[str], bool],
    ) -> None:
        self._database = database
        self._membership = membership
        self._start = start
        self._is_active = is_active
        self._misses: Misses[str] = Misses()

    async def resume(self) -> None:
        """Begin what is not under way, as this process starts; DBOS resumes what was."""
        for plan_id in await self._generating():
            await self._apply(await self._remedy(plan_id, lambda _: True), plan_id)

    async def look(self) -> None:
        """Get those going that were found without anybody to run them several times in a row."""
        remedies = {}
        for plan_id in await self._generating():
            is_run_by = self._run_here_or_elsewhere(plan_id)
            if (remedy := await self._remedy(plan_id, is_run_by)) is not None:
                remedies[plan_id] = remedy
        for plan_id in self._misses.count(remedies):
            await self._apply(remedies[plan_id], plan_id)

    async def adopt(self) -> None:
        """Let somebody go on with what dead processes have left. One process does this at a time:
        resuming twice would run it twice.
        """
        generating = await self._generating()
        if not generating:
            return
        async with self._database.reading() as session:
            living = await repository.living_executors(session)
        for plan_id in generating:
            if await self._remedy(plan_id, _is_in(living)) is Remedy.RESUME:
                await self._apply(Remedy.RESUME, plan_id)

    async def _generating(self) -> list[str]:
        async with self._database.reading() as session:
            return list(await repository.plan_ids_with_status(session, PlanStatus.GENERATING))

    async def _remedy(self, plan_id: str, is_run_by: Callable[[str | None], bool]) -> Remedy | None:
        status = await DBOS.get_workflow_status_async(generation_id(plan_id))
        return remedy_for(status, is_run_by=is_run_by)

    def _run_here_or_elsewhere(self, plan_id: str) -> Callable[[str | None], bool]:
        """Tell of an executor whether it runs the plan's generation; others are believed."""
        return lambda executor: (
            executor != self._membership.executor_id or self._is_active(generation_id(plan_id))
        )

    async def _apply(self, remedy: Remedy | None, plan_id: str) -> None:
        queue = GENERATIONS if self._membership.is_shared else None
        match remedy:
            case None:
                return
            case Remedy.START:
                await self._start(plan_id)
            case Remedy.REWIND:
                with suppress(error.DBOSException):  # another process was faster
                    await DBOS.rewind_workflow_async(generation_id(plan_id), queue_name=queue)
            case Remedy.RESUME:
                await DBOS.resume_workflow_async(generation_id(plan_id), queue_name=queue)
            case _:
                assert_never(remedy)


def _is_in(living: Set[str]) -> Callable[[str | None], bool]:
    return lambda executor: executor in living
