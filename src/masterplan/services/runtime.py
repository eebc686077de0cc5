"""Puts the parts together: one running Masterplan, opened and closed as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from masterplan import failpoints
from masterplan.datadir import DataDirectory
from masterplan.db import Database, migrate
from masterplan.engine.membership import Membership
from masterplan.errors import Unavailable
from masterplan.events import Publisher
from masterplan.failpoints import Failpoint
from masterplan.outbox import OutboxRelay
from masterplan.services.file_sync import FileSync
from masterplan.services.masterplan_execution_service import MasterplanExecutionService
from masterplan.services.masterplan_service import MasterplanService
from masterplan.services.plan_file_service import PlanFileService
from masterplan.services.workspace_service import WorkspaceService
from masterplan.settings import Settings

if TYPE_CHECKING:
    from masterplan.engine.durable import DurableEngine

AGENT_NAMES = frozenset({"llm", "command", "scripted"})


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the API serves from. `engine` is None where nothing is executed here."""

    settings: Settings
    database: Database
    relay: OutboxRelay
    masterplans: MasterplanService
    plan_files: PlanFileService
    executions: MasterplanExecutionService
    engine: DurableEngine | None

    def executing_engine(self) -> DurableEngine:
        """The engine. Raises Unavailable in a process that executes nothing."""
        if self.engine is None:
            raise Unavailable(
                "This process does not execute plans. Start the server with `masterplan up`."
            )
        return self.engine


@asynccontextmanager
async def open_runtime(
    settings: Settings, publisher: Publisher, *, execution: bool
) -> AsyncIterator[Runtime]:
    """Migrate and open the database and, with `execution`, run the engine while the block runs."""
    failpoints.arm(settings.failpoint)
    url = settings.resolved_database_url
    migrate(url)
    failpoints.reach(Failpoint.DATABASE_MIGRATED)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(url).running())
        relay = await stack.enter_async_context(OutboxRelay(database, publisher).running())
        node_id = DataDirectory(settings.data_dir).node_id()
        membership = Membership(database, node_id=node_id, places=settings.max_parallel)
        executions = MasterplanExecutionService(
            database, WorkspaceService(settings.workspaces_dir), membership
        )
        engine = None
        if execution:
            await stack.enter_async_context(FileSync(database, node_id=node_id).running())
            from masterplan.services.engine_parts import start_engine

            engine = await start_engine(
                stack, settings, database, publisher, executions, membership
            )
        masterplans = MasterplanService(agents=AGENT_NAMES)
        yield Runtime(
            settings=settings,
            database=database,
            relay=relay,
            masterplans=masterplans,
            plan_files=PlanFileService(masterplans, node_id=node_id),
            executions=executions,
            engine=engine,
        )
