"""Puts a document in the place of a plan's present one, and says what of the work still holds.

All of it is one transaction with its events. Tasks are known by their keys: their rows, attempts
and commits stay, whatever becomes of them. What was completed and whose result still holds
(`documents.results`) stays completed; every other task waits to be run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import events, repository
from masterplan.documents import PlanDocument
from masterplan.documents.results import (
    TaskResult,
    input_hash,
    results_that_hold,
    task_hashes,
)
from masterplan.engine.announcements import finish_of, progress_of
from masterplan.errors import InvalidPlan
from masterplan.lifecycle import PlanStatus, RevisionStatus, TaskStatus
from masterplan.models import Attempt, MasterPlan, MasterPlanTask, PlanRevision
from masterplan.plan_mapping import TaskRows, document_of_plan, fill_plan
from masterplan.repository import PlanCounts

_DECIDED_BEFORE: Mapping[str, None] = dict.fromkeys(
    (
        "outcome",
        "completed_at",
        "approved_by",
        "approved_at",
        "rejection_reason",
        "failure_reason",
        "pause_reason",
    )
)


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote a revision, or asked a model for it, and why."""

    asked_by: str
    reason: str | None = None
    model: str | None = None


async def put_first_document(
    session: AsyncSession, plan: MasterPlan, document: PlanDocument, *, authorship: Authorship
) -> None:
    """Give a plan that has none its document, as its first revision."""
    await fill_plan(session, plan, document)
    session.add(_revision(plan, 1, document, authorship))
    await session.flush()


async def present_revision(session: AsyncSession, plan: MasterPlan) -> PlanRevision | None:
    """Return the plan's present revision with its document; None where it has no tasks yet.

    Older versions kept no revisions: who wrote theirs is not known.
    """
    kept = await repository.find_revision(session, plan.id, plan.revision)
    if kept is not None or not plan.total_tasks:
        return kept
    document = document_of_plan(await repository.get_plan_tree(session, plan.id))
    revision = _revision(plan, plan.revision, document, Authorship("unknown"))
    revision.created_at = plan.updated_at
    return revision


async def keep_present_revision(session: AsyncSession, plan: MasterPlan) -> None:
    """Keep the plan's present revision, if an older version made it."""
    if (revision := await present_revision(session, plan)) is not None:
        session.add(revision)
        await session.flush()


async def replace_document(
    session: AsyncSession,
    plan: MasterPlan,
    document: PlanDocument,
    *,
    authorship: Authorship,
    number: int | None = None,
) -> None:
    """Make a valid document the plan's next revision, a draft.

    The plan is locked and no attempt at it runs. `number` is that of the revision that a model was
    asked for. Raises InvalidPlan where the branch that the work is on has to be another one's.
    """
    _require_same_repository(plan, document)
    await keep_present_revision(session, plan)
    if document.repository != plan.repository:
        await repository.forget_discovery(session, plan.id)
    previous = PlanStatus(plan.status)
    tree = await repository.get_plan_tree(session, plan.id)
    phases = [phase.id for phase in tree.phases]
    rows = await repository.with_removed_tasks(session, plan.id)
    before = {row.id: TaskStatus(row.status) for row in rows}
    completed = plan.completed_tasks
    attempts = await repository.completed_attempts(session, plan.id)
    holding = results_that_hold(document, _results(tree, rows, attempts))
    await repository.delete_dependencies(session, plan.id)
    known = TaskRows(by_key={row.key: row for row in rows}, holding=holding)
    await fill_plan(session, plan, document, known)
    _date_again(rows, attempts)
    await _enter_revision(session, plan, document, authorship=authorship, number=number)
    gone = _gone(rows, document)
    for name, value in _DECIDED_BEFORE.items():
        setattr(plan, name, value)
    plan.status = PlanStatus.DRAFT
    told = [
        events.PlanStatusChanged(
            status=PlanStatus.DRAFT,
            previous=previous,
            reason=authorship.reason or "edited",
            by=authorship.asked_by,
        ),
        *_told(plan, rows, before, gone=gone, completed=completed),
    ]
    _remove(gone, revision=plan.revision)
    await session.flush()
    await repository.delete_phases(session, phases)
    await events.record_all(session, plan.id, told)


def _revision(
    plan: MasterPlan, number: int, document: PlanDocument, authorship: Authorship
) -> PlanRevision:
    return PlanRevision(
        masterplan_id=plan.id,
        number=number,
        status=RevisionStatus.READY,
        document=document.model_dump(mode="json"),
        plan_hash=plan.plan_hash,
        asked_by=authorship.asked_by,
        model=authorship.model,
        reason=authorship.reason,
    )


