"""Kills a running Masterplan again and again while a person meddles, then lets it come to rest.

Everything random is drawn from one seed. Plans of fifty tasks follow each other in one data
directory until the kills are used up; meanwhile somebody pauses, resumes, retries and cancels, at
moments of their own, without knowing whether the server is there.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from support.crash_plans import FIFTY_ENDS, endless, fifty_tasks
from support.oracle import Oracle, judge_worker
from support.orphans import Orphans, adopting
from support.plans import API, detail_of, statuses_of, tasks_of, until_detail
from support.process import Forked, Server, client_of_server

LONGEST_LIFE_S = 8.0
MEAN_LIFE_S = 1.5
KILLED_AT_START = 0.2
"""How many of the kills come before the server has said that it is ready."""
LEFT_DEAD = 0.1
"""How many of those who die while another lives stay dead until that has taken over."""
LONGER_THAN_A_LEASE_S = 10.0
ACCEPTABLE = {200, 201, 202, 400, 404}


@dataclass
class Figures:
    """What a campaign came to, for the report."""

    kills: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    plans: int = 0
    tasks: int = 0
    requests: Counter[str] = field(default_factory=Counter)


class Campaign:
    """A server, perhaps workers beside it, their data, and everything that happens to them.

    Where there are workers some of all are killed at a time, or all of them.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        seed: int,
        kills: int,
        environment: dict[str, str],
        beside: Sequence[Path] = (),
    ) -> None:
        self._random = random.Random(seed)
        self._kills = kills
        self._server = Server(data_dir, environment)
        workers = [Forked(worker_dir, environment) for worker_dir in beside]
        self._processes: list[Forked] = [self._server, *workers]
        self._client = client_of_server(self._server)
        self._main: list[str] = []
        self._aside: list[str] = []
        self.figures = Figures()

    async def run(self, *, database_url: str | None) -> Figures:
        """Kill, rest, judge. Fails with what the oracle finds."""
        with adopting() as orphans:
            async with self._client:
                try:
                    for process in self._processes:
                        process.start()
                    while self.figures.kills < self._kills:
                        await self._live_and_die(orphans)
                    await self._server.ready(self._client)
                    await self._come_to_rest()
                    await orphans.gone(within=10)
                    self._judge(database_url)
                finally:
                    for process in self._processes:
                        process.close()
        return self.figures

    def _judge(self, database_url: str | None) -> None:
        server, *workers = self._processes
        Oracle(server.data_dir, database_url=database_url).judge()
        for worker in workers:
            assert not worker.has_died, worker.log.read_text()
            judge_worker(worker.data_dir)

    async def _live_and_die(self, orphans: Orphans) -> None:
        meddling = asyncio.create_task(self._meddle())
        if self._random.random() > KILLED_AT_START:
            await self._server.ready(self._client)
        await asyncio.sleep(self._lifetime())
        victims = self._victims()
        for victim in victims:
            victim.kill()
        meddling.cancel()
        with suppress(asyncio.CancelledError, httpx.TransportError):
            await meddling
        self.figures.kills += 1
        self.figures.killed[" and ".join(sorted(each.data_dir.name for each in victims))] += 1
        left = len(orphans.alive())
        if len(victims) < len(self._processes) and self._random.random() < LEFT_DEAD:
            await asyncio.sleep(LONGER_THAN_A_LEASE_S)
        for victim in victims:
            victim.start()
        if self.figures.kills % 5 == 0 or self.figures.kills == self._kills:
            await self._server.ready(self._client)
            print(await self._progress(left), flush=True)  # noqa: T201

    def _victims(self) -> list[Forked]:
        return self._random.sample(self._processes, k=self._random.randint(1, len(self._processes)))

    def _lifetime(self) -> float:
        return min(self._random.expovariate(1 / MEAN_LIFE_S), LONGEST_LIFE_S)

    async def _progress(self, left: int) -> str:
        done = [(await detail_of(self._client, plan))["completed_tasks"] for plan in self._main]
        return (
            f"kill {self.figures.kills}/{self._kills}: plan {len(self._main)}, "
            f"{done[-1] if done else 0} of 50 tasks done, {left} processes outlived the kill"
        )

    # What a person does

    async def _meddle(self) -> None:
        await self._server.ready(self._client)
        while True:
            await self._keep_one_plan_running()
            await self._random.choice(self._meddlings())()
            await asyncio.sleep(self._random.uniform(0, 0.4))

    def _meddlings(self) -> list[Callable[[], Awaitable[None]]]:
        return [self._pause_or_resume, self._retry, self._cancel, self._look]

    async def _keep_one_plan_running(self) -> None:
        if not self._main or (await self._status(self._main[-1])) == "completed":
            self._main.append(await self._create(fifty_tasks()))
        await self._push_on(self._main[-1])

    async def _push_on(self, plan_id: str) -> None:
        """Take the plan one step towards its end, wherever a crash has left it."""
        match await self._status(plan_id):
            case "draft":
                await self._post(plan_id, "approve")
            case "approved":
                await self._post(plan_id, "execute")
            case "paused":
                await self._post(plan_id, "resume")

    async def _pause_or_resume(self) -> None:
        await self._post(self._main[-1], self._random.choice(["pause", "resume"]))

    async def _retry(self) -> None:
        detail = await detail_of(self._client, self._main[-1])
        failed = [task for task in tasks_of(detail).values() if task["status"] == "failed"]
        if failed:
            task = self._random.choice(failed)["task_id"]
            await self._post(self._main[-1], f"tasks/{task}/retry")

    async def _cancel(self) -> None:
        """Start another plan that never ends by itself, or cancel the one there is."""
        if self._aside and (await self._status(self._aside[-1])) != "cancelled":
            await self._push_on(self._aside[-1])
            await self._post(self._aside[-1], "cancel")
        else:
            self._aside.append(await self._create(endless()))
            await self._post(self._aside[-1], "approve")
            await self._post(self._aside[-1], "execute")

    async def _look(self) -> None:
        await detail_of(self._client, self._main[-1])

    async def _create(self, plan: dict[str, Any]) -> str:
        answer = await self._client.post(API, json=plan)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["masterplan_id"])

    async def _post(self, plan_id: str, action: str) -> None:
        answer = await self._client.post(f"{API}/{plan_id}/{action}")
        assert answer.status_code in ACCEPTABLE, answer.text
        self.figures.requests[f"{action.rpartition('/')[2]} {answer.status_code}"] += 1

    async def _status(self, plan_id: str) -> str:
        return str((await detail_of(self._client, plan_id))["status"])

    # The end

    async def _come_to_rest(self) -> None:
        for plan_id in await self._all_plans():
            aside = plan_id not in self._main and await self._is_endless(plan_id)
            while (status := await self._status(plan_id)) in {"draft", "approved", "paused"}:
                await self._push_on(plan_id)
            if aside and status == "in_progress":
                await self._post(plan_id, "cancel")
            detail = await until_detail(self._client, plan_id, _has_ended, within=300)
            assert detail["status"] == ("cancelled" if aside else "completed")
            if not aside:
                assert Counter(statuses_of(detail).values()) == FIFTY_ENDS
                assert detail["outcome"] == "partial"
            self.figures.plans += 1
            self.figures.tasks += detail["total_tasks"]

    async def _all_plans(self) -> list[str]:
        """Every plan there is: one may have been made whose answer the kill swallowed."""
        answer = await self._client.get(API, params={"limit": 500})
        return [plan["masterplan_id"] for plan in answer.json()["masterplans"]]

    async def _is_endless(self, plan_id: str) -> bool:
        return "endless" in tasks_of(await detail_of(self._client, plan_id))


def _has_ended(detail: dict[str, Any]) -> bool:
    return detail["status"] in {"cancelled", "completed"}
