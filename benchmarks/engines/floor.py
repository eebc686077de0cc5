"""The floor: asyncio and one fsynced SQLite commit for each of a task's two transitions."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from workload import Plan, Watch, plan_and_watch


async def main(plan: Plan, watch: Watch, connection: sqlite3.Connection) -> None:
    done = {key: asyncio.Event() for key in plan.needs}

    def enter(key: str, status: str) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT OR REPLACE INTO tasks VALUES (?, ?)", (key, status))
        connection.execute("COMMIT")

    async def run(key: str) -> None:
        for needed in plan.needs[key]:
            await done[needed].wait()
        enter(key, "in_progress")
        watch.ran(key)
        enter(key, "completed")
        done[key].set()

    watch.start()
    await asyncio.gather(*map(run, plan.needs))
    watch.finish()


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as directory,
        closing(sqlite3.connect(Path(directory) / "floor.sqlite3", isolation_level=None)) as opened,
    ):
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("PRAGMA synchronous=FULL")
        opened.execute("CREATE TABLE tasks (key TEXT PRIMARY KEY, status TEXT)")
        asyncio.run(main(*plan_and_watch(), opened))
