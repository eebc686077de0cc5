"""Sees to it that whatever a model is to write has a workflow that somebody runs.

So it is with plans, their revisions and the answers of conversations. A workflow may not be begun
(the process died right after the row was stored), may have ended without an end of its work (a
fault that was more than passing), or may have been lost between two of its steps. Each process
looks for its own; what a dead one has left, the reaper takes over. Nothing that a model has
answered is asked again: the journal has it.
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
from masterplan.engine.workflow_ids import STILL_RUNNING, Answer, Generation, Work
from masterplan.lifecycle import PlanStatus

GENERATIONS = "generations"
"""The DBOS queue from which any process takes the work that no process goes on with."""


class Remedy(StrEnum):
    """What gets work going."""

    START = "start"
    """There is no workflow."""
    REWIND = "rewind"
    """It has ended, and is run again from its beginning."""
    RESUME = "resume"
    """It counts as running, but nobody runs it."""


def remedy_for(
    status: WorkflowStatus | None, *, is_run_by: Callable[[str | None], bool]
) -> Remedy | None:
    """Decide what a workflow needs; None where it runs or is about to."""
    if status is None:
        return Remedy.START
    if status.status not in STILL_RUNNING:
        return Remedy.REWIND
    if status.status == "PENDING" and not is_run_by(status.executor_id):
        return Remedy.RESUME
    return None


async def work_under_way(session: AsyncSession) -> list[Work]:
    """Return what models are being asked for: whole plans, revisions and answers."""
    plans = await repository.plan_ids_with_status(session, PlanStatus.GENERATING)
    revisions = await repository.open_revision_numbers(session) if plans else {}
    answers = await repository.writing_messages(session)
    return [
        *(Generation(plan_id, revisions.get(plan_id)) for plan_id in plans),
        *(Answer(message_id) for message_id in answers),
    ]


class Pursuit:
    """Gets work going that nobody does."""

    def __init__(
        self,
        database: Database,
        membership: Membership,
        *,
        start: Callable[[Work], Awaitable[None]],
        is_active: Callable[[str], bool],
    ) -> None:
        self._database = database
        self._membership = membership
        self._start = start
        self._is_active = is_active
        self._misses: Misses[Work] = Misses()

    async def resume(self) -> None:
        """Begin what is not under way, as this process starts; DBOS resumes what was."""
        for each in await self._unfinished():
            await self._apply(await self._remedy(each, lambda _: True), each)

    async def look(self) -> None:
        """Get those going that were found without anybody to run them several times in a row."""
        remedies = {}
        for each in await self._unfinished():
            is_run_by = self._run_here_or_elsewhere(each)
            if (remedy := await self._remedy(each, is_run_by)) is not None:
                remedies[each] = remedy
        for each in self._misses.count(remedies):
            await self._apply(remedies[each], each)

    async def adopt(self) -> None:
        """Let somebody go on with what dead processes have left. One process does this at a time:
        resuming twice would run it twice.
        """
        unfinished = await self._unfinished()
        if not unfinished:
            return
        async with self._database.reading() as session:
            living = await repository.living_executors(session)
        for each in unfinished:
            if await self._remedy(each, _is_in(living)) is Remedy.RESUME:
                await self._apply(Remedy.RESUME, each)

    async def _unfinished(self) -> list[Work]:
        async with self._database.reading() as session:
            return await work_under_way(session)

    async def _remedy(self, work: Work, is_run_by: Callable[[str | None], bool]) -> Remedy | None:
        status = await DBOS.get_workflow_status_async(work.workflow_id)
        return remedy_for(status, is_run_by=is_run_by)

    def _run_here_or_elsewhere(self, work: Work) -> Callable[[str | None], bool]:
        """Tell of an executor whether it runs the work; others are believed."""
        return lambda executor: (
            executor != self._membership.executor_id or self._is_active(work.workflow_id)
        )

    async def _apply(self, remedy: Remedy | None, work: Work) -> None:
        queue = GENERATIONS if self._membership.is_shared else None
        match remedy:
            case None:
                return
            case Remedy.START:
                await self._start(work)
            case Remedy.REWIND:
                with suppress(error.DBOSException):  # another process was faster
                    await DBOS.rewind_workflow_async(work.workflow_id, queue_name=queue)
            case Remedy.RESUME:
                await DBOS.resume_workflow_async(work.workflow_id, queue_name=queue)
            case _:
                assert_never(remedy)


def _is_in(living: Set[str]) -> Callable[[str | None], bool]:
    return lambda executor: executor in living
