"""The file that a plan was imported from, kept so that it can be given back as it was."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from masterplan.models.base import Base


class PlanSource(Base):
    """The text is kept whole; where its lines stand is found again by reading it."""

    __tablename__ = "masterplan_sources"

    masterplan_id: Mapped[str] = mapped_column(
        ForeignKey("masterplans.id", ondelete="CASCADE"), primary_key=True
    )
    format: Mapped[str] = mapped_column(String(20))
    name: Mapped[str | None] = mapped_column(String(255))
    text: Mapped[str] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    notices: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What the import inferred or left out."""
    sync_path: Mapped[str | None] = mapped_column(Text)
    """The user's own file, where it is to be ticked while tasks complete."""
    sync_node: Mapped[str | None] = mapped_column(String(36))
    """The machine, or rather data directory, beside which that file lies."""
    synced_tasks: Mapped[int] = mapped_column(default=0)
    """How many tasks were completed when it was ticked the last time."""
    synced_revision: Mapped[int] = mapped_column(default=0)
    """The plan's revision then: within one no task is opened again."""
    synced_keys: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The tasks whose ticks it then had, so that those of reopened tasks can be taken back."""
    sync_notices: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What could not be ticked in it the last time."""
