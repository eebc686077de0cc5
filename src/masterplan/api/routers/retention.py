"""What may be removed to make room, and its removal."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from masterplan.api.answers import INVALID
from masterplan.api.dependencies import RuntimeDep
from masterplan.api.system_schemas import PrunableView, PruneRequest, PruneView
from masterplan.engine.retention import Room
from masterplan.models import utc_now

router = APIRouter(prefix="/system/prunable", tags=["system"], responses=INVALID)

Days = Annotated[int, Query(ge=0, le=36_500, description="Days since the plan's end.")]


@router.get("")
async def get_prunable(runtime: RuntimeDep, older_than_days: Days = 30) -> PruneView:
    """What could be removed: logs and unpublished attempts of ended plans, the oldest first.

    What models were asked for plans and in conversations so long ago counts in `bytes` alone.
    """
    before = utc_now() - timedelta(days=older_than_days)
    return _view(await runtime.executing_engine().retention.survey(before))


@router.post("/remove")
async def prune(runtime: RuntimeDep, request: PruneRequest) -> PruneView:
    """Remove logs and unpublished attempts of plans that ended long ago.

    Their rows, events, evidence and branch stay. What models were asked for plans and in
    conversations so long ago goes too.
    """
    before = utc_now() - timedelta(days=request.older_than_days)
    return _view(await runtime.executing_engine().retention.prune(before))


def _view(room: Room) -> PruneView:
    return PruneView(
        plans=[PrunableView.model_validate(plan, from_attributes=True) for plan in room.plans],
        bytes=room.bytes,
    )
