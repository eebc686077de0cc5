"""Leases on PostgreSQL: what keeps one, what follows where it is lost, who takes over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from masterplan.api.app import create_app
from masterplan.background import kept_running
from masterplan.db import Database
from masterplan.engine.leases import LeaseKeeper
from masterplan.engine.membership import Membership
from masterplan.engine.pursuit import Pursuit
from masterplan.engine.reaper import Reaper
from masterplan.repository import RunningAttempt
from masterplan.settings import Settings
from support.app import client_of, eventually
from support.plans import API, events_of, plan_of, start, tasks_of, until_detail, writes
from support.workers import Observer

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

NOT_HELD = RunningAttempt("a task", 1)


@asynccontextmanager
async def member(url: str, *, node_id: str) -> AsyncIterator[tuple[Database, Membership]]:
    database = Database(url)
    membership = Membership(database, node_id=node_id, places=4)
    try:
        await membership.succeed()
        yield database, membership
    finally:
        await database.close()


class Ends:
    """What a lease keeper asks for, which takes as long as the test wants."""

    def __init__(self) -> None:
        self.ended: list[Sequence[RunningAttempt]] = []
        self.handed_over: list[str] = []
        self.may_go_on = asyncio.Event()

    async def end(self, attempts: Sequence[RunningAttempt]) -> None:
        self.ended.append(attempts)
        await self.may_go_on.wait()

    async def hand_over(self, worker_id: str) -> None:
        self.handed_over.append(worker_id)


def expiry(observer: Observer, worker_id: str) -> datetime:
    ((expires_at,),) = observer.rows(
        "SELECT lease_expires_at FROM workers WHERE id = %s", worker_id
    )
    assert isinstance(expires_at, datetime)
    return expires_at


async def test_lease_is_renewed_however_long_ending_attempts_takes(postgres_url: str) -> None:
    observer, ends = Observer(postgres_url), Ends()
    async with member(postgres_url, node_id="a") as (database, membership):
        keeper = LeaseKeeper(
            database,
            membership,
            active=lambda: frozenset({NOT_HELD}),
            end=ends.end,
            hand_over=ends.hand_over,
        )
        async with (
            kept_running(keeper.compare, name="compare"),
            kept_running(keeper.renew, name="renew"),
        ):
            await eventually(lambda: ends.ended)
            expires = expiry(observer, membership.worker_id)
            await eventually(lambda: expiry(observer, membership.worker_id) > expires)
            assert len(ends.ended) == 1


async def test_lease_is_renewed_while_all_other_connections_are_taken(postgres_url: str) -> None:
    async with (
        member(postgres_url, node_id="a") as (database, membership),
        AsyncExitStack() as stack,
        asyncio.timeout(60),
    ):
        for _ in range(20):
            session = await stack.enter_async_context(database.reading())
            await session.execute(text("SELECT 1"))

        assert await membership.renew()


async def test_lost_lease_ends_what_runs_and_hands_the_old_identity_over(
    postgres_url: str,
) -> None:
    observer, ends = Observer(postgres_url), Ends()
    ends.may_go_on.set()
    async with member(postgres_url, node_id="a") as (database, membership):
        lost = membership.worker_id
        running = {NOT_HELD}
        keeper = LeaseKeeper(
            database,
            membership,
            active=lambda: frozenset(running),
            end=ends.end,
            hand_over=ends.hand_over,
        )
        observer.execute("UPDATE workers SET lost_at = now()")
        async with (
            kept_running(keeper.compare, name="compare"),
            kept_running(keeper.renew, name="renew"),
        ):
            await eventually(lambda: ends.handed_over)
        assert ends.ended[0] == [NOT_HELD]
        assert ends.handed_over == [lost]
        assert membership.worker_id != lost
        assert expiry(observer, membership.worker_id)


async def test_two_reapers_at_once_give_each_attempt_back_once(
    settings: Settings, postgres_url: str
) -> None:
    observer = Observer(postgres_url)
    app = create_app(settings.model_copy(update={"database_url": postgres_url}))
    async with (
        app.running(),
        client_of(app) as client,
        member(postgres_url, node_id="other") as (database, membership),
        member(postgres_url, node_id="dead") as (_, dead),
    ):
        engine = app.runtime.executing_engine()
        tasks = [writes(f"t{n}", command="sleep 300") for n in range(4)]
        plan_id = await start(client, plan_of(*tasks))
        await eventually(lambda: len(engine._attempts.unsettled) == 4, within=60)
        observer.execute(f"UPDATE attempts SET worker_id = '{dead.worker_id}'")
        observer.execute(
            "UPDATE workers SET lease_expires_at = now() - interval '1 second' "
            f"WHERE id = '{dead.worker_id}'"
        )
        pursuit = Pursuit(database, membership, start=engine._start_work, is_active=lambda _: True)
        for each in (engine._membership, membership):
            each._steady_since -= 60
        second = Reaper(database, membership, engine._succession, pursuit)
        while dead_holds(observer, dead.worker_id):
            await asyncio.gather(engine._reaper.look(), second.look(), second.look())

        def are_made_again(plan: dict[str, Any]) -> bool:
            return all(task["attempt"] == 2 for task in tasks_of(plan).values())

        detail = await until_detail(client, plan_id, are_made_again)
        told = await events_of(client, plan_id)
        await client.post(f"{API}/{plan_id}/cancel")

    assert {task["retry_count"] for task in tasks_of(detail).values()} == {0}
    given_back = [
        event["payload"]["task_id"]
        for event in told
        if "interrupted" in str(event["payload"].get("description"))
    ]
    assert sorted(given_back) == sorted(task["task_id"] for task in tasks_of(detail).values())


def dead_holds(observer: Observer, worker_id: str) -> bool:
    query = "SELECT 1 FROM attempts WHERE worker_id = %s AND status = 'in_progress'"
    return bool(observer.rows(query, worker_id))
