"""Finds workers that are dead and lets their work be done elsewhere.

Every process looks, one at a time by an advisory lock. A worker whose lease has expired is marked
lost, from when on it cannot renew; then each of its attempts is taken over (`succession`). Each
step can be repeated, so a reaper may die in the middle. Several are taken over at a time: one
whose repository does not answer must not keep the others waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from masterplan import repository
from masterplan.db import Database
from masterplan.engine.endurance import first_line
from masterplan.engine.membership import Membership
from masterplan.engine.pursuit import Pursuit
from masterplan.engine.succession import Succession
from masterplan.repository import HeldAttempt

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 3.0
"""Half a lease: how often an idle process asks the database most of what it asks."""
REAPER_LOCK = 0x6D61737465720002
REMEMBERED = timedelta(hours=1)
"""How long a lost worker is still listed."""
AT_ONCE = 8


class Reaper:
    """Takes over what dead workers have left."""

    def __init__(
        self,
        database: Database,
        membership: Membership,
        succession: Succession,
        pursuit: Pursuit,
    ) -> None:
        self._database = database
        self._membership = membership
        self._succession = succession
        self._pursuit = pursuit

    async def run(self) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(INTERVAL_SECONDS)
            try:
                await self.look()
            except DBAPIError as error:
                log.warning("reaper_interrupted", error=first_line(error))

    async def look(self) -> None:
        """Give up the workers whose lease has expired and take over what nobody runs."""
        if not self._membership.is_steady:
            return
        async with self._alone() as alone:
            if not alone:
                return
            async with self._database.unit_of_work() as session:
                for worker in await repository.give_up_expired(session):
                    log.warning("worker_lost", worker=worker.id, hostname=worker.hostname)
                await repository.forget_lost_workers(session, after=REMEMBERED)
            async with self._database.reading() as session:
                orphans = await repository.orphaned_attempts(session)
            # Before what may take long: a server that finds this transaction idle ends it, and
            # another process may be alone then too.
            await self._pursuit.adopt()
            async with asyncio.TaskGroup() as takeovers:
                at_once = asyncio.Semaphore(AT_ONCE)
                for orphan in orphans:
                    takeovers.create_task(self._take_over(orphan, at_once))

    async def _take_over(self, orphan: HeldAttempt, at_once: asyncio.Semaphore) -> None:
        async with at_once:
            await self._succession.try_to_take_over(orphan)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[bool]:
        async with self._database.writer.connect() as connection:
            # Released with the transaction, which the server ends where a reaper dies or freezes.
            got = await connection.scalar(
                text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": REAPER_LOCK}
            )
            yield bool(got)
