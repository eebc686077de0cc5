"""Has attempts of a plan that end at about the same time settled by one transaction.

Whoever ends while others publish what they did waits for these, up to a limit, as PostgreSQL does
with `commit_delay` where there are `commit_siblings`. Who ends alone never waits, so a chain of
tasks loses nothing by it; short tasks side by side share what most of their cost is, a turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

MOST_S = 0.05
"""How long the first to end waits at most."""


class Gathering:
    """Calls `settle` with a plan's id when the attempts that have ended are to be settled."""

    def __init__(self, settle: Callable[[str], None]) -> None:
        self._settle = settle
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def add(self, plan_id: str, *, others_follow: bool) -> None:
        """Note that an attempt of the plan has ended, and whether others are about to."""
        if not others_follow:
            self.forget(plan_id)
            self._settle(plan_id)
        elif plan_id not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[plan_id] = loop.call_later(MOST_S, self._end, plan_id)

    def forget(self, plan_id: str) -> None:
        """Call for no settlement: all that have ended are being settled now."""
        if timer := self._timers.pop(plan_id, None):
            timer.cancel()

    def _end(self, plan_id: str) -> None:
        del self._timers[plan_id]
        self._settle(plan_id)
