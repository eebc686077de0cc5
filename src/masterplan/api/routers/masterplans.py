"""Plans over REST: list, create, generate, read, edit, approve, reject."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Header, Query, Request, Response

from masterplan import repository
from masterplan.api.answers import ILLEGAL, INVALID, NOT_FOUND, PLAN_SCHEMA, UNAVAILABLE, UNCHANGED
from masterplan.api.bodies import text_body
from masterplan.api.dependencies import Actor, ReadSession, RuntimeDep
from masterplan.api.details import Tasks, committed_detail, read_detail
from masterplan.api.entity_tags import entity_tag, is_known
from masterplan.api.schemas import (
    ApproveRequest,
    GenerateRequest,
    MasterplanDetail,
    MasterplanPage,
    RejectRequest,
)
from masterplan.api.serialization import (
    serialize_masterplan_summary,
)
from masterplan.documents import PlanDocument, load_document, load_draft
from masterplan.engine.workflow_ids import Generation
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import PlanStatus

MAX_PAGE = 500

router = APIRouter(prefix="/masterplans", tags=["masterplans"], responses=INVALID)


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
    request: Request, runtime: RuntimeDep, actor: Actor, tasks: Tasks = "all"
) -> MasterplanDetail:
    """Store a plan document as a draft."""
    # Read as text like any plan file, so that every problem is told, and repeated keys are too.
    document = await _document_in(request)
    async with runtime.database.unit_of_work() as session:
        plan = await runtime.masterplans.create(session, document, by=actor)
    return await committed_detail(runtime, plan.id, tasks=tasks)


@router.post("/generate", status_code=202, responses=UNAVAILABLE)
async def generate_masterplan(
    body: GenerateRequest, runtime: RuntimeDep, actor: Actor, tasks: Tasks = "all"
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
    return await committed_detail(runtime, plan.id, tasks=tasks)


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
    tasks: Tasks = "all",
) -> MasterplanDetail | Response:
    """The plan; 304 where it is still what one of the ETags in If-None-Match names."""
    # Read before the plan: what changes in between is noticed the next time.
    version = await repository.plan_version(session, masterplan_id)
    headers = {"ETag": entity_tag(f"{version} {tasks}"), "Cache-Control": "private, no-cache"}
    if is_known(headers["ETag"], if_none_match):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return await read_detail(session, masterplan_id, tasks=tasks)


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
    runtime: RuntimeDep,
    actor: Actor,
    plan_hash: Annotated[str | None, Query(description="Edit only the plan of this hash.")] = None,
    status: Annotated[
        PlanStatus | None, Query(description="Edit only a plan that has this status still.")
    ] = None,
    reason: Annotated[
        str | None, Query(max_length=2_000, description="Why; kept with the revision.")
    ] = None,
    tasks: Tasks = "all",
) -> MasterplanDetail:
    """Put a plan document in the place of the present one, as the plan's next revision.

    The result is a draft, so target_files may be missing. In a plan that was executed, what is
    completed and untouched stays completed; all else runs once the draft is approved and executed.
    """
    document = await asyncio.to_thread(load_draft, await text_body(request))
    async with runtime.database.unit_of_work() as session:
        await runtime.masterplans.edit(
            session,
            masterplan_id,
            document,
            plan_hash=plan_hash,
            status=status,
            by=actor,
            reason=(reason or "").strip() or None,
        )
    return await committed_detail(runtime, masterplan_id, tasks=tasks)


@router.post("/{masterplan_id}/approve", responses={**NOT_FOUND, **ILLEGAL})
async def approve_masterplan(
    masterplan_id: str,
    runtime: RuntimeDep,
    actor: Actor,
    body: Annotated[ApproveRequest | None, Body()] = None,
    tasks: Tasks = "all",
) -> MasterplanDetail:
    """Approve a draft; its plan_hash, where given, must be the current one."""
    plan_hash = body.plan_hash if body else None
    async with runtime.database.unit_of_work() as session:
        await runtime.masterplans.approve(session, masterplan_id, plan_hash=plan_hash, by=actor)
    return await committed_detail(runtime, masterplan_id, tasks=tasks)


@router.post("/{masterplan_id}/reject", responses={**NOT_FOUND, **ILLEGAL})
async def reject_masterplan(
    masterplan_id: str,
    runtime: RuntimeDep,
    actor: Actor,
    body: Annotated[RejectRequest | None, Body()] = None,
    tasks: Tasks = "all",
) -> MasterplanDetail:
    reason = body.rejection_reason if body else None
    async with runtime.database.unit_of_work() as session:
        await runtime.masterplans.reject(session, masterplan_id, reason=reason, by=actor)
    return await committed_detail(runtime, masterplan_id, tasks=tasks)
