"""Copies of attempts' logs in a shared database, for machines that have not the file.

The file is the log; what was appended to it is copied shortly after, in pieces. A process that dies
leaves at most the last moment uncopied.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from masterplan import repository
from masterplan.background import kept_running
from masterplan.db import Database
from masterplan.engine.endurance import enduring
from masterplan.repository import RunningAttempt

PAUSE_SECONDS = 0.25
PIECE_BYTES = 256 * 1024


@dataclass(slots=True)
class _Source:
    path: Path
    copied: int
    """How many bytes the database has."""


class LogCopies:
    """Copies logs that have grown."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._grown: dict[RunningAttempt, Path] = {}
        self._sources: dict[RunningAttempt, _Source] = {}
        self._woken = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[LogCopies]:
        """Copy while the block runs, and what is left at its end."""
        async with kept_running(self._run, name="log copies"):
            yield self
        await self._copy_grown()

    def note(self, attempt: RunningAttempt, path: Path) -> None:
        """Copy soon what was appended to the attempt's log."""
        self._grown[attempt] = path
        self._woken.set()

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            await enduring(self._copy_grown)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _copy_grown(self) -> None:
        while self._grown:
            # Taken off before it is read: what is appended meanwhile marks it again.
            attempt, path = self._grown.popitem()
            try:
                await self._copy(attempt, path)
            except BaseException:
                self._grown.setdefault(attempt, path)
                # Whether the last piece was written is for the database to say.
                self._sources.pop(attempt, None)
                raise

    async def _copy(self, attempt: RunningAttempt, path: Path) -> None:
        source = await self._source(attempt, path)
        while content := await asyncio.to_thread(_read_from, source):
            async with self._database.unit_of_work() as session:
                await repository.add_log_piece(
                    session, attempt, offset=source.copied, content=content
                )
            source.copied += len(content)
        # Most logs have come to their end then; one that grows again is asked for once more.
        del self._sources[attempt]

    async def _source(self, attempt: RunningAttempt, path: Path) -> _Source:
        source = self._sources.get(attempt)
        if source is None:
            async with self._database.reading() as session:
                copied = await repository.copied_log_bytes(session, attempt)
            source = self._sources[attempt] = _Source(path, copied)
        return source


def _read_from(source: _Source) -> bytes:
    try:
        with source.path.open("rb") as file:
            file.seek(source.copied)
            return file.read(PIECE_BYTES)
    except FileNotFoundError:
        return b""
