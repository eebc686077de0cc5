"""The places of this process: how many attempts work here at the same time.

Who waits for something that may take hours (a provider's quota, a budget that a person has to
raise) steps aside, so that others work meanwhile, and comes back when a place is free: before
anything new begins, in the order in which they asked. Nobody else is kept waiting by a plan that
cannot go on; but a plan never has more attempts here, waiting ones included, than there are places,
else one that finds no model would begin all its tasks to let each of them wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from masterplan.repository import RunningAttempt


class Places:
    """As many places as attempts may work at once; `on_free` hears of each that nobody awaits."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._here: dict[RunningAttempt, str] = {}
        """Every attempt that runs here, with its plan."""
        self._working: set[RunningAttempt] = set()
        self._queue: dict[RunningAttempt, asyncio.Future[None]] = {}
        self._closed = False
        self._emptied = asyncio.Event()
        self._emptied.set()
        self.on_free: Callable[[], None] = lambda: None

    def __contains__(self, attempt: RunningAttempt) -> bool:
        return attempt in self._here

    def left_for(self, plan_id: str) -> int:
        """Return how many more attempts of the plan may begin here."""
        of_plan = list(self._here.values()).count(plan_id)
        return self._count - max(len(self._working), of_plan)

    def take(self, attempt: RunningAttempt, plan_id: str) -> bool:
        """Give the attempt a place if it has one or one is free; False where it must `enter`."""
        self._here[attempt] = plan_id
        if attempt in self._working:
            return True
        if self._closed or len(self._working) >= self._count:
            return False
        self._let_work(attempt)
        return True

    async def enter(self, attempt: RunningAttempt, plan_id: str) -> None:
        """Return when the attempt has a place; never once the places are closed."""
        if self.take(attempt, plan_id):
            return
        turn = self._queue[attempt] = asyncio.get_running_loop().create_future()
        try:
            await turn
        finally:
            self._queue.pop(attempt, None)

    def step_aside(self, attempt: RunningAttempt) -> None:
        """Leave the place to others until `enter` is called again."""
        if attempt in self._working:
            self._working.remove(attempt)
            self._pass_on()

    def leave(self, attempt: RunningAttempt) -> None:
        """Forget the attempt, which has ended."""
        self._here.pop(attempt, None)
        self._working.discard(attempt)
        self._pass_on()

    async def close(self) -> None:
        """Let nobody come back, and return when all who work have left or stepped aside."""
        self._closed = True
        await self._emptied.wait()

    def _pass_on(self) -> None:
        while self._queue and not self._closed and len(self._working) < self._count:
            attempt = next(iter(self._queue))
            turn = self._queue.pop(attempt)
            if not turn.done():  # else it was cancelled
                self._let_work(attempt)
                turn.set_result(None)
        if not self._working:
            self._emptied.set()
        if len(self._working) < self._count:
            self.on_free()

    def _let_work(self, attempt: RunningAttempt) -> None:
        self._working.add(attempt)
        self._emptied.clear()
