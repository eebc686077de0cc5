"""Reads a plan for an answer, with as much of its tasks as was asked for.

A plan may have 10,000 tasks, and most who ask need none of them: its head answers in milliseconds.
"""

from __future__ import annotations

from typing import Annotated, assert_never

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.api.schemas import MasterplanDetail, TaskScope
from masterplan.api.serialization import (
    serialize_masterplan_counts,
    serialize_masterplan_detail,
    serialize_masterplan_head,
)
from masterplan.services.runtime import Runtime

Tasks = Annotated[
    TaskScope,
    Query(description="`counts`: tasks counted per milestone, not listed; `none`: no phases."),
]


async def read_detail(
    session: AsyncSession, plan_id: str, *, tasks: TaskScope = "all"
) -> MasterplanDetail:
    """Return the plan as the session sees it. Raises NotFound."""
    match tasks:
        case "all":
            return serialize_masterplan_detail(await repository.get_plan_tree(session, plan_id))
        case "counts":
            plan = await repository.get_plan_milestones(session, plan_id)
            return serialize_masterplan_counts(plan, await repository.count_tasks(session, plan_id))
        case "none":
            return serialize_masterplan_head(await repository.get_plan_head(session, plan_id))
        case _:
            assert_never(tasks)


async def committed_detail(
    runtime: Runtime, plan_id: str, *, tasks: TaskScope = "all"
) -> MasterplanDetail:
    """Return the plan as it is now, after what the request changed. Raises NotFound."""
    async with runtime.database.reading() as session:
        return await read_detail(session, plan_id, tasks=tasks)
