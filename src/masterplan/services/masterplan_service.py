"""A plan's life up to its execution: made from a document or a goal, approved or rejected."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import events, repository
from masterplan.documents import PlanDocument, PlanSettings
from masterplan.documents.rules import plan_gaps
from masterplan.documents.wording import shortened
from masterplan.engine.journaled_work import SET_PRICE, budget_of, unknown_price
from masterplan.engine.plan_revisions import Authorship, put_first_document, replace_document
from masterplan.engine.plan_transitions import change_plan_status
from masterplan.errors import (
    InvalidPlan,
    InvalidTransition,
    PlanHashMismatch,
    PlanIncomplete,
    Problem,
)
from masterplan.lifecycle import EDITABLE, Complexity, PlanStatus
from masterplan.models import MasterPlan, MasterPlanTask, new_id, utc_now

UnpricedModel = Callable[[str | None, Complexity], str | None]
"""Names the model that a plan's tasks of a complexity would ask, if its price is not known."""


class MasterplanService:
    """Functions over a session that the caller commits."""

    def __init__(self, *, agents: Collection[str], unpriced_model: UnpricedModel) -> None:
        self._agents = agents
        self._unpriced_model = unpriced_model

    async def create(
        self,
        session: AsyncSession,
        document: PlanDocument,
        *,
        by: str,
        reason: str | None = None,
    ) -> MasterPlan:
        """Store a valid document as a draft; `reason` says where it came from.

        Raises InvalidPlan where an agent is unknown.
        """
        self._refuse_unknown_agents(document)
        plan = MasterPlan(id=new_id(), status=PlanStatus.DRAFT)
        authorship = Authorship(asked_by=by, reason=reason)
        await put_first_document(session, plan, document, authorship=authorship)
        await self._record_creation(session, plan, by=by, reason=reason)
        return plan

    async def edit(
        self,
        session: AsyncSession,
        plan_id: str,
        document: PlanDocument,
        *,
        plan_hash: str | None,
        by: str,
        status: PlanStatus | None = None,
        reason: str | None = None,
    ) -> None:
        """Put a document in the place of a plan's present one, as its next revision.

        The result is a draft, of which only what the change touches is to be run (again). With
        `plan_hash`, only if the plan is still the one that was read; with `status`, only if nobody
        has decided on it since. Raises NotFound,
        InvalidTransition, PlanHashMismatch and InvalidPlan where an agent is unknown.
        """
        self._refuse_unknown_agents(document)
        plan = await require_editable(session, plan_id, plan_hash=plan_hash, requested="edit")
        if status is not None and plan.status != status:
            remedy = f"it was {status} when you read it. Read it again, then edit"
            raise _refused(plan, requested="edit", remedy=remedy)
        await replace_document(
            session, plan, document, authorship=Authorship(asked_by=by, reason=reason)
        )

    async def begin_generation(
        self,
        session: AsyncSession,
        *,
        goal: str,
        repository_url: str | None,
        settings: PlanSettings,
        by: str,
    ) -> MasterPlan:
        """Store an empty plan that is to be generated from its goal."""
        plan = MasterPlan(
            id=new_id(),
            status=PlanStatus.GENERATING,
            title=title_from(goal),
            goal=goal,
            repository=repository_url,
            settings=settings.model_dump(mode="json"),
        )
        session.add(plan)
        await session.flush()
        await self._record_creation(session, plan, by=by)
        return plan

    async def approve(
        self, session: AsyncSession, plan_id: str, *, plan_hash: str | None, by: str
    ) -> None:
        """Approve a draft; with `plan_hash`, only if it is still the plan that was read.

        Raises NotFound, InvalidTransition, PlanHashMismatch, PlanIncomplete.
        """
        plan = await self._draft(session, plan_id, requested="approve")
        _require_hash(plan, plan_hash, requested="approve")
        gaps = plan_gaps(await repository.tasks_without_files(session, plan_id))
        gaps += await self._powerless_budgets(session, plan)
        if gaps:
            raise PlanIncomplete(plan_id, shortened(gaps))
        await change_plan_status(
            session, plan, PlanStatus.APPROVED, by=by, approved_by=by, approved_at=utc_now()
        )

    async def reject(
        self, session: AsyncSession, plan_id: str, *, reason: str | None, by: str
    ) -> None:
        """Reject a draft. Raises NotFound, InvalidTransition."""
        plan = await self._draft(session, plan_id, requested="reject")
        await change_plan_status(
            session, plan, PlanStatus.REJECTED, by=by, reason=reason, rejection_reason=reason
        )

    async def _powerless_budgets(self, session: AsyncSession, plan: MasterPlan) -> list[str]:
        """Say which budgets in US dollars would limit nothing, the model's price being unknown."""
        asking = await repository.tasks_to_do(session, plan.id, agent="llm")
        rows: list[MasterPlan | MasterPlanTask] = [plan, *asking]
        limited = [row for row in rows if row.budget_usd and row.budget_tokens is None]
        if not asking or not limited:
            return []
        requested = PlanSettings.model_validate(plan.settings).model
        complexities = sorted({Complexity(task.complexity) for task in asking})
        models = {self._unpriced_model(requested, complexity) for complexity in complexities}
        return [
            f"{unknown_price(model, budget_of(limited[0]))} Give it budget_tokens, or {SET_PRICE}."
            for model in sorted(filter(None, models))
        ]

    async def _draft(self, session: AsyncSession, plan_id: str, *, requested: str) -> MasterPlan:
        plan = await repository.lock_plan(session, plan_id)
        if plan.status != PlanStatus.DRAFT:
            raise _refused(
                plan, requested=requested, remedy="only a draft can be approved or rejected"
            )
        return plan

    def _refuse_unknown_agents(self, document: PlanDocument) -> None:
        problems = [
            Problem(
                f"task {task.key}: there is no agent {document.agent_of(task)!r}; "
                f"use one of {', '.join(sorted(self._agents))}",
                task=task.key,
                field="agent",
            )
            for task in document.tasks()
            if document.agent_of(task) not in self._agents
        ]
        if problems:
            raise InvalidPlan(problems)

    async def _record_creation(
        self, session: AsyncSession, plan: MasterPlan, *, by: str, reason: str | None = None
    ) -> None:
        status = PlanStatus(plan.status)
        event = events.PlanStatusChanged(status=status, previous=None, reason=reason, by=by)
        await events.record(session, plan.id, event)


