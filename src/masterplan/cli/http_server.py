"""The HTTP server within a command; it costs next to nothing while nobody asks it anything."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from masterplan.api.app import MasterplanApp

TICK_SECONDS = 1.0
"""How often the time that answers carry is set anew."""


class HttpServer(uvicorn.Server):
    """Serves an application whose lifespan is somebody else's, until it is told to leave."""

    def __init__(self, application: MasterplanApp) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                # Compressing an event for each subscriber costs more than sending it.
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._left = asyncio.Event()

    def leave(self) -> None:
        """Answer what was asked, and end."""
        self.should_exit = True
        self._left.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals are the command's: see `interrupts`.
        yield

    async def main_loop(self) -> None:
        # uvicorn's own wakes ten times a second to see whether it is to leave.
        while not await self.on_tick(counter=0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._left.wait()
