"""Clears the directories of attempts that ended while nobody could clear them.

A process that dies right after a cancel leaves the cancelled attempts' directories behind, and
their workflows never run again. The next start keeps what is in them and removes them.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from masterplan import repository
from masterplan.db import Database
from masterplan.engine.attempt_runner import AttemptRunner
from masterplan.errors import MasterplanError
from masterplan.lifecycle import AttemptStatus
from masterplan.workspace.leftovers import attempt_directories

log = structlog.get_logger(__name__)


async def clear_abandoned(database: Database, runner: AttemptRunner, workspaces: Path) -> None:
    """Salvage and remove directories whose attempts have ended; those to be resumed stay."""
    for plan_id, key, number in await asyncio.to_thread(attempt_directories, workspaces):
        async with database.reading() as session:
            attempt = await repository.find_attempt(session, plan_id, key=key, number=number)
        if attempt is not None and attempt.status != AttemptStatus.IN_PROGRESS:
            try:
                await runner.clear(attempt.task_id, attempt.number)
            except MasterplanError as error:
                # One workspace that is broken must not keep the others from running.
                log.warning("directory_not_cleared", plan=plan_id, task=key, error=error.message)
