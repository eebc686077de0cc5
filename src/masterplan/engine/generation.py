"""A goal becomes a draft: the planner's work, resumed from its start after a crash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import events, repository
from masterplan.db import Database
from masterplan.discovery.facts import RepositoryFacts
from masterplan.documents import PlanDocument, PlanSettings
from masterplan.engine.endurance import enduring
from masterplan.engine.model_journal import Journals
from masterplan.engine.plan_revisions import Authorship, present_revision, put_first_document
from masterplan.engine.plan_transitions import ENGINE, change_plan_status
from masterplan.engine.revision_requests import give_revision_up, keep_generated
from masterplan.errors import MasterplanError
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import PlanStatus
from masterplan.llm.journal import ModelJournal
from masterplan.models import MasterPlan, PlanRevision
from masterplan.planning.generation import (
    GenerationProgress,
    PlannedDocument,
    PlanningPhase,
    ProgressListener,
)
from masterplan.planning.revision import RevisionRequest
from masterplan.workspace.foreign import without_password

log = structlog.get_logger(__name__)

NOT_BEGUN = GenerationProgress(PlanningPhase.DISCOVERY, 0, "Planning", 0)

Plan = Callable[
    [str, PlanSettings, str | None, RepositoryFacts | None, ProgressListener, ModelJournal],
    Awaitable[PlannedDocument],
]
"""Makes a plan document from a goal, settings, a repository and its facts, telling its progress."""

Revise = Callable[
    [
        PlanDocument,
        RevisionRequest,
        Collection[str],
        RepositoryFacts | None,
        ProgressListener,
        ModelJournal,
    ],
    Awaitable[PlannedDocument],
]
"""Changes a plan's document as a person asks, given which tasks are completed already."""

Discover = Callable[[str], Awaitable[RepositoryFacts]]
"""Looks at the repository that a person names. Raises UnusableRepository."""


class PlanGenerator:
    """Runs the planner for a plan that is being generated and keeps what comes of it."""

    def __init__(
        self,
        database: Database,
        plan: Plan,
        *,
        revise: Revise,
        discover: Discover,
        journals: Journals,
    ) -> None:
        self._database = database
        self._plan = plan
        self._revise = revise
        self._discover = discover
        self._journals = journals

    async def generate(self, plan_id: str, revision: int | None = None) -> None:
        """Bring the plan from generating to draft, or a new one to failed with the reason.

        A revision of which nothing comes is kept as failed, and the plan is as it was before.
        """
        row, wanted = await enduring(self._read, plan_id)
        if row.status != PlanStatus.GENERATING or revision != (wanted and wanted.number):
            return

        report = _Report(self._database, plan_id)
        journal = self._journals.of_generation(plan_id, report.wait, revision=revision)
        try:
            facts = await self._discovered(row, report) if row.repository else None
            if wanted is None:
                settings = PlanSettings.model_validate(row.settings)
                planned = await self._plan(
                    row.goal, settings, row.repository, facts, report.progress, journal
                )
            else:
                planned = await self._revised(row, wanted, facts, report, journal)
            reach(Failpoint.GENERATION_PLANNED)
            await enduring(self._keep, plan_id, planned, revision)
        except MasterplanError as error:
            await enduring(self._give_up, plan_id, error.message, revision)
        except Exception as error:
            with suppress(OSError):  # a full disk may hold the log as well
                log.exception("generation_failed", plan=plan_id)
            reason = f"{type(error).__name__}: {error}"
            await enduring(self._give_up, plan_id, reason, revision)

    async def _revised(
        self,
        row: MasterPlan,
        wanted: PlanRevision,
        facts: RepositoryFacts | None,
        report: _Report,
        journal: ModelJournal,
    ) -> PlannedDocument:
        async with self._database.reading() as session:
            present = await present_revision(session, row)
            completed = await repository.completed_keys(session, row.id)
        assert present is not None
        return await self._revise(
            PlanDocument.model_validate(present.document),
            RevisionRequest.model_validate(wanted.request),
            completed,
            facts,
            report.progress,
            journal,
        )

    async def _read(self, plan_id: str) -> tuple[MasterPlan, PlanRevision | None]:
        async with self._database.reading() as session:
            plan = await repository.get_plan(session, plan_id)
            return plan, await repository.open_revision(session, plan_id)

    async def _discovered(self, row: MasterPlan, report: _Report) -> RepositoryFacts:
        """Look at the plan's repository, once: the same facts bring the same answers again."""
        assert row.repository is not None
        stored = await enduring(self._stored_facts, row.id)
        if stored is None:
            named = without_password(row.repository)
            await report.progress(_looking(1, f"Looking at the repository {named}"))
            facts = await self._discover(row.repository)
            await enduring(self._keep_facts, row.id, facts)
        else:
            facts = RepositoryFacts.model_validate(stored)
        await report.progress(_looking(4, f"Repository: {facts.summary}"))
        return facts

    async def _stored_facts(self, plan_id: str) -> dict[str, Any] | None:
        async with self._database.reading() as session:
            return await repository.get_discovery(session, plan_id)

    async def _keep_facts(self, plan_id: str, facts: RepositoryFacts) -> None:
        async with self._database.unit_of_work() as session:
            await repository.lock_plan(session, plan_id)
            await repository.keep_discovery(
                session, plan_id, commit=facts.commit, facts=facts.model_dump(mode="json")
            )

    async def _keep(self, plan_id: str, planned: PlannedDocument, revision: int | None) -> None:
        async with self._database.unit_of_work() as session:
            plan = await repository.lock_plan(session, plan_id)
            if plan.status != PlanStatus.GENERATING:
                return
            if revision is None:
                await _keep_plan(session, plan, planned)
            else:
                await keep_generated(session, plan, revision, planned.document, model=planned.model)
        reach(Failpoint.GENERATION_KEPT)

    async def _give_up(self, plan_id: str, reason: str, revision: int | None) -> None:
        async with self._database.unit_of_work() as session:
            plan = await repository.lock_plan(session, plan_id)
            if plan.status != PlanStatus.GENERATING:
                return
            if revision is not None:
                await give_revision_up(session, plan, revision, reason=reason, by=ENGINE)
                return
            await change_plan_status(
                session, plan, PlanStatus.FAILED, by=ENGINE, reason=reason, failure_reason=reason
            )


