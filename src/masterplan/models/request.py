"""The journal of model requests: what was asked, what was answered, what it cost.

A row is there before the model is asked and holds the answer before it is used, so that work which
a crash interrupted is answered from here and not paid for twice. Rows go with their attempt, those
of a plan's generation with the plan, and those of a conversation's answer with its message.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from masterplan.models.base import Base, UtcDateTime, new_id, utc_now
from masterplan.models.masterplan import Id, Money


class ModelRequest(Base):
    __tablename__ = "model_requests"
    __table_args__ = (
        Index("ix_model_requests_attempt_id_ordinal", "attempt_id", "ordinal"),
        Index("ix_model_requests_masterplan_id", "masterplan_id"),
        Index("ix_model_requests_message_id", "message_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    masterplan_id: Mapped[str | None] = mapped_column(
        ForeignKey("masterplans.id", ondelete="CASCADE")
    )
    """None for an answer in a conversation, which belongs to no plan."""
    attempt_id: Mapped[str | None] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    """The attempt that asked; None for the plan's generation."""
    revision: Mapped[int | None]
    """The revision that was asked for; None for the attempts and for the first one."""
    message_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversation_messages.id", ondelete="CASCADE")
    )
    """The conversation's message that the answer is for."""
    ordinal: Mapped[int]
    """1 for the first request of the attempt, or of the generation."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(200))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    response: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(Text)
    replayed: Mapped[bool] = mapped_column(default=False)
    """Whether the answer was taken over from an interrupted attempt, which paid for it."""
    tokens_input: Mapped[int] = mapped_column(default=0)
    """Estimated until the answer is there; so is the cost."""
    tokens_output: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[Decimal | None] = mapped_column(Money)
    """None where the model's price is not known."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waited_s: Mapped[float] = mapped_column(default=0.0)
