# /// script
# requires-python = ">=3.11"
# dependencies = ["prefect>=3.8,<4", "fastapi==0.149.*"]
# ///
"""Prefect 3 with its own local server on SQLite: a flow submits every task with what it needs."""

from __future__ import annotations

import asyncio
import os
import tempfile

from workload import Plan, Watch, plan_and_watch


async def main(plan: Plan, watch: Watch) -> None:
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE

    @task(cache_policy=NO_CACHE, persist_result=False)
    async def work(key: str, counted: bool) -> str:
        if counted:
            watch.ran(key)
        return key

    @flow
    async def warm() -> None:
        await work("c0", False)

    @flow
    async def run() -> None:
        watch.start()
        futures = {}
        for key, needs in plan.needs.items():
            futures[key] = work.submit(key, True, wait_for=[futures[need] for need in needs])
        for future in futures.values():
            future.wait()
        watch.finish()

    await warm()  # starts the server
    await run()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        os.environ |= {
            "PREFECT_HOME": directory,
            "PREFECT_LOGGING_LEVEL": "ERROR",
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        asyncio.run(main(*plan_and_watch()))