async def _keep_plan(session: AsyncSession, plan: MasterPlan, planned: PlannedDocument) -> None:
    document = planned.document.model_copy(
        update={"goal": plan.goal, "repository": plan.repository}
    )
    authorship = Authorship(ENGINE, reason="generated", model=planned.model)
    await put_first_document(session, plan, document, authorship=authorship)
    await change_plan_status(session, plan, PlanStatus.DRAFT, by=ENGINE)


class _Report:
    """Tells how far a generation is, and what it waits for."""

    def __init__(self, database: Database, plan_id: str) -> None:
        self._database = database
        self._plan_id = plan_id
        self._last = NOT_BEGUN
        self._waiting: str | None = None

    async def progress(self, progress: GenerationProgress) -> None:
        self._last = progress
        await self._tell(progress)

    async def wait(self, reason: str | None) -> None:
        """Tell a wait once, and that it is over."""
        if reason == self._waiting:
            return
        self._waiting = reason
        message = f"waiting: {reason}" if reason else self._last.message
        await self._tell(replace(self._last, message=message))

    async def _tell(self, progress: GenerationProgress) -> None:
        await enduring(self._record, progress)
        reach(Failpoint.GENERATION_PROGRESSED)

    async def _record(self, progress: GenerationProgress) -> None:
        async with self._database.unit_of_work() as session:
            await _record_progress(session, self._plan_id, progress)


def _looking(percent: int, message: str) -> GenerationProgress:
    return GenerationProgress(PlanningPhase.DISCOVERY, percent, message, 0)


async def _record_progress(
    session: AsyncSession, plan_id: str, progress: GenerationProgress
) -> None:
    await events.record(
        session,
        plan_id,
        events.GenerationProgressed(
            phase=progress.phase,
            percent=progress.percent,
            message=progress.message,
            tasks_so_far=progress.tasks_so_far,
        ),
    )
