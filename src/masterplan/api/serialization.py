"""How plans and their tasks look from outside: the one place where each thing gets that form."""

from __future__ import annotations

import dataclasses

from masterplan.api.schemas import (
    MasterplanDetail,
    MasterplanSummary,
    MilestoneView,
    PhaseView,
    TaskView,
)
from masterplan.documents import PlanSettings, plan_warnings
from masterplan.documents.warnings import PlanWarning
from masterplan.lifecycle import UNDECIDED
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
    return MasterplanDetail.model_validate(
        {
            **_plan_fields(plan),
            "settings": PlanSettings.model_validate(plan.settings),
            "source": plan.source,
            "warnings": [dataclasses.asdict(warning) for warning in _warnings(plan)],
            "phases": [serialize_phase(phase) for phase in plan.phases],
        }
    )


def _warnings(plan: MasterPlan) -> list[PlanWarning]:
    return plan_warnings(document_of_plan(plan)) if plan.status in UNDECIDED else []


def serialize_phase(phase: MasterPlanPhase) -> PhaseView:
    return PhaseView(
        phase_id=phase.id,
        name=phase.name,
        description=phase.description,
        milestones=[serialize_milestone(milestone) for milestone in phase.milestones],
    )


def serialize_milestone(milestone: MasterPlanMilestone) -> MilestoneView:
    return MilestoneView(
        milestone_id=milestone.id,
        name=milestone.name,
        description=milestone.description,
        tasks=[serialize_task(task) for task in milestone.tasks],
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
