"""Tells recorded events to a publisher, in order, each once per process.

One relay per API process. It is woken by commits of its own process, and of others where the
database tells of them, and polls slowly besides. A new subscriber is replayed up to exactly where
the relay stands, under the lock the relay sends under, so that what it then receives follows
without a gap or a repetition.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from masterplan import repository
from masterplan.background import kept_running
from masterplan.db import Database
from masterplan.events import Publisher, RecordedEvent
from masterplan.failpoints import Failpoint, reach

BATCH = 500
POLL_SECONDS = 2.0
"""How often is looked for what others have committed, in case a signal was lost."""
POLL_ALONE_SECONDS = 30.0
"""How often where every commit is of this process, which hears of each."""


class OutboxRelay:
    """Reads the events after the last it sent and hands them to the publisher."""

    def __init__(self, database: Database, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher
        self._sent: dict[str, int] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._changed: set[str] = set()
        self._woken = asyncio.Event()
        self._arrivals = asyncio.Condition()
        self._closing = False
        is_alone = database.signals is None
        self._poll_seconds = POLL_ALONE_SECONDS if is_alone else POLL_SECONDS
        self._poll_at = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[OutboxRelay]:
        """Relay while the block runs. Events from before are left to replay."""
        async with self._database.reading() as session:
            self._sent = await repository.last_seqs(session)
        self._put_off_poll()
        self._database.on_commit(self.wake)
        self._database.on_commit_elsewhere(self.wake)
        self._database.on_reconnection(self._poll_now)
        async with kept_running(self._relay, name="outbox relay"):
            yield self

    def wake(self, plan_ids: frozenset[str]) -> None:
        """Send these plans' new events now."""
        self._changed |= plan_ids
        self._woken.set()

    async def subscribe(
        self,
        plan_id: str,
        *,
        after: int | None,
        replay: Callable[[RecordedEvent], Awaitable[None]],
        enter: Callable[[], Awaitable[None]],
    ) -> int:
        """Replay what came after `after`, then `enter` the room; return the last number sent.

        With `after=None` nothing is replayed. What the relay sends next has the next number.
        """
        async with self._locks[plan_id]:
            last = self._sent.setdefault(plan_id, 0)
            if after is not None:
                async for event in self._read(plan_id, after=after, until=last):
                    await replay(event)
            await enter()
            return last

    async def wait_for_events(self, plan_id: str, *, after: int, seconds: float) -> None:
        """Return when the plan has an event after `after`, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._arrivals:
                await self._arrivals.wait_for(
                    lambda: self._closing or self._sent.get(plan_id, 0) > after
                )

    async def release_waiters(self) -> None:
        """Let every `wait_for_events` return at once, from now on: the server is closing."""
        self._closing = True
        async with self._arrivals:
            self._arrivals.notify_all()

    async def _relay(self) -> None:
        while True:
            if asyncio.get_running_loop().time() >= self._poll_at:
                self._put_off_poll()
                self._changed |= await self._behind()
            for plan_id in list(self._changed):
                # Taken off before it is read: what comes meanwhile marks it again.
                self._changed.discard(plan_id)
                await self._send_new(plan_id)
                async with self._arrivals:
                    self._arrivals.notify_all()
            await self._sleep()

    async def _sleep(self) -> None:
        self._woken.clear()
        if self._changed:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._poll_at):
                await self._woken.wait()

    def _put_off_poll(self) -> None:
        # A deadline and no pause: however often it is woken, the next poll comes in time.
        self._poll_at = asyncio.get_running_loop().time() + self._poll_seconds

    def _poll_now(self) -> None:
        self._poll_at = 0.0
        self._woken.set()

    async def _behind(self) -> set[str]:
        async with self._database.reading() as session:
            last = await repository.last_seqs(session)
        return {plan_id for plan_id, seq in last.items() if seq > self._sent.get(plan_id, 0)}

    async def _send_new(self, plan_id: str) -> None:
        async with self._locks[plan_id]:
            after = self._sent.get(plan_id, 0)
            async for event in self._read(plan_id, after=after, until=None):
                reach(Failpoint.BEFORE_BROADCAST)
                await self._publisher.publish(event)
                reach(Failpoint.AFTER_BROADCAST)
                self._sent[plan_id] = event.seq

    async def _read(
        self, plan_id: str, *, after: int, until: int | None
    ) -> AsyncIterator[RecordedEvent]:
        while True:
            async with self._database.reading() as session:
                rows = await repository.events_after(session, plan_id, after=after, limit=BATCH)
            for row in rows:
                if until is not None and row.seq > until:
                    return
                yield RecordedEvent.of(row)
                after = row.seq
            if len(rows) < BATCH:
                return
