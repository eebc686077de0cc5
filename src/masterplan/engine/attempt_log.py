"""An attempt's log: a file that grows, and the same text told live to whoever watches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from masterplan.background import kept_running
from masterplan.engine.log_copies import LogCopies
from masterplan.events import Publisher, TaskLogged
from masterplan.failpoints import Failpoint, reach
from masterplan.repository import RunningAttempt

MAX_WAITING = 1_000
MAX_LOG_BYTES = 20 * 1024 * 1024
TRUNCATED = "\n[the log is cut off here: it has reached 20 MiB]\n"


class LogBroadcast:
    """Hands log text to the publisher without ever holding up who writes it.

    Text is dropped where the publisher is far behind: the file has all of it, and offsets tell a
    reader what it missed.
    """

    def __init__(self, publisher: Publisher, copies: LogCopies | None = None) -> None:
        self._publisher = publisher
        self._copies = copies
        self._waiting: asyncio.Queue[TaskLogged] = asyncio.Queue(MAX_WAITING)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[LogBroadcast]:
        async with kept_running(self._publish, name="log broadcast"):
            yield self

    def put(self, log: TaskLogged) -> None:
        with suppress(asyncio.QueueFull):
            self._waiting.put_nowait(log)

    def copy(self, attempt: RunningAttempt, path: Path) -> None:
        """Have the log copied to where other machines can read it, where there are any."""
        if self._copies is not None:
            self._copies.note(attempt, path)

    async def _publish(self) -> None:
        while True:
            await self._publisher.publish_log(await self._waiting.get())


class AttemptLog:
    """Appends to one attempt's log file; use as a context manager."""

    def __init__(
        self, path: Path, broadcast: LogBroadcast, *, plan_id: str, task_id: str, number: int
    ) -> None:
        self._path = path
        self._broadcast = broadcast
        self._plan_id = plan_id
        self._task_id = task_id
        self._number = number
        self._file: BinaryIO | None = None
        self._full = False

    def __enter__(self) -> AttemptLog:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("ab", buffering=0)
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, text: str) -> None:
        """Append `text`, up to 20 MiB in all."""
        if self._file is None or self._full or not text:
            return
        offset = self._file.tell()
        if offset > MAX_LOG_BYTES:
            text, self._full = TRUNCATED, True
        self._file.write(text.encode(errors="replace"))
        reach(Failpoint.AGENT_WROTE)
        self._broadcast.copy(RunningAttempt(self._task_id, self._number), self._path)
        self._broadcast.put(
            TaskLogged(
                masterplan_id=self._plan_id,
                task_id=self._task_id,
                attempt=self._number,
                offset=offset,
                text=text,
            )
        )
