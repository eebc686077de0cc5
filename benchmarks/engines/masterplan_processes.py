"""What is measured of Masterplan in processes of its own: restarting, and workers on PostgreSQL."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from masterplan_engine import document_of, executed, prepared
from support import postgres
from support.workers import Observer, up, working
from workload import Plan

PARALLEL = "4"
POSTGRES_AS_IN_PRODUCTION = {"fsync": "on", "full_page_writes": "on"}


async def restart(folder: Path, *, tasks: int) -> str:
    """Kill a server in the middle of a plan, and time the next one up to its first event."""
    async with up(folder / "restarted") as (server, client):
        plan_url = await prepared(client, document_of(Plan(chain=tasks, fan=0)))
        (await client.post(f"{plan_url}/execute")).raise_for_status()
        while (await client.get(plan_url)).json()["completed_tasks"] < tasks // 3:
            await asyncio.sleep(0.01)
        server.signal(signal.SIGKILL)
    killed = time.perf_counter()
    async with up(folder / "restarted") as (_server, client):
        serving = time.perf_counter()
        before = (await client.get(plan_url)).json()["completed_tasks"]
        while (await client.get(plan_url)).json()["completed_tasks"] <= before:
            await asyncio.sleep(0.005)
        first = time.perf_counter()
    return (
        f"{(serving - killed) * 1e3:.0f} ms until it serves, "
        f"{(first - serving) * 1e3:.0f} ms more until a task has ended"
    )


async def throughput(folder: Path, url: str, *, workers: int, tasks: int) -> float:
    """Return how many tasks a second so many processes complete together."""
    environment = {"MASTERPLAN_DATABASE_URL": url, "MASTERPLAN_MAX_PARALLEL": PARALLEL}
    with ExitStack() as stack:
        async with up(folder / "server", **environment) as (_server, client):
            for number in range(workers - 1):
                stack.enter_context(working(folder / f"worker{number}", **environment))
            await _all_joined(Observer(url), workers)
            plan_url = await prepared(client, document_of(Plan(chain=1, fan=tasks - 1)))
            return tasks / await executed(client, plan_url)


async def _all_joined(database: Observer, workers: int) -> None:
    while len(database.rows("SELECT id FROM workers")) < workers:
        await asyncio.sleep(0.1)


async def main(*, quick: bool) -> None:
    rows: dict[str, str] = {}
    postgres.CONFIGURATION.update(POSTGRES_AS_IN_PRODUCTION)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows["restart to first task"] = await restart(folder, tasks=6 if quick else 60)
        counts = (1,) if quick else (1, 2, 4)
        rates = []
        with postgres.postgres_server(folder / "postgres") as server:
            for workers in counts:
                place = folder / f"with{workers}"
                place.mkdir()
                rate = await throughput(
                    place, server.make_database(), workers=workers, tasks=4 if quick else 200
                )
                rates.append(f"{rate:.1f}")
        rows["1, 2 and 4 workers on PostgreSQL"] = f"{', '.join(rates)} tasks a second"
    print(json.dumps(rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    asyncio.run(main(**vars(parser.parse_args())))
