"""Outlines are read at the same time for plans that run at the same time."""

from __future__ import annotations

import asyncio

from masterplan.db import Database
from masterplan.documents import document_of
from masterplan.engine.outlines import MAX_KEPT, Outlines
from masterplan.services.masterplan_service import MasterplanService
from support.plans import plan_of, scripted


async def test_each_plan_gets_its_own_however_many_ask(database: Database) -> None:
    service = MasterplanService(agents={"scripted"}, unpriced_model=lambda _, __: None)
    async with database.unit_of_work() as session:
        plans = [
            await service.create(session, document_of(plan_of(scripted(f"task{n}"))), by="Ada")
            for n in range(MAX_KEPT + 4)
        ]
    outlines = Outlines(database)

    told = await asyncio.gather(*(outlines.of(plan) for plan in plans))

    assert all(f"task{n}" in outline for n, outline in enumerate(told))
    assert await outlines.of(plans[0]) == told[0]
