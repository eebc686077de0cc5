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
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.db import Database
from masterplan.engine.membership import Membership
from masterplan.engine.misses import Misses
from masterplan.engine.workflow_ids import STILL_RUNNING, Generation
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


async def generations_under_way(session: AsyncSession) -> list[Generation]:
    """Return what models are being asked for: whole plans and revisions."""
    plans = await repository.plan_ids_with_status(session, PlanStatus.GENERATING)
    revisions = await repository.open_revision_numbers(session) if plans else {}
    return [Generation(plan_id, revisions.get(plan_id)) for plan_id in plans]


class Generations:
    """Gets generations going that nobody runs."""

    def __init__(
        self,
        database: Database,
        membership: Membership,
        *,
        start: Callable[[Generation], Awaitable[None]],
        is_active: Callable[[str], bool],
    ) -> None:
        self._database = database
        self._membership = membership
        self._start = start
        self._is_active = is_active
        self._misses: Misses[Generation] = Misses()

    async def resume(self) -> None:
        """Begin what is not under way, as this process starts; DBOS resumes what was."""
        for each in await self._generating():
            await self._apply(await self._remedy(each, lambda _: True), each)

    async def look(self) -> None:
        """Get those going that were found without anybody to run them several times in a row."""
        remedies = {}
        for each in await self._generating():
            is_run_by = self._run_here_or_elsewhere(each)
            if (remedy := await self._remedy(each, is_run_by)) is not None:
                remedies[each] = remedy
        for each in self._misses.count(remedies):
            await self._apply(remedies[each], each)

    async def adopt(self) -> None:
        """Let somebody go on with what dead processes have left. One process does this at a time:
        resuming twice would run it twice.
        """
        generating = await self._generating()
        if not generating:
            return
        async with self._database.reading() as session:
            living = await repository.living_executors(session)
        for each in generating:
            if await self._remedy(each, _is_in(living)) is Remedy.RESUME:
                await self._apply(Remedy.RESUME, each)

    async def _generating(self) -> list[Generation]:
        async with self._database.reading() as session:
            return await generations_under_way(session)

    async def _remedy(
        self, generation: Generation, is_run_by: Callable[[str | None], bool]
    ) -> Remedy | None:
        status = await DBOS.get_workflow_status_async(generation.workflow_id)
        return remedy_for(status, is_run_by=is_run_by)

    def _run_here_or_elsewhere(self, generation: Generation) -> Callable[[str | None], bool]:
        """Tell of an executor whether it runs the generation; others are believed."""
        return lambda executor: (
            executor != self._membership.executor_id or self._is_active(generation.workflow_id)
        )

    async def _apply(self, remedy: Remedy | None, generation: Generation) -> None:
        queue = GENERATIONS if self._membership.is_shared else None
        match remedy:
            case None:
                return
            case Remedy.START:
                await self._start(generation)
            case Remedy.REWIND:
                with suppress(error.DBOSException):  # another process was faster
                    await DBOS.rewind_workflow_async(generation.workflow_id, queue_name=queue)
            case Remedy.RESUME:
                await DBOS.resume_workflow_async(generation.workflow_id, queue_name=queue)
            case _:
                assert_never(remedy)


def _is_in(living: Set[str]) -> Callable[[str | None], bool]:
    return lambda executor: executor in living
