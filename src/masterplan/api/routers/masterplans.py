"""Plans over REST: create, read, approve, execute, retry, follow.

The `serialize_…` functions are the one place where each thing gets its outside form.
"""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Annotated

from fastapi import APIRouter, Body, Header, Query, Request, Response

from masterplan import repository
from masterplan.api.answers import ILLEGAL, INVALID, NOT_FOUND, PLAN_SCHEMA, UNAVAILABLE, UNCHANGED
from masterplan.api.bodies import text_body
from masterplan.api.dependencies import Actor, ReadSession, RuntimeDep, WriteSession
from masterplan.api.entity_tags import entity_tag, is_known
from masterplan.api.schemas import (
    ApproveRequest,
    AttemptSpan,
    BudgetRequest,
    EventPage,
    EventView,
    ExecutionAnswer,
    GenerateRequest,
    MasterplanDetail,
    MasterplanPage,
    MasterplanSummary,
    MilestoneView,
    PhaseView,
    RejectRequest,
    RetryRequest,
    TaskView,
    Timeline,
)
from masterplan.budgets import Budget
from masterplan.documents import (
    PlanDocument,
    PlanSettings,
    load_document,
    load_draft,
    plan_warnings,
)
from masterplan.documents.warnings import PlanWarning
from masterplan.engine.workflow_ids import Generation
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import UNDECIDED, PlanStatus
from masterplan.models import (
    MasterPlan,
    MasterPlanMilestone,
    MasterPlanPhase,
    MasterPlanTask,
)
from masterplan.plan_mapping import document_of_plan

MAX_PAGE = 500
MAX_EVENTS = 1_000
MAX_WAIT_SECONDS = 30


router = APIRouter(prefix="/masterplans", tags=["masterplans"], responses=INVALID)


# How things look from outside


def serialize_masterplan_summary(plan: MasterPlan) -> MasterplanSummary:
    return MasterplanSummary.model_validate(_plan_fields(plan))


def serialize_masterplan_detail(plan: MasterPlan) -> MasterplanDetail:
    """Serialize a plan that was loaded with its tree."""
    return MasterplanDetail.model_validate(
        {
            **_plan_fields(plan),
            "settings": PlanSettings.model_validate(plan.settings),
            "source": plan.source,
            "warnings": [dataclasses.asdict(warning) for warning in _warnings(plan)],
            "phases": [serialize_phase(phase) for phase in plan.phases],
        }
    )


def _warnings(plan: MasterPlan) -> list[PlanWarning]:
    return plan_warnings(document_of_plan(plan)) if plan.status in UNDECIDED else []


def serialize_phase(phase: MasterPlanPhase) -> PhaseView:
    return PhaseView(
        phase_id=phase.id,
        name=phase.name,
        description=phase.description,
        milestones=[serialize_milestone(milestone) for milestone in phase.milestones],
    )


def serialize_milestone(milestone: MasterPlanMilestone) -> MilestoneView:
    return MilestoneView(
        milestone_id=milestone.id,
        name=milestone.name,
        description=milestone.description,
        tasks=[serialize_task(task) for task in milestone.tasks],
    )


def serialize_task(task: MasterPlanTask) -> TaskView:
    same_name = TaskView.model_fields.keys() - {"task_id"}
    return TaskView.model_validate(
        {"task_id": task.id, **{name: getattr(task, name) for name in same_name}}
    )


def _plan_fields(plan: MasterPlan) -> dict[str, object]:
    same_name = MasterplanSummary.model_fields.keys() - {"masterplan_id", "last_seq"}
    return {
        "masterplan_id": plan.id,
        "last_seq": plan.event_seq,
        **{name: getattr(plan, name) for name in same_name},
    }


# Endpoints


