"""What a person judges a plan by: its document to be changed, and what its work was proven with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from fastapi import APIRouter

from masterplan import repository
from masterplan.api.answers import INVALID, NOT_FOUND
from masterplan.api.dependencies import ReadSession
from masterplan.api.schemas import CheckVerdict, EditableDocument, PlanEvidence, TaskEvidence
from masterplan.models import Attempt
from masterplan.plan_mapping import document_of_plan

router = APIRouter(prefix="/masterplans", tags=["masterplans"], responses=INVALID)


def serialize_evidence(attempts: Sequence[Attempt]) -> TaskEvidence:
    """Serialize what the attempts at one task have come to."""
    latest = max(attempts, key=lambda attempt: attempt.number)
    return TaskEvidence(
        task_id=latest.task_id,
        attempts=len(attempts),
        checks=[CheckVerdict.model_validate(result) for result in latest.check_results],
    )


@router.get("/{masterplan_id}/document", responses=NOT_FOUND)
async def get_document(masterplan_id: str, session: ReadSession) -> EditableDocument:
    """The plan as a document, with the hash to send along when it is put back changed."""
    plan = await repository.get_plan_tree(session, masterplan_id)
    return EditableDocument(
        revision=plan.revision, plan_hash=plan.plan_hash, document=document_of_plan(plan)
    )


@router.get("/{masterplan_id}/evidence", responses=NOT_FOUND)
async def get_evidence(masterplan_id: str, session: ReadSession) -> PlanEvidence:
    """What proves each task that was attempted, without what its checks printed."""
    attempts = await repository.attempts_in_plan(session, masterplan_id)
    by_task: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        by_task[attempt.task_id].append(attempt)
    return PlanEvidence(tasks=[serialize_evidence(tried) for tried in by_task.values()])
