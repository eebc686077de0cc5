"""Loops that run beside the requests and must not die unseen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 1.0


@asynccontextmanager
async def kept_running(loop: Callable[[], Awaitable[None]], *, name: str) -> AsyncIterator[None]:
    """Run an endless loop while the block runs; an error in it is logged, and it starts again."""
    task = asyncio.create_task(_run_again_and_again(loop, name), name=name)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _run_again_and_again(loop: Callable[[], Awaitable[None]], name: str) -> None:
    while True:
        try:
            await loop()
        except Exception:
            with suppress(OSError):  # a full disk may hold the log as well
                log.exception("background_loop_failed", loop=name)
            await asyncio.sleep(PAUSE_SECONDS)
