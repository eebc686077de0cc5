"""Finds attempts that the database calls running and that nobody runs, and gives them back.

That is what a fault leaves behind which hits between two steps of a workflow. So may a plan's
generation be left; it is got going again (`pursuit`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from masterplan import repository
from masterplan.db import Database
from masterplan.engine.membership import Membership
from masterplan.engine.misses import Misses
from masterplan.engine.pursuit import Pursuit
from masterplan.repository import HeldAttempt, RunningAttempt

INTERVAL_SECONDS = 5.0


class Reconciler:
    """Compares what should run with what runs."""

    def __init__(
        self,
        database: Database,
        membership: Membership,
        pursuit: Pursuit,
        *,
        is_active: Callable[[RunningAttempt], bool],
        forget: Callable[[RunningAttempt], Awaitable[None]],
        take_over: Callable[[HeldAttempt], Awaitable[None]],
        interval: float = INTERVAL_SECONDS,
    ) -> None:
        self._database = database
        self._is_active = is_active
        self._forget = forget
        self._membership = membership
        self._pursuit = pursuit
        self._take_over = take_over
        self._interval = interval
        self._misses: Misses[RunningAttempt] = Misses()

    async def run(self) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(self._interval)
            await self.look()

    async def look(self) -> None:
        """Count whom nobody runs, and see to those that were missed often enough."""
        async with self._database.reading() as session:
            held = await repository.attempts_held_by(session, self._membership.worker_id)
        expected = {each.running: each for each in held}
        missing = [attempt for attempt in expected if not self._is_active(attempt)]
        for attempt in self._misses.count(missing):
            await self._give_back(attempt, expected[attempt])
        await self._pursuit.look()

    async def _give_back(self, attempt: RunningAttempt, held: HeldAttempt) -> None:
        await self._forget(attempt)
        await self._take_over(held)
