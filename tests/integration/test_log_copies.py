"""What an attempt's log has is in the shared database, to its last line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.db import Database
from masterplan.engine import log_copies
from masterplan.engine.log_copies import LogCopies
from masterplan.repository import RunningAttempt
from masterplan.settings import Settings
from support.plans import create, plan_of, tasks_of, writes


class CutOffAtOnce(Database):
    """Its first unit of work is cancelled when it has committed, as by the end of the process."""

    cut_off = False

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        async with super().unit_of_work() as session:
            yield session
        if not self.cut_off:
            self.cut_off = True
            raise asyncio.CancelledError


async def test_a_piece_whose_writer_was_cut_off_is_not_copied_twice(
    client: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    detail = await create(client, plan_of(writes("a")))
    path, attempt = tmp_path / "a-1.log", RunningAttempt(tasks_of(detail)["a"]["task_id"], 1)
    path.write_text("first\n")
    async with CutOffAtOnce(settings.resolved_database_url).running() as database:
        copies = LogCopies(database)
        copies.note(attempt, path)
        with pytest.raises(asyncio.CancelledError):
            await copies._copy_grown()
        path.write_text("first\nlast\n")
        await copies._copy_grown()
        async with database.reading() as session:
            assert await repository.copied_log(session, attempt, after=0) == b"first\nlast\n"


async def test_a_line_written_during_the_last_look_is_copied(
    client: httpx.AsyncClient, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detail = await create(client, plan_of(writes("a")))
    path, attempt = tmp_path / "a-1.log", RunningAttempt(tasks_of(detail)["a"]["task_id"], 1)
    path.write_text("first\n")
    read, loop, late = log_copies._read_from, asyncio.get_running_loop(), ["last\n"]

    def with_a_late_line(source: log_copies._Source) -> bytes:
        content = read(source)
        if not content and late:
            with path.open("a") as file:
                file.write(late.pop())
            loop.call_soon_threadsafe(copies.note, attempt, path)
        return content

    monkeypatch.setattr(log_copies, "_read_from", with_a_late_line)
    async with Database(settings.resolved_database_url).running() as database:
        async with LogCopies(database).running() as copies:
            copies.note(attempt, path)
        async with database.reading() as session:
            assert await repository.copied_log(session, attempt, after=0) == b"first\nlast\n"
    assert not copies._sources
