"""What a person does in a conversation: begin it, say something, stop an answer, ask for a plan.

The services' rule holds here too: functions over a session that the caller commits. Who answers is
`chat_answers`, run by the engine once the message is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.documents import PlanSettings
from masterplan.errors import InvalidTransition, MasterplanError
from masterplan.lifecycle import MessageRole, MessageStatus
from masterplan.models import Conversation, MasterPlan, Message, new_id
from masterplan.planning.chat import PlanCommand, Said, goal_for, plan_command, unknown_command
from masterplan.services.masterplan_service import MasterplanService, title_from


class NothingToPlan(MasterplanError):
    """A plan is asked for, but nobody has said of what."""

    code = "nothing_to_plan"
    status = 400

    def __init__(self, conversation_id: str) -> None:
        super().__init__(
            "There is no goal to plan yet: say what to build, or write /masterplan GOAL.",
            details={"id": conversation_id},
        )


class UnknownCommand(MasterplanError):
    """A message begins with a command that there is not."""

    code = "unknown_command"
    status = 400

    def __init__(self, command: str) -> None:
        super().__init__(
            f"There is no command {command}: /masterplan GOAL has a plan made, /masterplan one of "
            f"what was said. Write `{command}` to say just that.",
            details={"command": command},
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """What a person said, and what follows: an answer to be written or a plan to be made."""

    message: Message
    reply: Message


class ChatService:
    """Functions over a session that the caller commits."""

    def __init__(self, masterplans: MasterplanService) -> None:
        self._masterplans = masterplans

    async def begin(
        self, session: AsyncSession, *, title: str, model: str | None, repository_url: str | None
    ) -> Conversation:
        """Store a conversation without messages."""
        conversation = Conversation(
            id=new_id(), title=title, model=model, repository=repository_url, cost_usd=0
        )
        session.add(conversation)
        await session.flush()
        return conversation

    async def change(
        self,
        session: AsyncSession,
        conversation_id: str,
        **values: str | None,
    ) -> None:
        """Set the title, the model or the repository. Raises NotFound."""
        conversation = await repository.lock_conversation(session, conversation_id)
        if values.get("repository", conversation.repository) != conversation.repository:
            await repository.keep_facts(session, conversation_id, None)
        for name, value in values.items():
            setattr(conversation, name, value)

    async def send(
        self,
        session: AsyncSession,
        conversation_id: str,
        *,
        text: str,
        message_id: str | None,
        by: str,
    ) -> Sent:
        """Store what a person says and the beginning of what follows.

        A message that is sent again by its id changes nothing. Raises NotFound, InvalidTransition
        while an answer is being written, NothingToPlan, UnknownCommand.
        """
        conversation = await repository.lock_conversation(session, conversation_id)
        messages = await repository.messages_after(session, conversation_id)
        if message_id is not None and (sent := _sent_before(messages, message_id)) is not None:
            return sent
        _refuse_while_writing(messages, requested="send to")
        if (unknown := unknown_command(text)) is not None:
            raise UnknownCommand(unknown)
        conversation.title = conversation.title or title_from(text)
        said = Message(
            id=message_id or new_id(),
            conversation_id=conversation.id,
            role=MessageRole.PERSON,
            status=MessageStatus.COMPLETE,
            text=text,
        )
        command = plan_command(text)
        if command is None:
            message = await repository.add_message(session, conversation, said)
            reply = await self._begin_answer(session, conversation)
        else:
            goal = _goal(conversation, command, messages)
            message = await repository.add_message(session, conversation, said)
            reply = await self.begin_plan(session, conversation, goal=goal, by=by)
        return Sent(message, reply)

    async def begin_plan(
        self, session: AsyncSession, conversation: Conversation, *, goal: str, by: str
    ) -> Message:
        """Store a plan to be generated, and the message that tells how it goes."""
        plan = await self._masterplans.begin_generation(
            session,
            goal=goal,
            repository_url=conversation.repository,
            settings=PlanSettings(model=conversation.model),
            by=by,
        )
        message = Message(
            conversation_id=conversation.id,
            role=MessageRole.PLAN,
            status=MessageStatus.COMPLETE,
            goal=goal,
            masterplan_id=plan.id,
        )
        return await repository.add_message(session, conversation, message)

    async def retry(self, session: AsyncSession, conversation_id: str) -> Message:
        """Have the last message answered once more.

        What came of the first try stays. Raises NotFound and InvalidTransition where the last
        answer has neither failed nor was stopped.
        """
        conversation = await repository.lock_conversation(session, conversation_id)
        last = await repository.last_message(session, conversation_id)
        if last is None or last.status not in {MessageStatus.FAILED, MessageStatus.STOPPED}:
            raise InvalidTransition(
                "conversation",
                conversation_id,
                current=last.status if last else "empty",
                requested="retry",
                remedy="only an answer that failed or was stopped can be tried again",
            )
        return await self._begin_answer(session, conversation)

    async def stop(self, session: AsyncSession, conversation_id: str) -> Message:
        """Stop the answer that is being written; what there is of it stays.

        Raises NotFound and InvalidTransition where none is being written.
        """
        await repository.lock_conversation(session, conversation_id)
        last = await repository.last_message(session, conversation_id)
        if last is None or last.status != MessageStatus.WRITING:
            raise InvalidTransition(
                "conversation",
                conversation_id,
                current=last.status if last else "empty",
                requested="stop",
                remedy="no answer is being written",
            )
        await repository.change_message(
            session,
            last,
            expected=MessageStatus.WRITING,
            status=MessageStatus.STOPPED,
            waiting_reason=None,
        )
        return last

    async def _begin_answer(self, session: AsyncSession, conversation: Conversation) -> Message:
        answer = Message(
            conversation_id=conversation.id,
            role=MessageRole.ASSISTANT,
            status=MessageStatus.WRITING,
        )
        return await repository.add_message(session, conversation, answer)


def said_in(messages: Sequence[Message], plans: dict[str, MasterPlan]) -> list[Said]:
    """Return what a model, or a plan's goal, is told of a conversation.

    Answers that failed say nothing; a plan says how it stands.
    """
    return [
        Said(
            role=MessageRole(message.role),
            text=_plan_words(plans.get(message.masterplan_id or ""))
            if message.role == MessageRole.PLAN
            else message.text,
            questions=tuple(message.questions),
            goal=message.goal,
            ready=message.ready,
        )
        for message in messages
        if message.status == MessageStatus.COMPLETE
    ]


def _plan_words(plan: MasterPlan | None) -> str:
    if plan is None:
        return "(A plan was begun.)"
    reason = f": {plan.failure_reason}" if plan.failure_reason else ""
    return f"(A plan was begun of the goal. Its status is {plan.status}{reason}.)"


def _goal(conversation: Conversation, command: PlanCommand, messages: Sequence[Message]) -> str:
    goal = goal_for(command, said_in(messages, {}))
    if goal is None:
        raise NothingToPlan(conversation.id)
    return goal


def _sent_before(messages: Sequence[Message], message_id: str) -> Sent | None:
    for message, reply in pairwise(messages):
        if message.id == message_id and message.role == MessageRole.PERSON:
            return Sent(message, reply)
    return None


def _refuse_while_writing(messages: Sequence[Message], *, requested: str) -> None:
    if messages and messages[-1].status == MessageStatus.WRITING:
        raise InvalidTransition(
            "conversation",
            messages[-1].conversation_id,
            current="being answered",
            requested=requested,
            remedy="wait for the answer or stop it",
        )
