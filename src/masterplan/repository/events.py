"""Queries about recorded events."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.models import Event, MasterPlan

_AFTER = (
    select(Event)
    .where(Event.masterplan_id == bindparam("plan_id"), Event.seq > bindparam("after"))
    .order_by(Event.seq)
    .limit(bindparam("limit", type_=Integer))
)


async def events_after(
    session: AsyncSession, plan_id: str, *, after: int, limit: int
) -> Sequence[Event]:
    page = {"plan_id": plan_id, "after": after, "limit": limit}
    return (await session.scalars(_AFTER, page)).all()


async def last_seqs(session: AsyncSession) -> dict[str, int]:
    """Return each plan's last event number."""
    rows = await session.execute(select(MasterPlan.id, MasterPlan.event_seq))
    return {row.id: row.event_seq for row in rows}
