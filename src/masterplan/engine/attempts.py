"""How an attempt goes through work, proof, publication and settlement, whatever crashes meanwhile.

Every step can be made again: publishing finds its own commit, settling compares the attempt's
number, and a model's answers are in the journal. So most attempts need no checkpoint: between the
end of the work and its commit there are milliseconds. Where checks are to be run there may be
hours, and the attempt becomes a DBOS workflow with the fixed id `task_id:attempt`, whose first step
holds what the work has come to and whose second what the checks have.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import structlog
from dbos import DBOS, SetWorkflowID
from sqlalchemy.exc import DBAPIError

from masterplan import repository
from masterplan.agents.orchestrator_agent import ProgressCallback
from masterplan.background import to_its_end
from masterplan.db import Database
from masterplan.engine.attempt_inputs import AttemptRows
from masterplan.engine.attempt_runner import AttemptRunner
from masterplan.engine.endurance import enduring, first_line, will_pass
from masterplan.engine.membership import Membership
from masterplan.engine.own_tasks import cancel, listed
from masterplan.engine.past_attempts import PastAttempts
from masterplan.engine.places import Places
from masterplan.engine.report import AttemptReport
from masterplan.engine.workflow_ids import workflow_id
from masterplan.errors import AttemptRevoked
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import FailureKind, TaskStatus
from masterplan.repository import HeldAttempt, RunningAttempt

log = structlog.get_logger(__name__)

Step = Callable[[AttemptReport], Awaitable[AttemptReport]]


class Settle(Protocol):
    """Enters what an attempt came to, perhaps together with others that follow in an instant."""

    async def __call__(self, report: AttemptReport, *, others_follow: bool = False) -> None: ...


@dataclass(frozen=True, slots=True)
class _Worked:
    """An attempt whose work is done, on its way into a workflow that proves it."""

    report: AttemptReport
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Attempts:
    """Runs this process's attempts, each as a task of the event loop."""

    def __init__(
        self,
        database: Database,
        *,
        runner: AttemptRunner,
        past: PastAttempts,
        places: Places,
        settle: Settle,
        ended: Callable[[RunningAttempt, str], None],
        progress_callback: ProgressCallback,
        membership: Membership,
    ) -> None:
        self._database = database
        self._runner = runner
        self._past = past
        self._places = places
        self._settle = settle
        self._when_ended = ended
        self._progress_callback = progress_callback
        self._membership = membership
        self._tasks: dict[RunningAttempt, asyncio.Task[Any]] = {}
        self._workflows: dict[RunningAttempt, asyncio.Task[Any]] = {}
        self._worked: dict[RunningAttempt, _Worked] = {}
        self._unsettled: set[RunningAttempt] = set()
        self._publishing: Counter[str] = Counter()
        """How many attempts of each plan are being published, and so about to end."""
        self._workflow: Callable[..., Any]

    @property
    def running(self) -> Mapping[RunningAttempt, asyncio.Task[Any]]:
        """The attempts that run here, each with its task."""
        return self._workflows | self._tasks

    @property
    def unsettled(self) -> frozenset[RunningAttempt]:
        """The attempts that run here and have not begun to settle."""
        return frozenset(self._unsettled)

    def define_workflow(self) -> None:
        """Define the workflow, before DBOS is launched and resumes what was interrupted."""

        # What older versions recorded is resumed by it as well: its steps have kept their names.
        @DBOS.workflow(name="attempt", max_recovery_attempts=None)
        async def attempt(plan_id: str, task_id: str, number: int) -> None:
            report = AttemptReport(plan_id=plan_id, task_id=task_id, number=number)
            with listed(self._workflows, report.attempt):
                await self._run_workflow(report)

        self._workflow = attempt

    async def start(self, claimed: AttemptRows) -> None:
        """Run an attempt that was claimed right now."""
        self._runner.expect(claimed)
        attempt = claimed.running
        reach(Failpoint.CLAIM_COMMITTED)
        self._start(
            self._run,
            AttemptReport(plan_id=claimed.plan.id, task_id=attempt.task_id, number=attempt.attempt),
        )

    def resume(self, held: HeldAttempt) -> None:
        """Run an attempt that has no workflow again, or settle it where it has published."""
        self._start(
            self._run_again,
            AttemptReport(plan_id=held.plan_id, task_id=held.task_id, number=held.attempt),
        )

    def _start(
        self, run: Callable[[AttemptReport], Coroutine[Any, Any, None]], report: AttemptReport
    ) -> None:
        self._unsettled.add(report.attempt)
        task = asyncio.create_task(run(report), name=workflow_id(report.task_id, report.number))
        self._tasks[report.attempt] = task
        task.add_done_callback(partial(self._ended, report))

    async def end(self, attempts: Iterable[RunningAttempt]) -> None:
        """End the work of attempts, and return when each has ended."""
        attempts = list(attempts)
        # First the tasks, which then start no workflow any more.
        await cancel(self._tasks, attempts)
        try:
            if attempts:
                ids = [workflow_id(each.task_id, each.attempt) for each in attempts]
                await DBOS.cancel_workflows_async(ids)
                reach(Failpoint.CANCEL_RECORDED)
        finally:
            await cancel(self._workflows, attempts)

    async def abandon(self) -> None:
        """Leave all that runs where it is, as in a crash."""
        await cancel(self._tasks, list(self._tasks))
        await cancel(self._workflows, list(self._workflows))

    async def _run_again(self, report: AttemptReport) -> None:
        """Look first whether the attempt has published: begun anew, it would do that twice.

        Where that cannot be told now the attempt is left to the reconciler, and fails at nothing.
        """
        await self._places.enter(report.attempt, report.plan_id)
        published = await enduring(self._past.report_if_published, report)
        if published is None:
            await self._run(report)
        else:
            self._unsettled.discard(report.attempt)
            await enduring(self._settle, published)

    async def _run(self, report: AttemptReport) -> None:
        await self._places.enter(report.attempt, report.plan_id)
        report = await _failing_softly("work", self._runner.work, report)
        if report.failure is None and report.has_checks:
            await self._prove_durably(report)
        else:
            await self._finish(report)

    def _ended(self, report: AttemptReport, task: asyncio.Task[None]) -> None:
        del self._tasks[report.attempt]
        self._leave_place(report)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("attempt_lost", attempt=task.get_name(), exc_info=error)

    def _leave_place(self, report: AttemptReport) -> None:
        self._unsettled.discard(report.attempt)
        self._runner.forget(report.attempt)
        self._when_ended(report.attempt, report.plan_id)

    async def _prove_durably(self, report: AttemptReport) -> None:
        """Hand the attempt over to its workflow, and return when that has ended."""
        worked = self._worked[report.attempt] = _Worked(report)
        try:
            await enduring(self._start_workflow, report)
        except Exception:  # cancelled, it has begun and takes its work from here
            self._worked.pop(report.attempt, None)
            raise
        await worked.over.wait()

    async def _start_workflow(self, report: AttemptReport) -> None:
        with SetWorkflowID(workflow_id(report.task_id, report.number)):
            starting = asyncio.ensure_future(
                DBOS.start_workflow_async(
                    self._workflow, report.plan_id, report.task_id, report.number
                )
            )
        await to_its_end(starting)  # a workflow that is half started would be left over

    async def _run_workflow(self, report: AttemptReport) -> None:
        reach(Failpoint.WORKFLOW_STARTED)
        worked = self._worked.pop(report.attempt, None)
        if worked is None:  # resumed after a crash
            try:
                await self._places.enter(report.attempt, report.plan_id)
                await self._go_on(report, self._runner.work)
            finally:
                self._leave_place(report)
            return
        try:
            await self._go_on(report, _returning(worked.report))
        finally:
            worked.over.set()

    async def _go_on(self, report: AttemptReport, work: Step) -> None:
        if not await self._is_current(report):
            return
        self._unsettled.add(report.attempt)
        report = await _checkpointed("work", work, report)
        reach(Failpoint.WORK_RECORDED)
        if report.failure is None and report.has_checks:
            await enduring(self._begin_validation, report)
            reach(Failpoint.VALIDATION_COMMITTED)
            report = await _checkpointed("prove", self._runner.prove, report)
            reach(Failpoint.PROOF_RECORDED)
        await self._finish(report)

    async def _finish(self, report: AttemptReport) -> None:
        """Publish what has not failed, and settle.

        Neither needs a checkpoint: done again, publishing finds its commit, and settling compares
        the attempt.
        """
        if report.failure is None:
            self._publishing[report.plan_id] += 1
            try:
                report = await _failing_softly("publish", self._runner.publish, report)
            except AttemptRevoked as revoked:
                log.warning("publication_refused", reason=revoked.message)
                return
            finally:
                self._publishing -= Counter([report.plan_id])  # which forgets a plan without any
        self._unsettled.discard(report.attempt)
        others_follow = report.plan_id in self._publishing
        await enduring(self._settle, report, others_follow=others_follow)

    async def _begin_validation(self, report: AttemptReport) -> None:
        await self._progress_callback(
            report.task_id,
            TaskStatus.VALIDATING,
            "running the task's checks",
            0,
            0,
            attempt=report.number,
        )

    async def _is_current(self, report: AttemptReport) -> bool:
        """Tell whether the attempt still has its task, here: not where it was taken over."""
        async with self._database.reading() as session:
            held = await repository.attempts_held_by(session, self._membership.worker_id)
        return any(each.running == report.attempt for each in held)


