"""Conversations over the API, for the tests that need some."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from support.loopback_model import KEY, MODEL, Answer, ModelServer, Step

CHATS = "/api/v1/conversations"


@contextmanager
def served_model(
    monkeypatch: pytest.MonkeyPatch, behave: Callable[[dict[str, Any]], Step]
) -> Iterator[ModelServer]:
    """Serve a model that behaves as told, and let what is started meanwhile ask it."""
    with ModelServer(behave).running() as server:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("MASTERPLAN_MODEL", MODEL)
        yield server


def says(
    reply: str,
    *questions: str,
    goal: str = "",
    ready: bool = False,
    agreed: bool = False,
    repository: str = "",
) -> Answer:
    """A model's turn in a conversation."""
    turn = {
        "reply": reply,
        "questions": list(questions),
        "goal": goal,
        "ready": ready,
        "agreed": agreed,
        "repository": repository,
    }
    return Answer(json.dumps(turn, ensure_ascii=False))


async def begin_chat(client: httpx.AsyncClient, **fields: Any) -> str:
    answer = await client.post(CHATS, json=fields)
    assert answer.status_code == 201, answer.text
    identifier: str = answer.json()["conversation_id"]
    return identifier


async def send(client: httpx.AsyncClient, chat: str, text: str, **fields: Any) -> dict[str, Any]:
    answer = await client.post(f"{CHATS}/{chat}/messages", json={"text": text, **fields})
    assert answer.status_code == 202, answer.text
    sent: dict[str, Any] = answer.json()
    return sent


async def chat_of(client: httpx.AsyncClient, chat: str) -> dict[str, Any]:
    answer = await client.get(f"{CHATS}/{chat}")
    assert answer.status_code == 200, answer.text
    detail: dict[str, Any] = answer.json()
    return detail


async def until_status(
    client: httpx.AsyncClient, chat: str, *statuses: str, text: str = ""
) -> dict[str, Any]:
    """Follow the conversation until its last message has one of the statuses, and the text."""
    version = 0
    async with asyncio.timeout(60):
        while True:
            detail = await chat_of(client, chat)
            last = detail["messages"][-1] if detail["messages"] else {"status": "", "text": ""}
            if last["status"] in statuses and text in last["text"]:
                return last
            version = detail["version"]
            await client.get(f"{CHATS}/{chat}", params={"after": version, "wait": 5})


async def ask(client: httpx.AsyncClient, chat: str, text: str) -> dict[str, Any]:
    """Say something and return the finished answer."""
    await send(client, chat, text)
    return await until_status(client, chat, "complete", "failed", "stopped")
