"""Keeps this worker's lease, and ends what it runs without having it any more.

An attempt is no longer this worker's where the plan was cancelled through another process, or where
the lease had run out (the process was frozen, the network gone) and another worker has taken it
over. Storage refuses such an attempt anyway, at publication and when it settles; ending it saves
what it would spend.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence, Set

import structlog
from sqlalchemy.exc import DBAPIError

from masterplan import repository
from masterplan.db import Database
from masterplan.engine.membership import BEAT_SECONDS, Membership
from masterplan.repository import RunningAttempt

log = structlog.get_logger(__name__)

SHORTEST_PAUSE_SECONDS = 0.1


class LeaseKeeper:
    """Renews the lease with every beat and compares what runs here with what is held."""

    def __init__(
        self,
        database: Database,
        membership: Membership,
        *,
        active: Callable[[], Set[RunningAttempt]],
        end: Callable[[Sequence[RunningAttempt]], Awaitable[None]],
    ) -> None:
        self._database = database
        self._membership = membership
        self._active = active
        self._end = end
        self._looked_for = asyncio.Event()

    def look(self) -> None:
        """Compare soon: another process has changed a plan."""
        self._looked_for.set()

    async def run(self) -> None:
        """Renew and compare again and again."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_SECONDS
            try:
                if not await self._membership.renew():
                    await self._start_over()
                while loop.time() < due:
                    await self._compare()
                    await self._pause(until=due)
            except DBAPIError as error:
                log.warning("lease_not_renewed", error=str(error.orig).partition("\n")[0])
                await asyncio.sleep(SHORTEST_PAUSE_SECONDS)

    async def _pause(self, *, until: float) -> None:
        self._looked_for.clear()
        await asyncio.sleep(SHORTEST_PAUSE_SECONDS)
        try:
            async with asyncio.timeout_at(until):
                await self._looked_for.wait()
        except TimeoutError:
            return

    async def _start_over(self) -> None:
        running = list(self._active())
        log.warning("lease_lost", worker=self._membership.worker_id, attempts=len(running))
        # First the new identity: nothing is claimed in the old one any more.
        await self._membership.join()
        await self._end(running)

    async def _compare(self) -> None:
        running = self._active()
        if not running:
            return
        async with self._database.reading() as session:
            held = await repository.attempts_held_by(session, self._membership.worker_id)
        lost = running - {each.running for each in held}
        if lost:
            log.warning("attempts_lost", attempts=len(lost))
            await self._end(sorted(lost, key=lambda each: each.task_id))
