"""Conversations over Socket.IO: followed live, joined again without a loss, across processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import socketio

from masterplan.api.app import create_app
from masterplan.settings import Settings
from support.app import TOKEN, eventually, serving
from support.chats import CHATS, begin_chat, chat_of, says, send, served_model, until_status
from support.loopback_model import MODEL, Beginning, scripted

ANSWER = says("What should it print? 🎉", "Which words?", goal="A greeting.")


class Listener:
    """Follows one conversation as a page does: state from a version on, and words as they come."""

    def __init__(self) -> None:
        self.messages: dict[str, dict[str, Any]] = {}
        self.version = 0
        self.deltas: list[dict[str, Any]] = []
        self.sio = socketio.AsyncClient(reconnection=False)
        self.sio.on("conversation_message", self._hear)
        self.sio.on("message_delta", self._hear_delta)

    async def join(self, chat: str) -> dict[str, Any]:
        request = {"conversation_id": chat, "after": self.version}
        answer: dict[str, Any] = await self.sio.call("join_conversation", request)
        for message in answer.get("messages", []):
            self.messages[message["message_id"]] = message
        self.version = answer.get("version", 0)
        return answer

    async def _hear(self, told: dict[str, Any]) -> None:
        assert told["version"] == told["message"]["version"]
        self.version = told["version"]
        self.messages[told["message"]["message_id"]] = told["message"]

    async def _hear_delta(self, delta: dict[str, Any]) -> None:
        self.deltas.append(delta)

    @property
    def texts(self) -> list[str]:
        ordered = sorted(self.messages.values(), key=lambda message: message["ordinal"])
        return [message["text"] for message in ordered]

    @property
    def statuses(self) -> list[str]:
        ordered = sorted(self.messages.values(), key=lambda message: message["ordinal"])
        return [message["status"] for message in ordered]


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Listener]:
    listener = Listener()
    await listener.sio.connect(url, auth={"token": TOKEN}, transports=["websocket"])
    try:
        yield listener
    finally:
        await listener.sio.disconnect()


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        serving(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as rest,
    ):
        yield url, rest


async def test_a_conversation_is_followed_from_the_first_word_to_the_last(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(ANSWER)):
        async with served(settings) as (url, rest), listening(url) as listener:
            chat = await begin_chat(rest, model=MODEL)
            joined = await listener.join(chat)
            assert joined == {"room": f"conversation_{chat}", "version": 0, "messages": []}
            request = {"conversation_id": chat, "text": "A greeting."}
            sent = await listener.sio.call("send_message", request)
            await eventually(lambda: listener.statuses == ["complete", "complete"])
            detail = await chat_of(rest, chat)

    assert sent["reply"]["status"] == "writing"
    assert listener.texts == ["A greeting.", "What should it print? 🎉"]
    assert listener.version == detail["version"]
    told = ""
    for delta in listener.deltas:
        assert delta["message_id"] == sent["reply"]["message_id"]
        told = told[: delta["offset"]] + delta["text"]
    assert "What should it print? 🎉".startswith(told)


async def test_who_joins_again_is_told_what_was_missed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(Beginning('{"reply": "What sh'), ANSWER)):
        async with served(settings) as (url, rest):
            chat = await begin_chat(rest, model=MODEL)
            async with listening(url) as listener:
                await listener.join(chat)
                await send(rest, chat, "A greeting.")
                await eventually(lambda: listener.texts == ["A greeting.", "What sh"])
                assert listener.deltas[-1]["text"].endswith("What sh")
            await rest.post(f"{CHATS}/{chat}/stop")
            await rest.post(f"{CHATS}/{chat}/retry")
            await until_status(rest, chat, "complete")
            async with listening(url) as again:
                again.version, again.messages = listener.version, listener.messages
                await again.join(chat)

    assert again.statuses == ["complete", "stopped", "complete"]
    assert again.texts == ["A greeting.", "What sh", "What should it print? 🎉"]


async def test_what_cannot_be_done_is_answered_with_the_reason(settings: Settings) -> None:
    async with served(settings) as (url, rest), listening(url) as listener:
        chat = await begin_chat(rest)
        unknown = await listener.sio.call("join_conversation", {"conversation_id": "nobody"})
        malformed = await listener.sio.call("join_conversation", {"conversation_id": 7})
        empty = await listener.sio.call("send_message", {"conversation_id": chat, "text": " "})
        nothing = await listener.sio.call(
            "send_message", {"conversation_id": chat, "text": "/masterplan"}
        )

    assert unknown["error"]["code"] == "not_found"
    assert malformed["error"]["code"] == "invalid_request"
    assert empty["error"]["message"].startswith("Send an object with conversation_id, text")
    assert nothing["error"]["code"] == "nothing_to_plan"


@pytest.mark.postgres
@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_other_processes_on_the_database_tell_the_answer_too(
    settings: Settings, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(Beginning('{"reply": "What sh'), ANSWER)):
        async with served(settings) as (_, rest):
            other = create_app(settings, execution=False)
            async with serving(other) as url, listening(url) as listener:
                chat = await begin_chat(rest, model=MODEL)
                await listener.join(chat)
                await send(rest, chat, "A greeting.")
                await eventually(lambda: listener.texts == ["A greeting.", "What sh"])
                await rest.post(f"{CHATS}/{chat}/stop")
                await rest.post(f"{CHATS}/{chat}/retry")
                await eventually(lambda: listener.statuses[-1:] == ["complete"])

    assert listener.texts[-1] == "What should it print? 🎉"
