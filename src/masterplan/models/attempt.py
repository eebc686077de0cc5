"""One try at one task, kept for good: what it cost, what it proved, why it failed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from masterplan.lifecycle import AttemptStatus
from masterplan.models.base import Base, UtcDateTime, new_id, utc_now
from masterplan.models.masterplan import Id, Money

__all__ = ["Attempt", "AttemptStatus"]


class Attempt(Base):
    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("task_id", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    masterplan_id: Mapped[str] = mapped_column(
        ForeignKey("masterplans.id", ondelete="CASCADE"), index=True
    )
    task_id: Mapped[str] = mapped_column(ForeignKey("masterplan_tasks.id", ondelete="CASCADE"))
    number: Mapped[int]
    worker_id: Mapped[str | None] = mapped_column(Id)
    """Who makes it; no reference, since workers are forgotten sooner than attempts."""
    status: Mapped[str] = mapped_column(String(20), default=AttemptStatus.IN_PROGRESS)
    agent: Mapped[str] = mapped_column(String(100))
    model: Mapped[str | None] = mapped_column(String(200))
    guidance: Mapped[str | None] = mapped_column(Text)
    tokens_input: Mapped[int] = mapped_column(default=0)
    tokens_output: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    unpriced_requests: Mapped[int] = mapped_column(default=0)
    input_hash: Mapped[str | None] = mapped_column(String(80))
    """What its work is made from (`documents.results`); None where an older version began it."""
    failure_kind: Mapped[str | None] = mapped_column(String(20))
    error: Mapped[str | None] = mapped_column(Text)
    base_commit: Mapped[str | None] = mapped_column(String(64))
    snapshot_commit: Mapped[str | None] = mapped_column(String(64))
    """What the agent left behind, published or not; kept under a ref of its own."""
    commit: Mapped[str | None] = mapped_column(String(64))
    check_results: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    log_path: Mapped[str | None] = mapped_column(String(500))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
