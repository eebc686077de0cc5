"""What a person reads and says while reviewing a plan: its revisions, and comments on it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.documents import PlanDocument
from masterplan.engine.plan_revisions import present_revision
from masterplan.errors import NotFound
from masterplan.models import MasterPlan, PlanRevision


class ReviewService:
    """Functions over a session that the caller commits."""

    async def revisions(
        self, session: AsyncSession, plan_id: str
    ) -> tuple[MasterPlan, Sequence[PlanRevision]]:
        """Return the plan and its revisions, the newest first. Raises NotFound."""
        plan = await repository.get_plan(session, plan_id)
        kept = await repository.list_revisions(session, plan_id)
        if any(each.number == plan.revision for each in kept):
            return plan, kept
        present = await present_revision(session, plan)
        return plan, [present, *kept] if present else kept

    async def revision(self, session: AsyncSession, plan_id: str, number: int) -> PlanRevision:
        """Return a revision with its document. Raises NotFound."""
        plan = await repository.get_plan(session, plan_id)
        if number == plan.revision:
            found = await present_revision(session, plan)
        else:
            found = await repository.find_revision(session, plan_id, number)
        if found is None:
            raise NotFound("revision", f"{number} of masterplan {plan_id}")
        return found

    async def document(self, session: AsyncSession, plan_id: str, number: int) -> PlanDocument:
        """Return the document of a revision. Raises NotFound."""
        revision = await self.revision(session, plan_id, number)
        if revision.document is None:
            raise NotFound("document", f"of revision {number}: it is {revision.status}")
        return PlanDocument.model_validate(revision.document)
