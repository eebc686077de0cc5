"""A process that runs attempts, and until when the others believe that it lives."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from masterplan.models.base import Base, UtcDateTime, new_id, utc_now
from masterplan.models.masterplan import Id


class Worker(Base):
    """One row for each process on a shared database; where there is one process, none."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    node_id: Mapped[str] = mapped_column(Id, index=True)
    """The data directory: its next process goes on with what this one leaves unfinished."""
    executor_id: Mapped[str] = mapped_column(Id)
    """What DBOS calls the process; it stays where a lost lease gives the worker a new id."""
    hostname: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    places: Mapped[int]
    """How many attempts it runs at once."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    lease_expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """By the database's clock."""
    lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the others found the lease expired; from then on it can no longer be renewed."""
