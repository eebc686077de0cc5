"""Which commits the relay hears of, and what it sends although nobody told it of the commit."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event

from masterplan import events, repository
from masterplan.db import Database, migrate
from masterplan.events import RecordedEvent, TaskLogged
from masterplan.lifecycle import PlanStatus
from masterplan.models import MasterPlan
from masterplan.outbox import POLL_SECONDS, OutboxRelay

CHANGED = events.PlanStatusChanged(status=PlanStatus.DRAFT, previous=None, by="somebody")


class Collected:
    """Keeps which events were published."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int]] = []

    async def publish(self, recorded: RecordedEvent) -> None:
        self.events.append((recorded.masterplan_id, recorded.seq))

    async def publish_log(self, log: TaskLogged) -> None:
        raise AssertionError(log)


@pytest.mark.postgres
async def test_an_event_nobody_told_of_is_sent_amid_traffic(postgres_url: str) -> None:
    collected = Collected()
    async with Database(postgres_url).running() as database:
        plan_id = await stored_plan(database)
        async with OutboxRelay(database, collected).running() as relay:
            # Another process's, whose signals are lost: it is not running.
            elsewhere = Database(postgres_url)
            async with elsewhere.unit_of_work() as session:
                await events.record(session, plan_id, CHANGED)
            await elsewhere.close()
            async with asyncio.timeout(3 * POLL_SECONDS):
                while not collected.events:
                    relay.wake(frozenset({"other"}))
                    await asyncio.sleep(POLL_SECONDS / 10)

    assert collected.events == [(plan_id, 1)]


async def test_a_commit_is_told_of_though_its_writer_is_cancelled(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/masterplan.sqlite3"
    migrate(url)
    heard: set[str] = set()
    async with Database(url).running() as database:
        plan_id = await stored_plan(database)
        database.on_commit(heard.update)

        async def change() -> None:
            async with database.unit_of_work() as session:
                await events.record(session, plan_id, CHANGED)
                writer = asyncio.current_task()
                assert writer is not None
                event.listen(database.writer.sync_engine, "commit", lambda _: writer.cancel())

        with pytest.raises(asyncio.CancelledError):
            await asyncio.create_task(change())
        async with database.reading() as session:
            committed = await repository.last_seqs(session)

    assert committed == {plan_id: 1}
    assert heard == {plan_id}


async def stored_plan(database: Database) -> str:
    async with database.unit_of_work() as session:
        plan = MasterPlan(
            title="t", description="", goal="", settings={}, status="draft", revision=1
        )
        session.add(plan)
        await session.flush()
        return plan.id
