"""What one transaction changes of a running plan: attempts are settled, ready tasks are claimed.

Attempts that end at about the same time are settled together, and the tasks that take their places
are claimed in the same commit. The plan's row is locked first and is where every change of its
tasks queues, so its counters and the tasks' statuses are compared and counted here as they were
read; each row is written once. Events are told in the order of the changes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import events, repository
from masterplan.documents.results import input_hash
from masterplan.engine.announcements import finish_of, first_line, progress_of
from masterplan.engine.attempt_inputs import AttemptRows
from masterplan.engine.plan_transitions import end_plan_if_finished
from masterplan.engine.report import AttemptReport, Failure
from masterplan.lifecycle import (
    RUNNING,
    AttemptStatus,
    PlanStatus,
    TaskStatus,
    decide_retry,
)
from masterplan.models import Attempt, MasterPlan, MasterPlanTask, utc_now
from masterplan.repository import OrderedTask, PlanCounts, RunningAttempt
from masterplan.workspace.layout import WorkspaceLayout

NOTHING_TO_CHECK = "it has no checks"


class Turn:
    """One transaction's changes of a plan, which it has locked."""

    def __init__(self, session: AsyncSession, plan: MasterPlan) -> None:
        self._session = session
        self.plan = plan
        self._told: list[events.PlanEvent] = []
        self._known: dict[str, MasterPlanTask] = {}
        """Tasks that were read here, by their ids."""
        self._ended: set[str] = set()
        """Tasks that were completed here, which the database does not know yet."""

    @classmethod
    async def begin(cls, session: AsyncSession, plan_id: str) -> Turn:
        """Lock the plan's row. Raises NotFound."""
        return cls(session, await repository.lock_plan(session, plan_id))

    @property
    def goes_on(self) -> bool:
        """Whether tasks of the plan may be started."""
        return self.plan.status == PlanStatus.IN_PROGRESS

    async def settle(self, reports: Sequence[AttemptReport]) -> set[RunningAttempt]:
        """Enter what attempts came to; return those that were not late.

        An attempt is late where it was settled before, or another one has its task.
        """
        rows = await repository.tasks_of_attempts(
            self._session, [report.attempt for report in reports]
        )
        completed: list[MasterPlanTask] = []
        settled: set[RunningAttempt] = set()
        for report in reports:
            task, attempt = rows.get(report.attempt, (None, None))
            if task is None or attempt is None or task.status not in RUNNING:
                continue
            settled.add(report.attempt)
            await self._add_cost(report)
            _finish(attempt, report)
            if report.failure is None:
                self._complete(task, report)
                completed.append(task)
            else:
                await self._fail(task, report.failure)
        await self._release_dependents(completed)
        return settled

    async def ready(self, *, limit: int) -> list[OrderedTask]:
        """Return the ready tasks that come first."""
        with self._session.no_autoflush:
            return await repository.first_ready(self._session, self.plan.id, limit=limit)

    async def running(self) -> list[OrderedTask]:
        """Return the plan's tasks that run, in whichever process."""
        with self._session.no_autoflush:
            found = await repository.running_for_order(self._session, self.plan.id)
        return [each for each in found if each.id not in self._ended]

    async def read(self, task_ids: Collection[str]) -> None:
        """Read tasks that will be claimed, together."""
        unknown = [each for each in task_ids if each not in self._known]
        if unknown:
            with self._session.no_autoflush:
                found = await repository.tasks_by_id(self._session, unknown)
            self._known |= {each.id: each for each in found}

    async def claim(self, task_id: str, *, description: str, worker_id: str) -> AttemptRows:
        """Take a ready task for a worker's next attempt; return what that begins with."""
        await self.read([task_id])
        task = self._known[task_id]
        await self.read(task.depends_on_tasks)
        dependencies = [self._known[each] for each in task.depends_on_tasks]
        dependencies.sort(key=lambda each: each.task_number)
        others = await repository.attempts_of(self._session, task.id) if task.attempt else []
        self.plan.started_tasks += task.attempt == 0
        task.attempt += 1
        task.status = TaskStatus.IN_PROGRESS
        task.started_at = task.started_at or utc_now()
        _wait_no_more(task)
        commits = [None if each.done else each.commit for each in dependencies]
        attempt = _new_attempt(self.plan, task, worker_id, needs=commits)
        self._session.add(attempt)
        self._tell(
            lambda counts: progress_of(
                task, counts, status=TaskStatus.IN_PROGRESS, description=description
            )
        )
        return AttemptRows(self.plan, task, attempt, dependencies, others)

    async def end(self) -> None:
        """Record the events, and end the plan where its last task has ended."""
        await events.record_in(self._session, self.plan, self._told)
        counts = repository.counts_of(self.plan)
        if counts.finished == counts.total and self.goes_on:
            await self._session.flush()
            await end_plan_if_finished(self._session, self.plan.id)

    def _tell(self, event: Callable[[PlanCounts], events.PlanEvent]) -> None:
        self._told.append(event(repository.counts_of(self.plan)))

    async def _add_cost(self, report: AttemptReport) -> None:
        if report.spending.is_some:
            await repository.add_to_cost(
                self._session,
                self.plan.id,
                task_id=report.task_id,
                attempt=report.number,
                tokens_input=report.spending.tokens_input,
                tokens_output=report.spending.tokens_output,
                cost_usd=report.spending.cost_usd,
            )

    def _complete(self, task: MasterPlanTask, report: AttemptReport) -> None:
        if task.status == TaskStatus.IN_PROGRESS:
            self._tell(
                lambda counts: progress_of(
                    task, counts, status=TaskStatus.VALIDATING, description=NOTHING_TO_CHECK
                )
            )
        task.status = TaskStatus.COMPLETED
        task.commit = report.commit
        task.output_files = list(report.output_files)
        task.completed_at = utc_now()
        task.last_error = task.failure_kind = None
        _wait_no_more(task)
        self.plan.completed_tasks += 1
        self._tell(
            lambda counts: finish_of(
                task, counts, status=TaskStatus.COMPLETED, output_files=report.output_files
            )
        )

    async def _release_dependents(self, completed: Sequence[MasterPlanTask]) -> None:
        if not completed:
            return
        ids = [task.id for task in completed]
        self._ended.update(ids)
        with self._session.no_autoflush:  # everything that was settled is written at once, later
            released = await repository.release_dependents(self._session, ids)
        self._known |= {task.id: task for task in [*completed, *released]}
        for each in released:
            self._tell_ready(each, description=each.name)

    async def _fail(self, task: MasterPlanTask, failure: Failure) -> None:
        decision = decide_retry(
            failure.kind, retry_count=task.retry_count, max_retries=task.max_retries
        )
        task.last_error, task.failure_kind = failure.message, failure.kind
        _wait_no_more(task)
        if decision.retry:
            self._make_ready_again(task, failure)
            await self._session.flush()  # so that it is found among those that are ready
        else:
            await self._end_in_failure(task, failure)

    def _make_ready_again(self, task: MasterPlanTask, failure: Failure) -> None:
        task.status = TaskStatus.READY
        task.retry_count += 1
        which = f"retry {task.retry_count} of {task.max_retries}"
        self._tell_ready(task, description=f"{which}: {first_line(failure.message)}")

    def _tell_ready(self, task: MasterPlanTask, *, description: str) -> None:
        self._tell(
            lambda counts: progress_of(
                task, counts, status=TaskStatus.READY, description=description
            )
        )

    async def _end_in_failure(self, task: MasterPlanTask, failure: Failure) -> None:
        task.status = TaskStatus.FAILED
        task.failed_at = utc_now()
        self.plan.failed_tasks += 1
        self._tell(
            lambda counts: finish_of(task, counts, status=TaskStatus.FAILED, error=failure.message)
        )
        await self._session.flush()
        skipped = await repository.skip_descendants(self._session, task.id)
        self.plan.skipped_tasks += len(skipped)
        counts = repository.counts_of(self.plan)
        self._told += skips_of(skipped, task, counts)


