"""What the command line reads out of the API's answers about revisions and comments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from masterplan.cli.wire import Wire


class Revision(Wire):
    number: int
    status: str
    author: str
    author_kind: str = "person"
    reason: str | None = None
    error: str | None = None
    created_at: datetime


class EditableDocument(Wire):
    revision: int
    plan_hash: str | None = None
    document: dict[str, Any]


class RevisionList(Wire):
    current: int
    revisions: list[Revision]


class FieldChange(Wire):
    field: str
    old: Any = None
    new: Any = None


class Place(Wire):
    phase: str
    milestone: str
    number: int


class TaskChange(Wire):
    key: str
    name: str
    kind: str
    fields: list[FieldChange] = Field(default_factory=list)
    old_place: Place | None = None
    new_place: Place | None = None


class Differences(Wire):
    fields: list[FieldChange] = Field(default_factory=list)
    tasks: list[TaskChange] = Field(default_factory=list)


class RevisionDiff(Wire):
    old: int
    new: int
    diff: Differences


class Comment(Wire):
    comment_id: str
    task_key: str | None = None
    text: str
    author: str
    sent_in: int | None = None
    created_at: datetime


class CommentList(Wire):
    comments: list[Comment]
