"""Starts ready tasks: woken when a plan changes, bounded by the plan's limit and the free places.

Beside other processes it only proposes: what may really start is decided when a task is claimed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import structlog

from masterplan import repository
from masterplan.agents.orchestrator_agent import (
    OrchestratedTask,
    OrchestratorAgent,
    ProgressCallback,
)
from masterplan.background import kept_running
from masterplan.db import Database
from masterplan.documents import PlanSettings
from masterplan.engine.places import Places
from masterplan.lifecycle import RUNNING, PlanStatus
from masterplan.models import MasterPlan, MasterPlanTask
from masterplan.repository import RunningAttempt

log = structlog.get_logger(__name__)

FIRST_LOOK = 16
"""How many ready tasks are looked at first: more than usually wait for a file of another one."""

POLL_SECONDS = 2.0
"""How often ready tasks are looked for where other processes make tasks ready too."""

Start = Callable[[str, str, int], Awaitable[None]]
"""Starts the attempt of that number at the task of that plan."""


class Dispatcher:
    """One loop per process that hands the tasks of woken plans to an OrchestratorAgent."""

    def __init__(
        self,
        database: Database,
        *,
        start: Start,
        progress_callback: ProgressCallback,
        places: Places,
        beside_others: bool,
        reaches: Callable[[MasterPlan], bool],
    ) -> None:
        self._database = database
        self._start = start
        self._progress_callback = progress_callback
        self._places = places
        places.on_free = self._wake_held_back
        self._beside_others = beside_others
        self._reaches = reaches
        self._stopped = False
        self._dispatching = asyncio.Lock()
        self._woken: set[str] = set()
        self._held_back: set[str] = set()
        self._signal = asyncio.Event()
        self._poll_at = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Dispatcher]:
        self._database.on_reconnection(self._poll_now)
        async with kept_running(self._dispatch_forever, name="dispatcher"):
            yield self

    def wake(self, plan_id: str) -> None:
        """Look for tasks of this plan to start."""
        self._woken.add(plan_id)
        self._signal.set()

    async def drain(self) -> None:
        """Start nothing more, and return when all that works has ended."""
        self._stopped = True
        async with self._dispatching:  # what is being claimed right now is started still
            pass
        await self._places.close()

    def attempt_ended(self, attempt: RunningAttempt, plan_id: str) -> None:
        """Free the attempt's place for this plan and for those that waited for one."""
        self._places.leave(attempt)
        self.wake(plan_id)

    def _wake_held_back(self) -> None:
        self._woken |= self._held_back
        self._held_back.clear()
        self._signal.set()

    async def _dispatch_forever(self) -> None:
        while True:
            if self._beside_others:
                await self._poll_when_due()
            while self._woken:
                plan_id = self._woken.pop()
                try:
                    async with self._dispatching:
                        await self._dispatch_plan(plan_id)
                except Exception:
                    self._woken.add(plan_id)
                    raise
            self._signal.clear()
            await self._sleep()

    async def _poll_when_due(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._poll_at:
            # A deadline and no pause: however often it is woken, the next poll comes in time.
            self._poll_at = now + POLL_SECONDS
            async with self._database.reading() as session:
                self._woken.update(await repository.plans_with_ready_tasks(session))

    async def _sleep(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._poll_at if self._beside_others else None):
                await self._signal.wait()

    def _poll_now(self) -> None:
        self._poll_at = 0.0
        self._signal.set()

    async def _start_in_its_place(self, plan_id: str, task_id: str, number: int) -> None:
        attempt = RunningAttempt(task_id, number)
        self._places.take(attempt, plan_id)
        try:
            await self._start(plan_id, task_id, number)
        except Exception:
            self._places.leave(attempt)
            raise

    async def _dispatch_plan(self, plan_id: str) -> None:
        """Start what may start, looking at more ready tasks only where the first have to wait."""
        look_at = FIRST_LOOK
        while not self._stopped and await self._start_some(plan_id, look_at=look_at):
            look_at *= 8

    async def _start_some(self, plan_id: str, *, look_at: int) -> bool:
        """Start ready tasks from the first `look_at`; True where later ones could start too."""
        async with self._database.reading() as session:
            plan = await repository.get_plan(session, plan_id)
            if plan.status != PlanStatus.IN_PROGRESS or not self._reaches(plan):
                return False
            ready = await repository.first_ready(session, plan_id, limit=look_at)
            if not ready:
                return False
            running = await repository.tasks_with_status(session, plan_id, RUNNING)
        limit = len(running) + self._places.left_for(plan_id)
        if (wanted := PlanSettings.model_validate(plan.settings).max_parallel) is not None:
            limit = min(limit, wanted)
        orchestrator = OrchestratorAgent(
            dispatch=partial(self._start_in_its_place, plan_id),
            progress_callback=self._progress_callback,
            total_tasks=plan.total_tasks,
        )
        started = await orchestrator.start_ready(
            [_orchestrated(task) for task in ready],
            [_orchestrated(task) for task in running],
            limit=limit,
            started_tasks=plan.started_tasks,
        )
        log.debug("dispatched", plan=plan_id, started=len(started), ready=len(ready))
        there_may_be_more = len(ready) == look_at
        if len(started) < len(ready) or there_may_be_more:
            self._held_back.add(plan_id)
        return there_may_be_more and len(running) + len(started) < limit


def _orchestrated(task: MasterPlanTask) -> OrchestratedTask:
    return OrchestratedTask(
        id=task.id,
        key=task.key,
        name=task.name,
        number=task.task_number,
        priority=task.priority,
        target_files=tuple(task.target_files),
    )
