"""Whatever may wait for the disk or a lock leaves the event loop; nothing else does."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from masterplan.db import sqlite_driver
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
