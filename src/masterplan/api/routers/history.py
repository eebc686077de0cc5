"""What has happened to a plan over REST: its events, and when its attempts ran."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from masterplan import repository
from masterplan.api.answers import INVALID, NOT_FOUND
from masterplan.api.attempt_schemas import AttemptSpan, Timeline
from masterplan.api.dependencies import ReadSession, RuntimeDep
from masterplan.api.schemas import EventPage, EventView

MAX_EVENTS = 1_000
MAX_WAIT_SECONDS = 30

router = APIRouter(prefix="/masterplans", tags=["masterplans"], responses=INVALID)


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
