"""A piece of an attempt's log, for machines that have not the file."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from masterplan.models.base import Base


class LogPiece(Base):
    __tablename__ = "attempt_log_pieces"

    task_id: Mapped[str] = mapped_column(
        ForeignKey("masterplan_tasks.id", ondelete="CASCADE"), primary_key=True
    )
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    offset: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Bytes of the log before this piece."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