@router.get("")
async def list_masterplans(
    session: ReadSession,
    status: Annotated[list[PlanStatus], Query(default_factory=list)],
    q: Annotated[str | None, Query(max_length=200, description="Text in title or goal.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> MasterplanPage:
    plans, counts = await repository.list_plans(
        session, statuses=status, text=q, limit=limit, offset=offset
    )
    return MasterplanPage(
        masterplans=[serialize_masterplan_summary(plan) for plan in plans],
        total=sum(counts.get(one, 0) for one in set(status) or counts),
        counts=counts,
        limit=limit,
        offset=offset,
    )


@router.post(
    "",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": PLAN_SCHEMA}},
        }
    },
)
async def create_masterplan(
    request: Request, session: WriteSession, runtime: RuntimeDep, actor: Actor
) -> MasterplanDetail:
    """Store a plan document as a draft."""
    # Read as text like any plan file, so that every problem is told, and repeated keys are too.
    document = await _document_in(request)
    plan = await runtime.masterplans.create(session, document, by=actor)
    return serialize_masterplan_detail(await repository.get_plan_tree(session, plan.id))


@router.post("/generate", status_code=202, responses=UNAVAILABLE)
async def generate_masterplan(
    body: GenerateRequest, runtime: RuntimeDep, actor: Actor
) -> MasterplanDetail:
    """Let the planner make a plan of a goal; it ends as a draft, or failed with the reason."""
    engine = runtime.executing_engine()
    async with runtime.database.unit_of_work() as session:
        plan = await runtime.masterplans.begin_generation(
            session,
            goal=body.goal,
            repository_url=body.repository,
            settings=body.settings,
            by=actor,
        )
    reach(Failpoint.GENERATION_COMMITTED)
    await engine.start_generation(Generation(plan.id))
    return await _detail(runtime, plan.id)


async def _document_in(request: Request) -> PlanDocument:
    text = await text_body(request)
    return await asyncio.to_thread(load_document, text)


@router.get(
    "/{masterplan_id}", response_model=MasterplanDetail, responses={**NOT_FOUND, **UNCHANGED}
)
async def get_masterplan(
    masterplan_id: str,
    session: ReadSession,
    response: Response,
    if_none_match: Annotated[str | None, Header(description="ETags of what is known.")] = None,
) -> MasterplanDetail | Response:
    """The plan in full; 304 where it is still what one of the ETags in If-None-Match names."""
    # Read before the plan: what changes in between is noticed the next time.
    version = await repository.plan_version(session, masterplan_id)
    headers = {"ETag": entity_tag(version), "Cache-Control": "private, no-cache"}
    if is_known(headers["ETag"], if_none_match):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return serialize_masterplan_detail(await repository.get_plan_tree(session, masterplan_id))


@router.put(
    "/{masterplan_id}",
    responses={**NOT_FOUND, **ILLEGAL},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": PLAN_SCHEMA},
                "text/plain": {"schema": {"type": "string"}},
            },
        }
    },
)
async def edit_masterplan(
    masterplan_id: str,
    request: Request,
    session: WriteSession,
    runtime: RuntimeDep,
    actor: Actor,
    plan_hash: Annotated[str | None, Query(description="Edit only the plan of this hash.")] = None,
    status: Annotated[
        PlanStatus | None, Query(description="Edit only a plan that has this status still.")
    ] = None,
    reason: Annotated[
        str | None, Query(max_length=2_000, description="Why; kept with the revision.")
    ] = None,
) -> MasterplanDetail:
    """Put a plan document in the place of the present one, as the plan's next revision.

    The result is a draft, so target_files may be missing. In a plan that was executed, what is
    completed and untouched stays completed; all else runs once the draft is approved and executed.
    """
    document = await asyncio.to_thread(load_draft, await text_body(request))
    await runtime.masterplans.edit(
        session,
        masterplan_id,
        document,
        plan_hash=plan_hash,
        status=status,
        by=actor,
        reason=(reason or "").strip() or None,
    )
    return serialize_masterplan_detail(await repository.get_plan_tree(session, masterplan_id))


@router.post("/{masterplan_id}/approve", responses={**NOT_FOUND, **ILLEGAL})
async def approve_masterplan(
    masterplan_id: str,
    session: WriteSession,
    runtime: RuntimeDep,
    actor: Actor,
    body: Annotated[ApproveRequest | None, Body()] = None,
) -> MasterplanDetail:
    """Approve a draft; its plan_hash, where given, must be the current one."""
    plan_hash = body.plan_hash if body else None
    await runtime.masterplans.approve(session, masterplan_id, plan_hash=plan_hash, by=actor)
    return serialize_masterplan_detail(await repository.get_plan_tree(session, masterplan_id))


