"""Reads a plan for an answer, once what the request changed is committed."""

from __future__ import annotations

from masterplan import repository
from masterplan.api.schemas import MasterplanDetail
from masterplan.api.serialization import serialize_masterplan_detail
from masterplan.services.runtime import Runtime


async def read_detail(runtime: Runtime, plan_id: str) -> MasterplanDetail:
    """Return the plan as it is now, with its tree. Raises NotFound."""
    async with runtime.database.reading() as session:
        return serialize_masterplan_detail(await repository.get_plan_tree(session, plan_id))
