"""Loops that must not die unseen, and work that must not be left by whoever is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")

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


async def to_its_end(work: asyncio.Future[T]) -> T:
    """Wait for work, however often the waiting is cancelled; then be cancelled if it was.

    For what cannot be interrupted, such as a thread, and must not be overtaken by what a cancelled
    caller does next. A scope of anyio cancels again in every turn of the loop.
    """
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait({work})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return work.result()
    if not work.cancelled():
        work.exception()  # looked at, or asyncio reports it as never retrieved
    raise cancelled
