"""Plans whose tasks a model on the loopback does, and what a person sees of their waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import httpx
import pytest

from support.loopback_model import KEY, MODEL, Answer, ModelServer, Step
from support.plans import API, detail_of, plan_of, tasks_of

GOOD = Answer("```python\nX = 1\n```")
COST = Decimal("0.000021")
"""Of 100 tokens read and 10 written by this model."""


def module(key: str, *depends_on: str, **fields: Any) -> dict[str, Any]:
    """A task of the model agent that writes `KEY.py`."""
    return {
        "key": key,
        "name": f"Write {key}",
        "target_files": [f"{key}.py"],
        "depends_on": list(depends_on),
        "checks": [f"test -s {key}.py"],
        **fields,
    }


def modules(*tasks: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return plan_of(*tasks, settings={"agent": "llm", "model": MODEL, **settings})


@contextmanager
def model(
    monkeypatch: pytest.MonkeyPatch, behave: Callable[[dict[str, Any]], Step]
) -> Iterator[ModelServer]:
    with ModelServer(behave).running() as server:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


async def until_waiting(client: httpx.AsyncClient, plan_id: str, key: str) -> dict[str, Any]:
    """Follow the events until the task waits; return the task then."""
    after = 0
    async with asyncio.timeout(30):
        while True:
            params = {"after": after, "wait": 5}
            page = (await client.get(f"{API}/{plan_id}/events", params=params)).json()
            after = page["last_seq"]
            if any(event["payload"].get("waiting_reason") for event in page["events"]):
                return tasks_of(await detail_of(client, plan_id))[key]
