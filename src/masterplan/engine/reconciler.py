"""Finds attempts that the database calls running and that nobody runs, and gives them back.

That is what a fault leaves behind which hits between two steps of a workflow. An attempt must be
missed several times in a row: a workflow that has just been claimed or is being recovered is not
running yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from masterplan import repository
from masterplan.db import Database
from masterplan.engine.transitions import give_back
from masterplan.lifecycle import PlanStatus
from masterplan.repository import RunningAttempt

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 5.0
MISSES = 4
ACTIVE_PLANS = (PlanStatus.IN_PROGRESS, PlanStatus.PAUSED)


class Reconciler:
    """Compares what should run with what runs."""

    def __init__(
        self,
        database: Database,
        *,
        is_active: Callable[[RunningAttempt], bool],
        forget: Callable[[RunningAttempt], Awaitable[None]],
        wake: Callable[[str], None],
        interval: float = INTERVAL_SECONDS,
    ) -> None:
        self._database = database
        self._is_active = is_active
        self._forget = forget
        self._wake = wake
        self._interval = interval
        self._missed: dict[RunningAttempt, int] = {}

    async def run(self) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(self._interval)
            await self.look()

    async def look(self) -> None:
        """Count whom nobody runs, and give back those that were missed often enough."""
        async with self._database.reading() as session:
            expected = {
                attempt: plan_id
                for status in ACTIVE_PLANS
                for plan_id in await repository.plan_ids_with_status(session, status)
                for attempt in await repository.running_attempts(session, plan_id)
            }
        missing = [attempt for attempt in expected if not self._is_active(attempt)]
        self._missed = {attempt: self._missed.get(attempt, 0) + 1 for attempt in missing}
        for attempt in missing:
            if self._missed[attempt] >= MISSES:
                await self._give_back(attempt, expected[attempt])

    async def _give_back(self, attempt: RunningAttempt, plan_id: str) -> None:
        await self._forget(attempt)
        async with self._database.unit_of_work() as session:
            given_back = await give_back(session, attempt.task_id, attempt=attempt.attempt)
        if given_back:
            log.warning("attempt_given_back", task=attempt.task_id, attempt=attempt.attempt)
            self._wake(plan_id)
