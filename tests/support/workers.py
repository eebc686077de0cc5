"""`masterplan worker` and `up` in processes of their own, and what the database knows of them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import psycopg

from support.app import TOKEN, eventually

MASTERPLAN = Path(sys.executable).with_name("masterplan")


class WorkerProcess:
    """A command with a data directory of its own, in a process group of its own.

    `within` is what the command is run by, such as `ip netns exec NAME`.
    """

    def __init__(
        self,
        data_dir: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        within: Sequence[str] = (),
        name: str | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.log = data_dir.with_name(f"{name or data_dir.name}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*within, str(MASTERPLAN), *arguments],
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
def running(
    data_dir: Path,
    *arguments: str,
    environment: Mapping[str, str],
    within: Sequence[str] = (),
    name: str | None = None,
) -> Iterator[WorkerProcess]:
    """Run a command while the block runs, and kill it at the end."""
    process = WorkerProcess(data_dir, arguments, environment, within=within, name=name)
    try:
        yield process
    finally:
        if process.process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.process.wait()


@contextmanager
def working(data_dir: Path, *arguments: str, **environment: str) -> Iterator[WorkerProcess]:
    with running(data_dir, "worker", *arguments, environment=environment) as worker:
        yield worker


@asynccontextmanager
async def up(
    data_dir: Path, *arguments: str, **environment: str
) -> AsyncIterator[tuple[WorkerProcess, httpx.AsyncClient]]:
    """Run `masterplan up`, and give a client of it."""
    words = ("up", "--port", "0", *arguments)
    given = {"MASTERPLAN_TOKEN": TOKEN, **environment}
    with running(data_dir, *words, environment=given) as server:
        said = re.compile(r"Masterplan is up at (\S+) ")
        await eventually(lambda: said.search(server.log.read_text()), within=60)
        found = said.search(server.log.read_text())
        assert found is not None
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(
            base_url=found.group(1), headers=headers, timeout=30, trust_env=False
        ) as client:
            yield server, client


class Observer:
    """Looks into the database from outside."""

    def __init__(self, url: str) -> None:
        self._conninfo = url.replace("+psycopg", "")

    def rows(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            return connection.execute(query, parameters).fetchall()

    def execute(self, statement: str) -> None:
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(statement.encode())

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
