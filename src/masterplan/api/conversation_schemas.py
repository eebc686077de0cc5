"""What the API takes and answers about conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from masterplan.api.schemas import Body, Money, Words
from masterplan.lifecycle import MessageRole, MessageStatus, PlanOutcome, PlanStatus

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
ModelName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Repository = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class BeginConversation(Body):
    """Without a title, the first message gives it one."""

    title: Title | None = None
    model: ModelName | None = None
    repository: Repository | None = None


class ChangeConversation(Body):
    """What is not named stays; a null takes the model or the repository away."""

    title: Title = ""
    model: ModelName | None = None
    repository: Repository | None = None


class SendMessage(Body):
    """`/masterplan GOAL` asks for a plan at once, `/masterplan` for one of what was said.

    With a `message_id` of its own choice, a client that got no answer may send again.
    """

    text: Words
    message_id: UUID | None = None


class PlanInConversation(BaseModel):
    masterplan_id: str
    title: str
    status: PlanStatus
    outcome: PlanOutcome | None
    total_tasks: int
    completed_tasks: int
    failure_reason: str | None


class MessageView(BaseModel):
    message_id: str
    conversation_id: str
    ordinal: int
    version: int = Field(description="The conversation's version when this last changed.")
    role: MessageRole
    status: MessageStatus
    text: str
    questions: list[str]
    goal: str | None = Field(description="All that was known by then, as a planner is told it.")
    ready: bool = Field(description="Whether that is enough for a plan.")
    model: str | None
    error: str | None = Field(description="Why there is no answer, and what to do.")
    waiting_reason: str | None
    masterplan_id: str | None
    plan: PlanInConversation | None = Field(description="How the plan of this message stands.")
    created_at: datetime
    updated_at: datetime


class ConversationSummary(BaseModel):
    conversation_id: str
    title: str
    model: str | None
    repository: str | None
    version: int
    tokens_input: int
    tokens_output: int
    cost_usd: Money
    unpriced_requests: int = Field(description="Model requests whose cost is not known.")
    created_at: datetime
    updated_at: datetime


class ConversationDetail(ConversationSummary):
    messages: list[MessageView] = Field(
        description="All, or with `after` those that changed after that version."
    )


class ConversationPage(BaseModel):
    conversations: list[ConversationSummary]
    total: int
    limit: int
    offset: int


class SentAnswer(BaseModel):
    """What was said, and the message that tells what follows: an answer or a plan."""

    message: MessageView
    reply: MessageView
