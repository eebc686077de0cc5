"""Queries about conversations and their messages.

Every change of a message gives it the conversation's next version, in the same transaction, so
that who has read up to a version finds exactly what changed since.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.db import CHANGED_CONVERSATIONS
from masterplan.errors import NotFound
from masterplan.lifecycle import MessageStatus
from masterplan.models import Conversation, Message, utc_now
from masterplan.repository.statements import NO_SYNC, was_changed


async def get_conversation(session: AsyncSession, conversation_id: str) -> Conversation:
    """Return the conversation without its messages. Raises NotFound."""
    found = await session.get(Conversation, conversation_id, populate_existing=True)
    return _found(found, conversation_id)


async def lock_conversation(session: AsyncSession, conversation_id: str) -> Conversation:
    """Return the conversation, locked until the end of the unit of work. Raises NotFound.

    What changes a conversation or its messages begins with this.
    """
    found = await session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return _found(found, conversation_id)


async def list_conversations(
    session: AsyncSession,
    *,
    text: str | None,
    plan_id: str | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[Conversation], int]:
    """Return one page of conversations, those that changed last coming first, and how many match.

    The text may be in the title or in anything that was said; the plan was begun in it.
    """
    matches = and_(_says(text) if text else true(), _began(plan_id) if plan_id else true())
    total = await session.scalar(select(func.count()).select_from(Conversation).where(matches))
    page = (
        select(Conversation)
        .where(matches)
        .order_by(Conversation.updated_at.desc(), Conversation.id)
        .limit(limit)
        .offset(offset)
    )
    return (await session.scalars(page)).all(), total or 0


def _says(text: str) -> ColumnElement[bool]:
    said = exists().where(
        Message.conversation_id == Conversation.id,
        Message.text.icontains(text, autoescape=True),
    )
    return or_(
        Conversation.title.icontains(text, autoescape=True),
        Conversation.id.startswith(text, autoescape=True),
        said,
    )


def _began(plan_id: str) -> ColumnElement[bool]:
    return Conversation.id.in_(
        select(Message.conversation_id).where(Message.masterplan_id == plan_id)
    )


async def delete_conversation(session: AsyncSession, conversation_id: str) -> None:
    """Delete the conversation with its messages; plans that were begun in it stay."""
    await session.execute(delete(Conversation).where(Conversation.id == conversation_id))


async def get_message(session: AsyncSession, message_id: str) -> Message:
    """Return a message. Raises NotFound."""
    message = await session.get(Message, message_id, populate_existing=True)
    if message is None:
        raise NotFound("message", message_id)
    return message


async def messages_after(
    session: AsyncSession, conversation_id: str, *, version: int = 0
) -> Sequence[Message]:
    """Return the messages that changed after a version, in the conversation's order."""
    return (
        await session.scalars(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.version > version)
            .order_by(Message.ordinal)
            .execution_options(populate_existing=True)
        )
    ).all()


async def last_message(session: AsyncSession, conversation_id: str) -> Message | None:
    return await session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation_id)
        .order_by(Message.ordinal.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


async def writing_messages(session: AsyncSession) -> Sequence[str]:
    """Return the ids of the answers that are being written, or were when a process died."""
    query = select(Message.id).where(Message.status == MessageStatus.WRITING)
    return (await session.scalars(query)).all()


async def add_message(
    session: AsyncSession, conversation: Conversation, message: Message
) -> Message:
    """Put a message at the end of a locked conversation."""
    last = await last_message(session, conversation.id)
    message.ordinal = last.ordinal + 1 if last else 1
    version = await _next_version(session, conversation.id)
    assert version is not None  # it is locked
    message.version = version
    session.add(message)
    await session.flush()
    return message


async def change_message(
    session: AsyncSession, message: Message, *, expected: MessageStatus, **values: Any
) -> bool:
    """Change a message that is still in the expected status; False where it is not.

    The conversation's row is locked by that until the end of the unit of work.
    """
    version = await _next_version(session, message.conversation_id)
    return version is not None and was_changed(
        await session.execute(
            update(Message)
            .where(Message.id == message.id, Message.status == expected)
            .values(version=version, updated_at=utc_now(), **values)
            .execution_options(**NO_SYNC)
        )
    )


async def charge_conversation(
    session: AsyncSession,
    conversation_id: str,
    *,
    tokens_input: int,
    tokens_output: int,
    cost_usd: Decimal | None,
) -> None:
    """Add what an answer has used; a cost that is not known is counted as such."""
    await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(
            tokens_input=Conversation.tokens_input + tokens_input,
            tokens_output=Conversation.tokens_output + tokens_output,
            cost_usd=Conversation.cost_usd + (cost_usd or Decimal(0)),
            unpriced_requests=Conversation.unpriced_requests + int(cost_usd is None),
        )
        .execution_options(**NO_SYNC)
    )


async def conversation_version(session: AsyncSession, conversation_id: str) -> int:
    """Return the conversation's version. Raises NotFound."""
    versions = await conversation_versions(session, [conversation_id])
    if conversation_id not in versions:
        raise NotFound("conversation", conversation_id)
    return versions[conversation_id]


async def conversation_versions(session: AsyncSession, ids: Collection[str]) -> dict[str, int]:
    """Return the versions of those conversations that there are."""
    query = select(Conversation.id, Conversation.version).where(Conversation.id.in_(ids))
    return {row.id: row.version for row in await session.execute(query)}


async def get_facts(session: AsyncSession, conversation_id: str) -> dict[str, Any] | None:
    """Return what was found in the conversation's repository; None where nobody has looked."""
    query = select(Conversation.facts).where(Conversation.id == conversation_id)
    return await session.scalar(query)


async def keep_facts(
    session: AsyncSession, conversation_id: str, facts: dict[str, Any] | None
) -> None:
    await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(facts=facts)
        .execution_options(**NO_SYNC)
    )


async def _next_version(session: AsyncSession, conversation_id: str) -> int | None:
    """Give the conversation its next version; None where it was deleted."""
    version = await session.scalar(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(version=Conversation.version + 1, updated_at=utc_now())
        .returning(Conversation.version)
        .execution_options(**NO_SYNC)
    )
    session.info.setdefault(CHANGED_CONVERSATIONS, set()).add(conversation_id)
    return version


def _found(conversation: Conversation | None, identifier: str) -> Conversation:
    if conversation is None:
        raise NotFound("conversation", identifier)
    return conversation