def _returning(report: AttemptReport) -> Step:
    async def step(_report: AttemptReport) -> AttemptReport:
        return report

    return step


async def _checkpointed(name: str, step: Step, report: AttemptReport) -> AttemptReport:
    """Do a step durably: done once, its report is what a resumed attempt goes on from.

    DBOS waits itself for a lock or a lost connection. Where it cannot record the report for another
    passing fault, a full disk, the attempt goes on without: only a crash would do the step again.
    """
    done: AttemptReport | None = None

    async def run() -> dict[str, Any]:
        nonlocal done
        done = await _failing_softly(name, step, report)
        return done.model_dump(mode="json")

    try:
        outcome = await DBOS.run_step_async({"name": name, "preemptible": True}, run)
    except DBAPIError as error:
        if done is None or not will_pass(error):
            raise
        with suppress(OSError):  # a full disk may hold the log as well
            log.warning(
                "step_not_recorded", step=name, task=report.task_id, error=first_line(error)
            )
        return done
    return AttemptReport.model_validate(outcome)


async def _failing_softly(name: str, step: Step, report: AttemptReport) -> AttemptReport:
    """Do a step; an unexpected error becomes the attempt's recorded failure."""
    try:
        return await enduring(step, report)
    except AttemptRevoked:
        raise
    except Exception as error:
        with suppress(OSError):  # a full disk may hold the log as well
            log.exception("attempt_step_failed", step=name, task=report.task_id)
        return report.failed(
            FailureKind.ENVIRONMENT, f"{type(error).__name__} in step {name}: {error}"
        )
