"""Starts ready tasks: woken when a plan changes, bounded by the plan's and the worker's limits.

Beside other processes it only proposes: what may really start is decided when a task is claimed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from masterplan import repository
from masterplan.agents.orchestrator_agent import (
    Dispatch,
    OrchestratedTask,
    OrchestratorAgent,
    ProgressCallback,
)
from masterplan.background import kept_running
from masterplan.db import Database
from masterplan.documents import PlanSettings
from masterplan.lifecycle import RUNNING, PlanStatus, TaskStatus
from masterplan.models import MasterPlan, MasterPlanTask
from masterplan.repository import RunningAttempt

log = structlog.get_logger(__name__)

POLL_SECONDS = 2.0
"""How often ready tasks are looked for where other processes make tasks ready too."""


class Dispatcher:
    """One loop per process that hands the tasks of woken plans to an OrchestratorAgent."""

    def __init__(
        self,
        database: Database,
        *,
        start: Dispatch,
        progress_callback: ProgressCallback,
        max_parallel: int,
        beside_others: bool,
        reaches: Callable[[MasterPlan], bool],
    ) -> None:
        self._database = database
        self._start = start
        self._progress_callback = progress_callback
        self._max_parallel = max_parallel
        self._beside_others = beside_others
        self._reaches = reaches
        self._taken: set[RunningAttempt] = set()
        self._stopped = False
        self._dispatching = asyncio.Lock()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._woken: set[str] = set()
        self._held_back: set[str] = set()
        self._signal = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Dispatcher]:
        async with kept_running(self._dispatch_forever, name="dispatcher"):
            yield self

    def wake(self, plan_id: str) -> None:
        """Look for tasks of this plan to start."""
        self._woken.add(plan_id)
        self._signal.set()

    async def drain(self) -> None:
        """Start nothing more, and return when all that was started has ended."""
        self._stopped = True
        async with self._dispatching:  # what is being claimed right now is started still
            pass
        await self._emptied.wait()

    def attempt_begun(self, attempt: RunningAttempt) -> None:
        self._taken.add(attempt)
        self._emptied.clear()

    def attempt_ended(self, attempt: RunningAttempt, plan_id: str) -> None:
        """Free the attempt's place for this plan and for those that waited for one."""
        self._vacate(attempt)
        self._woken |= self._held_back
        self._held_back.clear()
        self.wake(plan_id)

    async def _dispatch_forever(self) -> None:
        while True:
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

    async def _sleep(self) -> None:
        if not self._beside_others:
            await self._signal.wait()
            return
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._signal.wait()
        except TimeoutError:
            async with self._database.reading() as session:
                self._woken.update(await repository.plans_with_ready_tasks(session))

    async def _start_in_its_place(self, task_id: str, number: int) -> None:
        attempt = RunningAttempt(task_id, number)
        self.attempt_begun(attempt)
        try:
            await self._start(task_id, number)
        except Exception:
            self._vacate(attempt)
            raise

    def _vacate(self, attempt: RunningAttempt) -> None:
        self._taken.discard(attempt)
        if not self._taken:
            self._emptied.set()

    async def _dispatch_plan(self, plan_id: str) -> None:
        if self._stopped:
            return
        async with self._database.reading() as session:
            plan = await repository.get_plan(session, plan_id)
            if plan.status != PlanStatus.IN_PROGRESS or not self._reaches(plan):
                return
            ready = await repository.tasks_with_status(session, plan_id, {TaskStatus.READY})
            running = await repository.tasks_with_status(session, plan_id, RUNNING)
        if not ready:
            return
        limit = len(running) + self._max_parallel - len(self._taken)
        if (wanted := PlanSettings.model_validate(plan.settings).max_parallel) is not None:
            limit = min(limit, wanted)
        orchestrator = OrchestratorAgent(
            dispatch=self._start_in_its_place,
            progress_callback=self._progress_callback,
            total_tasks=plan.total_tasks,
        )
        started = await orchestrator.start_ready(
            [_orchestrated(task) for task in ready],
            [_orchestrated(task) for task in running],
            limit=limit,
            started_tasks=plan.started_tasks,
        )
        if len(started) < len(ready):
            self._held_back.add(plan_id)
        log.debug("dispatched", plan=plan_id, started=len(started), ready=len(ready))


def _orchestrated(task: MasterPlanTask) -> OrchestratedTask:
    return OrchestratedTask(
        id=task.id,
        key=task.key,
        name=task.name,
        number=task.task_number,
        priority=task.priority,
        target_files=tuple(task.target_files),
    )
