"""The application in a process of its own, which a test may kill."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from support.app import TOKEN

WORKER = Path(__file__).with_name("worker.py")


class Server:
    """A worker process on a fixed port, killed and started again."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self.log = data_dir.with_name("worker.log")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [sys.executable, str(WORKER), str(self._data_dir), str(self._port), TOKEN]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    async def ready(self, client: httpx.AsyncClient) -> None:
        async with asyncio.timeout(60):
            while True:
                assert self._process is not None
                assert self._process.poll() is None, self.log.read_text()
                try:
                    if (await client.get("/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)


@asynccontextmanager
async def served(data_dir: Path) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    server = Server(data_dir)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    server.start()
    try:
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as client:
            await server.ready(client)
            yield server, client
    finally:
        server.kill()
