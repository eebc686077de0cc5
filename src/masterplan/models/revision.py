"""The revisions of a plan: each document that it has had, who wrote it, when and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from masterplan.lifecycle import PlanStatus, RevisionStatus
from masterplan.models.base import Base, UtcDateTime, new_id, utc_now
from masterplan.models.masterplan import Id

__all__ = ["PlanComment", "PlanRevision", "RevisionStatus"]


class PlanRevision(Base):
    """Never changed once it is ready; one that a model is asked for has no document until then."""

    __tablename__ = "plan_revisions"

    masterplan_id: Mapped[str] = mapped_column(
        ForeignKey("masterplans.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(20), default=RevisionStatus.READY)
    document: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), deferred=True, deferred_raiseload=True
    )
    """The plan document, validated on read; apart from the lists, for it may be megabytes."""
    plan_hash: Mapped[str | None] = mapped_column(String(80))
    asked_by: Mapped[str] = mapped_column(String(100))
    """Who wrote it, or asked a model for it."""
    model: Mapped[str | None] = mapped_column(String(200))
    """The model that wrote it; None where a person did."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why, in words: what was asked for, or where it came from."""
    request: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What a model was asked to change: feedback and comments."""
    previous_status: Mapped[str | None] = mapped_column(String(20))
    """The plan's status before a model was asked, which it has again if nothing comes of it."""
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    @property
    def status_before(self) -> PlanStatus:
        assert self.previous_status is not None
        return PlanStatus(self.previous_status)


class PlanComment(Base):
    """What a person remarks on a plan or a task; pending until it is sent with a request."""

    __tablename__ = "plan_comments"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    masterplan_id: Mapped[str] = mapped_column(
        ForeignKey("masterplans.id", ondelete="CASCADE"), index=True
    )
    task_key: Mapped[str | None] = mapped_column(String(100))
    """The task that it is about; None for the plan as a whole."""
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(100))
    revision: Mapped[int]
    """The revision that it was written about."""
    sent_in: Mapped[int | None]
    """The revision that was asked for with it; None while it is pending."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
