"""Masterplan's engine: its parts, put together so that a crash at any instant loses nothing.

There is no workflow per plan: a parent that awaits its children replays wrongly after a crash, and
one workflow for a whole plan replays its whole history. The rows say which attempts there are,
`attempts` how each is run and what of it is a durable workflow on DBOS, and what a crash has
interrupted is taken up here when the process starts again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, assert_never

import structlog
from dbos import DBOS, SetWorkflowID
from sqlalchemy.exc import DBAPIError

from masterplan import repository
from masterplan.agents.orchestrator_agent import ProgressCallback
from masterplan.background import kept_running
from masterplan.db import Database
from masterplan.engine.attempt_runner import AttemptRunner
from masterplan.engine.attempts import Attempts
from masterplan.engine.dbos_process import configure, forget_workflows, is_under_way, launch
from masterplan.engine.dispatcher import Dispatcher
from masterplan.engine.endurance import first_line
from masterplan.engine.generation import PlanGenerator
from masterplan.engine.leases import LeaseKeeper
from masterplan.engine.membership import Membership
from masterplan.engine.own_tasks import cancel, listed
from masterplan.engine.past_attempts import PastAttempts
from masterplan.engine.places import Places
from masterplan.engine.pursuit import Pursuit
from masterplan.engine.reaper import Reaper
from masterplan.engine.reconciler import Reconciler
from masterplan.engine.retention import Retention
from masterplan.engine.succession import Succession
from masterplan.engine.workflow_ids import STILL_RUNNING, Answer, Generation, Work, workflow_id
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import PlanStatus
from masterplan.repository import HeldAttempt, RunningAttempt

log = structlog.get_logger(__name__)

WriteAnswer = Callable[[str], Coroutine[Any, Any, str | None]]
"""Writes the answer of that id; returns the plan that was begun with it, to be generated."""


class DurableEngine:
    """Runs attempts and plan generations so that a crash at any instant loses none of them."""

    def __init__(
        self,
        database: Database,
        *,
        checkpoints: str,
        runner: AttemptRunner,
        past: PastAttempts,
        generator: PlanGenerator,
        write_answer: WriteAnswer,
        progress_callback: ProgressCallback,
        places: Places,
        keep: timedelta | None,
        workspaces: Path,
        membership: Membership,
    ) -> None:
        self._database = database
        self._membership = membership
        self._checkpoints = checkpoints
        self._generator = generator
        self._write_answer = write_answer
        self._dispatcher = Dispatcher(
            database,
            start=lambda claimed: self._attempts.start(claimed),
            worker_id=lambda: membership.worker_id,
            places=places,
            beside_others=membership.is_shared,
            reaches=runner.reaches,
        )
        self._attempts = Attempts(
            database,
            runner=runner,
            past=past,
            places=places,
            settle=self._dispatcher.settle,
            ended=self._dispatcher.attempt_ended,
            progress_callback=progress_callback,
            membership=membership,
        )
        self._retention = Retention(
            database,
            workspaces=workspaces,
            keep=keep,
            forget_workflows=self._forget_workflows,
        )
        self._succession = Succession(database, runner=runner, past=past, wake=self.wake)
        self._leases = LeaseKeeper(
            database,
            membership,
            active=lambda: self._attempts.unsettled,
            end=self.end_attempts,
            hand_over=self._succession.hand_over,
        )
        self._pursuit = Pursuit(
            database,
            membership,
            start=self._start_work,
            is_active=lambda identifier: identifier in self._pursued,
        )
        self._reconciler = Reconciler(
            database,
            membership,
            self._pursuit,
            is_active=lambda attempt: attempt in self._attempts.running,
            forget=self._forget,
            take_over=self._succession.try_to_take_over,
        )
        self._reaper = Reaper(database, membership, self._succession, self._pursuit)
        self._pursued: dict[str, asyncio.Task[Any]] = {}
        """Generations and answers that run here, by their workflows."""
        self._generation_workflow: Callable[..., Any]
        self._answer_workflow: Callable[..., Any]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[DurableEngine]:
        """Launch, resume what was interrupted, and run until the block ends.

        At the end running attempts are abandoned where they are, as in a crash: they are resumed
        at the next start. On a database that others work on too they are handed over to them.
        """
        await self._membership.succeed()
        await self._launch()
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(self._dispatcher.running())
                loops = {
                    "reconciler": self._reconciler.run,
                    "retention": self._retention.run,
                    "attempts held": self._leases.compare,
                }
                if self._membership.is_shared:
                    loops |= {"lease": self._leases.renew, "reaper": self._reaper.run}
                    self._database.on_commit_elsewhere(self._hear_of_changes)
                for name, loop in loops.items():
                    await stack.enter_async_context(kept_running(loop, name=name))
                await self.resume()
                yield self
        finally:
            await self._attempts.abandon()
            await cancel(self._pursued, list(self._pursued))
            if self._membership.is_shared:
                await self._hand_over()
            # DBOS had made its own thread pool the loop's. Whoever still needs one gets another
            # before that one is shut down.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True)

    def wake(self, plan_id: str) -> None:
        """Start what may start of the plan."""
        self._dispatcher.wake(plan_id)

    async def drain(self, *, seconds: float) -> None:
        """Start nothing more, and return when nothing runs any more or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._dispatcher.drain()

    async def start_generation(self, generation: Generation) -> None:
        """Have a plan or a revision of it made; starting it again changes nothing."""
        with SetWorkflowID(generation.workflow_id):
            await DBOS.start_workflow_async(
                self._generation_workflow, generation.plan_id, generation.revision
            )

    async def _start_work(self, work: Work) -> None:
        match work:
            case Generation():
                await self.start_generation(work)
            case Answer():
                await self.start_answer(work.message_id)
            case _:
                assert_never(work)

    async def start_answer(self, message_id: str) -> None:
        """Write the answer of that id; starting it again changes nothing."""
        with SetWorkflowID(Answer(message_id).workflow_id):
            await DBOS.start_workflow_async(self._answer_workflow, message_id)

    async def end_attempts(self, attempts: Sequence[RunningAttempt]) -> None:
        """End the work of cancelled attempts, with every process it has started.

        What cannot be cleared here is told in the log: it keeps nobody from ending the others.
        """
        await self._attempts.end(attempts)
        for each in attempts:
            await self._succession.clear(each)

    async def end_generation(self, generation: Generation) -> None:
        """End the planning of a cancelled plan, or of a revision that is no longer wanted."""
        await self._end_workflow(generation.workflow_id)

    async def end_answer(self, message_id: str) -> None:
        """End the writing of an answer that was stopped."""
        await self._end_workflow(Answer(message_id).workflow_id)

    async def _end_workflow(self, identifier: str) -> None:
        try:
            # First in DBOS, so that a crash right here does not bring it back.
            await DBOS.cancel_workflow_async(identifier)
            reach(Failpoint.CANCEL_RECORDED)
        finally:
            await cancel(self._pursued, [identifier])

    async def _launch(self) -> None:
        configure(self._checkpoints, executor_id=self._membership.executor_id)
        self._attempts.define_workflow()
        self._generation_workflow = self._define_generation_workflow()
        self._answer_workflow = self._define_answer_workflow()
        await launch(self._membership)

    def _define_generation_workflow(self) -> Callable[..., Any]:
        @DBOS.workflow(name="generation", max_recovery_attempts=None)
        async def generation(plan_id: str, revision: int | None = None) -> None:
            identifier = DBOS.workflow_id
            assert identifier is not None
            with listed(self._pursued, identifier):
                reach(Failpoint.GENERATION_BEGUN)
                await DBOS.run_step_async(
                    {"name": "generate", "preemptible": True},
                    self._generator.generate,
                    plan_id,
                    revision,
                )

        return generation

    def _define_answer_workflow(self) -> Callable[..., Any]:
        @DBOS.workflow(name="answer", max_recovery_attempts=None)
        async def answer(message_id: str) -> None:
            with listed(self._pursued, Answer(message_id).workflow_id):
                plan_id = await DBOS.run_step_async(
                    {"name": "write", "preemptible": True}, self._write_answer, message_id
                )
                if plan_id is not None:
                    await self.start_generation(Generation(plan_id))

        return answer

    @property
    def is_shared(self) -> bool:
        """Whether other processes work on the same database and take over what is not finished."""
        return self._membership.is_shared

    @property
    def retention(self) -> Retention:
        return self._retention

    async def _forget_workflows(self, finished_before: datetime) -> int:
        if self._membership.is_shared:  # alone, DBOS ends them itself when it starts
            await self._succession.end_settled()
        return await forget_workflows(finished_before)

    async def resume(self) -> None:
        """Start again whatever is this process's to run; what runs already is left alone."""
        reach(Failpoint.RESUME_BEGUN)
        async with self._database.reading() as session:
            in_progress = await repository.plan_ids_with_status(session, PlanStatus.IN_PROGRESS)
            held = await repository.attempts_held_by(session, self._membership.worker_id)
        await self._pursuit.resume()
        for attempt in held:
            await self._resume_attempt(attempt)
        for plan_id in in_progress:
            self.wake(plan_id)
        reach(Failpoint.RESUME_ENDED)

    async def _resume_attempt(self, held: HeldAttempt) -> None:
        if held.running in self._attempts.running:
            return
        identifier = workflow_id(held.task_id, held.attempt)
        status = await DBOS.get_workflow_status_async(identifier)
        if status is None:
            self._attempts.resume(held)
        elif status.status not in STILL_RUNNING:
            await self._succession.try_to_take_over(held)
        elif self._membership.is_shared and not is_under_way(status, self._membership):
            # DBOS resumes by itself only what its executor left, and beside others each is new.
            await DBOS.resume_workflow_async(identifier, queue_name=self._membership.queue)

    def _hear_of_changes(self, plan_ids: frozenset[str]) -> None:
        for plan_id in plan_ids:
            self.wake(plan_id)
        self._leases.look()

    async def _hand_over(self) -> None:
        """Give back what was running here, so that others need not wait for the lease to expire."""
        try:
            await self._succession.hand_over(self._membership.worker_id)
            await self._membership.leave()
        except DBAPIError as error:
            log.warning("not_handed_over", error=first_line(error))

    async def _forget(self, attempt: RunningAttempt) -> None:
        await DBOS.cancel_workflow_async(workflow_id(attempt.task_id, attempt.attempt))
        await self._succession.clear(attempt)
