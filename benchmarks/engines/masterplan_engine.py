"""Masterplan as it is served, over REST in process: scripted agents, each task one published file.

What the other engines do not do is in the figure: a directory, a log, two commits for each task.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from datetime import datetime
from pathlib import Path

import structlog
from httpx import ASGITransport, AsyncClient

from masterplan.api.app import create_app
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


async def main(plan: Plan, watch: Watch, directory: Path) -> None:
    app = create_app(Settings(data_dir=directory, token=TOKEN, max_parallel=16))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    transport = ASGITransport(app)
    async with (
        app.running(),
        AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client,
    ):
        created = await client.post(PLANS, json=document_of(plan), timeout=300)
        plan_url = f"{PLANS}/{created.raise_for_status().json()['masterplan_id']}"
        (await client.post(f"{plan_url}/approve")).raise_for_status()
        watch.start()
        (await client.post(f"{plan_url}/execute")).raise_for_status()
        await follow(client, plan_url, watch)


async def follow(client: AsyncClient, plan_url: str, watch: Watch) -> None:
    """Wait for the end by events alone, then enter when each task began."""
    after, began = 0, {}
    while True:
        params = {"after": after, "wait": 30}
        page = (await client.get(f"{plan_url}/events", params=params, timeout=60)).json()
        for event in page["events"]:
            after, payload = event["seq"], event["payload"]
            if event["type"] == "task_execution_progress" and payload["status"] == "in_progress":
                began[payload["description"]] = event["occurred_at"]
            if event["type"] == "masterplan_execution_complete":
                for key, at in began.items():
                    watch.ran(key, datetime.fromisoformat(at).timestamp())
                watch.finish()
                return


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(*plan_and_watch(), Path(folder)))
