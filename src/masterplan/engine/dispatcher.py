"""Settles attempts and starts ready tasks: one transaction at a time, woken when a plan changes.

What has ended since the last transaction is settled in the next one together, and the places that
became free by it are filled in the same commit, up to the plan's limit. Other processes wait for
the plan's lock meanwhile, so two cannot both find the last place free.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog

from masterplan import repository
from masterplan.agents.orchestrator_agent import OrchestratedTask, OrchestratorAgent
from masterplan.background import kept_running
from masterplan.db import Database
from masterplan.documents import PlanSettings
from masterplan.engine.attempt_inputs import AttemptRows
from masterplan.engine.gathering import Gathering
from masterplan.engine.places import Places
from masterplan.engine.report import AttemptReport
from masterplan.engine.turns import Turn
from masterplan.errors import NotFound
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import PlanStatus, TaskStatus
from masterplan.models import MasterPlan
from masterplan.repository import OrderedTask, RunningAttempt

log = structlog.get_logger(__name__)

FIRST_LOOK = 16
"""How many ready tasks are looked at first: more than usually wait for a file of another one."""

POLL_SECONDS = 2.0
"""How often ready tasks are looked for where other processes make tasks ready too."""

Start = Callable[[AttemptRows], Awaitable[None]]
"""Starts an attempt that was claimed."""


class Dispatcher:
    """One loop per process that hands the tasks of woken plans to an OrchestratorAgent."""

    def __init__(
        self,
        database: Database,
        *,
        start: Start,
        worker_id: Callable[[], str],
        places: Places,
        beside_others: bool,
        reaches: Callable[[MasterPlan], bool],
    ) -> None:
        self._database = database
        self._start = start
        self._worker_id = worker_id
        self._places = places
        places.on_free = self._wake_held_back
        self._beside_others = beside_others
        self._reaches = reaches
        self._ended: dict[str, list[_Ended]] = {}
        self._gathering = Gathering(self.wake)
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
        waiting = [each.settled for ended in self._ended.values() for each in ended]
        await asyncio.gather(*waiting, return_exceptions=True)
        async with self._dispatching:  # what is being settled right now
            pass

    async def settle(self, report: AttemptReport, *, others_follow: bool = False) -> None:
        """Enter what an attempt came to, with whatever else has ended meanwhile.

        Its place is free from now on, and filled by the same commit. Where others of its plan
        follow in an instant they are waited for. Raises what the database does.
        """
        ended = _Ended(report, asyncio.get_running_loop().create_future())
        self._ended.setdefault(report.plan_id, []).append(ended)
        self._held_back.discard(report.plan_id)  # it gets its turn by this
        self._places.leave(report.attempt)
        self._gathering.add(report.plan_id, others_follow=others_follow)
        await ended.settled

    def attempt_ended(self, attempt: RunningAttempt, plan_id: str) -> None:
        """Free the place of an attempt that ended without being settled."""
        if attempt in self._places:
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
                except NotFound:  # an operator has removed it: there is nothing to come back to
                    log.warning("plan_is_gone", plan=plan_id)
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

    async def _start_in_its_place(self, claimed: AttemptRows) -> None:
        self._places.take(claimed.running, claimed.plan.id)
        try:
            await self._start(claimed)
        except Exception:
            self._places.leave(claimed.running)
            raise

    async def _dispatch_plan(self, plan_id: str) -> None:
        """Settle what has ended, and start what may start.

        More ready tasks are looked at only where the first have to wait.
        """
        if plan_id in self._ended:
            more = await self._settle_ended(plan_id)
        else:
            more = await self._has_ready_tasks(plan_id)
        look_at = FIRST_LOOK
        while more and not self._stopped:
            more = await self._take_turn(plan_id, [], look_at=look_at)
            look_at *= 8

    async def _settle_ended(self, plan_id: str) -> bool:
        """Settle together what has ended; one by one where that fails. True as `_take_turn`."""
        self._gathering.forget(plan_id)
        batches = [self._ended.pop(plan_id, [])]
        more = False
        while batches and (batch := batches.pop()):
            try:
                more |= await self._take_turn(plan_id, batch, look_at=FIRST_LOOK)
            except Exception as error:  # noqa: BLE001 (whoever waits for the settlement gets it)
                if len(batch) == 1:
                    batch[0].fail(error)
                else:
                    batches += [[each] for each in batch]
        return more

    async def _has_ready_tasks(self, plan_id: str) -> bool:
        async with self._database.reading() as session:
            plan = await repository.get_plan(session, plan_id)
            if plan.status != PlanStatus.IN_PROGRESS or not self._reaches(plan):
                return False
            return bool(await repository.first_ready(session, plan_id, limit=1))

    async def _take_turn(self, plan_id: str, ended: Sequence[_Ended], *, look_at: int) -> bool:
        """Settle, then start ready tasks from the first `look_at`; True where later ones could too.

        Where other plans wait for the place that has become free, they are asked as well.
        """
        is_contended = bool(ended and self._woken - {plan_id})
        started: list[AttemptRows] = []
        more = False
        async with self._database.unit_of_work() as session:
            turn = await Turn.begin(session, plan_id)
            await turn.settle([each.report for each in ended])
            if turn.goes_on and not self._stopped and self._reaches(turn.plan) and not is_contended:
                more = await self._claim_some(turn, started, look_at=look_at)
            await turn.end()
            if ended:
                reach(Failpoint.BEFORE_SETTLE)
        if ended:
            reach(Failpoint.AFTER_SETTLE)
        if is_contended:
            self._woken.add(plan_id)
        for each in ended:
            each.succeed()
        for claimed in started:
            await self._start_in_its_place(claimed)
        return more

    async def _claim_some(self, turn: Turn, started: list[AttemptRows], *, look_at: int) -> bool:
        plan = turn.plan
        ready = await turn.ready(limit=look_at)
        if not ready:
            return False
        running = await turn.running()
        limit = len(running) + self._places.left_for(plan.id)
        if (wanted := PlanSettings.model_validate(plan.settings).max_parallel) is not None:
            limit = min(limit, wanted)

        await turn.read([task.id for task in ready[: max(0, limit - len(running))]])
        claims = _Claims(turn, worker_id=self._worker_id())

        async def dispatch(task_id: str, number: int) -> None:
            started.append(claims.made[RunningAttempt(task_id, number)])

        orchestrator = OrchestratorAgent(
            dispatch=dispatch,
            progress_callback=claims,
            total_tasks=plan.total_tasks,
        )
        await orchestrator.start_ready(
            [_orchestrated(task) for task in ready],
            [_orchestrated(task) for task in running],
            limit=limit,
            started_tasks=plan.started_tasks,
        )
        log.debug("dispatched", plan=plan.id, started=len(started), ready=len(ready))
        there_may_be_more = len(ready) == look_at
        if len(started) < len(ready) or there_may_be_more:
            self._held_back.add(plan.id)
        return there_may_be_more and len(running) + len(started) < limit


@dataclass(frozen=True, slots=True)
class _Ended:
    """An attempt that waits for being settled."""

    report: AttemptReport
    settled: asyncio.Future[None]

    def succeed(self) -> None:
        if not self.settled.done():  # else whoever waited was cancelled
            self.settled.set_result(None)

    def fail(self, error: Exception) -> None:
        if not self.settled.done():
            self.settled.set_exception(error)


class _Claims:
    """Claims the tasks that an OrchestratorAgent announces, within one turn."""

    def __init__(self, turn: Turn, *, worker_id: str) -> None:
        self._turn = turn
        self._worker_id = worker_id
        self.made: dict[RunningAttempt, AttemptRows] = {}

    async def __call__(
        self,
        task_id: str,
        status: TaskStatus,  # noqa: ARG002 (ready tasks are only ever claimed)
        description: str,
        current_task: int,  # noqa: ARG002
        total_tasks: int,  # noqa: ARG002
        *,
        attempt: int | None = None,  # noqa: ARG002
    ) -> int:
        claimed = await self._turn.claim(
            task_id, description=description, worker_id=self._worker_id
        )
        self.made[claimed.running] = claimed
        return claimed.attempt.number


def _orchestrated(task: OrderedTask) -> OrchestratedTask:
    return OrchestratedTask(
        id=task.id,
        key=task.key,
        name=task.name,
        number=task.task_number,
        priority=task.priority,
        target_files=tuple(task.target_files),
    )
