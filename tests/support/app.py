"""The real application for tests: served on a loopback port or called directly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
import socketio
import uvicorn

from masterplan.api.app import MasterplanApp
from masterplan.cli.connection import bound_socket

TOKEN = "test-token"


def client_of(app: MasterplanApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://127.0.0.1",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=60,
    )


@asynccontextmanager
async def serving(app: MasterplanApp) -> AsyncIterator[str]:
    """Serve the application on a free loopback port; gives its URL."""
    with bound_socket("127.0.0.1", 0) as listener:
        config = uvicorn.Config(app, log_level="warning", lifespan="on", ws="websockets-sansio")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve([listener]))
        try:
            while not server.started:
                if task.done():
                    await task
                await asyncio.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await task


async def eventually(condition: Callable[[], object], *, within: float = 20) -> None:
    """Wait until `condition` holds; fail after `within` seconds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 (any condition, not an event)
            await asyncio.sleep(0.01)


async def assert_socket_refused(url: str, **options: Any) -> None:
    """Assert that a Socket.IO client with these options of `connect` is not let in."""
    client = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(url, transports=["websocket"], **options)
    await client.shutdown()
    if client.eio.http is not None:  # the library leaves it open after a refused handshake
        await client.eio.http.close()
