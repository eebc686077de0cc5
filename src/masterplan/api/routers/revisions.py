"""A plan's revisions over REST: what it said when, what differs, comments, and asking for more."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query

from masterplan.api.answers import ILLEGAL, INVALID, NOT_FOUND, UNAVAILABLE
from masterplan.api.dependencies import Actor, ReadSession, RuntimeDep, WriteSession
from masterplan.api.details import Tasks, committed_detail
from masterplan.api.review_schemas import (
    CommentList,
    CommentRequest,
    CommentView,
    RestoreRequest,
    ReviseRequest,
    RevisionDetail,
    RevisionDiff,
    RevisionList,
    RevisionView,
)
from masterplan.api.schemas import MasterplanDetail
from masterplan.documents.diff import diff_documents
from masterplan.engine.workflow_ids import Generation
from masterplan.failpoints import Failpoint, reach
from masterplan.models import PlanComment, PlanRevision

router = APIRouter(prefix="/masterplans", tags=["review"], responses=INVALID)

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The revision's number.")]


def serialize_revision(revision: PlanRevision) -> RevisionView:
    return RevisionView.model_validate(_fields(revision))


def _fields(revision: PlanRevision) -> dict[str, object]:
    computed = {
        "author": revision.model or revision.asked_by,
        "author_kind": "model" if revision.model else "person",
        "feedback": (revision.request or {}).get("feedback"),
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


@router.post("/{masterplan_id}/revisions/{number}/restore", responses={**NOT_FOUND, **ILLEGAL})
async def restore_revision(
    masterplan_id: str,
    number: Number,
    runtime: RuntimeDep,
    actor: Actor,
    body: Annotated[RestoreRequest | None, Body()] = None,
    tasks: Tasks = "all",
) -> MasterplanDetail:
    """Let the plan say what that revision said, as its next revision: a draft, as after an edit.

    What was built for that revision and is still there counts again.
    """
    async with runtime.database.unit_of_work() as session:
        await runtime.masterplans.edit(
            session,
            masterplan_id,
            await runtime.reviews.earlier_document(session, masterplan_id, number),
            plan_hash=body.plan_hash if body else None,
            by=actor,
            reason=f"Restored revision {number}",
        )
    return await committed_detail(runtime, masterplan_id, tasks=tasks)


@router.post(
    "/{masterplan_id}/revise",
    status_code=202,
    responses={**NOT_FOUND, **ILLEGAL, **UNAVAILABLE},
)
async def revise_masterplan(
    masterplan_id: str,
    runtime: RuntimeDep,
    actor: Actor,
    body: Annotated[ReviseRequest | None, Body()] = None,
    tasks: Tasks = "all",
) -> MasterplanDetail:
    """Let a model revise the plan as the feedback and the pending comments say.

    The plan is generating until its next revision is a draft. If nothing comes of it the plan is
    as it was before, and the revision is kept as failed with the reason.
    """
    wanted = body or ReviseRequest()
    engine = runtime.executing_engine()
    async with runtime.database.unit_of_work() as session:
        number = await runtime.reviews.revise(
            session,
            masterplan_id,
            feedback=wanted.feedback,
            plan_hash=wanted.plan_hash,
            by=actor,
        )
    reach(Failpoint.GENERATION_COMMITTED)
    await engine.start_generation(Generation(masterplan_id, number))
    return await committed_detail(runtime, masterplan_id, tasks=tasks)


def serialize_comment(comment: PlanComment) -> CommentView:
    same_name = CommentView.model_fields.keys() - {"comment_id"}
    fields = {name: getattr(comment, name) for name in same_name}
    return CommentView.model_validate({"comment_id": comment.id, **fields})


@router.get("/{masterplan_id}/comments", responses=NOT_FOUND)
async def list_comments(
    masterplan_id: str, session: ReadSession, runtime: RuntimeDep
) -> CommentList:
    """The comments on the plan, those that were sent with an earlier request included."""
    comments = await runtime.reviews.comments(session, masterplan_id)
    return CommentList(comments=[serialize_comment(each) for each in comments])


@router.post("/{masterplan_id}/comments", status_code=201, responses=NOT_FOUND)
async def add_comment(
    masterplan_id: str,
    body: CommentRequest,
    session: WriteSession,
    runtime: RuntimeDep,
    actor: Actor,
) -> CommentView:
    """Remark on a task or on the plan; it is sent with the next request for a revision."""
    comment = await runtime.reviews.comment(
        session, masterplan_id, text=body.text, task_key=body.task_key, by=actor
    )
    return serialize_comment(comment)


@router.delete(
    "/{masterplan_id}/comments/{comment_id}",
    status_code=204,
    responses={**NOT_FOUND, **ILLEGAL},
)
async def delete_comment(
    masterplan_id: str, comment_id: str, session: WriteSession, runtime: RuntimeDep
) -> None:
    """Withdraw a comment that was not sent yet."""
    await runtime.reviews.withdraw(session, masterplan_id, comment_id)
