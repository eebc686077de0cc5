"""Whatever may wait for the disk or a lock leaves the event loop; nothing else does."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from masterplan.db import Database, sqlite_driver
from masterplan.db.sqlite_driver import NearConnection


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[NearConnection]:
    connection = await sqlite_driver.connect(str(tmp_path / "test.sqlite3"))
    connection.isolation_level = None
    try:
        await connection.execute_fetchall("PRAGMA journal_mode=WAL")
        await connection.execute("CREATE TABLE things (thread INTEGER)")
        await connection.create_function("this_thread", 0, threading.get_ident)
        yield connection
    finally:
        await connection.close()


async def test_a_statement_runs_where_it_was_asked_for(connection: NearConnection) -> None:
    cursor = await connection.execute("SELECT this_thread()")

    assert await cursor.fetchall() == [(threading.get_ident(),)]


async def test_the_loop_goes_on_while_another_process_has_the_write_lock(
    connection: NearConnection, tmp_path: Path
) -> None:
    with closing(
        sqlite3.connect(tmp_path / "test.sqlite3", isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(connection.execute("BEGIN IMMEDIATE"))
        await asyncio.sleep(0)

        assert not waiting.done(), "it waits elsewhere, or this line would not be reached"
        other.execute("COMMIT")
        await waiting


async def test_a_commit_leaves_the_loop(connection: NearConnection) -> None:
    await connection.execute("BEGIN IMMEDIATE")
    await connection.execute("INSERT INTO things VALUES (1)")
    committing = asyncio.create_task(connection.commit())
    await asyncio.sleep(0)

    assert not committing.done()
    await committing
    assert not connection.in_transaction


async def test_a_cancelled_wait_for_the_lock_leaves_no_transaction_behind(
    connection: NearConnection, tmp_path: Path
) -> None:
    with closing(
        sqlite3.connect(tmp_path / "test.sqlite3", isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(connection.execute("BEGIN IMMEDIATE"))
        await asyncio.sleep(0.05)  # let it reach the lock
        waiting.cancel()
        await asyncio.sleep(0)
        assert not waiting.done(), "the thread is waited for"
        other.execute("COMMIT")
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await connection.rollback()

        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")


async def test_a_wait_that_is_cancelled_twice_is_not_overtaken_either(
    connection: NearConnection, tmp_path: Path
) -> None:
    with closing(
        sqlite3.connect(tmp_path / "test.sqlite3", isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(connection.execute("BEGIN IMMEDIATE"))
        for _ in range(3):
            await asyncio.sleep(0)
            waiting.cancel()
        await asyncio.sleep(0)
        assert not waiting.done(), "the thread is waited for"
        other.execute("COMMIT")
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert connection.in_transaction, "the thread had the lock before the caller went on"


async def test_a_connection_that_is_stopped_and_closed_lets_go_of_its_lock(tmp_path: Path) -> None:
    path = tmp_path / "test.sqlite3"
    connection = await sqlite_driver.connect(str(path))
    held = await connection.execute("BEGIN IMMEDIATE")  # a traceback may keep a cursor for long
    connection.stop()
    await connection.close()
    await connection.close()

    with closing(sqlite3.connect(path, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")
    assert held is not None


async def test_writers_cancelled_at_any_moment_again_and_again_hold_up_nobody(
    tmp_path: Path,
) -> None:
    moments = random.Random(0)
    database = Database(f"sqlite:///{tmp_path / 'test.sqlite3'}")

    async def write() -> None:
        async with database.unit_of_work() as session:
            for _ in range(5):
                await session.execute(text("UPDATE things SET number = number + 1"))
                await asyncio.sleep(0)

    async with database.running():
        async with database.unit_of_work() as session:
            await session.execute(text("CREATE TABLE things (number INTEGER)"))
        for _ in range(100):
            writers = [asyncio.create_task(write()) for _ in range(4)]
            await asyncio.sleep(moments.random() * 0.006)
            for _ in range(moments.choice([1, 2, 3, 5, 30])):  # as a scope of anyio does
                await asyncio.sleep(0)
                for writer in writers[::2]:
                    writer.cancel()
            ends = await asyncio.gather(*writers, return_exceptions=True)
            assert [end for end in ends[1::2] if end is not None] == []
