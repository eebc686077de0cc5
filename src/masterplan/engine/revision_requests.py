"""A revision that a model is asked for: begun, kept or given up, each in one transaction.

While it is made the plan is `generating`. Its number is taken from the start, so that what was
asked for, and why nothing came of it, stays readable beside the revisions that did come about.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.documents import PlanDocument
from masterplan.engine.plan_revisions import (
    Authorship,
    keep_present_revision,
    replace_document,
)
from masterplan.engine.plan_transitions import change_plan_status
from masterplan.lifecycle import PlanStatus, RevisionStatus
from masterplan.models import MasterPlan, PlanRevision
from masterplan.planning.revision import RevisionRequest


async def begin_revision(
    session: AsyncSession, plan: MasterPlan, request: RevisionRequest, *, by: str
) -> int:
    """Enter what a model is asked for, and with it the pending comments; return its number."""
    await keep_present_revision(session, plan)
    number = 1 + await repository.last_revision_number(session, plan.id)
    session.add(
        PlanRevision(
            masterplan_id=plan.id,
            number=number,
            status=RevisionStatus.GENERATING,
            asked_by=by,
            reason=request.summary(),
            request=request.model_dump(mode="json"),
            previous_status=plan.status,
        )
    )
    await repository.send_comments(session, plan.id, revision=number)
    await session.flush()
    await change_plan_status(
        session, plan, PlanStatus.GENERATING, by=by, reason=f"revision {number} was asked for"
    )
    return number


async def keep_generated(
    session: AsyncSession,
    plan: MasterPlan,
    number: int,
    document: PlanDocument,
    *,
    model: str | None,
) -> None:
    """Make what the model wrote the plan's next revision, a draft."""
    wanted = await repository.open_revision(session, plan.id)
    if wanted is None or wanted.number != number:
        return
    authorship = Authorship(wanted.asked_by, reason=f"revised by {model}", model=model)
    await replace_document(session, plan, document, authorship=authorship, number=number)


async def give_revision_up(
    session: AsyncSession, plan: MasterPlan, number: int, *, reason: str, by: str
) -> None:
    """Keep a revision as failed; the plan is as it was, and the comments can be sent again."""
    wanted = await repository.open_revision(session, plan.id)
    if wanted is None or wanted.number != number:
        return
    await repository.close_revision(
        session, plan.id, number, status=RevisionStatus.FAILED, error=reason
    )
    await repository.take_comments_back(session, plan.id, revision=number)
    told = f"revision {number} came to nothing: {reason}"
    await change_plan_status(session, plan, wanted.status_before, by=by, reason=told)
