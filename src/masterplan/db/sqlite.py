"""SQLite as two engines over one file, and copies of that file.

Writers take the write lock when they begin (`BEGIN IMMEDIATE`): a deferred transaction that reads
and then writes loses updates or fails with "database is locked". Readers never take it, so a slow
read holds nobody up. WAL with `synchronous=FULL` makes a commit durable before it is acknowledged.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from masterplan.db import sqlite_driver

BUSY_TIMEOUT_MS = 10_000


def writing_engine(url: URL) -> AsyncEngine:
    """Open the file for writing: one connection."""
    # One connection: writers queue here in order instead of polling SQLite's lock.
    engine = create_async_engine(
        url,
        async_creator=_connector(url),
        pool_size=1,
        max_overflow=0,
        pool_timeout=120,
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "connect", _configure)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def reading_engine(url: URL) -> AsyncEngine:
    """Open the file for reading: every transaction sees one state of it."""
    engine = create_async_engine(
        url, async_creator=_connector(url), pool_size=5, hide_parameters=True
    )
    event.listen(engine.sync_engine, "connect", _configure)
    event.listen(engine.sync_engine, "begin", _begin_deferred)
    return engine


def migrating_engine(url: URL) -> Engine:
    """Open the file for changing its tables, all of them in one transaction or none.

    The driver would commit every statement of DDL by itself, and a process that dies in between
    would leave a file that no migration fits. Foreign keys are not enforced, as a table that is
    made anew in batch mode is dropped for a moment.
    """
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "connect", _leave_transactions_alone)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def back_up(path: Path, *, revision: str) -> Path:
    """Copy the database beside itself, however busy it is; return the copy."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = path.parent / "backups" / f"{path.stem}-{revision}-{stamp}{path.suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def _connector(url: URL) -> Callable[[], Awaitable[sqlite_driver.NearConnection]]:
    assert url.database is not None
    return partial(sqlite_driver.connect, url.database)


def _leave_transactions_alone(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None
    dbapi_connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _configure(dbapi_connection: Any, _record: object) -> None:
    # SQLAlchemy begins transactions by the "begin" event, so the driver must not.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN DEFERRED")
