"""The changes of a task's life, each in one transaction with the events that tell of it.

Every function gets a session, changes rows by compare-and-set, records events and leaves the
commit to its caller. Whoever comes late (another process, an attempt that was given up) changes
nothing: that is what the returned value says.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import events, repository
from masterplan.documents import PlanSettings
from masterplan.engine.announcements import finish_of, first_line, progress_of
from masterplan.engine.plan_transitions import reopen_plan
from masterplan.engine.report import AttemptReport
from masterplan.engine.turns import Turn, skips_of
from masterplan.lifecycle import (
    RUNNING,
    AttemptStatus,
    FailureKind,
    TaskStatus,
)
from masterplan.models import MasterPlan, MasterPlanTask
from masterplan.paths import collision_key
from masterplan.repository import PlanCounts, RunningAttempt

INTERRUPTED = "The attempt was interrupted by a fault of this machine and is made again."


async def claim(
    session: AsyncSession, task_id: str, *, description: str, worker_id: str
) -> int | None:
    """Take a ready task for a worker's next attempt and return the attempt's number.

    None where the task was taken already, its plan is not in progress, or what other workers run
    of it leaves no room.
    """
    turn = Turn(session, await repository.lock_plan_of_task(session, task_id))
    task = await repository.get_task(session, task_id)
    is_free = turn.goes_on and task.status == TaskStatus.READY
    if not is_free or not await _has_room(session, turn.plan, task):
        return None
    claimed = await turn.claim(task_id, description=description, worker_id=worker_id)
    await turn.end()
    return claimed.attempt.number


async def _has_room(session: AsyncSession, plan: MasterPlan, task: MasterPlanTask) -> bool:
    """Tell whether the task may run beside what runs already, in whichever process.

    Asked with the plan locked, so that two processes cannot both find the last place free.
    """
    running = await repository.targets_of_running(session, plan.id)
    limit = PlanSettings.model_validate(plan.settings).max_parallel
    if limit is not None and len(running) >= limit:
        return False
    taken = {collision_key(path) for targets in running for path in targets}
    return taken.isdisjoint(collision_key(path) for path in task.target_files)


async def begin_validation(
    session: AsyncSession, task_id: str, *, attempt: int, description: str
) -> bool:
    """Move the task on to validating; False where this attempt is there already or is late."""
    await repository.lock_plan_of_task(session, task_id)
    won = await repository.set_task_status(
        session,
        task_id,
        expected={TaskStatus.IN_PROGRESS},
        status=TaskStatus.VALIDATING,
        at_attempt=attempt,
    )
    if won:
        task = await repository.get_task(session, task_id)
        counts = await repository.count_in_plan(session, task.masterplan_id)
        validating = progress_of(
            task, counts, status=TaskStatus.VALIDATING, description=description
        )
        await events.record(session, task.masterplan_id, validating)
    return won


async def settle(session: AsyncSession, report: AttemptReport) -> bool:
    """Enter what an attempt came to: its task's status, its dependents, the plan's end.

    False where the attempt is late: it was settled before, or another one has the task.
    """
    turn = await Turn.begin(session, report.plan_id)
    settled = await turn.settle([report])
    await turn.end()
    return bool(settled)


async def _skip_dependents(session: AsyncSession, failed: MasterPlanTask) -> None:
    skipped = await repository.skip_descendants(session, failed.id)
    counts = await repository.count_in_plan(session, failed.masterplan_id, skipped=len(skipped))
    await events.record_all(session, failed.masterplan_id, skips_of(skipped, failed, counts))


async def retry(
    session: AsyncSession, task: MasterPlanTask, *, guidance: str | None, by: str
) -> bool:
    """Put a failed task and what it had blocked back into the plan, which goes on.

    A failed task whose retries are used up gets one more. False where the task was not failed.
    """
    won = await repository.set_task_status(
        session,
        task.id,
        expected={TaskStatus.FAILED},
        status=TaskStatus.PENDING,
        guidance=guidance,
        retry_count=task.retry_count + 1,
        max_retries=max(task.max_retries, task.retry_count + 1),
        failed_at=None,
    )
    if not won:
        return False
    await reopen_plan(session, task.masterplan_id, by=by)
    blocked = await repository.unskip_descendants(session, task.id)
    counts = await repository.count_in_plan(
        session, task.masterplan_id, failed=-1, skipped=-len(blocked)
    )
    description = _asked_by(by, guidance)
    await _announce_all(
        session, [task, *blocked], counts, status=TaskStatus.PENDING, description=description
    )
    await make_ready(session, task.masterplan_id, task_ids=[task.id])
    # What another failed task blocks as well stays skipped, now because of that one.
    still_failed = {TaskStatus.FAILED}
    for failed in await repository.tasks_with_status(session, task.masterplan_id, still_failed):
        await _skip_dependents(session, failed)
    return True


async def retry_all(session: AsyncSession, plan_id: str, *, guidance: str | None, by: str) -> int:
    """Put every failed task and all that was skipped back into the plan; return how many failed.

    As `retry` for each of them, in one pass however many they are.
    """
    failed = await repository.reopen_failed_tasks(session, plan_id, guidance=guidance)
    if not failed:
        return 0
    await reopen_plan(session, plan_id, by=by)
    blocked = await repository.unskip_all(session, plan_id)
    counts = await repository.count_in_plan(
        session, plan_id, failed=-len(failed), skipped=-len(blocked)
    )
    description = _asked_by(by, guidance)
    await _announce_all(
        session, [*failed, *blocked], counts, status=TaskStatus.PENDING, description=description
    )
    await make_ready(session, plan_id)
    return len(failed)


def _asked_by(by: str, guidance: str | None) -> str:
    return f"retry asked for by {by}" + (f": {first_line(guidance)}" if guidance else "")


async def make_ready(
    session: AsyncSession, plan_id: str, *, task_ids: Sequence[str] | None = None
) -> None:
    """Make those of the given tasks ready, or of all, that are pending and wait for nothing."""
    ready = await repository.make_ready(session, plan_id, task_ids=task_ids)
    counts = await repository.count_in_plan(session, plan_id)
    await _announce_all(session, ready, counts, status=TaskStatus.READY)


async def _announce_all(
    session: AsyncSession,
    tasks: Sequence[MasterPlanTask],
    counts: PlanCounts,
    *,
    status: TaskStatus,
    description: str | None = None,
) -> None:
    """Tell the same of several tasks of one plan; each is described by its name if by nothing."""
    if tasks:
        told = [
            progress_of(task, counts, status=status, description=description or task.name)
            for task in tasks
        ]
        await events.record_all(session, tasks[0].masterplan_id, told)


async def cancel_unfinished(session: AsyncSession, plan_id: str) -> Sequence[RunningAttempt]:
    """Cancel every task that has not reached its end; return the attempts that were running."""
    running = await repository.running_attempts(session, plan_id)
    for attempt in running:
        await repository.finish_attempt(
            session, attempt.task_id, attempt.attempt, status=AttemptStatus.CANCELLED
        )
    cancelled = await repository.cancel_tasks(session, plan_id)
    counts = await repository.count_in_plan(session, plan_id, cancelled=len(cancelled))
    await events.record_all(
        session,
        plan_id,
        [finish_of(task, counts, status=TaskStatus.CANCELLED) for task in cancelled],
    )
    return running


async def give_back(session: AsyncSession, task_id: str, *, attempt: int) -> bool:
    """Make a task ready again whose attempt ended without being settled; no retry is consumed.

    False where the attempt no longer has the task.
    """
    await repository.lock_plan_of_task(session, task_id)
    won = await repository.set_task_status(
        session, task_id, expected=RUNNING, status=TaskStatus.READY, at_attempt=attempt
    )
    if not won:
        return False
    await repository.finish_attempt(
        session,
        task_id,
        attempt,
        status=AttemptStatus.FAILED,
        failure_kind=FailureKind.INTERRUPTED,
        error=INTERRUPTED,
    )
    task = await repository.get_task(session, task_id)
    counts = await repository.count_in_plan(session, task.masterplan_id)
    ready = progress_of(task, counts, status=TaskStatus.READY, description=first_line(INTERRUPTED))
    await events.record(session, task.masterplan_id, ready)
    return True
