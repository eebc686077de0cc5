"""A conversation in which a person and a model find out what is to be built.

Each message is one row that changes until it is finished: `version` is the conversation's at the
message's last change, so that whoever knows a version can be told exactly what is new since.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from masterplan.lifecycle import MessageRole, MessageStatus
from masterplan.models.base import Base, UtcDateTime, new_id, utc_now
from masterplan.models.masterplan import Id, Money

__all__ = ["Conversation", "Message", "MessageRole", "MessageStatus"]


class Conversation(Base):
    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_updated_at", "updated_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(200), default="")
    model: Mapped[str | None] = mapped_column(String(200))
    """As it was asked for; None takes what the settings say at the time of each answer."""
    repository: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), deferred=True, deferred_raiseload=True
    )
    """`RepositoryFacts`, once an answer has needed them."""
    version: Mapped[int] = mapped_column(default=0)
    tokens_input: Mapped[int] = mapped_column(default=0)
    tokens_output: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[Decimal] = mapped_column(Money, default=0)
    unpriced_requests: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Message(Base):
    __tablename__ = "conversation_messages"
    __table_args__ = (
        Index(
            "ix_conversation_messages_conversation_id_ordinal",
            "conversation_id",
            "ordinal",
            unique=True,
        ),
        Index("ix_conversation_messages_masterplan_id", "masterplan_id"),
        Index("ix_conversation_messages_status", "status"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    """1 for the first of the conversation."""
    version: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    questions: Mapped[list[str]] = mapped_column(JSON, default=list)
    goal: Mapped[str | None] = mapped_column(Text)
    """All that was known by then, in the words for a planner."""
    ready: Mapped[bool] = mapped_column(default=False)
    """Whether that is enough for a plan."""
    masterplan_id: Mapped[str | None] = mapped_column(
        ForeignKey("masterplans.id", ondelete="SET NULL")
    )
    """The plan that was begun here; the message tells how it goes."""
    model: Mapped[str | None] = mapped_column(String(200))
    error: Mapped[str | None] = mapped_column(Text)
    waiting_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
