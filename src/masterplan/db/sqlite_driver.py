"""A connection to SQLite that leaves the event loop only for what waits for the disk or a lock.

aiosqlite hands every call to a thread: the cursor, each statement, its rows, its close. A unit of
work makes fifty such calls, and each costs two switches of threads for work that takes
microseconds on a local file. Here only the calls that can take long go to the thread: opening,
taking the write lock and committing, which waits for fsync. In WAL mode nothing else waits.
"""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from types import BuiltinMethodType
from typing import Any

import aiosqlite

from masterplan.background import to_its_end

_CHUNK_ROWS = 64
_WAITING_STATEMENTS = ("BEGIN IMMEDIATE", "PRAGMA")


class NearConnection(aiosqlite.Connection):
    """An aiosqlite connection that runs on the loop whatever cannot wait."""

    _stopped: asyncio.Future[Any] | None = None

    async def _execute(self, fn: BuiltinMethodType, *args: Any, **kwargs: Any) -> Any:
        if self._running and self._connection and not _may_wait(fn, args):
            return fn(*args, **kwargs)
        # What a cancelled caller does next, a rollback, must not overtake the thread.
        call = super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return await to_its_end(asyncio.ensure_future(call))

    def stop(self) -> asyncio.Future[Any] | None:
        """Close, from whatever state, and end the thread; the future tells when that is done.

        Where a caller is cancelled several times, SQLAlchemy stops a connection and then closes it.
        aiosqlite forgets the connection to SQLite in between, which then keeps its write lock.
        """
        if self._running:
            connection, self._connection = self._connection, None
            if connection is not None:
                self._tx.put_nowait((None, connection.close))
            self._stopped = super().stop()
        return self._stopped

    async def close(self) -> None:
        """Close, once, however often it is asked for."""
        stopped = self.stop()
        if stopped is not None:
            await to_its_end(stopped)


async def connect(path: str) -> NearConnection:
    """Open a SQLite file for SQLAlchemy's `async_creator`."""
    # Its calls never overlap: a connection serves one coroutine at a time, wherever a call runs.
    connector = partial(sqlite3.connect, path, check_same_thread=False)
    connection = NearConnection(connector, _CHUNK_ROWS)
    connection._thread.daemon = True  # as SQLAlchemy does for the connections that it opens
    await connection
    return connection


def _may_wait(fn: BuiltinMethodType, args: tuple[Any, ...]) -> bool:
    if args and isinstance(args[0], str):
        return args[0].startswith(_WAITING_STATEMENTS)
    return isinstance(fn.__self__, sqlite3.Connection) and fn.__name__ == "commit"
