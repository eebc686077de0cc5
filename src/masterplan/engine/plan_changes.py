"""Lets work wait until something happens to its plan."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from masterplan.db import Database

POLL_SECONDS = 5.0
"""How often is looked without being woken: another process may have changed the plan."""


class PlanChanges:
    """Wakes whoever waits for a plan when an event of it was committed."""

    def __init__(self, database: Database) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        database.on_commit(self._wake)

    @contextmanager
    def of(self, plan_id: str) -> Iterator[PlanChange]:
        """Notice the plan's changes while the block runs."""
        happened = asyncio.Event()
        self._waiting[plan_id].add(happened)
        try:
            yield PlanChange(happened)
        finally:
            self._waiting[plan_id].discard(happened)
            if not self._waiting[plan_id]:
                del self._waiting[plan_id]

    def tell(self, plan_id: str) -> None:
        """Wake whoever waits for the plan, of which something changed that no event tells."""
        self._wake(frozenset({plan_id}))

    def _wake(self, plan_ids: frozenset[str]) -> None:
        for plan_id in plan_ids & self._waiting.keys():
            for happened in self._waiting[plan_id]:
                happened.set()


class PlanChange:
    """The next change of one plan."""

    def __init__(self, happened: asyncio.Event) -> None:
        self._happened = happened

    async def wait(self) -> None:
        """Return when the plan has changed since the last call, or after a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._happened.wait()
        self._happened.clear()
