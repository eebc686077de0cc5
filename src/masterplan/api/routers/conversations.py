"""Conversations over REST: begin, say something, read along, stop, try again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Query
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.api.answers import ILLEGAL, INVALID, NOT_FOUND, UNAVAILABLE
from masterplan.api.conversation_schemas import (
    BeginConversation,
    ChangeConversation,
    ConversationDetail,
    ConversationPage,
    ConversationSummary,
    MessageView,
    PlanInConversation,
    SendMessage,
    SentAnswer,
)
from masterplan.api.dependencies import Actor, ReadSession, RuntimeDep, WriteSession
from masterplan.engine.durable import DurableEngine
from masterplan.engine.workflow_ids import Generation
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import MessageStatus
from masterplan.models import Conversation, MasterPlan, Message

MAX_PAGE = 500
MAX_WAIT_SECONDS = 30
MAX_VERSION = 2**31 - 1

router = APIRouter(prefix="/conversations", tags=["conversations"], responses=INVALID)


# How things look from outside


def serialize_conversation_summary(conversation: Conversation) -> ConversationSummary:
    return ConversationSummary.model_validate(_conversation_fields(conversation))


def serialize_message(message: Message, plan: MasterPlan | None) -> MessageView:
    same_name = MessageView.model_fields.keys() - {"message_id", "plan"}
    return MessageView.model_validate(
        {
            "message_id": message.id,
            "plan": serialize_plan_in_conversation(plan) if plan is not None else None,
            **{name: getattr(message, name) for name in same_name},
        }
    )


def serialize_plan_in_conversation(plan: MasterPlan) -> PlanInConversation:
    same_name = PlanInConversation.model_fields.keys() - {"masterplan_id"}
    return PlanInConversation.model_validate(
        {"masterplan_id": plan.id, **{name: getattr(plan, name) for name in same_name}}
    )


async def serialize_messages(
    session: AsyncSession, messages: Sequence[Message]
) -> list[MessageView]:
    """Serialize messages, each with the plan that was begun in it."""
    ids = {each.masterplan_id for each in messages if each.masterplan_id is not None}
    plans = await repository.plans_by_id(session, ids) if ids else {}
    return [serialize_message(each, plans.get(each.masterplan_id or "")) for each in messages]


def _conversation_fields(conversation: Conversation) -> dict[str, object]:
    same_name = ConversationSummary.model_fields.keys() - {"conversation_id"}
    return {
        "conversation_id": conversation.id,
        **{name: getattr(conversation, name) for name in same_name},
    }


async def _detail(
    session: AsyncSession, conversation_id: str, *, after: int = 0
) -> ConversationDetail:
    conversation = await repository.get_conversation(session, conversation_id)
    messages = await repository.messages_after(session, conversation_id, version=after)
    return ConversationDetail.model_validate(
        {
            **_conversation_fields(conversation),
            "messages": await serialize_messages(session, messages),
        }
    )


# Endpoints


@router.post("", status_code=201)
async def begin_conversation(
    session: WriteSession,
    runtime: RuntimeDep,
    body: Annotated[BeginConversation | None, Body()] = None,
) -> ConversationDetail:
    wanted = body or BeginConversation()
    conversation = await runtime.chats.begin(
        session,
        title=wanted.title or "",
        model=wanted.model,
        repository_url=wanted.repository,
    )
    return await _detail(session, conversation.id)


@router.get("")
async def list_conversations(
    session: ReadSession,
    q: Annotated[
        str | None, Query(max_length=200, description="Text in the title or in a message.")
    ] = None,
    masterplan_id: Annotated[
        str | None, Query(max_length=100, description="A plan that was begun in it.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> ConversationPage:
    """A page of conversations, those that changed last coming first."""
    conversations, total = await repository.list_conversations(
        session, text=q, plan_id=masterplan_id, limit=limit, offset=offset
    )
    return ConversationPage(
        conversations=[serialize_conversation_summary(each) for each in conversations],
        total=total,
        limit=limit,
        offset=offset,
    )


@router.get("/{conversation_id}", responses=NOT_FOUND)
async def get_conversation(
    conversation_id: str,
    runtime: RuntimeDep,
    after: Annotated[
        int,
        Query(ge=0, le=MAX_VERSION, description="Only messages that changed after this version."),
    ] = 0,
    wait: Annotated[
        float, Query(ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait for such a change.")
    ] = 0,
) -> ConversationDetail:
    """The conversation with its messages. With `wait` the answer waits for a change."""
    if wait:
        async with runtime.database.reading() as session:
            await repository.get_conversation(session, conversation_id)
        await runtime.conversations.wait_for_change(conversation_id, after=after, seconds=wait)
    async with runtime.database.reading() as session:
        return await _detail(session, conversation_id, after=after)


@router.patch("/{conversation_id}", responses=NOT_FOUND)
async def change_conversation(
    conversation_id: str, body: ChangeConversation, session: WriteSession, runtime: RuntimeDep
) -> ConversationDetail:
    """Rename the conversation, or let another model answer, or name another repository."""
    await runtime.chats.change(session, conversation_id, **body.model_dump(exclude_unset=True))
    return await _detail(session, conversation_id)


@router.delete("/{conversation_id}", status_code=204, responses=NOT_FOUND)
async def delete_conversation(conversation_id: str, runtime: RuntimeDep) -> None:
    """Delete the conversation; plans that were begun in it stay."""
    async with runtime.database.unit_of_work() as session:
        await repository.lock_conversation(session, conversation_id)
        last = await repository.last_message(session, conversation_id)
        await repository.delete_conversation(session, conversation_id)
    if last is not None and last.status == MessageStatus.WRITING and runtime.engine is not None:
        await runtime.engine.end_answer(last.id)


@router.post(
    "/{conversation_id}/messages",
    status_code=202,
    responses={**NOT_FOUND, **ILLEGAL, **UNAVAILABLE},
)
async def send_message(
    conversation_id: str, body: SendMessage, runtime: RuntimeDep, actor: Actor
) -> SentAnswer:
    """Say something; the answer is written meanwhile, or a plan is made."""
    return await say(runtime, conversation_id, body, by=actor)


async def say(
    runtime: RuntimeDep, conversation_id: str, body: SendMessage, *, by: str
) -> SentAnswer:
    """Store what was said, and have it answered. Raises what `ChatService.send` raises."""
    engine = runtime.executing_engine()
    async with runtime.database.unit_of_work() as session:
        sent = await runtime.chats.send(
            session,
            conversation_id,
            text=body.text,
            message_id=str(body.message_id) if body.message_id else None,
            by=by,
        )
        message, reply = await serialize_messages(session, [sent.message, sent.reply])
    reach(Failpoint.MESSAGE_SENT)
    await _go_on(engine, sent.reply)
    return SentAnswer(message=message, reply=reply)


@router.post(
    "/{conversation_id}/retry",
    status_code=202,
    responses={**NOT_FOUND, **ILLEGAL, **UNAVAILABLE},
)
async def retry_answer(conversation_id: str, runtime: RuntimeDep) -> MessageView:
    """Have the last message answered again, where its answer failed or was stopped."""
    engine = runtime.executing_engine()
    async with runtime.database.unit_of_work() as session:
        reply = await runtime.chats.retry(session, conversation_id)
        view = serialize_message(reply, None)
    await _go_on(engine, reply)
    return view


@router.post("/{conversation_id}/stop", responses={**NOT_FOUND, **ILLEGAL})
async def stop_answer(conversation_id: str, runtime: RuntimeDep) -> ConversationDetail:
    """Stop the answer that is being written; what there is of it stays."""
    async with runtime.database.unit_of_work() as session:
        stopped = await runtime.chats.stop(session, conversation_id)
    if runtime.engine is not None:
        await runtime.engine.end_answer(stopped.id)
    async with runtime.database.reading() as session:
        return await _detail(session, conversation_id)


async def _go_on(engine: DurableEngine, reply: Message) -> None:
    if reply.masterplan_id is not None:
        await engine.start_generation(Generation(reply.masterplan_id))
    elif reply.status == MessageStatus.WRITING:
        await engine.start_answer(reply.id)
