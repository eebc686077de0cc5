"""The database: how it is opened, how a unit of work begins and ends, how it is migrated.

There are two engines over one file. Writers take the write lock when they begin
(`BEGIN IMMEDIATE`): a deferred transaction that reads and then writes loses updates or fails with
"database is locked". Readers never take it, so a slow read holds nobody up. WAL with
`synchronous=FULL` makes a commit durable before it is acknowledged.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import NullPool

from masterplan import sqlite_driver
from masterplan.errors import Unavailable

BUSY_TIMEOUT_MS = 10_000
MIGRATIONS = Path(__file__).parent / "alembic"
CHANGED_PLANS = "changed_plans"
"""Key of `session.info` that holds the ids of plans with new events in this unit of work."""

CommitListener = Callable[[frozenset[str]], None]


def _configure_sqlite(dbapi_connection: Any, _record: object) -> None:
    # SQLAlchemy begins transactions by the "begin" event below, so the driver must not.
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


def _sqlite_engine(url: URL, *, writer: bool) -> AsyncEngine:
    # One writing connection: writers queue here in order instead of polling SQLite's lock.
    pool = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 120} if writer else {"pool_size": 5}
    assert url.database is not None
    connect = partial(sqlite_driver.connect, url.database)
    engine = create_async_engine(url, async_creator=connect, **pool)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate if writer else _begin_deferred)
    return engine


class Database:
    """The two engines and the units of work over them."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.writer = _sqlite_engine(self.url, writer=True)
        self.reader = _sqlite_engine(self.url, writer=False)
        self._write_sessions = async_sessionmaker(self.writer, expire_on_commit=False)
        self._read_sessions = async_sessionmaker(self.reader, expire_on_commit=False)
        self._listeners: list[CommitListener] = []

    def on_commit(self, listener: CommitListener) -> None:
        """Call `listener` with the ids of the plans whose events a commit has just recorded."""
        self._listeners.append(listener)

    def notify_committed(self, plan_ids: frozenset[str]) -> None:
        """Tell the listeners of a commit that was made outside of `unit_of_work`."""
        for listener in self._listeners:
            listener(plan_ids)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """A session that commits at the end, or rolls back when the block raises."""
        async with self._write_sessions() as session, session.begin():
            yield session
        changed = frozenset(session.info.get(CHANGED_PLANS, ()))
        if changed:
            self.notify_committed(changed)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for reading only: one consistent snapshot, no write lock."""
        async with self._read_sessions() as session:
            yield session

    async def close(self) -> None:
        await self.writer.dispose()
        await self.reader.dispose()


def _sync_url(url: URL) -> URL:
    return url.set(drivername="sqlite")


def sqlite_file(url: str) -> Path:
    """Return the file that a database URL names. Raises Unavailable where it is not SQLite."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Unavailable(
            f"The database {parsed.render_as_string()} cannot be used: only SQLite files can, "
            "like sqlite+aiosqlite:////var/lib/masterplan.sqlite3."
        )
    return Path(parsed.database)


def alembic_config(url: URL) -> Config:
    """Alembic's configuration for the migrations that ship with the package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = _sync_url(url)
    return config


def _current_revision(url: URL) -> str | None:
    engine = create_engine(_sync_url(url), poolclass=NullPool)
    with closing(engine.connect()) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _back_up(path: Path, *, revision: str) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = path.parent / "backups" / f"{path.stem}-{revision}-{stamp}{path.suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def migrate(url: str) -> Path | None:
    """Bring the database to the newest revision; return the backup made of the file first.

    A database that is already there costs one query. A new one needs no backup. Raises Unavailable
    where the URL is not one of a SQLite file.
    """
    path = sqlite_file(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    parsed = make_url(url)
    config = alembic_config(parsed)
    current = _current_revision(parsed)
    if current == ScriptDirectory.from_config(config).get_current_head():
        return None
    backup = _back_up(path, revision=current) if current else None
    command.upgrade(config, "head")
    return backup