@router.post("/{masterplan_id}/reject", responses={**NOT_FOUND, **ILLEGAL})
async def reject_masterplan(
    masterplan_id: str,
    session: WriteSession,
    runtime: RuntimeDep,
    actor: Actor,
    body: Annotated[RejectRequest | None, Body()] = None,
) -> MasterplanDetail:
    reason = body.rejection_reason if body else None
    await runtime.masterplans.reject(session, masterplan_id, reason=reason, by=actor)
    return serialize_masterplan_detail(await repository.get_plan_tree(session, masterplan_id))


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
    masterplan_id: str, session: WriteSession, runtime: RuntimeDep, actor: Actor
) -> MasterplanDetail:
    """Start no more tasks; those that run go on to their end."""
    await runtime.executions.pause(session, masterplan_id, by=actor)
    return serialize_masterplan_detail(await repository.get_plan_tree(session, masterplan_id))


@router.post("/{masterplan_id}/resume", responses={**NOT_FOUND, **ILLEGAL, **UNAVAILABLE})
async def resume_masterplan(
    masterplan_id: str,
    runtime: RuntimeDep,
    actor: Actor,
    body: Annotated[BudgetRequest | None, Body()] = None,
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
    return await _detail(runtime, masterplan_id)


@router.patch("/{masterplan_id}/budget", responses={**NOT_FOUND, **ILLEGAL})
async def raise_budget(
    masterplan_id: str,
    body: BudgetRequest,
    session: WriteSession,
    runtime: RuntimeDep,
    actor: Actor,
) -> MasterplanDetail:
    """Change what an approved plan, or one of its tasks, may use; the approval stays."""
    await runtime.executions.raise_budget(
        session, masterplan_id, task_id=body.task_id, budget=_budget_in(body), by=actor
    )
    return serialize_masterplan_detail(await repository.get_plan_tree(session, masterplan_id))


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
) -> MasterplanDetail:
    """Run every failed task again, with guidance if given, and what they had blocked."""
    engine = runtime.executing_engine()
    guidance = body.guidance if body else None
    async with runtime.database.unit_of_work() as session:
        await runtime.executions.retry_all(session, masterplan_id, guidance=guidance, by=actor)
    reach(Failpoint.RETRY_COMMITTED)
    engine.wake(masterplan_id)
    return await _detail(runtime, masterplan_id)


@router.post("/{masterplan_id}/cancel", responses={**NOT_FOUND, **ILLEGAL})
async def cancel_masterplan(
    masterplan_id: str, runtime: RuntimeDep, actor: Actor
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
    return await _detail(runtime, masterplan_id)


async def _detail(runtime: RuntimeDep, plan_id: str) -> MasterplanDetail:
    async with runtime.database.reading() as session:
        return serialize_masterplan_detail(await repository.get_plan_tree(session, plan_id))


@router.get("/{masterplan_id}/timeline", responses=NOT_FOUND)
async def get_timeline(masterplan_id: str, session: ReadSession) -> Timeline:
    """When each attempt at the plan's tasks ran, in the order of their starts."""
    attempts = await repository.attempts_in_plan(session, masterplan_id)
    spans = [AttemptSpan.model_validate(attempt, from_attributes=True) for attempt in attempts]
    return Timeline(attempts=spans)


@router.get("/{masterplan_id}/events", responses=NOT_FOUND)
async def list_events(
    masterplan_id: str,
    runtime: RuntimeDep,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_EVENTS)] = MAX_EVENTS,
    wait: Annotated[
        float,
        Query(ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait for the first event."),
    ] = 0,
) -> EventPage:
    """The plan's events after a number, in order. With `wait` the answer waits for one."""
    page = await _event_page(runtime, masterplan_id, after=after, limit=limit)
    if page.events or not wait:
        return page
    await runtime.relay.wait_for_events(masterplan_id, after=after, seconds=wait)
    return await _event_page(runtime, masterplan_id, after=after, limit=limit)


async def _event_page(runtime: RuntimeDep, plan_id: str, *, after: int, limit: int) -> EventPage:
    async with runtime.database.reading() as session:
        plan = await repository.get_plan(session, plan_id)
        rows = await repository.events_after(session, plan_id, after=after, limit=limit)
        return EventPage(
            events=[EventView.model_validate(row, from_attributes=True) for row in rows],
            last_seq=plan.event_seq,
        )
