"""What a person judges a plan by: its document to be changed, and what its work was proven with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query

from masterplan import repository
from masterplan.api.answers import INVALID, NOT_FOUND
from masterplan.api.attempt_schemas import CheckVerdict, PlanEvidence, TaskEvidence
from masterplan.api.dependencies import ReadSession, RuntimeDep
from masterplan.api.forecast_schemas import ForecastView, MoneyRange, SecondsRange, TokenRange
from masterplan.api.schemas import EditableDocument
from masterplan.documents import PlanDocument
from masterplan.engine.plan_revisions import present_revision
from masterplan.forecast import Range
from masterplan.models import Attempt
from masterplan.plan_mapping import document_of_plan
from masterplan.services.forecast_service import PlanForecast

router = APIRouter(prefix="/masterplans", tags=["masterplans"], responses=INVALID)


def serialize_evidence(attempts: Sequence[Attempt]) -> TaskEvidence:
    """Serialize what the attempts at one task have come to."""
    latest = max(attempts, key=lambda attempt: attempt.number)
    return TaskEvidence(
        task_id=latest.task_id,
        attempts=len(attempts),
        checks=[CheckVerdict.model_validate(result) for result in latest.check_results],
    )


def serialize_forecast(found: PlanForecast) -> ForecastView:
    """Serialize a forecast; its ranges hold eight in ten simulated runs."""
    forecast = found.forecast
    return ForecastView(
        max_parallel=found.max_parallel,
        tasks=len(found.tasks),
        critical_path=forecast.critical_path,
        critical_path_s=_seconds(forecast.critical_path_seconds),
        parallel_width=forecast.parallel_width,
        duration_s=_seconds(forecast.seconds),
        tokens_input=_tokens(forecast.tokens_input),
        tokens_output=_tokens(forecast.tokens_output),
        cost_usd=_money(forecast.usd) if forecast.usd else None,
        unpriced_tasks=forecast.unpriced_tasks,
        within_budget=found.within_budget,
        tasks_from_history=found.tasks_from_history,
        past_tasks=found.past_tasks,
    )


def _seconds(range: Range) -> SecondsRange:
    low, likely, high = (round(bound, 1) for bound in astuple(range))
    return SecondsRange(low=low, likely=likely, high=high)


def _tokens(range: Range) -> TokenRange:
    low, likely, high = (round(bound) for bound in astuple(range))
    return TokenRange(low=low, likely=likely, high=high)


def _money(range: Range) -> MoneyRange:
    low, likely, high = (Decimal(f"{bound:.4f}") for bound in astuple(range))
    return MoneyRange(low=low, likely=likely, high=high)


@router.get("/{masterplan_id}/document", responses=NOT_FOUND)
async def get_document(masterplan_id: str, session: ReadSession) -> EditableDocument:
    """The plan as a document, with the hash to send along when it is put back changed."""
    plan = await repository.get_plan(session, masterplan_id)
    present = await present_revision(session, plan)
    if present is not None:
        document = PlanDocument.model_validate(present.document)
    else:
        document = document_of_plan(await repository.get_plan_tree(session, masterplan_id))
    return EditableDocument(revision=plan.revision, plan_hash=plan.plan_hash, document=document)


@router.get("/{masterplan_id}/evidence", responses=NOT_FOUND)
async def get_evidence(masterplan_id: str, session: ReadSession) -> PlanEvidence:
    """What proves each task that was attempted, without what its checks printed."""
    attempts = await repository.attempts_in_plan(session, masterplan_id)
    by_task: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        by_task[attempt.task_id].append(attempt)
    return PlanEvidence(tasks=[serialize_evidence(tried) for tried in by_task.values()])


@router.get("/{masterplan_id}/forecast", responses=NOT_FOUND)
async def get_forecast(
    masterplan_id: str,
    runtime: RuntimeDep,
    max_parallel: Annotated[
        int | None, Query(ge=1, le=256, description="Instead of what the plan's settings say.")
    ] = None,
) -> ForecastView:
    """What the tasks that are left will take: time, tokens and money, as ranges.

    Rests on past tasks of this installation that were done by the same agent with the same model,
    where there are enough, and on assumptions where not.
    """
    found = await runtime.forecasts.forecast(masterplan_id, max_parallel=max_parallel)
    return serialize_forecast(found)
