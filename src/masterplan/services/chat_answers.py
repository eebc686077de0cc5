"""Writes the answers of conversations: asks a model, and keeps what it says and decides.

An answer is resumed from its start after a crash; what the model had answered by then comes out of
the journal. Whatever goes wrong becomes the message's words, with what to do about it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.models import Model

from masterplan import repository
from masterplan.db import Database
from masterplan.discovery.facts import RepositoryFacts
from masterplan.discovery.telling import tell
from masterplan.engine.endurance import enduring, will_pass
from masterplan.engine.model_journal import Journals
from masterplan.engine.plan_transitions import ENGINE
from masterplan.errors import MasterplanError, NotFound
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import MessageRole, MessageStatus
from masterplan.llm.asking import Interview
from masterplan.llm.catalog import LOCAL, ModelCapability
from masterplan.llm.failures import MODEL_ERRORS, explain_model_error
from masterplan.models import Conversation, Message
from masterplan.planning.chat import Said, within
from masterplan.planning.chat_turn import (
    CORRECTIONS,
    ROOM,
    SAMPLING,
    ChatAnswer,
    Turn,
    as_question,
    read_answer,
    reply_so_far,
)
from masterplan.planning.prompts import render
from masterplan.services.chat_pen import Pen
from masterplan.services.chat_service import ChatService, said_in
from masterplan.services.conversation_relay import ConversationPublisher

log = structlog.get_logger(__name__)

LOADING = "The embedded model is being loaded; the first time it is fetched, which takes minutes."
UNUSABLE = "Try again, say it in other words, or use a larger model."

GetModel = Callable[[str], Awaitable[Model]]
Discover = Callable[[str], Awaitable[RepositoryFacts]]


@dataclass(frozen=True, slots=True)
class ChatModels:
    """Which model answers, what can be asked of it, and how long it may be silent."""

    get: GetModel
    resolve: Callable[[str | None], str]
    judge: Callable[[str], ModelCapability]
    silence_s: float


class AnswerWriter:
    """Writes an answer from the conversation so far."""

    def __init__(
        self,
        database: Database,
        publisher: ConversationPublisher,
        *,
        chats: ChatService,
        journals: Journals,
        models: ChatModels,
        discover: Discover,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._chats = chats
        self._journals = journals
        self._models = models
        self._discover = discover

    async def write(self, message_id: str) -> str | None:
        """Bring the message from writing to complete, or to failed with the reason.

        Returns the plan that was begun with it, which is to be generated; so it does again where
        the answer was there already.
        """
        try:
            return await enduring(self._write, message_id)
        except NotFound:  # the conversation was deleted meanwhile
            return None

    async def _write(self, message_id: str) -> str | None:
        async with self._database.reading() as session:
            message = await repository.get_message(session, message_id)
            conversation = await repository.get_conversation(session, message.conversation_id)
            messages = await repository.messages_after(session, conversation.id)
            plans = await repository.plans_by_id(
                session, [each.masterplan_id for each in messages if each.masterplan_id]
            )
        if message.status != MessageStatus.WRITING:
            return _plan_begun_with(message, messages)
        before = [each for each in messages if each.ordinal < message.ordinal]
        said = said_in(before, plans)
        try:
            turn = await self._ask(conversation, message, said)
        except MODEL_ERRORS as error:
            await self._fail(message, _explained(error))
        except MasterplanError as error:
            await self._fail(message, error.message)
        except Exception as error:
            if will_pass(error):
                raise
            log.exception("answer_failed", message=message.id)
            await self._fail(message, f"{type(error).__name__}: {error}")
        else:
            return await self._finish(conversation, message, turn)
        return None

    async def _ask(self, conversation: Conversation, message: Message, said: list[Said]) -> Turn:
        name = self._models.resolve(conversation.model)
        pen = Pen(self._database, self._publisher, message)
        async with pen.moving():
            if name == LOCAL:
                await pen.wait(LOADING)
            model = await self._models.get(name)
            await pen.wait(None)
            known = await self._told_of_repository(conversation, said, name, pen)
            history, question = as_question(within(said, ROOM[self._models.judge(name)]))
            interview = Interview(
                model,
                render("chat", repository=known),
                sampling=SAMPLING,
                corrections=CORRECTIONS,
                history=history,
                on_draft=lambda draft: pen.write(reply_so_far(draft)),
                journal=self._journals.of_answer(conversation.id, message.id, pen.wait),
                silence_s=self._models.silence_s,
            )
            return await interview.fill_in(
                question, ChatAnswer, lambda answer: read_answer(answer, said)
            )

    async def _told_of_repository(
        self, conversation: Conversation, said: list[Said], model: str, pen: Pen
    ) -> str:
        if conversation.repository is None:
            return ""
        async with self._database.reading() as session:
            stored = await repository.get_facts(session, conversation.id)
        if stored is None:
            await pen.wait("Looking at the repository.")
            facts = await self._discover(conversation.repository)
            async with self._database.unit_of_work() as session:
                await repository.keep_facts(session, conversation.id, facts.model_dump(mode="json"))
            await pen.wait(None)
        else:
            facts = RepositoryFacts.model_validate(stored)
        spoken = " ".join(each.text for each in said if each.role is MessageRole.PERSON)
        return f"\n\n{tell(facts, goal=spoken, capability=self._models.judge(model))}"

    async def _finish(self, conversation: Conversation, message: Message, turn: Turn) -> str | None:
        reach(Failpoint.ANSWER_WRITTEN)
        plan: Message | None = None
        async with self._database.unit_of_work() as session:
            locked = await repository.lock_conversation(session, conversation.id)
            finished = await repository.change_message(
                session,
                message,
                expected=MessageStatus.WRITING,
                status=MessageStatus.COMPLETE,
                text=turn.text,
                questions=list(turn.questions),
                goal=turn.goal,
                ready=turn.ready,
                waiting_reason=None,
                model=self._models.resolve(conversation.model),
            )
            if not finished:
                return None
            if turn.repository is not None and locked.repository is None:
                locked.repository = turn.repository
            if turn.begins and turn.goal is not None:
                plan = await self._chats.begin_plan(session, locked, goal=turn.goal, by=ENGINE)
        reach(Failpoint.ANSWER_FINISHED)
        return plan.masterplan_id if plan is not None else None

    async def _fail(self, message: Message, reason: str) -> None:
        async with self._database.unit_of_work() as session:
            await repository.change_message(
                session,
                message,
                expected=MessageStatus.WRITING,
                status=MessageStatus.FAILED,
                error=reason,
                waiting_reason=None,
            )


def _plan_begun_with(message: Message, messages: Sequence[Message]) -> str | None:
    following = (each for each in messages if each.ordinal == message.ordinal + 1)
    return next((each.masterplan_id for each in following if each.role == MessageRole.PLAN), None)


def _explained(error: Exception) -> str:
    if isinstance(error, UnexpectedModelBehavior):
        # The last refusal says more than that the corrections are used up.
        cause = error.__cause__
        reason = str(cause) if cause is not None and str(cause) else str(error)
        return f"The model's answer could not be used three times in a row: {reason} {UNUSABLE}"
    return explain_model_error(error)[1]
