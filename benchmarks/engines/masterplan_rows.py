"""What is measured of Masterplan alone, in one process: makespan, events, growth, idling."""

from __future__ import annotations

import argparse
import asyncio
import heapq
import json
import logging
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from httpx import AsyncClient

from masterplan import graph
from masterplan.api.app import create_app
from masterplan.cli.connection import bound_socket, serving
from masterplan.settings import Settings
from masterplan_engine import PLANS, TOKEN, document_of, executed, prepared
from workload import Plan

WORKERS = 4


@asynccontextmanager
async def served(directory: Path) -> AsyncIterator[AsyncClient]:
    """Serve a data directory on a loopback port, as `masterplan up` does."""
    app = create_app(Settings(data_dir=directory, token=TOKEN, max_parallel=WORKERS))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with bound_socket("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            serving(app, listener),
            AsyncClient(base_url=url, headers=headers, timeout=600) as client,
        ):
            yield client


def random_plan(tasks: int, seed: int) -> tuple[dict[str, object], float, float]:
    """Make a random plan of tasks that last 0.1 to 0.5 s.

    With it come the least time that it can take, which no order may reach, and the time that it
    takes in our order where nothing else costs any, both in seconds.
    """
    chance = random.Random(seed)
    needs = {
        f"t{number}": [f"t{needed}" for needed in chance.sample(range(number), min(number, 2))]
        for number in range(tasks)
    }
    seconds = {key: chance.uniform(0.1, 0.5) for key in needs}
    milestone = {
        "name": "All",
        "tasks": [
            {
                "key": key,
                "name": key,
                "agent": "scripted",
                "target_files": [f"{key}.txt"],
                "depends_on": needed,
                "script": {"duration_s": seconds[key]},
            }
            for key, needed in needs.items()
        ],
    }
    longest = max(graph.critical_path_lengths(needs, seconds).values())
    document = {"title": "Random", "phases": [{"name": "All", "milestones": [milestone]}]}
    bound = max(longest, sum(seconds.values()) / WORKERS)
    return document, bound, free_makespan(needs, seconds)


def free_makespan(needs: Mapping[str, Sequence[str]], seconds: Mapping[str, float]) -> float:
    """Return the seconds that a plan takes, longest chain of tasks first, if nothing else does."""
    lengths = graph.critical_path_lengths(needs)
    left = {key: set(needed) for key, needed in needs.items()}
    running: list[tuple[float, str]] = []
    now = 0.0
    while left or running:
        ready = sorted((key for key in left if not left[key]), key=lambda key: -lengths[key])
        for key in ready[: WORKERS - len(running)]:
            heapq.heappush(running, (now + seconds[key], key))
            del left[key]
        now, ended = heapq.heappop(running)
        for needed in left.values():
            needed.discard(ended)
    return now


async def makespan(client: AsyncClient, *, tasks: int, plans: int) -> str:
    ours, free = [], []
    for seed in range(plans):
        document, bound, free_of_cost = random_plan(tasks, seed)
        ours.append(await executed(client, await prepared(client, document)) / bound)
        free.append(free_of_cost / bound)
    return (
        f"{statistics.median(ours):.2f} times max(critical path, work / {WORKERS}); "
        f"the same order without any cost: {statistics.median(free):.2f}"
    )


async def event_latency(client: AsyncClient, *, subscribers: int, tasks: int) -> str:
    """Let another process subscribe that many times, and ask it how late the events came."""
    plan_url = await prepared(client, document_of(Plan(chain=tasks, fan=0)))
    watchers = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("subscribers.py")),
        str(client.base_url),
        TOKEN,
        plan_url.rpartition("/")[2],
        str(subscribers),
        stdout=asyncio.subprocess.PIPE,
    )
    assert watchers.stdout is not None
    await watchers.stdout.readline()  # all are in the plan's room
    await executed(client, plan_url)
    output, _ = await watchers.communicate()
    late: dict[str, float] = json.loads(output)
    return f"p50 {late['p50']:.0f} ms, p99 {late['p99']:.0f} ms, {late['events']:.0f} received"


async def growth(client: AsyncClient, *, tasks: int) -> str:
    plan = Plan(chain=tasks // 10, fan=tasks - tasks // 10)
    plan_url = await prepared(client, document_of(plan))
    seconds = await executed(client, plan_url)
    detail = await timed(client, plan_url)
    listed = await timed(client, PLANS)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"{seconds / tasks * 1e3:.1f} ms a task, at most {memory} MiB; "
        f"detail in {detail:.0f} ms, list in {listed:.0f} ms"
    )


async def timed(client: AsyncClient, url: str) -> float:
    started = time.perf_counter()
    (await client.get(url)).raise_for_status()
    return (time.perf_counter() - started) * 1e3


async def idle_cpu(seconds: float) -> str:
    before = time.process_time()
    await asyncio.sleep(seconds)
    return f"{(time.process_time() - before) / seconds:.2%} of a core"


async def main(*, quick: bool, largest: int) -> None:
    sizes = [10] if quick else [size for size in (100, 1_000, 10_000) if size <= largest]
    rows: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder)) as client:
            rows["idle"] = await idle_cpu(0.5 if quick else 10)
            rows["makespan on random plans"] = await makespan(
                client, tasks=5 if quick else 60, plans=1 if quick else 5
            )
            subscribers = 3 if quick else 100
            rows[f"events to {subscribers} subscribers"] = await event_latency(
                client, subscribers=subscribers, tasks=3 if quick else 100
            )
            for tasks in sizes:
                rows[f"{tasks} tasks"] = await growth(client, tasks=tasks)
    print(json.dumps(rows))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--largest", type=int, default=10_000)
    asyncio.run(main(**vars(parser.parse_args())))
