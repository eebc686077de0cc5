"""Queries about the revisions of plans, and about comments on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from masterplan.errors import NotFound
from masterplan.lifecycle import RevisionStatus
from masterplan.models import PlanComment, PlanRevision
from masterplan.repository.statements import NO_SYNC, was_changed


async def list_revisions(session: AsyncSession, plan_id: str) -> Sequence[PlanRevision]:
    """Return a plan's revisions without their documents, the newest first."""
    return (
        await session.scalars(
            select(PlanRevision)
            .where(PlanRevision.masterplan_id == plan_id)
            .order_by(PlanRevision.number.desc())
        )
    ).all()


async def find_revision(session: AsyncSession, plan_id: str, number: int) -> PlanRevision | None:
    """Return a revision with its document; None where it was not kept."""
    return await session.scalar(
        select(PlanRevision)
        .where(PlanRevision.masterplan_id == plan_id, PlanRevision.number == number)
        .options(undefer(PlanRevision.document))
        .execution_options(populate_existing=True)
    )


async def last_revision_number(session: AsyncSession, plan_id: str) -> int:
    """Return the highest number that a revision of the plan has, failed ones included; else 0."""
    highest = select(func.max(PlanRevision.number)).where(PlanRevision.masterplan_id == plan_id)
    return await session.scalar(highest) or 0


async def open_revision(session: AsyncSession, plan_id: str) -> PlanRevision | None:
    """Return the revision that a model is being asked for; None where there is none."""
    return await session.scalar(
        select(PlanRevision)
        .where(
            PlanRevision.masterplan_id == plan_id,
            PlanRevision.status == RevisionStatus.GENERATING,
        )
        .options(undefer(PlanRevision.document))
        .execution_options(populate_existing=True)
    )


async def open_revision_numbers(session: AsyncSession) -> dict[str, int]:
    """Return the numbers of the revisions that models are being asked for, by their plans' ids."""
    rows = await session.execute(
        select(PlanRevision.masterplan_id, PlanRevision.number).where(
            PlanRevision.status == RevisionStatus.GENERATING
        )
    )
    return {row.masterplan_id: row.number for row in rows}


async def close_revision(
    session: AsyncSession, plan_id: str, number: int, *, status: RevisionStatus, **values: Any
) -> bool:
    """End the generation of a revision; False where it had ended before."""
    return was_changed(
        await session.execute(
            update(PlanRevision)
            .where(
                PlanRevision.masterplan_id == plan_id,
                PlanRevision.number == number,
                PlanRevision.status == RevisionStatus.GENERATING,
            )
            .values(status=status, **values)
            .execution_options(**NO_SYNC)
        )
    )


async def list_comments(session: AsyncSession, plan_id: str) -> Sequence[PlanComment]:
    """Return the comments on a plan in the order in which they were made."""
    return (
        await session.scalars(
            select(PlanComment)
            .where(PlanComment.masterplan_id == plan_id)
            .order_by(PlanComment.created_at, PlanComment.id)
        )
    ).all()


async def pending_comments(session: AsyncSession, plan_id: str) -> Sequence[PlanComment]:
    """Return the comments that were not sent yet, likewise."""
    return [each for each in await list_comments(session, plan_id) if each.sent_in is None]


async def get_comment(session: AsyncSession, plan_id: str, comment_id: str) -> PlanComment:
    """Return one comment. Raises NotFound."""
    comment = await session.get(PlanComment, comment_id)
    if comment is None or comment.masterplan_id != plan_id:
        raise NotFound("comment", comment_id)
    return comment


async def delete_comment(session: AsyncSession, comment_id: str) -> None:
    await session.execute(delete(PlanComment).where(PlanComment.id == comment_id))


async def send_comments(session: AsyncSession, plan_id: str, *, revision: int) -> None:
    """Note that the pending comments go along with the request for a revision."""
    await session.execute(
        update(PlanComment)
        .where(PlanComment.masterplan_id == plan_id, PlanComment.sent_in.is_(None))
        .values(sent_in=revision)
        .execution_options(**NO_SYNC)
    )


async def take_comments_back(session: AsyncSession, plan_id: str, *, revision: int) -> None:
    """Make the comments pending again that were sent with a request of which nothing came."""
    await session.execute(
        update(PlanComment)
        .where(PlanComment.masterplan_id == plan_id, PlanComment.sent_in == revision)
        .values(sent_in=None)
        .execution_options(**NO_SYNC)
    )
