"""Ticks a user's own plan file while the tasks of its plan complete, where the user asked for it.

The file is theirs: only marks whose line is still the imported one are changed, the file is
replaced as a whole and keeps its mode, nothing is followed that is a symbolic link, and where
anything is in doubt it is left alone and the plan says why. What is to be ticked is read from the
database each time, so that a crash or a missed signal costs nothing but time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from masterplan import repository
from masterplan.background import kept_running
from masterplan.db import Database
from masterplan.errors import CannotSync, InvalidPlan, UnreadableFile, UnsafePath
from masterplan.importers import PlanFormat
from masterplan.importers.exporting import PlanFile, tick_again
from masterplan.importers.lines import MAX_CHARACTERS
from masterplan.repository import TaskMarks
from masterplan.workspace.files import read_text, write_text

log = structlog.get_logger(__name__)

MAX_BYTES = 4 * MAX_CHARACTERS


def require_same_file(path: str, text: str, format: PlanFormat) -> None:
    """Raise CannotSync unless the file at `path` holds this text and can be ticked."""
    if format is PlanFormat.MASTERPLAN:
        raise CannotSync(path, "a native plan file has nothing to tick")
    if not Path(path).is_absolute() or not path.isprintable():
        raise CannotSync(path, "the path must be absolute and without control characters")
    if _read(path) != text:
        raise CannotSync(path, "it holds something else than what was imported")


def tick_file(path: str, source: PlanFile, marks: TaskMarks, *, ticked: Set[str]) -> list[str]:
    """Tick in the user's file what is done, and take the ticks back of what is to be done again.

    `ticked` are the keys that it was ticked for before. Returns what was left alone, and why.
    """
    try:
        now = _read(path)
        found = tick_again(now, source, done=marks.done, ticked=ticked, to_do=marks.to_do)
        if found.text != now:
            _write(path, found.text, expected=now)
    except CannotSync as error:
        return [error.message]
    except InvalidPlan as error:
        return [f"{path} is no longer such a task list, so it was left alone: {error.message}"]
    return [str(notice) for notice in found.notices]


def _read(path: str) -> str:
    file = Path(path)
    try:
        text = read_text(file.parent, file.name, limit_bytes=MAX_BYTES)
    except (UnsafePath, UnreadableFile) as error:
        raise CannotSync(path, error.reason) from error
    except OSError as error:
        raise CannotSync(path, error.strerror or str(error)) from error
    if text is None:
        raise CannotSync(path, "there is no such file")
    return text


def _write(path: str, text: str, *, expected: str) -> None:
    # As late as can be: what an editor saves between here and the replacement would be lost.
    if _read(path) != expected:
        raise CannotSync(path, "it was being changed; it is ticked with the next task")
    file = Path(path)
    try:
        write_text(file.parent, file.name, text)
    except UnsafePath as error:
        raise CannotSync(path, error.reason) from error
    except OSError as error:
        raise CannotSync(path, error.strerror or str(error)) from error


class FileSync:
    """Keeps the files in step that lie on this machine and were imported with `--sync`."""

    def __init__(self, database: Database, *, node_id: str) -> None:
        self._database = database
        self._node_id = node_id
        self._changed: set[str] = set()
        self._without_file: set[str] = set()
        self._woken = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FileSync]:
        """Tick while the block runs, what was missed before and what comes at its end included."""
        async with self._database.reading() as session:
            self._changed |= set(await repository.unsynced_plan_ids(session, node_id=self._node_id))
        self._woken.set()
        self._database.on_commit(self.wake)
        self._database.on_commit_elsewhere(self.wake)
        async with kept_running(self._tick_forever, name="file sync"):
            yield self
        await self._tick_changed()

    def wake(self, plan_ids: frozenset[str]) -> None:
        """Look at these plans' tasks again."""
        if fresh := plan_ids - self._without_file:
            self._changed |= fresh
            self._woken.set()

    async def _tick_forever(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            begun = time.monotonic()
            await self._tick_changed()
            # Reading a list of 10,000 tasks takes a second: ticking takes a tenth of the time.
            await asyncio.sleep(9 * (time.monotonic() - begun))

    async def _tick_changed(self) -> None:
        while self._changed:
            await self._tick_plan(self._changed.pop())

    async def _tick_plan(self, plan_id: str) -> None:
        async with self._database.reading() as session:
            source = await repository.get_sync(session, plan_id, node_id=self._node_id)
            if source is None:
                # Whether a plan has a file here is settled when it is imported.
                if not await repository.has_sync(session, plan_id, node_id=self._node_id):
                    self._without_file.add(plan_id)
                return
            marks = await repository.task_marks(session, plan_id)
        file = PlanFile(PlanFormat(source.format), source.text)
        # What a task that was removed from the plan has built stays, and so does its tick.
        removed = source.ticked - marks.to_do - marks.done
        ticked = source.ticked - removed
        notices = await asyncio.to_thread(tick_file, source.path, file, marks, ticked=ticked)
        log.info("file_synced", plan=plan_id, done=len(marks.done), left_alone=len(notices))
        async with self._database.unit_of_work() as session:
            await repository.keep_synced(
                session, plan_id, source, ticked=marks.done | removed, notices=notices
            )
