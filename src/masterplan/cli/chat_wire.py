"""What the command line reads out of the API's answers about conversations."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from masterplan.cli.wire import Wire
from masterplan.lifecycle import MessageRole, MessageStatus


class Message(Wire):
    message_id: str
    ordinal: int
    role: MessageRole
    status: MessageStatus
    text: str = ""
    questions: list[str] = Field(default_factory=list)
    goal: str | None = None
    ready: bool = False
    error: str | None = None
    waiting_reason: str | None = None
    masterplan_id: str | None = None


class ConversationSummary(Wire):
    conversation_id: str
    title: str
    model: str | None = None
    version: int
    updated_at: datetime


class Conversation(ConversationSummary):
    messages: list[Message] = Field(default_factory=list)


class ConversationPage(Wire):
    conversations: list[ConversationSummary]
    total: int


class Sent(Wire):
    message: Message
    reply: Message