def skips_of(
    skipped: Sequence[MasterPlanTask], failed: MasterPlanTask, counts: PlanCounts
) -> list[events.TaskFinished]:
    """Tell of the tasks that are skipped because another one failed."""
    error = f"blocked by #{failed.task_number} {failed.name}, which failed"
    return [
        finish_of(task, counts, status=TaskStatus.SKIPPED, error=error, blocked_by=failed.id)
        for task in skipped
    ]


def _finish(attempt: Attempt, report: AttemptReport) -> None:
    failure = report.failure
    attempt.status = AttemptStatus.FAILED if failure else AttemptStatus.COMPLETED
    attempt.finished_at = utc_now()
    attempt.model = report.spending.model
    attempt.failure_kind = failure.kind if failure else None
    attempt.error = failure.message if failure else None
    attempt.base_commit = report.base_commit
    attempt.snapshot_commit = report.snapshot_commit
    attempt.commit = report.commit
    attempt.check_results = [check.model_dump(mode="json") for check in report.check_results]


def _wait_no_more(task: MasterPlanTask) -> None:
    task.waiting_since = task.waiting_reason = None


def _new_attempt(
    plan: MasterPlan, task: MasterPlanTask, worker_id: str, *, needs: Sequence[str | None]
) -> Attempt:
    assert plan.workspace_path is not None
    layout = WorkspaceLayout(Path(plan.workspace_path))
    return Attempt(
        masterplan_id=plan.id,
        task_id=task.id,
        number=task.attempt,
        worker_id=worker_id,
        agent=task.agent,
        guidance=task.guidance,
        input_hash=input_hash(task.definition_hash, needs) if task.definition_hash else None,
        log_path=str(layout.log(task.key, task.attempt)),
    )