async def require_editable(
    session: AsyncSession, plan_id: str, *, plan_hash: str | None, requested: str
) -> MasterPlan:
    """Lock a plan whose document may be replaced now, and return it.

    Raises NotFound, InvalidTransition, and PlanHashMismatch where it is not the one that was read.
    """
    plan = await repository.lock_plan(session, plan_id)
    if plan.status not in EDITABLE:
        running = plan.status == PlanStatus.IN_PROGRESS
        remedy = "pause or cancel it first" if running else "wait until it has been planned"
        raise _refused(plan, requested=requested, remedy=remedy)
    _require_hash(plan, plan_hash, requested=requested)
    if running_now := len(await repository.running_attempts(session, plan_id)):
        remedy = f"and {running_now} of its tasks still run; wait for their end, or cancel it"
        raise _refused(plan, requested=requested, remedy=remedy)
    return plan


def _refused(plan: MasterPlan, *, requested: str, remedy: str) -> InvalidTransition:
    return InvalidTransition(
        "masterplan", plan.id, current=plan.status, requested=requested, remedy=remedy
    )


def _require_hash(plan: MasterPlan, plan_hash: str | None, *, requested: str) -> None:
    if plan_hash is not None and plan_hash != plan.plan_hash:
        raise PlanHashMismatch(
            plan.id, expected=plan_hash, current=plan.plan_hash or "", requested=requested
        )


def title_from(goal: str, limit: int = 80) -> str:
    """The first line of a goal, as a title until the planner has a better one."""
    line = goal.strip().partition("\n")[0]
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
