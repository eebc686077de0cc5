"""Leaving a database that others work on too: what runs is finished, or handed over to them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from masterplan.cli.console import output, say
from masterplan.settings import Settings

if TYPE_CHECKING:
    from masterplan.engine.durable import DurableEngine

TIDYING_S = 10.0
"""How long handing over may take after the grace time."""


def drain_limit(settings: Settings) -> float:
    """Return how many seconds a process may take to stop."""
    return settings.grace_seconds + TIDYING_S


async def until_drained(engine: DurableEngine, settings: Settings) -> None:
    """Wait to be told to stop, and then until nothing runs any more or the grace time is over.

    What still runs then is handed over when the engine is closed.
    """
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        say(output(), f"Finishing what runs, for up to {settings.grace_seconds:g} s …")
        await engine.drain(seconds=settings.grace_seconds)
        raise
