"""Finds who answers a command: the server that runs for the data directory, else this process.

The command line speaks HTTP in every case. Where no server runs, the application is opened in this
process under the data directory's lock: silently for commands that only read or record, and as a
real server on the loopback for those that execute, so that other terminals can watch meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum
from tomllib import TOMLDecodeError
from typing import TYPE_CHECKING

import httpx
from pydantic import ValidationError

from masterplan.cli.client import Client
from masterplan.cli.garbage import present_objects_kept
from masterplan.datadir import DataDirectory, ServerInfo
from masterplan.errors import DataDirectoryInUse, MasterplanError
from masterplan.settings import CONFIG_FILE, Settings

if TYPE_CHECKING:
    from masterplan.api.app import MasterplanApp

LOOPBACK = "127.0.0.1"
PATIENCE_S = 10.0
"""How long another short command, or a server that is starting, is waited for."""


class Need(StrEnum):
    """What a command needs of the application."""

    RECORDS = "records"
    """To read and to record, without anything being executed."""
    EXECUTION = "execution"
    """That tasks run."""


class SettingsError(MasterplanError):
    """A setting that cannot be read."""

    code = "invalid_settings"


def load_settings() -> Settings:
    """Read the settings. Raises SettingsError that names each one that is wrong."""
    try:
        return Settings()
    except (TOMLDecodeError, OSError) as error:
        raise SettingsError(f"{CONFIG_FILE} cannot be read: {error}.") from error
    except ValidationError as error:
        problems = "; ".join(
            f"MASTERPLAN_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors()
        )
        raise SettingsError(f"The settings are not valid: {problems}.") from error


@asynccontextmanager
async def connected(settings: Settings, *, purpose: str, need: Need) -> AsyncIterator[Client]:
    """Open a client for the block's time.

    Raises DataDirectoryInUse where another process owns the directory for long without serving it.
    """
    directory = DataDirectory(settings.data_dir)
    async with AsyncExitStack() as stack:
        server = await _server_or_lock(directory, purpose, stack)
        if server is not None:
            client = _remote_client(directory, server, settings)
        else:
            client = await _embedded_client(directory, settings, need, stack)
        await stack.enter_async_context(client.http)
        yield client


async def _server_or_lock(
    directory: DataDirectory, purpose: str, stack: AsyncExitStack
) -> ServerInfo | None:
    """Return the running server, or None once this process holds the lock."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        if server := directory.running_server():
            return server
        try:
            stack.enter_context(directory.lock(purpose, patience=0.1))
        except DataDirectoryInUse:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            return None


def _remote_client(directory: DataDirectory, server: ServerInfo, settings: Settings) -> Client:
    def locate() -> str | None:
        found = directory.running_server()
        return found.url if found else None

    return Client(
        base_url=server.url,
        token=directory.token(settings.token),
        embedded=False,
        locate=locate,
    )


async def _embedded_client(
    directory: DataDirectory, settings: Settings, need: Need, stack: AsyncExitStack
) -> Client:
    token = directory.token(settings.token)
    if need is Need.EXECUTION:
        url = await stack.enter_async_context(serving_on_loopback(directory, settings))
        return Client(base_url=url, token=token, embedded=True)
    application = open_application(directory, settings, need=need)
    await stack.enter_async_context(application.running())
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)
    return Client(base_url=f"http://{LOOPBACK}", token=token, embedded=True, transport=transport)


def open_application(directory: DataDirectory, settings: Settings, *, need: Need) -> MasterplanApp:
    """Make the application, its log going to a file: the terminal belongs to the command."""
    from masterplan.api.app import create_app
    from masterplan.cli.log_file import log_to_file

    log_to_file(directory.path / "logs")
    return create_app(settings, execution=need is Need.EXECUTION)


@asynccontextmanager
async def serving_on_loopback(directory: DataDirectory, settings: Settings) -> AsyncIterator[str]:
    """Serve the application on a free port of the loopback and let others find it."""
    with contextlib.closing(bound_socket(LOOPBACK, 0)) as listener:
        application = open_application(directory, settings, need=Need.EXECUTION)
        url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        async with serving(application, listener), advertised(directory, url):
            yield url


@asynccontextmanager
async def serving(application: MasterplanApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve HTTP on a listening socket for the block's time, within the application's lifespan."""
    from masterplan.cli.http_server import HttpServer

    async with application.running():
        server = HttpServer(application)
        with present_objects_kept():
            task = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield
            finally:
                await application.release_waiters()
                server.leave()
                await task


@asynccontextmanager
async def advertised(directory: DataDirectory, url: str) -> AsyncIterator[None]:
    directory.advertise(url, os.getpid())
    try:
        yield
    finally:
        directory.withdraw()


def bound_socket(host: str, port: int) -> socket.socket:
    """Listen on `host` and `port`; 0 takes a free one. Raises OSError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=128)
    # Connections inherit it; asyncio sets it only where the socket names its protocol. Without it
    # an answer's body waits for the acknowledgement of its head, some 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setblocking(False)
    return listener
