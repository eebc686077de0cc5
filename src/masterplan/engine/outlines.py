"""The plan in a few lines, as every attempt's agent is told it."""

from __future__ import annotations

from masterplan import repository
from masterplan.db import Database
from masterplan.models import MasterPlan

MAX_KEPT = 16
"""Of how many plans the outline is kept at hand: it stays the same once a plan is approved."""


class Outlines:
    """Reads outlines, those of the plans that run most often from memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[tuple[str, str | None], str] = {}

    async def of(self, plan: MasterPlan) -> str:
        """Return the outline of a plan as it was approved."""
        key = (plan.id, plan.plan_hash)
        outline = self._kept.get(key)
        if outline is None:
            async with self._database.reading() as session:
                outline = await repository.plan_outline(session, plan.id)
            self._kept[key] = outline
            while len(self._kept) > MAX_KEPT:
                del self._kept[next(iter(self._kept))]
        return outline
