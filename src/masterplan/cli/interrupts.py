"""Ctrl-C and SIGTERM: leave in order, soon, and say what becomes of the work.

The first signal cancels the command, whose `finally` blocks shut down what it started. Where that
takes longer than a limit, or a second signal comes, the process leaves at once: the durable
engine loses nothing by that, which is what its crash tests show.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import Any, NoReturn, TypeVar

STOP_LIMIT_S = 1.8
INTERRUPTED = 130
SHOW_CURSOR = "\x1b[?25h"

Result = TypeVar("Result")


class InterruptedCommand(Exception):
    """The command was ended by a signal; the message says what becomes of the work."""

    def leave(self) -> NoReturn:
        """Say the message on standard error and leave at once.

        What had to be closed is closed; the interpreter's own good-bye would only take time.
        """
        sys.stdout.flush()
        if text := str(self):
            print(text, file=sys.stderr, flush=True)
        os._exit(INTERRUPTED)


class Farewell:
    """What is said when a signal ends the command.

    It is put into words only then: what becomes of the work may have changed meanwhile.
    """

    def __init__(self) -> None:
        self.words: Callable[[], str] = str

    def say(self, text: str) -> None:
        """Let `text` be what is said, whatever happens meanwhile."""
        self.words = lambda: text


def run_interruptible(
    command: Coroutine[Any, Any, Result], farewell: Farewell, *, stop_limit: float = STOP_LIMIT_S
) -> Result:
    """Run the command's coroutine to its end; a signal leaves it `stop_limit` seconds to stop.

    Raises InterruptedCommand with the farewell where a signal ended it.
    """
    leaving = _Leaving(farewell, stop_limit)
    try:
        return asyncio.run(leaving.watch_over(command))
    except asyncio.CancelledError:
        text, farewell.words = farewell.words(), str
        raise InterruptedCommand(text) from None


@contextlib.contextmanager
def interruptions_heard(by: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C call `by` in the running loop, instead of ending the command, for the block."""
    loop = asyncio.get_running_loop()
    before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(by))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Leaving:
    def __init__(self, farewell: Farewell, stop_limit: float) -> None:
        self._farewell = farewell
        self._stop_limit = stop_limit
        self._signalled = False

    async def watch_over(self, command: Coroutine[Any, Any, Result]) -> Result:
        task = asyncio.create_task(command)
        loop = asyncio.get_running_loop()

        def leave(_number: int, _frame: FrameType | None) -> None:
            if self._signalled:
                self._leave_now()
            self._signalled = True
            limit = threading.Timer(self._stop_limit, self._leave_now)
            limit.daemon = True
            limit.start()
            loop.call_soon_threadsafe(task.cancel)

        # Not loop.add_signal_handler: it would wait for a loop that is busy or blocked.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, leave)
        return await task

    def _leave_now(self) -> None:
        if sys.stdout.isatty():
            sys.stdout.write(SHOW_CURSOR)
            sys.stdout.flush()
        if text := self._farewell.words():
            print(text, file=sys.stderr, flush=True)
        os._exit(INTERRUPTED)
