"""Telling the other processes on a PostgreSQL database that something has happened, by NOTIFY.

A signal is a wake-up and nothing more: it may be lost, so whoever waits for one looks by itself
from time to time as well. Signals are sent after the commit and in a transaction of their own:
inside, NOTIFY would let all writers of the database commit one after another.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum

import psycopg
import structlog
from sqlalchemy.engine import URL

from masterplan.background import kept_running
from masterplan.db.postgres import CONNECT_TIMEOUT_S

log = structlog.get_logger(__name__)

RECONNECT_PAUSE_S = 0.5
MAX_PAYLOAD_BYTES = 7_900
"""PostgreSQL refuses payloads from 8,000 bytes on."""
MAX_WAITING = 1_000

SignalListener = Callable[[str], None]


class Channel(StrEnum):
    COMMITS = "masterplan_commits"
    LOGS = "masterplan_logs"


class Signals:
    """Sends to and hears from the other processes; what this process sends, it does not hear."""

    def __init__(self, url: URL) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._sender = secrets.token_hex(8)
        self._listeners: defaultdict[Channel, list[SignalListener]] = defaultdict(list)
        self._waiting: asyncio.Queue[tuple[Channel, str]] = asyncio.Queue(MAX_WAITING)

    def on(self, channel: Channel, listener: SignalListener) -> None:
        """Call `listener` with what another process sends on the channel."""
        self._listeners[channel].append(listener)

    def send(self, channel: Channel, content: str) -> None:
        """Send soon; dropped where far too much waits already or the content is too long."""
        payload = json.dumps([self._sender, content], ensure_ascii=False)
        if not self._waiting.full() and len(payload.encode()) <= MAX_PAYLOAD_BYTES:
            self._waiting.put_nowait((channel, payload))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Signals]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(kept_running(self._listen, name="signals heard"))
            await stack.enter_async_context(kept_running(self._send, name="signals sent"))
            yield self

    async def _listen(self) -> None:
        while True:
            try:
                async with await self._connect() as connection:
                    for channel in Channel:
                        await connection.execute(f"LISTEN {channel.value}")
                    async for notification in connection.notifies():
                        self._hear(notification)
            except psycopg.OperationalError as error:
                await _pause(error)

    def _hear(self, notification: psycopg.Notify) -> None:
        sender, content = json.loads(notification.payload)
        if sender != self._sender:
            for listener in self._listeners[Channel(notification.channel)]:
                listener(content)

    async def _send(self) -> None:
        while True:
            first = await self._waiting.get()
            try:
                async with await self._connect() as connection:
                    await _notify(connection, first)
                    while True:
                        await _notify(connection, await self._waiting.get())
            except psycopg.OperationalError as error:
                await _pause(error)

    async def _connect(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        return await psycopg.AsyncConnection.connect(
            self._conninfo,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name="masterplan signals",
        )


async def _notify(
    connection: psycopg.AsyncConnection[tuple[object, ...]], signal: tuple[Channel, str]
) -> None:
    await connection.execute("SELECT pg_notify(%s, %s)", signal)


async def _pause(error: psycopg.OperationalError) -> None:
    log.warning("signals_interrupted", error=str(error).partition("\n")[0])
    await asyncio.sleep(RECONNECT_PAUSE_S)
