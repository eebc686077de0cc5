"""Keeps this worker's lease, and ends what it runs without having it any more.

An attempt is no longer this worker's where the plan was cancelled through another process, or by
one that could not end its attempts, or where the lease had run out (the process was frozen, the
network gone) and another worker has taken it over. Storage refuses such an attempt anyway, at
publication and when it settles; ending it saves what it would spend.

Renewing and ending are two loops: clearing up after an attempt may take long, where its repository
does not answer, and a lease must not run out meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence, Set

import structlog
from sqlalchemy.exc import DBAPIError

from masterplan import repository
from masterplan.db import Database
from masterplan.engine.endurance import first_line
from masterplan.engine.membership import BEAT_SECONDS, Membership
from masterplan.repository import RunningAttempt

log = structlog.get_logger(__name__)

SHORTEST_PAUSE_SECONDS = 0.1


class LeaseKeeper:
    """Renews the lease with every beat, and compares what runs here with what is held.

    `end` ends attempts that run here; `hand_over` takes over all that an identity still holds.
    """

    def __init__(
        self,
        database: Database,
        membership: Membership,
        *,
        active: Callable[[], Set[RunningAttempt]],
        end: Callable[[Sequence[RunningAttempt]], Awaitable[None]],
        hand_over: Callable[[str], Awaitable[None]],
    ) -> None:
        self._database = database
        self._membership = membership
        self._active = active
        self._end = end
        self._hand_over = hand_over
        self._lost_identities: list[str] = []
        self._looked_for = asyncio.Event()

    def look(self) -> None:
        """Compare soon: another process has changed a plan."""
        self._looked_for.set()

    async def renew(self) -> None:
        """Renew again and again; where the lease was lost, go on under a new identity."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_SECONDS
            try:
                if not await self._membership.renew():
                    await self._start_over()
            except DBAPIError as error:
                log.warning("lease_not_renewed", error=first_line(error))
                due = loop.time() + SHORTEST_PAUSE_SECONDS
            await asyncio.sleep(due - loop.time())

    async def compare(self) -> None:
        """Compare again and again, with every beat and when told to look."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_SECONDS
            try:
                await self.look_now()
            except DBAPIError as error:
                log.warning("attempts_not_compared", error=first_line(error))
            await self._pause(until=due)

    async def look_now(self) -> None:
        """End what runs here without being held, and hand over what lost identities still hold."""
        running = self._active()
        if running:
            async with self._database.reading() as session:
                held = await repository.attempts_held_by(session, self._membership.worker_id)
            # What has begun to settle meanwhile is not held any more because of that.
            if lost := (running & self._active()) - {each.running for each in held}:
                log.warning("attempts_lost", attempts=len(lost))
                await self._end(sorted(lost, key=lambda each: each.task_id))
        while self._lost_identities:
            await self._hand_over(self._lost_identities[0])
            del self._lost_identities[0]

    async def _pause(self, *, until: float) -> None:
        self._looked_for.clear()
        await asyncio.sleep(SHORTEST_PAUSE_SECONDS)
        try:
            async with asyncio.timeout_at(until):
                await self._looked_for.wait()
        except TimeoutError:
            return

    async def _start_over(self) -> None:
        lost = self._membership.worker_id
        log.warning("lease_lost", worker=lost, attempts=len(self._active()))
        # What runs under the old identity stays with it: it is not held by the new one, so it is
        # ended here and made again.
        await self._membership.join()
        self._lost_identities.append(lost)
        self.look()
