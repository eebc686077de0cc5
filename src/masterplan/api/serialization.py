"""How plans and their tasks look from outside: the one place where each thing gets that form."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from masterplan.api.schemas import (
    MasterplanDetail,
    MasterplanSummary,
    MilestoneView,
    PhaseView,
    TaskView,
)
from masterplan.documents import PlanSettings, plan_warnings
from masterplan.documents.warnings import PlanWarning
from masterplan.lifecycle import UNDECIDED, TaskStatus
from masterplan.models import (
    MasterPlan,
    MasterPlanMilestone,
    MasterPlanPhase,
    MasterPlanTask,
)
from masterplan.plan_mapping import document_of_plan


def serialize_masterplan_summary(plan: MasterPlan) -> MasterplanSummary:
    return MasterplanSummary.model_validate(_plan_fields(plan))


def serialize_masterplan_detail(plan: MasterPlan) -> MasterplanDetail:
    """Serialize a plan that was loaded with its tree."""
    return _detail(
        plan,
        warnings=[dataclasses.asdict(warning) for warning in _warnings(plan)],
        phases=[
            _phase(phase, [serialize_milestone(each) for each in phase.milestones])
            for phase in plan.phases
        ],
    )


def serialize_masterplan_counts(
    plan: MasterPlan, counts: Mapping[str, dict[TaskStatus, int]]
) -> MasterplanDetail:
    """Serialize a plan that was loaded with its milestones, with the tasks of each counted."""
    return _detail(
        plan,
        phases=[
            _phase(
                phase,
                [
                    _milestone(each, tasks=[], task_counts=counts.get(each.id, {}))
                    for each in phase.milestones
                ],
            )
            for phase in plan.phases
        ],
    )


def serialize_masterplan_head(plan: MasterPlan) -> MasterplanDetail:
    """Serialize a plan without its tree."""
    return _detail(plan, phases=[])


def _detail(
    plan: MasterPlan, *, phases: list[PhaseView], warnings: Sequence[dict[str, object]] = ()
) -> MasterplanDetail:
    return MasterplanDetail.model_validate(
        {
            **_plan_fields(plan),
            "settings": PlanSettings.model_validate(plan.settings),
            "source": plan.source,
            "warnings": warnings,
            "phases": phases,
        }
    )


def _warnings(plan: MasterPlan) -> list[PlanWarning]:
    return plan_warnings(document_of_plan(plan)) if plan.status in UNDECIDED else []


def _phase(phase: MasterPlanPhase, milestones: list[MilestoneView]) -> PhaseView:
    return PhaseView(
        phase_id=phase.id, name=phase.name, description=phase.description, milestones=milestones
    )


def serialize_milestone(milestone: MasterPlanMilestone) -> MilestoneView:
    return _milestone(milestone, tasks=[serialize_task(task) for task in milestone.tasks])


def _milestone(
    milestone: MasterPlanMilestone,
    *,
    tasks: list[TaskView],
    task_counts: dict[TaskStatus, int] | None = None,
) -> MilestoneView:
    return MilestoneView(
        milestone_id=milestone.id,
        name=milestone.name,
        description=milestone.description,
        tasks=tasks,
        task_counts=task_counts,
    )


def serialize_task(task: MasterPlanTask) -> TaskView:
    same_name = TaskView.model_fields.keys() - {"task_id"}
    return TaskView.model_validate(
        {"task_id": task.id, **{name: getattr(task, name) for name in same_name}}
    )


def _plan_fields(plan: MasterPlan) -> dict[str, object]:
    same_name = MasterplanSummary.model_fields.keys() - {"masterplan_id", "last_seq"}
    return {
        "masterplan_id": plan.id,
        "last_seq": plan.event_seq,
        **{name: getattr(plan, name) for name in same_name},
    }
