"""Subscribes to a plan many times and tells how late its events came: URL TOKEN PLAN NUMBER."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from datetime import UTC, datetime
from typing import Any

import socketio

EVENTS = ("task_execution_progress", "task_execution_complete")
END = "masterplan_execution_complete"


async def main(url: str, token: str, plan_id: str, number: int) -> None:
    late: list[float] = []
    ended = asyncio.Semaphore(0)

    async def note(message: dict[str, Any]) -> None:
        occurred = datetime.fromisoformat(message["occurred_at"])
        late.append((datetime.now(UTC) - occurred).total_seconds() * 1e3)

    async def end(_message: dict[str, Any]) -> None:
        ended.release()

    clients = [socketio.AsyncClient() for _ in range(number)]
    for client in clients:
        for event in EVENTS:
            client.on(event, note)
        client.on(END, end)
        await client.connect(url, auth={"token": token}, transports=["websocket"])
        await client.call("join_masterplan", {"masterplan_id": plan_id})
    print("ready", flush=True)
    for _ in clients:
        await ended.acquire()
    for client in clients:
        await client.disconnect()
    percentiles = statistics.quantiles(late, n=100)
    print(json.dumps({"p50": percentiles[49], "p99": percentiles[98], "events": len(late)}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
