"""Conversations over Socket.IO: one room each, joined with the state from a version on."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import socketio
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from masterplan.api.conversation_schemas import SendMessage
from masterplan.api.dependencies import DEFAULT_ACTOR
from masterplan.api.routers.conversations import MAX_VERSION, say, serialize_messages
from masterplan.api.routers.websocket import refusal
from masterplan.api.schemas import Words
from masterplan.errors import MasterplanError
from masterplan.events import room_of_conversation
from masterplan.services.runtime import Runtime

JOIN_EXPECTED = "Send an object with conversation_id, and optionally after, a version."
LEAVE_EXPECTED = "Send an object with conversation_id."
SEND_EXPECTED = "Send an object with conversation_id, text, and optionally message_id, a UUID."


class JoinConversation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    conversation_id: str
    after: Annotated[int, Field(ge=0, le=MAX_VERSION)] = 0


class LeaveConversation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    conversation_id: str


class SendToConversation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    conversation_id: str
    text: Words
    message_id: UUID | None = None


class ConversationRooms:
    """The server's side of joining, leaving and sending."""

    def __init__(self, sio: socketio.AsyncServer) -> None:
        self._sio = sio
        self.runtime: Runtime | None = None
        sio.on("join_conversation", self._join)
        sio.on("leave_conversation", self._leave)
        sio.on("send_message", self._send)

    async def _join(self, sid: str, data: object = None) -> dict[str, Any]:
        """Enter the room, and answer with the messages that changed after `after`.

        Every later change has a higher version than the one that is answered.
        """
        assert self.runtime is not None
        try:
            request = JoinConversation.model_validate(data)
            room = room_of_conversation(request.conversation_id)

            async def enter() -> None:
                await self._sio.enter_room(sid, room)

            version, messages = await self.runtime.conversations.subscribe(
                request.conversation_id, after=request.after, enter=enter
            )
            async with self.runtime.database.reading() as session:
                views = await serialize_messages(session, messages)
        except (ValidationError, MasterplanError) as error:
            return refusal(error, expected=JOIN_EXPECTED)
        return {
            "room": room,
            "version": version,
            "messages": [view.model_dump(mode="json") for view in views],
        }

    async def _leave(self, sid: str, data: object = None) -> dict[str, Any]:
        try:
            request = LeaveConversation.model_validate(data)
        except ValidationError as error:
            return refusal(error, expected=LEAVE_EXPECTED)
        room = room_of_conversation(request.conversation_id)
        await self._sio.leave_room(sid, room)
        return {"room": room}

    async def _send(self, _sid: str, data: object = None) -> dict[str, Any]:
        assert self.runtime is not None
        try:
            request = SendToConversation.model_validate(data)
            body = SendMessage(text=request.text, message_id=request.message_id)
            sent = await say(self.runtime, request.conversation_id, body, by=DEFAULT_ACTOR)
        except (ValidationError, MasterplanError) as error:
            return refusal(error, expected=SEND_EXPECTED)
        return sent.model_dump(mode="json")
