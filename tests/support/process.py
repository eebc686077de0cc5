"""The application in a process of its own, which a test may kill."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx

from masterplan.failpoints import Trigger
from support import worker
from support.app import TOKEN

# Forked from a process that has imported everything: a start takes tenths of a second, not seconds.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(worker.PRELOAD)


class ServerDied(Exception):
    """The process ended before it was ready; what it had to say is the message."""


class Forked:
    """A process on a data directory, killed and started again: by itself, a worker."""

    def __init__(self, data_dir: Path, environment: dict[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.log = data_dir.with_name(f"{data_dir.name}-process.log")
        self._environment = environment or {}
        self._process: BaseProcess | None = None
        ensure_running()

    @property
    def has_died(self) -> bool:
        return self._process is not None and not self._process.is_alive()

    def start(self, *, failpoint: Trigger | None = None) -> None:
        armed = {"MASTERPLAN_FAILPOINT": str(failpoint)} if failpoint is not None else {}
        # The process that is forked from has the environment of the first test that needed it.
        self._process = self._forked({**os.environ, **self._environment, **armed})
        self._process.start()

    def _forked(self, environment: dict[str, str]) -> BaseProcess:
        return FORKS.Process(target=worker.work, args=(self.data_dir, self.log, environment))

    def kill(self) -> None:
        """Kill the whole process group, which must have been alive, by SIGKILL."""
        assert self._process is not None
        assert self._process.is_alive(), self.log.read_text()
        self._kill_group()

    async def death(self, *, within: float) -> None:
        """Wait until the process has ended by SIGKILL of its own."""
        assert self._process is not None
        await asyncio.to_thread(self._process.join, within)
        assert self._process.exitcode == -signal.SIGKILL, self.log.read_text()

    def close(self) -> None:
        if self._process is not None and self._process.is_alive():
            self._kill_group()

    def _kill_group(self) -> None:
        assert self._process is not None
        assert self._process.pid is not None
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it has not become a group's leader yet
            self._process.kill()
        self._process.join()


class Server(Forked):
    """A process that serves on a fixed port, and runs tasks too."""

    def __init__(self, data_dir: Path, environment: dict[str, str] | None = None) -> None:
        super().__init__(data_dir, environment)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def _forked(self, environment: dict[str, str]) -> BaseProcess:
        arguments = (self.data_dir, self._port, TOKEN, self.log, environment)
        return FORKS.Process(target=worker.serve, args=arguments)

    async def ready(self, client: httpx.AsyncClient) -> None:
        async with asyncio.timeout(60):
            while True:
                if self.has_died:
                    raise ServerDied(self.log.read_text())
                try:
                    if (await client.get("/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.02)


def client_of_server(server: Server) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30)


@asynccontextmanager
async def served(
    data_dir: Path, *, environment: dict[str, str] | None = None
) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    """Serve a data directory, and kill the server at the end."""
    server = Server(data_dir, environment)
    server.start()
    try:
        async with client_of_server(server) as client:
            await server.ready(client)
            yield server, client
    finally:
        server.close()
