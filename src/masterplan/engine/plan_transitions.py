"""The changes of a plan's status, each by compare-and-set with the event that tells of it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import events, repository
from masterplan.errors import InvalidTransition
from masterplan.lifecycle import PlanStatus, outcome_of, plan_may_become
from masterplan.models import MasterPlan, utc_now

ENGINE = "engine"
"""Who changes a status where no person does."""


async def change_plan_status(
    session: AsyncSession,
    plan: MasterPlan,
    status: PlanStatus,
    *,
    by: str,
    reason: str | None = None,
    **values: object,
) -> None:
    """Move the plan on from the status it was read with, and record it.

    Raises InvalidTransition where the lifecycle has no such way or another change was faster.
    """
    previous = PlanStatus(plan.status)
    won = plan_may_become(previous, status) and await repository.set_plan_status(
        session, plan.id, expected=previous, status=status, **values
    )
    if not won:
        current = await repository.get_plan(session, plan.id)
        raise InvalidTransition(
            "masterplan", plan.id, current=current.status, requested=f"set to {status}"
        )
    event = events.PlanStatusChanged(status=status, previous=previous, reason=reason, by=by)
    await events.record(session, plan.id, event)


async def reopen_plan(session: AsyncSession, plan_id: str, *, by: str) -> None:
    """Put a completed plan in progress again, for a retry."""
    plan = await repository.get_plan(session, plan_id)
    if plan.status == PlanStatus.COMPLETED:
        await change_plan_status(
            session, plan, PlanStatus.IN_PROGRESS, by=by, outcome=None, completed_at=None
        )


async def end_plan_if_finished(session: AsyncSession, plan_id: str) -> None:
    """Complete the plan when each of its tasks has reached its end."""
    plan = await repository.get_plan(session, plan_id)
    if plan.status != PlanStatus.IN_PROGRESS:
        return
    counts = await repository.count_in_plan(session, plan_id)
    if counts.finished < counts.total:
        return
    now = utc_now()
    outcome = outcome_of(await repository.task_statuses(session, plan_id))
    await events.record(
        session,
        plan_id,
        events.ExecutionFinished(
            outcome=outcome,
            completed_tasks=counts.completed,
            failed_tasks=counts.failed,
            skipped_tasks=counts.skipped,
            total_tasks=counts.total,
            workspace_path=plan.workspace_path,
            duration_s=round((now - (plan.started_at or now)).total_seconds(), 3),
        ),
    )
    await change_plan_status(
        session, plan, PlanStatus.COMPLETED, by=ENGINE, outcome=outcome, completed_at=now
    )
