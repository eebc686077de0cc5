"""Telling the other processes on a PostgreSQL database that something has happened, by NOTIFY.

A signal is a wake-up and nothing more: it may be lost, so whoever waits for one looks by itself
from time to time as well. Signals are sent after the commit and in a transaction of their own:
inside, NOTIFY would let all writers of the database commit one after another.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum

import psycopg
import structlog
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from masterplan.background import kept_running
from masterplan.db.postgres import PATIENCE

log = structlog.get_logger(__name__)

RECONNECT_PAUSE_S = 0.5
MAX_PAYLOAD_BYTES = 7_900
"""PostgreSQL refuses payloads from 8,000 bytes on."""
MAX_WAITING = 1_000

SignalListener = Callable[[str], None]


class Channel(StrEnum):
    COMMITS = "masterplan_commits"
    LOGS = "masterplan_logs"
    CONVERSATIONS = "masterplan_conversations"


class Signals:
    """Sends to and hears from the other processes; what this process sends, it does not hear."""

    def __init__(self, url: URL) -> None:
        self._conninfo = make_conninfo(
            url.set(drivername="postgresql").render_as_string(hide_password=False),
            **PATIENCE,
            application_name="masterplan signals",
        )
        self._sender = secrets.token_hex(8)
        self._listeners: defaultdict[Channel, list[SignalListener]] = defaultdict(list)
        self._reconnection_listeners: list[Callable[[], None]] = []
        self._committed: dict[str, None] = {}
        """Plans to be told of, in order and each once: there are never more than plans."""
        self._waiting: deque[tuple[Channel, str]] = deque()
        self._woken = asyncio.Event()

    def on(self, channel: Channel, listener: SignalListener) -> None:
        """Call `listener` with what another process sends on the channel."""
        self._listeners[channel].append(listener)

    def on_reconnection(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever this process hears again: something may have been missed."""
        self._reconnection_listeners.append(listener)

    def tell_committed(self, plan_ids: Iterable[str]) -> None:
        """Send soon, ahead of all else, that these plans have changed."""
        self._committed |= dict.fromkeys(plan_ids)
        self._woken.set()

    def send(self, channel: Channel, content: str) -> None:
        """Send soon; dropped where far too much waits already or the content is too long."""
        if len(self._waiting) < MAX_WAITING and _fits(payload := self._payload(content)):
            self._waiting.append((channel, payload))
            self._woken.set()

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
                    for listener in self._reconnection_listeners:
                        listener()
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
            await self._woken.wait()
            try:
                async with await self._connect() as connection:
                    while True:
                        await self._woken.wait()
                        await self._send_waiting(connection)
            except psycopg.OperationalError as error:
                await _pause(error)

    async def _send_waiting(self, connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        """Send one signal, or find that none waits. One that cannot be sent stays."""
        if self._committed:
            plan_id = next(iter(self._committed))
            # Taken off before it is sent: a commit meanwhile is told of once more.
            del self._committed[plan_id]
            try:
                await _notify(connection, (Channel.COMMITS, self._payload(plan_id)))
            except psycopg.OperationalError:
                self._committed.setdefault(plan_id)
                raise
        elif self._waiting:
            await _notify(connection, self._waiting.popleft())
        else:
            self._woken.clear()

    def _payload(self, content: str) -> str:
        return json.dumps([self._sender, content], ensure_ascii=False)

    async def _connect(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        return await psycopg.AsyncConnection.connect(
            self._conninfo,
            autocommit=True,
        )


def _fits(payload: str) -> bool:
    return len(payload.encode()) <= MAX_PAYLOAD_BYTES


async def _notify(
    connection: psycopg.AsyncConnection[tuple[object, ...]], signal: tuple[Channel, str]
) -> None:
    await connection.execute("SELECT pg_notify(%s, %s)", signal)


async def _pause(error: psycopg.OperationalError) -> None:
    log.warning("signals_interrupted", error=str(error).partition("\n")[0])
    await asyncio.sleep(RECONNECT_PAUSE_S)
