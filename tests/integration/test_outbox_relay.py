"""What the relay sends although nobody told it of the commit."""

from __future__ import annotations

import asyncio
from pathlib import Path

from masterplan import events
from masterplan.db import Database, migrate
from masterplan.events import RecordedEvent, TaskLogged
from masterplan.models import MasterPlan
from masterplan.outbox import POLL_SECONDS, OutboxRelay


class Collected:
    """Keeps which events were published."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int]] = []

    async def publish(self, event: RecordedEvent) -> None:
        self.events.append((event.masterplan_id, event.seq))

    async def publish_log(self, event: TaskLogged) -> None:
        raise AssertionError(event)


async def test_an_event_nobody_told_of_is_sent_amid_traffic(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/masterplan.sqlite3"
    migrate(url)
    collected = Collected()
    async with Database(url).running() as database:
        async with database.unit_of_work() as session:
            plan = MasterPlan(
                title="t", description="", goal="", settings={}, status="draft", revision=1
            )
            session.add(plan)
            await session.flush()
        async with OutboxRelay(database, collected).running() as relay:
            # Another process's: its own database object has no listener here.
            async with Database(url).running() as elsewhere, elsewhere.unit_of_work() as session:
                changed = events.PlanStatusChanged(status="draft", previous=None, by="somebody")
                await events.record(session, plan.id, changed)
            async with asyncio.timeout(3 * POLL_SECONDS):
                while not collected.events:
                    relay.wake(frozenset({"other"}))
                    await asyncio.sleep(POLL_SECONDS / 10)

    assert collected.events == [(plan.id, 1)]
