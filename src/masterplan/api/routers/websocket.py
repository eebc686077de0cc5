"""Live events over Socket.IO: one room per plan, replay from a number, every call acknowledged."""

from __future__ import annotations

import asyncio
from typing import Any

import socketio
from engineio.packet import MESSAGE, Packet
from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError
from socketio.packet import EVENT
from starlette.datastructures import Headers

from masterplan import repository
from masterplan.api.auth import Access, session_cookie
from masterplan.api.routers.conversations import serialize_message
from masterplan.errors import MasterplanError
from masterplan.events import (
    MessageDelta,
    RecordedEvent,
    TaskLogged,
    room_for,
    room_of_conversation,
)
from masterplan.models import Message
from masterplan.services.runtime import Runtime

NAMESPACE = "/"
EXPECTED = "Send an object with masterplan_id, and optionally after."


class JoinRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    masterplan_id: str
    after: NonNegativeInt | None = None


class LeaveRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    masterplan_id: str


class SocketPublisher:
    """Tells events to the rooms of this process."""

    def __init__(self, sio: socketio.AsyncServer) -> None:
        self._sio = sio

    async def publish(self, event: RecordedEvent) -> None:
        room = room_for(event.masterplan_id)
        await self._tell(event.type, event.message(), room=room)

    async def publish_log(self, log: TaskLogged) -> None:
        room = room_for(log.masterplan_id)
        await self._tell("task_log", log.model_dump(mode="json"), room=room)

    async def publish_message(self, message: Message) -> None:
        # How its plan stands is told in the plan's own room.
        view = serialize_message(message, None)
        told = {
            "conversation_id": message.conversation_id,
            "version": message.version,
            "message": view.model_dump(mode="json", exclude={"plan"}),
        }
        room = room_of_conversation(message.conversation_id)
        await self._tell("conversation_message", told, room=room)

    async def publish_delta(self, delta: MessageDelta) -> None:
        room = room_of_conversation(delta.conversation_id)
        await self._tell("message_delta", delta.model_dump(mode="json"), room=room)

    async def _tell(self, event: str, message: dict[str, Any], *, room: str) -> None:
        # Not by the server's `emit`: it makes a task for each subscriber, which is half of the
        # work, though putting a packet into a subscriber's queue waits for nothing.
        packet = self._sio.packet_class(EVENT, namespace=NAMESPACE, data=[event, message])
        encoded_once = Packet(MESSAGE, packet.encode())
        for _sid, connection in self._sio.manager.get_participants(NAMESPACE, room):
            await self._sio.eio.send_packet(connection, encoded_once)
        # Whatever was queued is sent before more is.
        await asyncio.sleep(0)


class PlanRooms:
    """The server's side of join and leave."""

    def __init__(self, sio: socketio.AsyncServer, access: Access) -> None:
        self._sio = sio
        self._access = access
        self.runtime: Runtime | None = None
        sio.on("connect", self._connect)
        sio.on("join_masterplan", self._join)
        sio.on("leave_masterplan", self._leave)

    async def _connect(self, _sid: str, environ: dict[str, Any], auth: object) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        if isinstance(token, str) and self._access.token_is(token):
            return
        headers = Headers(scope=environ["asgi.scope"])
        if not self._access.session_is(session_cookie(headers)):
            raise socketio.exceptions.ConnectionRefusedError("unauthorized")

    async def _join(self, sid: str, data: object = None) -> dict[str, Any]:
        """Replay what came after `after`, then join; what follows has the next number."""
        assert self.runtime is not None
        try:
            request = JoinRequest.model_validate(data)
            async with self.runtime.database.reading() as session:
                plan = await repository.get_plan(session, request.masterplan_id)
        except (ValidationError, MasterplanError) as error:
            return refusal(error, expected=EXPECTED)
        room = room_for(plan.id)

        async def replay(event: RecordedEvent) -> None:
            await self._sio.emit(event.type, event.message(), to=sid)

        async def enter() -> None:
            await self._sio.enter_room(sid, room)

        seq = await self.runtime.relay.subscribe(
            plan.id, after=request.after, replay=replay, enter=enter
        )
        return {"room": room, "seq": seq, "status": plan.status}

    async def _leave(self, sid: str, data: object = None) -> dict[str, Any]:
        try:
            request = LeaveRequest.model_validate(data)
        except ValidationError as error:
            return refusal(error, expected=EXPECTED)
        room = room_for(request.masterplan_id)
        await self._sio.leave_room(sid, room)
        return {"room": room}


def refusal(error: ValidationError | MasterplanError, *, expected: str) -> dict[str, Any]:
    """Say no as REST does; `expected` says what should have been sent."""
    if isinstance(error, MasterplanError):
        return {"error": {"code": error.code, "message": error.message, "details": error.details}}
    return {
        "error": {
            "code": "invalid_request",
            "message": expected,
            "details": {},
        }
    }
