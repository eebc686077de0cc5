"""The event loop's tasks that run something of the engine's, by what they run, to end them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

K = TypeVar("K")


@contextmanager
def listed(tasks: dict[K, asyncio.Task[Any]], key: K) -> Iterator[None]:
    """List the current task while the block runs."""
    task = asyncio.current_task()
    assert task is not None
    tasks[key] = task
    try:
        yield
    finally:
        del tasks[key]


async def cancel(tasks: Mapping[K, asyncio.Task[Any]], keys: Iterable[K]) -> None:
    """Cancel those of the tasks that are listed, and return when they have ended."""
    found = [tasks[key] for key in keys if key in tasks]
    for task in found:
        task.cancel()
    await asyncio.gather(*found, return_exceptions=True)
