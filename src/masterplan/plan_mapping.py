"""Between a plan document and the rows of a plan, in both directions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import graph
from masterplan.documents import (
    MilestoneDocument,
    PhaseDocument,
    PlanDocument,
    PlanSettings,
    Script,
    TaskDocument,
    plan_hash,
    plan_warnings,
)
from masterplan.documents.results import task_hashes
from masterplan.lifecycle import Complexity, TaskStatus
from masterplan.models import (
    MasterPlan,
    MasterPlanMilestone,
    MasterPlanPhase,
    MasterPlanTask,
    TaskDependency,
    new_id,
)

BUDGETS = ("budget_usd", "budget_tokens")
"""What a person may raise without a new approval, until the plan itself names another amount."""


@dataclass(frozen=True, slots=True)
class TaskRows:
    """The rows of a plan's tasks by key: those that it has, and those that it had once."""

    by_key: Mapping[str, MasterPlanTask] = field(default_factory=dict)
    holding: Collection[str] = ()
    """Keys of the tasks whose results still hold, and which need not run again."""


async def fill_plan(
    session: AsyncSession,
    plan: MasterPlan,
    document: PlanDocument,
    rows: TaskRows = TaskRows(),
) -> None:
    """Give a plan the phases, milestones and tasks of a valid document, and its hash.

    A task that has a row already keeps it, and with it its attempts. Rows of tasks that the
    document does not name are left as they are.
    """
    _fill_fields(plan, document)
    tasks = list(document.tasks())
    settled = {task.key for task in tasks if task.done} | set(rows.holding)
    ids = {task.key: row.id if (row := rows.by_key.get(task.key)) else new_id() for task in tasks}
    _count(plan, [rows.by_key.get(key) for key in ids], completed=len(settled))
    session.add(plan)
    placed = _Placed(
        document=document,
        ids=ids,
        settled=settled,
        hashes=task_hashes(document),
        priorities=graph.critical_path_lengths(
            {task.key: task.depends_on for task in tasks}, dict.fromkeys(settled, 0.0)
        ),
    )
    for task, phase, milestone, number in _add_places(session, plan, document):
        values = placed.values(task, phase=phase, milestone=milestone, number=number)
        row = rows.by_key.get(task.key)
        if row is None:
            session.add(MasterPlanTask(id=ids[task.key], masterplan_id=plan.id, **values))
        else:
            _update(row, values)
    await session.flush()
    session.add_all(
        TaskDependency(task_id=ids[task.key], depends_on_id=ids[key])
        for task in tasks
        for key in dict.fromkeys(task.depends_on)
    )
    await session.flush()


def _fill_fields(plan: MasterPlan, document: PlanDocument) -> None:
    plan.title = document.title
    plan.description = document.description
    plan.goal = document.goal
    plan.repository = document.repository
    settings = document.settings.model_dump(mode="json")
    for name in BUDGETS:
        if (plan.settings or {}).get(name) != settings[name]:
            setattr(plan, f"raised_{name}", None)
    plan.settings = settings
    plan.plan_hash = plan_hash(document)
    plan.warning_count = len(plan_warnings(document))


def _count(plan: MasterPlan, rows: Sequence[MasterPlanTask | None], *, completed: int) -> None:
    plan.total_tasks = len(rows)
    plan.started_tasks = sum(row is not None and row.attempt > 0 for row in rows)
    plan.completed_tasks = completed
    plan.failed_tasks = plan.skipped_tasks = plan.cancelled_tasks = 0


def _add_places(
    session: AsyncSession, plan: MasterPlan, document: PlanDocument
) -> Iterator[tuple[TaskDocument, MasterPlanPhase, MasterPlanMilestone, int]]:
    """Add the phases and milestones; yield each task with where it stands and its number."""
    numbers = count(1)
    for position, phase in enumerate(document.phases):
        phase_row = MasterPlanPhase(
            id=new_id(),
            masterplan_id=plan.id,
            position=position,
            name=phase.name,
            description=phase.description,
        )
        session.add(phase_row)
        for place, milestone in enumerate(phase.milestones):
            row = MasterPlanMilestone(
                id=new_id(),
                phase_id=phase_row.id,
                position=place,
                name=milestone.name,
                description=milestone.description,
            )
            session.add(row)
            for task in milestone.tasks:
                yield task, phase_row, row, next(numbers)


