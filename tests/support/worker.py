"""Serves a data directory, or works on its own, until it is killed: what `support.process` runs.

What takes long to import is imported by the process that the workers are forked from.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import uvicorn

from masterplan.api.app import create_app
from masterplan.datadir import DataDirectory
from masterplan.services.runtime import open_worker
from masterplan.settings import Settings

PRELOAD = ["masterplan.api.app", "masterplan.services.engine_parts", "uvicorn"]


def serve(data_dir: Path, port: int, token: str, log: Path, environment: dict[str, str]) -> None:
    """Serve, and run tasks, as the leader of a process group of its own."""
    _become_a_leader(log, environment)
    settings = Settings(data_dir=data_dir, token=token, port=port)
    with DataDirectory(data_dir).lock("a test", patience=10):
        uvicorn.run(create_app(settings), host="127.0.0.1", port=port, log_level="warning")


def work(data_dir: Path, log: Path, environment: dict[str, str]) -> None:
    """Run tasks of a shared database, as the leader of a process group of its own."""
    _become_a_leader(log, environment)
    with DataDirectory(data_dir).lock("a test", patience=10):
        asyncio.run(_work(Settings(data_dir=data_dir)))


async def _work(settings: Settings) -> None:
    async with open_worker(settings):
        await asyncio.Event().wait()


def _become_a_leader(log: Path, environment: dict[str, str]) -> None:
    """Lead a new process group, write into a file, and have exactly this environment."""
    os.setsid()
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.environ.clear()
    os.environ.update(environment)
