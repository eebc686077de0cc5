"""Takes over attempts from a worker that will not end them.

Whatever a dead worker has published stays: the attempt is settled from its checkpoints, as the
worker would have done itself. Anything else is given back and made again by whoever is free, as a
new attempt that consumes no retry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from dbos import DBOS
from sqlalchemy.exc import DBAPIError

from masterplan import repository
from masterplan.db import Database
from masterplan.engine import transitions
from masterplan.engine.attempt_runner import AttemptRunner
from masterplan.engine.endurance import first_line
from masterplan.engine.past_attempts import PastAttempts
from masterplan.engine.pursuit import work_under_way
from masterplan.engine.report import AttemptReport
from masterplan.engine.workflow_ids import (
    STILL_RUNNING,
    unfinished_workflows,
    workflow_id,
)
from masterplan.errors import MasterplanError
from masterplan.repository import HeldAttempt, RunningAttempt

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 8.0
"""How long one attempt may take; its repository may lie on a machine that does not answer.

Less than the server lets a transaction idle, as the reaper's own does meanwhile.
"""
REPORTING_STEPS = frozenset({"work", "prove"})
"""The attempt's checkpointed steps; a task without checks is not proven."""


class Succession:
    """Ends in the database what another process has begun."""

    def __init__(
        self,
        database: Database,
        *,
        runner: AttemptRunner,
        past: PastAttempts,
        wake: Callable[[str], None],
    ) -> None:
        self._database = database
        self._runner = runner
        self._past = past
        self._wake = wake

    async def take_over(self, held: HeldAttempt) -> None:
        """End an attempt that nobody runs: settle what it has published, else give it back."""
        commit = await self._past.revoke(held)
        identifier = workflow_id(held.task_id, held.attempt)
        status = await DBOS.get_workflow_status_async(identifier)
        if status is not None and status.status in STILL_RUNNING:
            await DBOS.cancel_workflow_async(identifier)
        report = None
        if commit is not None:
            proven = await _proven(identifier)
            if proven is None:
                report = await self._past.report_of(held, commit)
            else:
                report = await self._past.published(held, proven, commit)
        async with self._database.unit_of_work() as session:
            if report is None:
                changed = await transitions.give_back(session, held.task_id, attempt=held.attempt)
            else:
                changed = await transitions.settle(session, report)
        if changed:
            log.warning(
                "attempt_taken_over", task=held.task_id, attempt=held.attempt, commit=commit
            )
            self._wake(held.plan_id)

    async def try_to_take_over(self, held: HeldAttempt) -> None:
        """Take an attempt over, or tell in the log why that has to wait for the reaper."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.take_over(held)
        except TimeoutError:
            log.warning("not_taken_over", task=held.task_id, reason="its repository is silent")
        except (DBAPIError, MasterplanError) as error:  # its repository cannot be reached from here
            log.warning("not_taken_over", task=held.task_id, reason=first_line(error))

    async def hand_over(self, worker_id: str) -> None:
        """Give back what an identity of this process holds, none of which runs any more.

        What its attempts had written is kept, and their directories are removed.
        """
        async with self._database.reading() as session:
            left = await repository.attempts_held_by(session, worker_id)
        for held in left:
            await self.clear(held.running)
            await self.try_to_take_over(held)

    async def clear(self, attempt: RunningAttempt) -> None:
        """Keep what an ended attempt has left and remove its directories, or tell why not."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._runner.clear(attempt.task_id, attempt.attempt)
        except TimeoutError:
            log.warning("attempt_not_cleared", task=attempt.task_id, reason="it takes too long")
        except (DBAPIError, MasterplanError, OSError) as error:
            log.warning("attempt_not_cleared", task=attempt.task_id, reason=first_line(error))

    async def end_settled(self) -> None:
        """End the workflows that dead processes had not ended when they had settled all else."""
        left = await unfinished_workflows()
        # Read after them: whatever began meanwhile is not among them.
        async with self._database.reading() as session:
            living = await repository.living_executors(session)
            running = await repository.all_running_attempts(session)
            unfinished = await work_under_way(session)
        alive = {workflow_id(each.task_id, each.attempt) for each in running}
        alive |= {each.workflow_id for each in unfinished}
        settled = [
            identifier
            for identifier, executor in left.items()
            if executor not in living and identifier not in alive
        ]
        if settled:
            await DBOS.cancel_workflows_async(settled)


async def _proven(identifier: str) -> AttemptReport | None:
    """Return what an attempt had come to when it began to publish; None without a workflow."""
    steps = await DBOS.list_workflow_steps_async(identifier)
    outputs = [step["output"] for step in steps if step["function_name"] in REPORTING_STEPS]
    return AttemptReport.model_validate(outputs[-1]) if outputs else None
