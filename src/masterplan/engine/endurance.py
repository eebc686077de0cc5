"""Waiting out faults of the machine: a full disk, a database that cannot be written for a while.

They say nothing about a task, so they end none: whatever met one is tried again until it works or
the process stops.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from masterplan.errors import GitFailed

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
PASSING_ERRORS = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EAGAIN,
    }
)
GIT_WORDS = (
    "no space left",
    "unable to write",
    "disk quota",
    "too many open files",
    "out of memory",
    "could not read from remote repository",
    "remote end hung up",
    "unable to access",
    "unable to look up",
    "unable to connect",
    "connection refused",
    "connection timed out",
)


def will_pass(error: BaseException) -> bool:
    """Tell whether an error is a fault of the machine that may go away by itself."""
    match error:
        case GitFailed():
            return any(word in error.message.lower() for word in GIT_WORDS)
        case DBAPIError():
            return isinstance(error, OperationalError) or error.connection_invalidated
        case OSError():
            return error.errno in PASSING_ERRORS
        case _:
            return False


def first_line(error: BaseException) -> str:
    """Return what an error says, as it fits into a line of the log."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return str(said).partition("\n")[0]


async def enduring(function: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call `function` until no passing fault of the machine stops it; other errors are raised."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await function(*args, **kwargs)
        except Exception as error:
            if not will_pass(error):
                raise
            with suppress(OSError):  # a full disk may hold the log as well
                log.warning("waiting_out_a_fault", error=first_line(error))
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
