"""Execution as a person sees it: start an approved plan, retry a failed task.

The service decides and records; the engine below it runs the attempts and reports back through
`_progress_callback`. Whatever changes is recorded as an event in the same transaction
(`_emit_websocket_event`); the API's relay broadcasts what is recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import events, repository
from masterplan.agents.orchestrator_agent import ProgressCallback
from masterplan.budgets import Budget
from masterplan.db import Database
from masterplan.engine import transitions
from masterplan.engine.journaled_work import budget_of, exhausted_budget
from masterplan.engine.membership import ALONE, Membership
from masterplan.engine.plan_transitions import change_plan_status, end_plan_if_finished
from masterplan.engine.revision_requests import give_revision_up
from masterplan.errors import BudgetSpent, InvalidTransition, MasterplanError
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import RUNNING, PlanStatus, TaskStatus
from masterplan.models import MasterPlan, MasterPlanTask, new_id, utc_now
from masterplan.repository import RunningAttempt
from masterplan.services.workspace_service import WorkspaceService
from masterplan.workspace.layout import WorkspaceLayout

EXTENDABLE = frozenset(
    {PlanStatus.APPROVED, PlanStatus.IN_PROGRESS, PlanStatus.PAUSED, PlanStatus.COMPLETED}
)
CANCELLABLE = frozenset({PlanStatus.GENERATING, PlanStatus.IN_PROGRESS, PlanStatus.PAUSED})
RETRIED = frozenset({PlanStatus.IN_PROGRESS, PlanStatus.PAUSED, PlanStatus.COMPLETED})


@dataclass(frozen=True, slots=True)
class ExecutionMetadata:
    """What `execute` answers: where the work is collected and how much there is."""

    masterplan_id: str
    status: PlanStatus
    workspace_id: str
    workspace_path: str
    total_tasks: int


class MasterplanExecutionService:
    """Starts plans and keeps their tasks' statuses."""

    def __init__(
        self,
        database: Database,
        workspaces: WorkspaceService,
        membership: Membership | None = None,
    ) -> None:
        self._database = database
        self._workspaces = workspaces
        self._membership = membership

    @property
    def progress_callback(self) -> ProgressCallback:
        """What the engine reports running tasks through."""
        return self._progress_callback

    async def create_workspace(self, plan_id: str) -> WorkspaceLayout:
        """Store where the plan's workspace is, then make it.

        The path is committed first: a crash in between leaves a plan that knows its workspace and
        can make it again, never a workspace that nobody knows of.
        """
        async with self._database.unit_of_work() as session:
            plan = await repository.lock_plan(session, plan_id)
            plan.workspace_id = plan.workspace_id or new_id()
            plan.workspace_path = str(self._workspaces.workspace_path(plan_id))
        reach(Failpoint.WORKSPACE_STORED)
        layout = await self._workspaces.create_workspace(plan)
        reach(Failpoint.WORKSPACE_MADE)
        return layout

    async def execute(self, plan_id: str, *, by: str) -> ExecutionMetadata:
        """Make the workspace of an approved plan, and start it.

        Raises NotFound, InvalidTransition. A workspace that cannot be made fails the plan, and
        the error is raised; once its reason is mended, the plan is executed again.
        """
        async with self._database.reading() as session:
            _require_startable(await repository.get_plan(session, plan_id))
        try:
            await self.create_workspace(plan_id)
        except MasterplanError as error:
            await self._fail_plan(plan_id, reason=error.message, by=by)
            raise
        async with self._database.unit_of_work() as session:
            plan = await repository.lock_plan(session, plan_id)
            _require_startable(plan)
            return await self._begin(session, plan, by=by)

    async def retry(
        self, session: AsyncSession, plan_id: str, task_id: str, *, guidance: str | None, by: str
    ) -> None:
        """Run a failed task again, and with it what it had blocked.

        Raises NotFound, InvalidTransition.
        """
        plan = await repository.lock_plan(session, plan_id)
        task = await repository.get_task_of_plan(session, plan_id, task_id)
        if plan.status not in RETRIED:
            raise InvalidTransition(
                "task",
                task_id,
                current=task.status,
                requested="retry",
                remedy=f"and its plan is {plan.status}; only tasks of a started plan are retried",
            )
        if not await transitions.retry(session, task, guidance=guidance, by=by):
            raise InvalidTransition(
                "task",
                task_id,
                current=task.status,
                requested="retry",
                remedy="only a failed task can be retried",
            )

    async def retry_all(
        self, session: AsyncSession, plan_id: str, *, guidance: str | None, by: str
    ) -> None:
        """Run every failed task again, and with them what they had blocked.

        Raises NotFound, InvalidTransition.
        """
        plan = await _plan_in(session, plan_id, RETRIED, requested="retry the failed tasks of")
        if not await transitions.retry_all(session, plan_id, guidance=guidance, by=by):
            raise InvalidTransition(
                "masterplan",
                plan_id,
                current=plan.status,
                requested="retry the failed tasks of",
                remedy="and none of its tasks has failed",
            )

    async def pause(self, session: AsyncSession, plan_id: str, *, by: str) -> None:
        """Start no more tasks; those that run go on to their end. Raises InvalidTransition."""
        plan = await _plan_in(session, plan_id, {PlanStatus.IN_PROGRESS}, requested="pause")
        await change_plan_status(session, plan, PlanStatus.PAUSED, by=by)

    async def resume(self, session: AsyncSession, plan_id: str, *, by: str) -> None:
        """Let a paused plan go on.

        Raises InvalidTransition, and BudgetSpent where it would only be paused again.
        """
        plan = await _plan_in(session, plan_id, {PlanStatus.PAUSED}, requested="resume")
        running = await repository.tasks_with_status(session, plan_id, RUNNING)
        for task in (None, *running):
            if obstacle := exhausted_budget(plan, task):
                raise BudgetSpent(obstacle)
        await change_plan_status(session, plan, PlanStatus.IN_PROGRESS, by=by, pause_reason=None)
        await end_plan_if_finished(session, plan_id)

    async def raise_budget(
        self,
        session: AsyncSession,
        plan_id: str,
        *,
        task_id: str | None,
        budget: Budget,
        by: str,
    ) -> None:
        """Give the plan, or one of its tasks, another budget; what is None stays as it is.

        The approval stays, since it is a person who pays more for the same work; the event says
        who. Raises NotFound and InvalidTransition.
        """
        plan = await _plan_in(session, plan_id, EXTENDABLE, requested="change the budget of")
        row: MasterPlan | MasterPlanTask = plan
        if task_id is not None:
            row = await repository.get_task_of_plan(session, plan_id, task_id)
        previous = budget_of(row)
        row.raised_budget_usd = budget.usd or row.raised_budget_usd
        row.raised_budget_tokens = budget.tokens or row.raised_budget_tokens
        await session.flush()
        status = PlanStatus(plan.status)
        whose = f"task #{row.task_number}: " if isinstance(row, MasterPlanTask) else ""
        await events.record(
            session,
            plan_id,
            events.PlanStatusChanged(
                status=status,
                previous=status,
                reason=f"{whose}budget changed from {previous} to {budget_of(row)}",
                by=by,
            ),
        )

    async def cancel(
        self, session: AsyncSession, plan_id: str, *, by: str
    ) -> Sequence[RunningAttempt]:
        """End what runs of the plan: nothing more starts, and what was published stays.

        Where a revision of it is being generated, only that is given up.

        Returns the attempts that were running, for the engine to end. Raises InvalidTransition.
        """
        plan = await _plan_in(session, plan_id, CANCELLABLE, requested="cancel")
        if (wanted := await repository.open_revision(session, plan_id)) is not None:
            reason = f"cancelled by {by}"
            await give_revision_up(session, plan, wanted.number, reason=reason, by=by)
            return []
        running = await transitions.cancel_unfinished(session, plan_id)
        await change_plan_status(session, plan, PlanStatus.CANCELLED, by=by, completed_at=utc_now())
        return running

    async def _begin(
        self, session: AsyncSession, plan: MasterPlan, *, by: str
    ) -> ExecutionMetadata:
        assert plan.workspace_id is not None
        assert plan.workspace_path is not None
        await change_plan_status(
            session,
            plan,
            PlanStatus.IN_PROGRESS,
            by=by,
            started_at=utc_now(),
            failure_reason=None,
        )
        await self._emit_websocket_event(
            session,
            plan.id,
            events.ExecutionStarted(
                workspace_id=plan.workspace_id,
                workspace_path=plan.workspace_path,
                total_tasks=plan.total_tasks,
            ),
        )
        await transitions.make_ready(session, plan.id)
        await end_plan_if_finished(session, plan.id)
        return ExecutionMetadata(
            masterplan_id=plan.id,
            status=PlanStatus.IN_PROGRESS,
            workspace_id=plan.workspace_id,
            workspace_path=plan.workspace_path,
            total_tasks=plan.total_tasks,
        )

    async def _fail_plan(self, plan_id: str, *, reason: str, by: str) -> None:
        async with self._database.unit_of_work() as session:
            plan = await repository.lock_plan(session, plan_id)
            if plan.status == PlanStatus.FAILED:
                plan.failure_reason = reason
            elif plan.status == PlanStatus.APPROVED:
                await change_plan_status(
                    session, plan, PlanStatus.FAILED, by=by, reason=reason, failure_reason=reason
                )

    async def _progress_callback(
        self,
        task_id: str,
        status: TaskStatus,
        description: str,
        current_task: int,  # noqa: ARG002 (the plan's row counts; the orchestrator's view may be old)
        total_tasks: int,  # noqa: ARG002
        *,
        attempt: int | None = None,
    ) -> int | None:
        """Enter a running task's new status, with its event, in one transaction.

        Returns the attempt's number, or None where the change was refused.
        """
        async with self._database.unit_of_work() as session:
            match status:
                case TaskStatus.IN_PROGRESS:
                    return await transitions.claim(
                        session,
                        task_id,
                        description=description,
                        worker_id=self._membership.worker_id if self._membership else ALONE,
                    )
                case TaskStatus.VALIDATING:
                    assert attempt is not None
                    won = await transitions.begin_validation(
                        session, task_id, attempt=attempt, description=description
                    )
                    return attempt if won else None
                case _:
                    raise ValueError(f"no progress is reported as {status}")

    async def _emit_websocket_event(
        self, session: AsyncSession, plan_id: str, event: events.PlanEvent
    ) -> None:
        """Record an event to be broadcast to the plan's room."""
        await events.record(session, plan_id, event)


async def _plan_in(
    session: AsyncSession, plan_id: str, statuses: Collection[PlanStatus], *, requested: str
) -> MasterPlan:
    plan = await repository.lock_plan(session, plan_id)
    if plan.status not in statuses:
        allowed = " or ".join(sorted(statuses))
        raise InvalidTransition(
            "masterplan",
            plan_id,
            current=plan.status,
            requested=requested,
            remedy=f"it must be {allowed}",
        )
    return plan


def _may_start(plan: MasterPlan) -> bool:
    """Tell whether the plan is approved and nothing of it has run."""
    failed_to_start = plan.status == PlanStatus.FAILED and plan.approved_at is not None
    return plan.status == PlanStatus.APPROVED or failed_to_start


def _require_startable(plan: MasterPlan) -> None:
    if not _may_start(plan):
        raise InvalidTransition(
            "masterplan",
            plan.id,
            current=plan.status,
            requested="execute",
            remedy="it must be approved first"
            if plan.status == PlanStatus.DRAFT
            else "only an approved masterplan can be executed",
        )