@dataclass(frozen=True, slots=True)
class _Placed:
    """What a task's row says besides its own words."""

    document: PlanDocument
    ids: Mapping[str, str]
    settled: Collection[str]
    hashes: Mapping[str, str]
    priorities: Mapping[str, float]

    def values(
        self,
        task: TaskDocument,
        *,
        phase: MasterPlanPhase,
        milestone: MasterPlanMilestone,
        number: int,
    ) -> dict[str, Any]:
        depends_on = list(dict.fromkeys(task.depends_on))
        return {
            "phase_id": phase.id,
            "milestone_id": milestone.id,
            "removed_in": None,
            "task_number": number,
            "key": task.key,
            "name": task.name,
            "description": task.description,
            "complexity": task.complexity,
            "agent": self.document.agent_of(task),
            "command": task.command,
            "script": task.script.model_dump(mode="json") if task.script else None,
            "target_files": task.target_files,
            "depends_on_tasks": [self.ids[key] for key in depends_on],
            "checks": task.checks,
            "max_retries": task.max_retries,
            "definition_hash": self.hashes[task.key],
            "priority": round(self.priorities[task.key]),
            "done": task.done,
            "status": TaskStatus.COMPLETED if task.key in self.settled else TaskStatus.PENDING,
            "waits": sum(key not in self.settled for key in depends_on),
            "approved_budget_usd": task.budget_usd,
            "approved_budget_tokens": task.budget_tokens,
        }


_AFRESH: Mapping[str, object] = {
    "retry_count": 0,
    "guidance": None,
    "last_error": None,
    "failure_kind": None,
    "blocked_by": None,
    "failed_at": None,
    "waiting_since": None,
    "waiting_reason": None,
}
_TO_RUN: Mapping[str, object] = {"started_at": None, "completed_at": None}


def _update(row: MasterPlanTask, values: dict[str, Any]) -> None:
    """Give a row its new words; what it spent, its attempts and its commit stay."""
    for name in BUDGETS:
        if getattr(row, f"approved_{name}") != values[f"approved_{name}"]:
            setattr(row, f"raised_{name}", None)
    to_run = _TO_RUN if values["status"] is TaskStatus.PENDING else {}
    for name, value in {**values, **_AFRESH, **to_run}.items():
        setattr(row, name, value)


def document_of_plan(plan: MasterPlan) -> PlanDocument:
    """Return the document of a plan that was loaded with its tree."""
    keys = {
        task.id: task.key
        for phase in plan.phases
        for milestone in phase.milestones
        for task in milestone.tasks
    }
    settings = PlanSettings.model_validate(plan.settings)
    return PlanDocument(
        title=plan.title,
        description=plan.description,
        goal=plan.goal,
        repository=plan.repository,
        settings=settings,
        phases=[
            PhaseDocument(
                name=phase.name,
                description=phase.description,
                milestones=[
                    MilestoneDocument(
                        name=milestone.name,
                        description=milestone.description,
                        tasks=[_task_document(task, keys, settings) for task in milestone.tasks],
                    )
                    for milestone in phase.milestones
                ],
            )
            for phase in plan.phases
        ],
    )


def _task_document(
    task: MasterPlanTask, keys: dict[str, str], settings: PlanSettings
) -> TaskDocument:
    return TaskDocument(
        key=task.key,
        name=task.name,
        description=task.description,
        target_files=task.target_files,
        depends_on=[keys[task_id] for task_id in task.depends_on_tasks],
        complexity=Complexity(task.complexity),
        checks=task.checks,
        max_retries=task.max_retries,
        agent=task.agent if task.agent != settings.agent else None,
        command=task.command,
        script=Script.model_validate(task.script) if task.script else None,
        done=task.done,
        budget_usd=task.approved_budget_usd,
        budget_tokens=task.approved_budget_tokens,
    )
