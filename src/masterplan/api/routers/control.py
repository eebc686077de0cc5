"""What is done with an approved plan over REST: execute, pause, resume, raise, retry, cancel."""

from __future__ import annotations

import dataclasses
from typing import Annotated

from fastapi import APIRouter, Body

from masterplan import repository
from masterplan.api.answers import ILLEGAL, INVALID, NOT_FOUND, UNAVAILABLE
from masterplan.api.dependencies import Actor, RuntimeDep
from masterplan.api.details import Tasks, committed_detail
from masterplan.api.schemas import BudgetRequest, ExecutionAnswer, MasterplanDetail, RetryRequest
from masterplan.budgets import Budget
from masterplan.engine.workflow_ids import Generation
from masterplan.failpoints import Failpoint, reach

router = APIRouter(prefix="/masterplans", tags=["masterplans"], responses=INVALID)


@router.post(
    "/{masterplan_id}/execute",
    status_code=202,
    responses={**NOT_FOUND, **ILLEGAL, **UNAVAILABLE},
)
async def execute_masterplan(
    masterplan_id: str, runtime: RuntimeDep, actor: Actor
) -> ExecutionAnswer:
    """Make the workspace of an approved plan and start its tasks."""
    engine = runtime.executing_engine()
    metadata = await runtime.executions.execute(masterplan_id, by=actor)
    reach(Failpoint.EXECUTE_COMMITTED)
    engine.wake(masterplan_id)
    return ExecutionAnswer(**dataclasses.asdict(metadata))


@router.post("/{masterplan_id}/pause", responses={**NOT_FOUND, **ILLEGAL})
async def pause_masterplan(
    masterplan_id: str, runtime: RuntimeDep, actor: Actor, tasks: Tasks = "all"
) -> MasterplanDetail:
    """Start no more tasks; those that run go on to their end."""
    async with runtime.database.unit_of_work() as session:
        await runtime.executions.pause(session, masterplan_id, by=actor)
    return await committed_detail(runtime, masterplan_id, tasks=tasks)


@router.post("/{masterplan_id}/resume", responses={**NOT_FOUND, **ILLEGAL, **UNAVAILABLE})
async def resume_masterplan(
    masterplan_id: str,
    runtime: RuntimeDep,
    actor: Actor,
    body: Annotated[BudgetRequest | None, Body()] = None,
    tasks: Tasks = "all",
) -> MasterplanDetail:
    """Let a paused plan go on, with a larger budget where one is given."""
    engine = runtime.executing_engine()
    async with runtime.database.unit_of_work() as session:
        if body is not None and _budget_in(body) != Budget():
            await runtime.executions.raise_budget(
                session, masterplan_id, task_id=body.task_id, budget=_budget_in(body), by=actor
            )
        await runtime.executions.resume(session, masterplan_id, by=actor)
    reach(Failpoint.RESUME_COMMITTED)
    engine.wake(masterplan_id)
    return await committed_detail(runtime, masterplan_id, tasks=tasks)


@router.patch("/{masterplan_id}/budget", responses={**NOT_FOUND, **ILLEGAL})
async def raise_budget(
    masterplan_id: str, body: BudgetRequest, runtime: RuntimeDep, actor: Actor, tasks: Tasks = "all"
) -> MasterplanDetail:
    """Change what an approved plan, or one of its tasks, may use; the approval stays."""
    async with runtime.database.unit_of_work() as session:
        await runtime.executions.raise_budget(
            session, masterplan_id, task_id=body.task_id, budget=_budget_in(body), by=actor
        )
    return await committed_detail(runtime, masterplan_id, tasks=tasks)


def _budget_in(body: BudgetRequest) -> Budget:
    return Budget(body.budget_usd, body.budget_tokens)


@router.post(
    "/{masterplan_id}/retry",
    status_code=202,
    responses={**NOT_FOUND, **ILLEGAL, **UNAVAILABLE},
)
async def retry_failed_tasks(
    masterplan_id: str,
    runtime: RuntimeDep,
    actor: Actor,
    body: Annotated[RetryRequest | None, Body()] = None,
    tasks: Tasks = "all",
) -> MasterplanDetail:
    """Run every failed task again, with guidance if given, and what they had blocked."""
    engine = runtime.executing_engine()
    guidance = body.guidance if body else None
    async with runtime.database.unit_of_work() as session:
        await runtime.executions.retry_all(session, masterplan_id, guidance=guidance, by=actor)
    reach(Failpoint.RETRY_COMMITTED)
    engine.wake(masterplan_id)
    return await committed_detail(runtime, masterplan_id, tasks=tasks)


@router.post("/{masterplan_id}/cancel", responses={**NOT_FOUND, **ILLEGAL})
async def cancel_masterplan(
    masterplan_id: str, runtime: RuntimeDep, actor: Actor, tasks: Tasks = "all"
) -> MasterplanDetail:
    """End the plan, with whatever runs for it; what was published stays.

    While a model revises the plan, only that is ended, and the plan is as it was before.
    """
    async with runtime.database.unit_of_work() as session:
        revision = await repository.open_revision(session, masterplan_id)
        running = await runtime.executions.cancel(session, masterplan_id, by=actor)
    reach(Failpoint.CANCEL_COMMITTED)
    if runtime.engine is not None:
        await runtime.engine.end_attempts(running)
        generation = Generation(masterplan_id, revision.number if revision else None)
        await runtime.engine.end_generation(generation)
    reach(Failpoint.CANCEL_ENDED)
    return await committed_detail(runtime, masterplan_id, tasks=tasks)
