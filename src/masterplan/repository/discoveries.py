"""Queries about what was found in the repositories that plans are made for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.models import PlanDiscovery


async def get_discovery(session: AsyncSession, plan_id: str) -> dict[str, Any] | None:
    """Return what was found in the plan's repository; None where nobody has looked."""
    return await session.scalar(
        select(PlanDiscovery.facts).where(PlanDiscovery.masterplan_id == plan_id)
    )


async def keep_discovery(
    session: AsyncSession, plan_id: str, *, commit: str, facts: dict[str, Any]
) -> None:
    """Store what was found, in the place of what was found before."""
    await session.merge(PlanDiscovery(masterplan_id=plan_id, commit=commit, facts=facts))


async def forget_discovery(session: AsyncSession, plan_id: str) -> None:
    """Remove what was found: the plan is for another repository now."""
    await session.execute(delete(PlanDiscovery).where(PlanDiscovery.masterplan_id == plan_id))
