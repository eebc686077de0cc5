"""What a person reads and says while reviewing a plan: its revisions, and comments on it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.documents import PlanDocument
from masterplan.engine.plan_revisions import present_revision
from masterplan.engine.revision_requests import begin_revision
from masterplan.errors import InvalidTransition, NotFound, NothingToRevise
from masterplan.models import MasterPlan, PlanComment, PlanRevision, new_id, utc_now
from masterplan.planning.revision import Remark, RevisionRequest
from masterplan.services.masterplan_service import require_editable


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

    async def comments(self, session: AsyncSession, plan_id: str) -> Sequence[PlanComment]:
        """Return the comments on a plan in their order. Raises NotFound."""
        await repository.get_plan(session, plan_id)
        return await repository.list_comments(session, plan_id)

    async def comment(
        self, session: AsyncSession, plan_id: str, *, text: str, task_key: str | None, by: str
    ) -> PlanComment:
        """Note a remark on a task or the plan, to be sent with the next request for a revision.

        Raises NotFound where there is no such plan or task.
        """
        plan = await repository.lock_plan(session, plan_id)
        if task_key is not None and not await repository.has_task(session, plan_id, task_key):
            raise NotFound("task", f"{task_key!r} in masterplan {plan_id}")
        comment = PlanComment(
            id=new_id(),
            masterplan_id=plan_id,
            task_key=task_key,
            text=text,
            author=by,
            revision=plan.revision,
            created_at=utc_now(),
        )
        session.add(comment)
        await session.flush()
        return comment

    async def withdraw(self, session: AsyncSession, plan_id: str, comment_id: str) -> None:
        """Delete a comment that was not sent yet. Raises NotFound and InvalidTransition."""
        await repository.lock_plan(session, plan_id)
        comment = await repository.get_comment(session, plan_id, comment_id)
        if comment.sent_in is not None:
            raise InvalidTransition(
                "comment",
                comment_id,
                current="sent",
                requested="delete",
                remedy=f"with the request for revision {comment.sent_in}; it stays as its reason",
            )
        await repository.delete_comment(session, comment_id)

    async def revise(
        self,
        session: AsyncSession,
        plan_id: str,
        *,
        feedback: str | None,
        plan_hash: str | None,
        by: str,
    ) -> int:
        """Ask a model for the plan's next revision; return its number.

        It is told the feedback and all pending comments; of a rejected plan for which neither is
        there, why it was rejected. Raises NotFound, InvalidTransition, PlanHashMismatch and
        NothingToRevise.
        """
        plan = await require_editable(session, plan_id, plan_hash=plan_hash, requested="revise")
        comments = await repository.pending_comments(session, plan_id)
        if feedback is None and not comments:
            feedback = plan.rejection_reason
        if not plan.total_tasks:
            raise NothingToRevise(plan_id, "it has no tasks yet. Plan its goal again.")
        if feedback is None and not comments:
            raise NothingToRevise(plan_id, "nobody said what to change. Give feedback or comments.")
        remarks = [await self._remark(session, comment) for comment in comments]
        request = RevisionRequest(feedback=feedback, remarks=tuple(remarks))
        return await begin_revision(session, plan, request, by=by)

    async def _remark(self, session: AsyncSession, comment: PlanComment) -> Remark:
        """What is told a model; of a task that was removed meanwhile, as a remark on the plan."""
        key = comment.task_key
        if key is None or await repository.has_task(session, comment.masterplan_id, key):
            return Remark(task_key=key, text=comment.text)
        return Remark(text=f"Of the task {key}, which was removed since: {comment.text}")

    async def earlier_document(
        self, session: AsyncSession, plan_id: str, number: int
    ) -> PlanDocument:
        """Return the document of a revision that says something else than the plan does now.

        Raises NotFound, and NothingToRevise where it says the same.
        """
        document = await self.document(session, plan_id, number)
        plan = await repository.get_plan(session, plan_id)
        present = await present_revision(session, plan)
        if present is not None and present.document == document.model_dump(mode="json"):
            raise NothingToRevise(plan_id, f"what revision {number} says it says already.")
        return document

    async def document(self, session: AsyncSession, plan_id: str, number: int) -> PlanDocument:
        """Return the document of a revision. Raises NotFound."""
        revision = await self.revision(session, plan_id, number)
        if revision.document is None:
            raise NotFound("document", f"of revision {number}: it is {revision.status}")
        return PlanDocument.model_validate(revision.document)
