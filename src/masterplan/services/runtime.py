"""Puts the parts together: one running Masterplan, opened and closed as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from masterplan import failpoints
from masterplan.datadir import DataDirectory, sole_user
from masterplan.db import Database, database_url, migrate
from masterplan.db.urls import is_sqlite, sqlite_file
from masterplan.engine.membership import Membership
from masterplan.errors import Unavailable
from masterplan.events import Publisher
from masterplan.failpoints import Failpoint
from masterplan.lifecycle import Complexity
from masterplan.outbox import OutboxRelay
from masterplan.services.chat_service import ChatService
from masterplan.services.conversation_relay import ConversationPublisher, ConversationRelay
from masterplan.services.file_sync import FileSync
from masterplan.services.forecast_service import ForecastService
from masterplan.services.log_relay import NobodyWatches, relayed_logs
from masterplan.services.masterplan_execution_service import MasterplanExecutionService
from masterplan.services.masterplan_service import MasterplanService
from masterplan.services.plan_file_service import PlanFileService
from masterplan.services.review_service import ReviewService
from masterplan.services.workspace_service import WorkspaceService
from masterplan.settings import Settings
from masterplan.workspace.places import Workspaces

if TYPE_CHECKING:
    from masterplan.engine.durable import DurableEngine

AGENT_NAMES = frozenset({"llm", "command", "scripted"})


class LivePublisher(Publisher, ConversationPublisher, Protocol):
    """Tells everything that happens to whoever is connected to this process."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the API serves from. `engine` is None where nothing is executed here."""

    settings: Settings
    database: Database
    relay: OutboxRelay
    conversations: ConversationRelay
    masterplans: MasterplanService
    chats: ChatService
    plan_files: PlanFileService
    executions: MasterplanExecutionService
    reviews: ReviewService
    workspaces: Workspaces
    forecasts: ForecastService
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
    settings: Settings, publisher: LivePublisher, *, execution: bool
) -> AsyncIterator[Runtime]:
    """Migrate and open the database and, with `execution`, run the engine while the block runs."""
    async with AsyncExitStack() as stack:
        parts = await _open_parts(stack, settings)
        database = parts.database
        relay = await stack.enter_async_context(OutboxRelay(database, publisher).running())
        conversations = await stack.enter_async_context(
            ConversationRelay(database, publisher).running()
        )
        if database.signals is not None:
            await stack.enter_async_context(relayed_logs(database.signals, publisher))
        engine = None
        if execution:
            await stack.enter_async_context(FileSync(database, node_id=parts.node_id).running())
            engine = await _start_engine(stack, parts, publisher)
        yield Runtime(
            settings=settings,
            database=database,
            relay=relay,
            conversations=conversations,
            masterplans=parts.masterplans,
            chats=parts.chats,
            plan_files=PlanFileService(parts.masterplans, node_id=parts.node_id),
            executions=parts.executions,
            reviews=ReviewService(),
            workspaces=parts.workspaces,
            forecasts=ForecastService(database, settings),
            engine=engine,
        )


@asynccontextmanager
async def open_worker(settings: Settings) -> AsyncIterator[DurableEngine]:
    """Run the engine without anything that serves requests.

    Raises Unavailable where the database is a file: nobody else could work on it.
    """
    async with AsyncExitStack() as stack:
        parts = await _open_parts(stack, settings)
        if not parts.membership.is_shared:
            raise Unavailable(
                "Workers share a PostgreSQL database. Set MASTERPLAN_DATABASE_URL, here and for "
                "`masterplan up`, to one like postgresql+psycopg://user:password@host/masterplan."
            )
        yield await _start_engine(stack, parts, NobodyWatches())


@dataclass(frozen=True, slots=True)
class _Parts:
    settings: Settings
    node_id: str
    database: Database
    membership: Membership
    workspaces: Workspaces
    masterplans: MasterplanService
    chats: ChatService
    executions: MasterplanExecutionService


async def _open_parts(stack: AsyncExitStack, settings: Settings) -> _Parts:
    failpoints.arm(settings.failpoint)
    url = settings.resolved_database_url
    migrate(url)
    failpoints.reach(Failpoint.DATABASE_MIGRATED)
    if _is_file_elsewhere(settings):
        stack.enter_context(sole_user(sqlite_file(database_url(url))))
    database = await stack.enter_async_context(Database(url).running())
    node_id = DataDirectory(settings.data_dir).node_id()
    membership = Membership(database, node_id=node_id, places=settings.max_parallel)
    root = settings.workspaces_dir
    masterplans = MasterplanService(
        agents=AGENT_NAMES, unpriced_model=partial(_unpriced_model, settings)
    )
    return _Parts(
        settings=settings,
        node_id=node_id,
        database=database,
        membership=membership,
        workspaces=Workspaces(root, url=settings.workspaces_url, shared=membership.is_shared),
        masterplans=masterplans,
        chats=ChatService(masterplans),
        executions=MasterplanExecutionService(database, WorkspaceService(root), membership),
    )


def _unpriced_model(
    settings: Settings, requested: str | None, complexity: Complexity
) -> str | None:
    # The price list is slow to load, and only asked about budgets.
    from masterplan.llm.catalog import task_model_name
    from masterplan.llm.pricing import Prices

    name = task_model_name(settings, requested, complexity)
    price = Prices(settings.model_prices).cost_of_tokens(name, 1, 1)
    return name if price is None else None


def _is_file_elsewhere(settings: Settings) -> bool:
    """Tell whether the database is a file that the data directory's lock does not cover."""
    url = database_url(settings.resolved_database_url)
    root = DataDirectory(settings.data_dir).path
    return is_sqlite(url) and not sqlite_file(url).absolute().is_relative_to(root)


async def _start_engine(
    stack: AsyncExitStack, parts: _Parts, publisher: LivePublisher
) -> DurableEngine:
    from masterplan.services.engine_parts import start_engine

    return await start_engine(
        stack,
        parts.settings,
        parts.database,
        publisher,
        parts.executions,
        parts.membership,
        parts.workspaces,
        parts.chats,
        publisher,
    )
