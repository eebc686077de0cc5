"""Puts the parts together: one running Masterplan, opened and closed as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from masterplan.agents.base import TaskAgent
from masterplan.agents.command_agent import CommandAgent
from masterplan.agents.llm_agent import LlmAgent
from masterplan.agents.scripted_agent import ScriptedAgent
from masterplan.db import Database, migrate
from masterplan.documents import PlanSettings
from masterplan.engine.attempt_log import LogBroadcast
from masterplan.engine.attempt_runner import AttemptRunner
from masterplan.engine.durable import DurableEngine
from masterplan.engine.generation import Plan, PlanGenerator
from masterplan.errors import Unavailable
from masterplan.events import Publisher
from masterplan.llm.catalog import capability, resolve_model_name
from masterplan.llm.language_models import LanguageModels
from masterplan.outbox import OutboxRelay
from masterplan.planning.generation import PlannedDocument, ProgressListener
from masterplan.planning.planner_agent import PlannerAgent
from masterplan.services.masterplan_execution_service import MasterplanExecutionService
from masterplan.services.masterplan_service import MasterplanService
from masterplan.services.workspace_service import WorkspaceService
from masterplan.settings import Settings
from masterplan.workspace.process import Limits
from masterplan.workspace.sandbox import Sandbox, probe

AGENT_NAMES = frozenset({"llm", "command", "scripted"})
COMMAND_LIMITS = Limits(wall_s=900)
CHECK_LIMITS = Limits(wall_s=120)


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the API serves from. `engine` is None where nothing is executed here."""

    settings: Settings
    database: Database
    relay: OutboxRelay
    masterplans: MasterplanService
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
    url = settings.resolved_database_url
    migrate(url)
    database = Database(url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        relay = await stack.enter_async_context(OutboxRelay(database, publisher).running())
        executions = MasterplanExecutionService(database, WorkspaceService(settings.workspaces_dir))
        engine = None
        if execution:
            engine = await _start_engine(stack, settings, database, publisher, executions)
        yield Runtime(
            settings=settings,
            database=database,
            relay=relay,
            masterplans=MasterplanService(agents=AGENT_NAMES),
            executions=executions,
            engine=engine,
        )


async def _start_engine(
    stack: AsyncExitStack,
    settings: Settings,
    database: Database,
    publisher: Publisher,
    executions: MasterplanExecutionService,
) -> DurableEngine:
    models = await stack.enter_async_context(LanguageModels(settings))
    logs = await stack.enter_async_context(LogBroadcast(publisher).running())
    sandbox = await probe(settings.sandbox)
    engine = DurableEngine(
        database,
        system_database=_system_database(settings),
        runner=AttemptRunner(
            database,
            agents=_agents(models, sandbox),
            sandbox=sandbox,
            check_limits=CHECK_LIMITS,
            logs=logs,
        ),
        generator=PlanGenerator(database, _planner(settings, models, sandbox)),
        progress_callback=executions.progress_callback,
        max_parallel=settings.max_parallel,
    )
    return await stack.enter_async_context(engine.running())


def _system_database(settings: Settings) -> Path:
    return settings.data_dir / "engine.sqlite3"


def _agents(models: LanguageModels, sandbox: Sandbox) -> dict[str, TaskAgent]:
    return {
        "llm": LlmAgent(models),
        "command": CommandAgent(sandbox, limits=COMMAND_LIMITS),
        "scripted": ScriptedAgent(),
    }


def _planner(settings: Settings, models: LanguageModels, sandbox: Sandbox) -> Plan:
    async def plan(
        goal: str, plan_settings: PlanSettings, progress: ProgressListener
    ) -> PlannedDocument:
        name = resolve_model_name(settings, plan_settings.model)
        return await PlannerAgent(sandbox).plan(
            goal,
            model=await models.get(name),
            capability=capability(name),
            settings=plan_settings,
            progress=progress,
        )

    return plan
