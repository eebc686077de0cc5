"""A goal becomes a draft: the planner's work, resumed from its start after a crash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import events, repository
from masterplan.db import Database
from masterplan.documents import PlanSettings
from masterplan.engine.plan_transitions import ENGINE, change_plan_status
from masterplan.errors import MasterplanError
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import PlanStatus
from masterplan.models import MasterPlan
from masterplan.plan_mapping import fill_plan
from masterplan.planning.generation import (
    GenerationProgress,
    PlannedDocument,
    PlanningFailed,
    ProgressListener,
    Spending,
)

log = structlog.get_logger(__name__)

NOTHING = Spending()

Plan = Callable[[str, PlanSettings, ProgressListener], Awaitable[PlannedDocument]]
"""Makes a plan document from a goal and settings, telling its progress."""


class PlanGenerator:
    """Runs the planner for a plan that is being generated and keeps what comes of it."""

    def __init__(self, database: Database, plan: Plan) -> None:
        self._database = database
        self._plan = plan

    async def generate(self, plan_id: str) -> None:
        """Bring the plan from generating to draft, or to failed with the reason."""
        async with self._database.reading() as session:
            row = await repository.get_plan(session, plan_id)
        if row.status != PlanStatus.GENERATING:
            return

        async def tell(progress: GenerationProgress) -> None:
            async with self._database.unit_of_work() as session:
                await _record_progress(session, plan_id, progress)
            reach(Failpoint.GENERATION_PROGRESSED)

        try:
            planned = await self._plan(row.goal, PlanSettings.model_validate(row.settings), tell)
        except PlanningFailed as error:
            await self._give_up(plan_id, error.message, spent=error.spent)
        except MasterplanError as error:
            await self._give_up(plan_id, error.message)
        except Exception as error:
            log.exception("generation_failed", plan=plan_id)
            await self._give_up(plan_id, f"{type(error).__name__}: {error}")
        else:
            await self._keep(plan_id, planned)

    async def _keep(self, plan_id: str, planned: PlannedDocument) -> None:
        reach(Failpoint.GENERATION_PLANNED)
        async with self._database.unit_of_work() as session:
            plan = await repository.lock_plan(session, plan_id)
            if plan.status != PlanStatus.GENERATING:
                return
            document = planned.document.model_copy(
                update={"goal": plan.goal, "repository": plan.repository}
            )
            await fill_plan(session, plan, document)
            _add_spending(plan, planned.spent)
            await session.flush()
            await change_plan_status(session, plan, PlanStatus.DRAFT, by=ENGINE)
        reach(Failpoint.GENERATION_KEPT)

    async def _give_up(self, plan_id: str, reason: str, *, spent: Spending = NOTHING) -> None:
        async with self._database.unit_of_work() as session:
            plan = await repository.lock_plan(session, plan_id)
            if plan.status == PlanStatus.GENERATING:
                _add_spending(plan, spent)
                await session.flush()
                await change_plan_status(
                    session,
                    plan,
                    PlanStatus.FAILED,
                    by=ENGINE,
                    reason=reason,
                    failure_reason=reason,
                )


def _add_spending(plan: MasterPlan, spent: Spending) -> None:
    plan.tokens_input += spent.tokens_input
    plan.tokens_output += spent.tokens_output
    plan.cost_usd += spent.cost_usd


async def _record_progress(
    session: AsyncSession, plan_id: str, progress: GenerationProgress
) -> None:
    await events.record(
        session,
        plan_id,
        events.GenerationProgressed(
            phase=progress.phase,
            percent=progress.percent,
            message=progress.message,
            tasks_so_far=progress.tasks_so_far,
        ),
    )
