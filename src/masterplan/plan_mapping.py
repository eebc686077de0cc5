"""Between a plan document and the rows of a plan, in both directions."""

from __future__ import annotations

from collections.abc import Collection, Iterator

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
from masterplan.lifecycle import Complexity, TaskStatus
from masterplan.models import (
    MasterPlan,
    MasterPlanMilestone,
    MasterPlanPhase,
    MasterPlanTask,
    TaskDependency,
    new_id,
)


async def fill_plan(session: AsyncSession, plan: MasterPlan, document: PlanDocument) -> None:
    """Give a plan that has no phases yet those of a valid document, and the document's hash."""
    plan.title = document.title
    plan.description = document.description
    plan.goal = document.goal
    plan.repository = document.repository
    plan.settings = document.settings.model_dump(mode="json")
    plan.plan_hash = plan_hash(document)
    plan.warning_count = len(plan_warnings(document))
    tasks = list(document.tasks())
    plan.total_tasks = len(tasks)
    done = {task.key for task in tasks if task.done}
    plan.completed_tasks = len(done)
    ids = {task.key: new_id() for task in tasks}
    priorities = graph.critical_path_lengths(
        {task.key: task.depends_on for task in tasks}, dict.fromkeys(done, 0.0)
    )
    session.add(plan)
    numbers = iter(range(1, len(tasks) + 1))
    for position, phase in enumerate(document.phases):
        row = MasterPlanPhase(
            id=new_id(),
            masterplan_id=plan.id,
            position=position,
            name=phase.name,
            description=phase.description,
        )
        session.add(row)
        _add_milestones(session, row, phase, document, ids, done, priorities, numbers)
    await session.flush()
    session.add_all(
        TaskDependency(task_id=ids[task.key], depends_on_id=ids[key])
        for task in tasks
        for key in dict.fromkeys(task.depends_on)
    )
    await session.flush()


def _add_milestones(
    session: AsyncSession,
    phase: MasterPlanPhase,
    phase_document: PhaseDocument,
    document: PlanDocument,
    ids: dict[str, str],
    done: Collection[str],
    priorities: dict[str, float],
    numbers: Iterator[int],
) -> None:
    for position, milestone in enumerate(phase_document.milestones):
        row = MasterPlanMilestone(
            id=new_id(),
            phase_id=phase.id,
            position=position,
            name=milestone.name,
            description=milestone.description,
        )
        session.add(row)
        session.add_all(
            _task_row(
                task, row, phase, document, ids, done, round(priorities[task.key]), next(numbers)
            )
            for task in milestone.tasks
        )


def _task_row(
    task: TaskDocument,
    milestone: MasterPlanMilestone,
    phase: MasterPlanPhase,
    document: PlanDocument,
    ids: dict[str, str],
    done: Collection[str],
    priority: int,
    number: int,
) -> MasterPlanTask:
    depends_on = list(dict.fromkeys(task.depends_on))
    return MasterPlanTask(
        id=ids[task.key],
        masterplan_id=phase.masterplan_id,
        phase_id=phase.id,
        milestone_id=milestone.id,
        task_number=number,
        key=task.key,
        name=task.name,
        description=task.description,
        complexity=task.complexity,
        agent=document.agent_of(task),
        command=task.command,
        script=task.script.model_dump(mode="json") if task.script else None,
        target_files=task.target_files,
        depends_on_tasks=[ids[key] for key in depends_on],
        checks=task.checks,
        max_retries=task.max_retries,
        priority=priority,
        done=task.done,
        status=TaskStatus.COMPLETED if task.done else TaskStatus.PENDING,
        waits=sum(key not in done for key in depends_on),
        approved_budget_usd=task.budget_usd,
        approved_budget_tokens=task.budget_tokens,
    )


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
