"""What the API takes and answers about revisions of a plan and comments on it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from masterplan.api.schemas import Body, Words
from masterplan.documents import PlanDocument
from masterplan.documents.diff import PlanDiff
from masterplan.lifecycle import RevisionStatus


class RevisionView(BaseModel):
    """A revision of a plan's document: who wrote it, when and why.

    `author` is the person or the model that wrote it, `asked_by` who asked for it; `reason` is null
    where none was given. `feedback` is what a model was asked for beside the comments. A revision
    that failed has an `error` and no hash, and left the plan as it was.
    """

    model_config = ConfigDict(from_attributes=True)

    number: int
    status: RevisionStatus
    author: str
    author_kind: Literal["person", "model"]
    asked_by: str
    reason: str | None
    feedback: str | None
    plan_hash: str | None
    error: str | None
    created_at: datetime


class RevisionList(BaseModel):
    """Revisions, the newest first; `current` is the number of the one that the plan has."""

    current: int
    revisions: list[RevisionView]


class RevisionDetail(RevisionView):
    """A revision with its document, which is null while it is generated and where it failed."""

    document: PlanDocument | None


class RevisionDiff(BaseModel):
    """What differs between two revisions, per task and field."""

    old: int
    new: int
    diff: PlanDiff


class ReviseRequest(Body):
    """What a model shall change, beside the pending comments, which are sent along.

    With `plan_hash`, only if the plan is still the one that was read.
    """

    feedback: Words | None = None
    plan_hash: str | None = None


class RestoreRequest(Body):
    """With `plan_hash`, only if the plan is still the one that was read."""

    plan_hash: str | None = None


class CommentRequest(Body):
    """A remark on the task of that key, or on the plan as a whole."""

    text: Words
    task_key: str | None = Field(default=None, max_length=100)


class CommentView(BaseModel):
    """`revision` is what it was written about, `sent_in` the revision it was sent for, if any."""

    model_config = ConfigDict(from_attributes=True)

    comment_id: str
    task_key: str | None
    text: str
    author: str
    revision: int
    sent_in: int | None
    created_at: datetime


class CommentList(BaseModel):
    comments: list[CommentView]
