"""`masterplan worker`: runs tasks of a shared database until it is told to stop."""

from __future__ import annotations

import contextlib
import os

from masterplan.cli.connection import load_settings
from masterplan.cli.console import output, say
from masterplan.cli.draining import drain_limit, until_drained
from masterplan.cli.garbage import present_objects_kept
from masterplan.cli.interrupts import Farewell, InterruptedCommand, run_interruptible
from masterplan.cli.log_file import log_to_file
from masterplan.datadir import DataDirectory
from masterplan.settings import Settings


def work(*, max_parallel: int | None, grace: float | None) -> None:
    """Run tasks until SIGINT or SIGTERM, then finish or hand over what runs.

    Raises Unavailable where the database cannot be shared or reached, and DataDirectoryInUse where
    another process owns the data directory.
    """
    given = {"max_parallel": max_parallel, "grace_seconds": grace}
    settings = load_settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    with contextlib.suppress(InterruptedCommand):
        run_interruptible(_work(settings), Farewell(), stop_limit=drain_limit(settings))
    say(output(), "Stopped. What was not finished goes on elsewhere.")


async def _work(settings: Settings) -> None:
    from masterplan.services.runtime import open_worker

    directory = DataDirectory(settings.data_dir)
    with directory.lock("masterplan worker"):
        log_to_file(directory.path / "logs")
        async with open_worker(settings) as engine:
            places = f"up to {settings.max_parallel} tasks at once"
            say(output(), f"Working (process {os.getpid()}, {places}). Ctrl-C stops it.")
            with present_objects_kept():
                await until_drained(engine, settings)
