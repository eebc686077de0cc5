"""Queries about recorded events."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.models import Event, MasterPlan


async def events_after(
    session: AsyncSession, plan_id: str, *, after: int, limit: int
) -> Sequence[Event]:
    return (
        await session.scalars(
            select(Event)
            .where(Event.masterplan_id == plan_id, Event.seq > after)
            .order_by(Event.seq)
            .limit(limit)
        )
    ).all()


async def last_seqs(session: AsyncSession) -> dict[str, int]:
    """Return each plan's last event number."""
    rows = await session.execute(select(MasterPlan.id, MasterPlan.event_seq))
    return {row.id: row.event_seq for row in rows}
