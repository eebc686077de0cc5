"""Puts the engine together with the agents, the planner and the models that it drives.

Apart from `runtime` because the model and engine libraries take longer to import than everything
else together: a process that executes nothing does without.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial

from masterplan.agents.base import TaskAgent
from masterplan.agents.command_agent import CommandAgent
from masterplan.agents.llm_agent import LlmAgent
from masterplan.agents.scripted_agent import ScriptedAgent
from masterplan.db import Database
from masterplan.discovery.availability import with_availability
from masterplan.discovery.facts import RepositoryFacts
from masterplan.discovery.source import discover, read_texts
from masterplan.documents import PlanDocument, PlanSettings
from masterplan.engine.abandoned import clear_abandoned
from masterplan.engine.attempt_log import LogBroadcast
from masterplan.engine.attempt_runner import AttemptRunner
from masterplan.engine.durable import DurableEngine
from masterplan.engine.generation import Discover, Plan, PlanGenerator, Revise
from masterplan.engine.log_copies import LogCopies
from masterplan.engine.membership import Membership
from masterplan.engine.model_journal import Journals
from masterplan.engine.past_attempts import PastAttempts
from masterplan.engine.places import Places
from masterplan.engine.proof import Prover
from masterplan.events import Publisher
from masterplan.failpoints import Failpoint, reach
from masterplan.llm.catalog import capability, resolve_model_name, task_model_name
from masterplan.llm.journal import ModelJournal
from masterplan.llm.language_models import LanguageModels
from masterplan.llm.pricing import Prices
from masterplan.planning.generation import PlannedDocument, ProgressListener
from masterplan.planning.planner_agent import PlannerAgent
from masterplan.planning.revision import RevisionRequest
from masterplan.services.chat_answers import AnswerWriter, ChatModels
from masterplan.services.chat_service import ChatService
from masterplan.services.conversation_relay import ConversationPublisher
from masterplan.services.log_relay import SignallingPublisher
from masterplan.services.masterplan_execution_service import MasterplanExecutionService
from masterplan.settings import Settings
from masterplan.workspace.files import remove_tree
from masterplan.workspace.leftovers import sweep
from masterplan.workspace.places import Workspaces
from masterplan.workspace.process import Limits
from masterplan.workspace.sandbox import Sandbox, probe

COMMAND_LIMITS = Limits(wall_s=900)
CHECK_LIMITS = Limits(wall_s=120)


async def start_engine(
    stack: AsyncExitStack,
    settings: Settings,
    database: Database,
    publisher: Publisher,
    executions: MasterplanExecutionService,
    membership: Membership,
    workspaces: Workspaces,
    chats: ChatService,
    conversations: ConversationPublisher,
) -> DurableEngine:
    """Start the engine and what it needs; all of it is closed with the stack."""
    await sweep(settings.workspaces_dir)
    await asyncio.to_thread(remove_tree, settings.discoveries_dir)
    reach(Failpoint.LEFTOVERS_SWEPT)
    models = await stack.enter_async_context(LanguageModels(settings))
    copies = None
    if database.signals is not None:
        publisher = SignallingPublisher(publisher, database.signals)
        copies = await stack.enter_async_context(LogCopies(database).running())
    logs = await stack.enter_async_context(LogBroadcast(publisher, copies).running())
    sandbox = await probe(settings.sandbox)
    places = Places(settings.max_parallel)
    journals = Journals(database, places, Prices(settings.model_prices))
    runner = AttemptRunner(
        database,
        workspaces,
        agents=_agents(settings, models, sandbox),
        prover=Prover(sandbox, CHECK_LIMITS),
        logs=logs,
        journals=journals,
    )
    discover_repository = _discoverer(settings, sandbox)
    answers = AnswerWriter(
        database,
        conversations,
        chats=chats,
        journals=journals,
        models=ChatModels(
            get=models.get,
            resolve=partial(resolve_model_name, settings),
            judge=partial(capability, settings),
            silence_s=settings.model_silence_s,
        ),
        discover=discover_repository,
    )
    await clear_abandoned(database, runner, settings.workspaces_dir)
    engine = DurableEngine(
        database,
        checkpoints=_checkpoints(settings, database),
        runner=runner,
        past=PastAttempts(database, workspaces),
        generator=PlanGenerator(
            database,
            _planner(settings, models, sandbox),
            revise=_reviser(settings, models, sandbox),
            discover=discover_repository,
            journals=journals,
        ),
        write_answer=answers.write,
        progress_callback=executions.progress_callback,
        places=places,
        membership=membership,
        keep=_kept_for(settings),
        workspaces=settings.workspaces_dir,
    )
    return await stack.enter_async_context(engine.running())


def _kept_for(settings: Settings) -> timedelta | None:
    return timedelta(days=settings.retention_days) if settings.retention_days else None


def _checkpoints(settings: Settings, database: Database) -> str:
    """Say where DBOS keeps its checkpoints: in a schema beside our tables, or in a file."""
    if database.signals is None:
        return f"sqlite:///{settings.data_dir / 'engine.sqlite3'}"
    return database.url.render_as_string(hide_password=False)


def _agents(settings: Settings, models: LanguageModels, sandbox: Sandbox) -> dict[str, TaskAgent]:
    return {
        "llm": LlmAgent(
            models,
            choose=partial(task_model_name, settings),
            judge=partial(capability, settings),
            silence_s=settings.model_silence_s,
        ),
        "command": CommandAgent(sandbox, limits=COMMAND_LIMITS),
        "scripted": ScriptedAgent(),
    }


def _planner(settings: Settings, models: LanguageModels, sandbox: Sandbox) -> Plan:
    async def plan(
        goal: str,
        plan_settings: PlanSettings,
        repository: str | None,
        facts: RepositoryFacts | None,
        progress: ProgressListener,
        journal: ModelJournal,
    ) -> PlannedDocument:
        name = resolve_model_name(settings, plan_settings.model)
        planner = PlannerAgent(sandbox, silence_s=settings.model_silence_s)
        planned = await planner.plan(
            goal,
            model=await models.get(name),
            capability=capability(settings, name),
            settings=plan_settings,
            progress=progress,
            journal=journal,
            repository=facts,
            read_texts=partial(read_texts, repository, facts.commit, place=settings.discoveries_dir)
            if repository and facts
            else None,
        )
        return replace(planned, model=name)

    return plan


def _reviser(settings: Settings, models: LanguageModels, sandbox: Sandbox) -> Revise:
    async def revise(
        document: PlanDocument,
        request: RevisionRequest,
        completed: Collection[str],
        facts: RepositoryFacts | None,
        progress: ProgressListener,
        journal: ModelJournal,
    ) -> PlannedDocument:
        name = resolve_model_name(settings, document.settings.model)
        planner = PlannerAgent(sandbox, silence_s=settings.model_silence_s)
        revised = await planner.revise(
            document,
            request,
            completed=completed,
            model=await models.get(name),
            capability=capability(settings, name),
            progress=progress,
            journal=journal,
            repository=facts,
        )
        return replace(revised, model=name)

    return revise


def _discoverer(settings: Settings, sandbox: Sandbox) -> Discover:
    async def look(repository: str) -> RepositoryFacts:
        facts = await discover(repository, place=settings.discoveries_dir)
        return await with_availability(facts, sandbox)

    return look
