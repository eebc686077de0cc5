"""`masterplan worker` in a process of its own, and what the database knows of workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

MASTERPLAN = Path(sys.executable).with_name("masterplan")


class WorkerProcess:
    """A worker with a data directory of its own, in a process group of its own."""

    def __init__(
        self, data_dir: Path, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        self.data_dir = data_dir
        self.log = data_dir.with_name(f"{data_dir.name}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(MASTERPLAN), "worker", *arguments],
                env={**os.environ, **environment, "MASTERPLAN_DATA_DIR": str(data_dir)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        assert self.process.poll() is None, self.log.read_text()
        os.killpg(self.process.pid, number)

    def terminate(self) -> int:
        """Ask it to stop; return its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=60)


@contextmanager
def working(data_dir: Path, *arguments: str, **environment: str) -> Iterator[WorkerProcess]:
    worker = WorkerProcess(data_dir, arguments, environment)
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.process.wait()


class Observer:
    """Looks into the database from outside."""

    def __init__(self, url: str) -> None:
        self._conninfo = url.replace("+psycopg", "")

    def rows(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            return connection.execute(query, parameters).fetchall()

    def living(self, pid: int) -> str | None:
        """The id of the worker that this process is, once it is one and while it is not lost."""
        found = self.rows("SELECT id FROM workers WHERE pid = %s AND lost_at IS NULL", pid)
        return str(found[0][0]) if found else None

    def held(self, worker_id: str, *statuses: str) -> list[str]:
        """The keys of the tasks that a worker runs."""
        rows = self.rows(
            "SELECT t.key FROM attempts a JOIN masterplan_tasks t "
            "ON t.id = a.task_id AND t.attempt = a.number "
            "WHERE a.worker_id = %s AND t.status = ANY(%s) ORDER BY t.task_number",
            worker_id,
            list(statuses or ("in_progress", "validating")),
        )
        return [str(key) for (key,) in rows]

    def made_by(self, worker_id: str) -> int:
        """How many attempts of a worker came to their end."""
        query = "SELECT count(*) FROM attempts WHERE worker_id = %s AND status = 'completed'"
        return int(str(self.rows(query, worker_id)[0][0]))
