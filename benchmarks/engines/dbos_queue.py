# /// script
# requires-python = ">=3.11"
# dependencies = ["dbos>=3.4,<4"]
# ///
"""DBOS on SQLite: a parent workflow enqueues each task as a child once what it needs is done."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from dbos import DBOS, DBOSConfig, SetWorkflowID

from workload import Plan, Watch, plan_and_watch

POLL_SECONDS = 0.05


async def main(plan: Plan, watch: Watch, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": f"sqlite:///{file}",
        "log_level": "ERROR",
        "notification_listener_polling_interval_sec": POLL_SECONDS,
    }
    DBOS(config=config)

    @DBOS.step()
    async def work(key: str) -> None:
        watch.ran(key)

    @DBOS.workflow()
    async def task(key: str) -> None:
        await work(key)

    @DBOS.workflow()
    async def parent() -> None:
        running: dict[str, str] = {}
        started: set[str] = set()
        done: set[str] = set()
        while len(done) < len(plan.needs):
            for key, needs in plan.needs.items():
                if key not in started and done.issuperset(needs):
                    started.add(key)
                    with SetWorkflowID(f"plan:{key}"):
                        handle = await DBOS.enqueue_workflow_async("tasks", task, key)
                    running[handle.workflow_id] = key
            handles = [await DBOS.retrieve_workflow_async(each) for each in running]
            first = await DBOS.wait_first_async(handles, polling_interval_sec=POLL_SECONDS)
            done.add(running.pop(first.workflow_id))

    DBOS.launch()
    await DBOS.register_queue_async(
        "tasks", worker_concurrency=64, polling_interval_sec=POLL_SECONDS
    )
    await asyncio.sleep(1)  # until its queue's threads are up
    watch.start()
    handle = await DBOS.start_workflow_async(parent)
    await handle.get_result()
    watch.finish()
    os._exit(0)  # DBOS's threads are not waited for


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(main(*plan_and_watch(), Path(directory) / "dbos.sqlite3"))
