"""`masterplan up`: the server in the foreground, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from ipaddress import ip_address

from masterplan.cli.connection import (
    LOOPBACK,
    Need,
    advertised,
    bound_socket,
    load_settings,
    open_application,
    serving,
)
from masterplan.cli.console import output, say
from masterplan.cli.draining import drain_limit, until_drained
from masterplan.cli.interrupts import (
    STOP_LIMIT_S,
    Farewell,
    InterruptedCommand,
    run_interruptible,
)
from masterplan.cli.session import UsageMistake
from masterplan.datadir import DataDirectory
from masterplan.db.urls import database_url, is_sqlite
from masterplan.errors import Unavailable
from masterplan.settings import Settings

EVERYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 (compared with, not bound)


def serve(*, host: str | None, port: int | None) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises UsageMistake for a public address without a token of its own, Unavailable for a port that
    is taken and DataDirectoryInUse where another process owns the data directory.
    """
    given = {"host": host, "port": port}
    settings = load_settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    if not _is_loopback(settings.host) and settings.token is None:
        raise UsageMistake(
            f"{settings.host} can be reached from other machines: set MASTERPLAN_TOKEN to a long "
            "random text first, or bind 127.0.0.1."
        )
    alone = is_sqlite(database_url(settings.resolved_database_url))
    limit = STOP_LIMIT_S if alone else drain_limit(settings)
    with contextlib.suppress(InterruptedCommand):
        run_interruptible(_serve(settings), Farewell(), stop_limit=limit)
    where = "at the next start" if alone else "elsewhere, or at the next start"
    say(output(), f"Stopped. What was running resumes {where}.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _serve(settings: Settings) -> None:
    directory = DataDirectory(settings.data_dir)
    with directory.lock("masterplan up"), contextlib.closing(_listener(settings)) as listener:
        application = open_application(directory, settings, need=Need.EXECUTION)
        url = _url(settings.host, listener.getsockname()[1])
        async with serving(application, listener), advertised(directory, url):
            _announce(url, application.access.new_sign_in_code(), directory, settings)
            engine = application.runtime.executing_engine()
            if engine.is_shared:
                await until_drained(engine, settings)
            else:
                await asyncio.Event().wait()


def _listener(settings: Settings) -> socket.socket:
    try:
        return bound_socket(settings.host, settings.port)
    except OSError as error:
        where = f"{settings.host}, port {settings.port}"
        if error.errno == errno.EADDRINUSE:
            raise Unavailable(
                f"Cannot listen on {where}: another program does. Choose another port with "
                "--port; 0 takes a free one."
            ) from error
        raise Unavailable(f"Cannot listen on {where}: {error.strerror}.") from error


def _url(host: str, port: int) -> str:
    reachable = EVERYWHERE.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _announce(url: str, code: str, directory: DataDirectory, settings: Settings) -> None:
    console = output()
    token = "in MASTERPLAN_TOKEN" if settings.token else f"in {directory.token_path}"
    say(console, f"Masterplan is up at {url} (process {os.getpid()}). Ctrl-C stops it.")
    say(console, f"  browser  {url}/sign-in?code={code}  (works once, for ten minutes)")
    say(console, f"  API      {url}/docs, with `Authorization: Bearer TOKEN`; the token is {token}")
    say(console, "  terminal masterplan list, watch, …: they find this server by themselves")