async def _enter_revision(
    session: AsyncSession,
    plan: MasterPlan,
    document: PlanDocument,
    *,
    authorship: Authorship,
    number: int | None,
) -> None:
    """Keep the revision under the next number: one that came to nothing keeps its own."""
    if number is None:
        plan.revision = 1 + await repository.last_revision_number(session, plan.id)
        session.add(_revision(plan, plan.revision, document, authorship))
        return
    plan.revision = number
    await repository.close_revision(
        session,
        plan.id,
        number,
        status=RevisionStatus.READY,
        document=document.model_dump(mode="json"),
        plan_hash=plan.plan_hash,
        model=authorship.model,
    )


def _require_same_repository(plan: MasterPlan, document: PlanDocument) -> None:
    if plan.workspace_path is not None and document.repository != plan.repository:
        here = plan.repository or "a repository of its own"
        raise InvalidPlan(
            [
                f"repository: the work of this plan is on a branch of {here} already. Leave it "
                "as it is, or make a new plan for another repository."
            ]
        )


def _results(
    tree: MasterPlan, rows: Sequence[MasterPlanTask], attempts: Mapping[str, Attempt]
) -> dict[str, TaskResult]:
    """Return what the tasks have on the branch, by key; note it where older versions did not."""
    if any(row.definition_hash is None for row in rows):
        hashes = task_hashes(document_of_plan(tree))
        for row in rows:
            row.definition_hash = row.definition_hash or hashes.get(row.key)
    commits = {row.id: None if row.done else row.commit for row in rows}
    results: dict[str, TaskResult] = {}
    for row in rows:
        attempt = attempts.get(row.id)
        if attempt is None or attempt.commit is None or row.definition_hash is None:
            continue
        if attempt.input_hash is None:
            needs = [commits.get(needed) for needed in row.depends_on_tasks]
            attempt.input_hash = input_hash(row.definition_hash, needs)
        results[row.key] = TaskResult(attempt.commit, attempt.input_hash)
    return results


def _date_again(rows: Sequence[MasterPlanTask], attempts: Mapping[str, Attempt]) -> None:
    """Date a task by its result where it is completed by that once more."""
    for row in rows:
        attempt = attempts.get(row.id)
        if row.status == TaskStatus.COMPLETED and row.completed_at is None and attempt is not None:
            row.started_at, row.completed_at = attempt.started_at, attempt.finished_at


def _gone(rows: Sequence[MasterPlanTask], document: PlanDocument) -> list[MasterPlanTask]:
    """The tasks that this document leaves out, but for those that were never attempted."""
    named = {task.key for task in document.tasks()}
    return [
        row for row in rows if row.key not in named and row.attempt > 0 and row.removed_in is None
    ]


def _remove(rows: Sequence[MasterPlanTask], *, revision: int) -> None:
    """Take tasks out of the plan; their rows hold their attempts."""
    for row in rows:
        row.status = TaskStatus.CANCELLED
        row.phase_id = row.milestone_id = None
        row.removed_in = revision
        row.waits = 0


def _told(
    plan: MasterPlan,
    rows: Sequence[MasterPlanTask],
    before: Mapping[str, TaskStatus],
    *,
    gone: Collection[MasterPlanTask],
    completed: int,
) -> Iterator[events.PlanEvent]:
    """Tell what becomes of each task, every event with the counts as they are then."""
    counts = PlanCounts(
        total=plan.total_tasks,
        started=plan.started_tasks,
        completed=completed,
        failed=0,
        skipped=0,
        cancelled=0,
    )
    for row in sorted(rows, key=lambda row: row.task_number):
        old = before[row.id]
        leaves = row in gone
        if row.removed_in is not None or (old == row.status and not leaves):
            continue
        if old is TaskStatus.COMPLETED:
            counts = replace(counts, completed=counts.completed - 1)
        if old is not TaskStatus.PENDING:
            said = f"{row.name}: no longer in the plan" if leaves else f"{row.name}: to be run"
            yield progress_of(row, counts, status=TaskStatus.PENDING, description=said)
        if leaves:
            error = f"left out of the plan by revision {plan.revision}"
            yield finish_of(row, counts, status=TaskStatus.CANCELLED, error=error)
        elif row.status == TaskStatus.COMPLETED:
            counts = replace(counts, completed=counts.completed + 1)
            yield finish_of(row, counts, status=TaskStatus.COMPLETED, output_files=row.output_files)
