"""How long the answers about one large plan take: its detail, without its tasks, and the list.

By itself: `python benchmarks/engines/plan_reading.py --tasks 10000`. Rounds are interleaved, so
that whatever else the machine does falls on all answers alike; read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import tempfile
from pathlib import Path

import structlog
from httpx import AsyncClient

from masterplan_engine import PLANS, document_of
from masterplan_rows import served, timed
from workload import Plan

WHOLE = "detail"


def answers(plan_url: str) -> dict[str, str]:
    """Name the answers that are measured, the whole detail first."""
    return {
        WHOLE: plan_url,
        "detail with counts": f"{plan_url}?tasks=counts",
        "detail without tasks": f"{plan_url}?tasks=none",
        "list": PLANS,
    }


async def reading(client: AsyncClient, *, tasks: int, rounds: int) -> dict[str, str]:
    """Return a row for each answer: its median and how much faster than the whole detail it is."""
    plan = Plan(chain=tasks // 10, fan=tasks - tasks // 10)
    created = (await client.post(PLANS, json=document_of(plan))).raise_for_status().json()
    urls = answers(f"{PLANS}/{created['masterplan_id']}")
    took: dict[str, list[float]] = {name: [] for name in urls}
    for _ in range(rounds):
        for name, url in urls.items():
            took[name].append(await timed(client, url))
    medians = {name: statistics.median(each) for name, each in took.items()}
    return {
        f"{name} of {tasks} tasks": f"{median:.1f} ms, {medians[WHOLE] / median:.1f} times as fast"
        for name, median in medians.items()
    }


async def main(*, tasks: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder)) as client:
            print(json.dumps(await reading(client, tasks=tasks, rounds=rounds)))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    asyncio.run(main(**vars(parser.parse_args())))
