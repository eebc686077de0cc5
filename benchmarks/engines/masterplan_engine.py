"""Masterplan in this process: scripted agents, a file for each task, events told to a publisher.

What the other engines do not do is in the figure: a directory, a log, two commits for each task.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from pathlib import Path

import structlog
from httpx import AsyncClient

from masterplan.documents import PlanDocument
from masterplan.events import RecordedEvent, TaskLogged
from masterplan.services.runtime import open_runtime
from masterplan.settings import Settings
from workload import Plan, Watch, plan_and_watch

PLANS = "/api/v1/masterplans"
TOKEN = "benchmark"


def document_of(plan: Plan, **script: object) -> dict[str, object]:
    """The plan as a document; files lie in folders of a hundred, as in a tidy project."""
    tasks = [
        {
            "key": key,
            "name": key,
            "agent": "scripted",
            "target_files": [f"part{number // 100}/{key}.txt"],
            "depends_on": list(needs),
            **({"script": script} if script else {}),
        }
        for number, (key, needs) in enumerate(plan.needs.items())
    ]
    milestone = {"name": "All", "tasks": tasks}
    return {"title": "Benchmark", "phases": [{"name": "All", "milestones": [milestone]}]}


async def prepared(client: AsyncClient, document: dict[str, object]) -> str:
    created = (await client.post(PLANS, json=document)).raise_for_status()
    plan_url = f"{PLANS}/{created.json()['masterplan_id']}"
    (await client.post(f"{plan_url}/approve")).raise_for_status()
    return plan_url


async def executed(client: AsyncClient, plan_url: str) -> float:
    """Execute a plan and return the seconds until all of it is done."""
    started = time.perf_counter()
    (await client.post(f"{plan_url}/execute")).raise_for_status()
    after, done = 0, False
    while not done:
        params = {"after": after, "wait": 30, "limit": 1000}
        page = (await client.get(f"{plan_url}/events", params=params)).json()["events"]
        after = page[-1]["seq"] if page else after
        done = any(event["type"] == "masterplan_execution_complete" for event in page)
    return time.perf_counter() - started


class Told:
    """Hears what is recorded, as the process that serves a plan does, and enters it."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.over = asyncio.Event()

    async def publish(self, event: RecordedEvent) -> None:
        if event.payload.get("status") == "in_progress" and "task_id" in event.payload:
            self._watch.ran(event.payload["description"], event.occurred_at.timestamp())
        if event.type == "masterplan_execution_complete":
            self.over.set()

    async def publish_log(self, log: TaskLogged) -> None:
        """Logs are kept; nobody reads them here."""


async def main(plan: Plan, watch: Watch, directory: Path) -> None:
    told = Told(watch)
    settings = Settings(data_dir=directory, token=TOKEN, max_parallel=16)
    async with open_runtime(settings, told, execution=True) as runtime:
        document = PlanDocument.model_validate(document_of(plan))
        async with runtime.database.unit_of_work() as session:
            row = await runtime.masterplans.create(session, document, by="benchmark")
            plan_id = row.id
        async with runtime.database.unit_of_work() as session:
            await runtime.masterplans.approve(session, plan_id, plan_hash=None, by="benchmark")
        watch.start()
        await runtime.executions.execute(plan_id, by="benchmark")
        runtime.executing_engine().wake(plan_id)
        await told.over.wait()
        watch.finish()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(*plan_and_watch(), Path(folder)))
