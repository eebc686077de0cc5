"""DBOS in this process: how it is configured, launched and kept small.

There is one per process. Beside other processes it takes work from two queues alone: what the last
process with this data directory has left, and plan generations and answers that a dead process
has left.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import datetime

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, WorkflowStatus

from masterplan.db.postgres import PATIENCE
from masterplan.engine.membership import Membership
from masterplan.engine.pursuit import GENERATIONS

APPLICATION_VERSION = "1"
"""Pinned: DBOS leaves in-flight workflows of another version alone."""

FINISHED_WORKFLOWS = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
WORKFLOWS_AT_ONCE = 500

OWN_POLL_SECONDS = 1.0
"""How often is looked for what the last process with this data directory has left."""
GENERATIONS_POLL_SECONDS = 3.0
"""How often for what dead processes have left: their leases run for longer anyway."""
NOTIFIER_PAUSE_SECONDS = 0.5
"""How often DBOS looks whether its own messages are to be told of: none are sent here."""


def configure(checkpoints: str, *, executor_id: str) -> None:
    """Make this process's DBOS over a database of its own; workflows are defined next."""
    _prefer_wal(checkpoints)
    config: DBOSConfig = {
        "name": "masterplan",
        "application_version": APPLICATION_VERSION,
        "executor_id": executor_id,
        "log_level": "ERROR",
        "system_database_url": checkpoints,
        "db_engine_kwargs": {
            "hide_parameters": True,
            "connect_args": {} if _is_file(checkpoints) else dict(PATIENCE),
        },
        "serializer": DBOSPortableJSONSerializer(),
        "notification_coalesce_sec": NOTIFIER_PAUSE_SECONDS,
    }
    DBOS(config=config)
    _log_like_everything_else()


async def launch(membership: Membership) -> None:
    """Start DBOS. Alone, it resumes by itself what the last process has left."""
    if not membership.is_shared:
        DBOS.launch()
        return
    queues = {membership.queue: OWN_POLL_SECONDS, GENERATIONS: GENERATIONS_POLL_SECONDS}
    DBOS.listen_queues(list(queues))
    DBOS.launch()
    for queue, seconds in queues.items():
        await DBOS.register_queue_async(
            queue, polling_interval_sec=seconds, on_conflict="always_update"
        )


def is_under_way(status: WorkflowStatus, membership: Membership) -> bool:
    """Tell whether this process runs a workflow, or will by itself: enqueuing it runs it again."""
    if status.status == "ENQUEUED":
        return status.queue_name == membership.queue
    return status.executor_id == membership.executor_id


async def forget_workflows(finished_before: datetime) -> int:
    """Delete what DBOS keeps of workflows that finished before a time; return how many."""
    forgotten = 0
    while finished := await DBOS.list_workflows_async(
        status=list(FINISHED_WORKFLOWS),
        completed_before=finished_before.isoformat(),
        limit=WORKFLOWS_AT_ONCE,
        load_input=False,
        load_output=False,
    ):
        await DBOS.delete_workflows_async([each.workflow_id for each in finished])
        forgotten += len(finished)
    return forgotten


def _log_like_everything_else() -> None:
    # DBOS logs to the terminal by a handler of its own; where its log goes is the process's choice.
    logger = logging.getLogger("dbos")
    logger.handlers.clear()
    logger.propagate = True


def _is_file(checkpoints: str) -> bool:
    return checkpoints.startswith("sqlite:///")


def _prefer_wal(checkpoints: str) -> None:
    # DBOS opens the file with SQLite's default journal; WAL is kept by the file once set.
    if _is_file(checkpoints):
        with closing(sqlite3.connect(checkpoints.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
