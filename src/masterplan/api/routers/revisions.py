"""A plan's revisions over REST: what it said when, who wrote it, and what differs."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query

from masterplan.api.answers import INVALID, NOT_FOUND
from masterplan.api.dependencies import ReadSession, RuntimeDep
from masterplan.api.review_schemas import (
    RevisionDetail,
    RevisionDiff,
    RevisionList,
    RevisionView,
)
from masterplan.documents.diff import diff_documents
from masterplan.models import PlanRevision

router = APIRouter(prefix="/masterplans", tags=["review"], responses=INVALID)

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The revision's number.")]


def serialize_revision(revision: PlanRevision) -> RevisionView:
    return RevisionView.model_validate(_fields(revision))


def _fields(revision: PlanRevision) -> dict[str, object]:
    computed = {
        "author": revision.model or revision.asked_by,
        "author_kind": "model" if revision.model else "person",
    }
    same_name = RevisionView.model_fields.keys() - computed.keys()
    return computed | {name: getattr(revision, name) for name in same_name}


@router.get("/{masterplan_id}/revisions", responses=NOT_FOUND)
async def list_revisions(
    masterplan_id: str, session: ReadSession, runtime: RuntimeDep
) -> RevisionList:
    """The revisions of the plan, those of which nothing came included, the newest first."""
    plan, revisions = await runtime.reviews.revisions(session, masterplan_id)
    return RevisionList(
        current=plan.revision, revisions=[serialize_revision(each) for each in revisions]
    )


@router.get("/{masterplan_id}/revisions/{number}", responses=NOT_FOUND)
async def get_revision(
    masterplan_id: str, number: Number, session: ReadSession, runtime: RuntimeDep
) -> RevisionDetail:
    """One revision with its document."""
    revision = await runtime.reviews.revision(session, masterplan_id, number)
    return RevisionDetail.model_validate({**_fields(revision), "document": revision.document})


@router.get("/{masterplan_id}/revisions/{number}/diff", responses=NOT_FOUND)
async def diff_revisions(
    masterplan_id: str,
    number: Number,
    session: ReadSession,
    runtime: RuntimeDep,
    to: Annotated[int, Query(ge=1, le=2**31 - 1, description="The revision to compare with.")],
) -> RevisionDiff:
    """What differs in revision `to` from this one: tasks added, removed, changed and moved."""
    old = await runtime.reviews.document(session, masterplan_id, number)
    new = await runtime.reviews.document(session, masterplan_id, to)
    diff = await asyncio.to_thread(diff_documents, old, new)
    return RevisionDiff(old=number, new=to, diff=diff)
