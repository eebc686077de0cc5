"""Revisions of plans over REST, for tests."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import httpx

from support.plans import API, create, until


def task_in(document: dict[str, Any], key: str) -> dict[str, Any]:
    """The task of that key in a plan document."""
    (found,) = (task for task in tasks_in(document) if task["key"] == key)
    return found


def tasks_in(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        task
        for phase in document["phases"]
        for milestone in phase["milestones"]
        for task in milestone["tasks"]
    ]


async def document_of(client: httpx.AsyncClient, plan_id: str) -> dict[str, Any]:
    answer = await client.get(f"{API}/{plan_id}/document")
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def edit(
    client: httpx.AsyncClient, plan_id: str, change: Callable[[dict[str, Any]], object]
) -> httpx.Response:
    """Read the plan's document, let `change` change it, and put it back."""
    read = await document_of(client, plan_id)
    document = copy.deepcopy(read["document"])
    change(document)
    return await client.put(
        f"{API}/{plan_id}", json=document, params={"plan_hash": read["plan_hash"]}
    )


async def execute(client: httpx.AsyncClient, plan_id: str, *, to: str = "completed") -> Any:
    """Approve and execute a draft, and wait until the plan has the status `to`."""
    seen = (await client.get(f"{API}/{plan_id}")).json()["last_seq"]
    for step in ("approve", "execute"):
        answer = await client.post(f"{API}/{plan_id}/{step}")
        assert answer.is_success, answer.text
    return await until(client, plan_id, to, after=seen)


async def finished(client: httpx.AsyncClient, plan: dict[str, Any]) -> dict[str, Any]:
    """Create and run a plan to its end."""
    plan_id = (await create(client, plan))["masterplan_id"]
    detail: dict[str, Any] = await execute(client, plan_id)
    return detail
