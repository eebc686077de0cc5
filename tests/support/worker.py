"""Serves a data directory until it is killed: what a process of `support.process` runs.

What takes long to import is imported by the process that the workers are forked from.
"""

from __future__ import annotations

import os
from pathlib import Path

import uvicorn

from masterplan.api.app import create_app
from masterplan.datadir import DataDirectory
from masterplan.settings import Settings

PRELOAD = ["masterplan.api.app", "masterplan.services.engine_parts", "uvicorn"]


def serve(data_dir: Path, port: int, token: str, log: Path, environment: dict[str, str]) -> None:
    """Become the leader of a process group of its own, and serve with exactly this environment."""
    os.setsid()
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.environ.clear()
    os.environ.update(environment)
    settings = Settings(data_dir=data_dir, token=token, port=port)
    with DataDirectory(data_dir).lock("a test", patience=10):
        uvicorn.run(create_app(settings), host="127.0.0.1", port=port, log_level="warning")
