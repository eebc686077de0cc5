"""Who this process is among the workers on a database, and the lease that says it lives.

On PostgreSQL each process has a row in `workers` and renews its lease, counted by the database's
clock. Where the lease runs out, the others take the process's attempts over, and the process gets a
new identity once it notices. On SQLite there is one process, by the data directory's lock, and its
identity is always the same.
"""

from __future__ import annotations

import os
import socket
import time
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.db import Database
from masterplan.models import Worker, new_id

log = structlog.get_logger(__name__)

ALONE = "local"
LEASE = timedelta(seconds=6)
BEAT_SECONDS = 1.5


class Membership:
    """This process's identity, taken on by `succeed` or `join` and kept by `renew`."""

    def __init__(self, database: Database, *, node_id: str, places: int) -> None:
        self._database = database
        self._node_id = node_id
        self._places = places
        self._steady_since = time.monotonic()
        self._last_renewal = time.monotonic()
        self.is_shared = database.signals is not None
        self.worker_id = ALONE
        self.executor_id = new_id() if self.is_shared else ALONE

    @property
    def queue(self) -> str:
        """The DBOS queue that only this node takes from."""
        return f"node-{self._node_id}"

    @property
    def is_steady(self) -> bool:
        """Whether renewals have gone well for as long as a lease.

        While the database was away nobody could renew; whoever comes back first must leave the
        others the time to.
        """
        return time.monotonic() - self._steady_since > LEASE.total_seconds()

    async def join(self) -> None:
        """Register as a worker that holds nothing."""
        if not self.is_shared:
            return
        async with self._database.vital_unit_of_work() as session:
            worker = await self._register(session)
        self._joined(worker)

    async def succeed(self) -> None:
        """Register as a worker, and take over what this node's last process has left."""
        if not self.is_shared:
            return
        async with self._database.vital_unit_of_work() as session:
            worker = await self._register(session)
            await repository.inherit_attempts(session, self._node_id, heir=worker.id)
        self._joined(worker)

    async def _register(self, session: AsyncSession) -> Worker:
        worker = Worker(
            id=new_id(),
            node_id=self._node_id,
            executor_id=self.executor_id,
            hostname=socket.gethostname(),
            pid=os.getpid(),
            places=self._places,
        )
        await repository.add_worker(session, worker, lease=LEASE)
        return worker

    def _joined(self, worker: Worker) -> None:
        self.worker_id = worker.id
        self._steady_since = self._last_renewal = time.monotonic()
        log.info("worker_joined", worker=worker.id)

    async def renew(self) -> bool:
        """Renew the lease; False where it was lost and the process must `join` again."""
        begun = time.monotonic()
        async with self._database.vital_unit_of_work() as session:
            renewed = await repository.renew_lease(session, self.worker_id, lease=LEASE)
        if begun - self._last_renewal > LEASE.total_seconds():
            self._steady_since = begun
        self._last_renewal = begun
        return renewed

    async def leave(self) -> None:
        """Take the row away: what is still in this worker's name is taken over at once."""
        if self.is_shared:
            async with self._database.unit_of_work() as session:
                await repository.remove_worker(session, self.worker_id)
