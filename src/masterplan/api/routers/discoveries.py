"""What was found in the repository that a plan is made for."""

from __future__ import annotations

from fastapi import APIRouter

from masterplan import repository
from masterplan.api.answers import INVALID, NOT_FOUND
from masterplan.api.dependencies import ReadSession
from masterplan.api.schemas import DiscoveryAnswer
from masterplan.discovery.facts import RepositoryFacts

router = APIRouter(prefix="/masterplans", tags=["masterplans"], responses=INVALID)


@router.get("/{masterplan_id}/discovery", responses=NOT_FOUND)
async def get_discovery(masterplan_id: str, session: ReadSession) -> DiscoveryAnswer:
    """What the planner saw of the plan's repository; null where it has looked at none."""
    await repository.get_plan(session, masterplan_id)
    found = await repository.get_discovery(session, masterplan_id)
    return DiscoveryAnswer(discovery=RepositoryFacts.model_validate(found) if found else None)
