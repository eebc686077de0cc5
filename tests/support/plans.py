"""Plans for tests, and what a person would do with them over REST."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

API = "/api/v1/masterplans"


def plan_of(*tasks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A plan document with one phase and one milestone that holds the tasks."""
    milestone = {"name": "Milestone", "tasks": list(tasks)}
    return {
        "title": "Test plan",
        "phases": [{"name": "Phase", "milestones": [milestone]}],
        **fields,
    }


def writes(key: str, *depends_on: str, **fields: Any) -> dict[str, Any]:
    """A command task that writes its key into `KEY.txt`, and a check that it did."""
    return {
        "key": key,
        "name": f"Write {key}",
        "target_files": [f"{key}.txt"],
        "depends_on": list(depends_on),
        "agent": "command",
        "command": f"echo {key} > {key}.txt",
        "checks": [f"grep -q {key} {key}.txt"],
        **fields,
    }


def scripted(key: str, *depends_on: str, **fields: Any) -> dict[str, Any]:
    """A task of the scripted agent that writes `KEY.txt`; `script` says how it fails."""
    return {
        "key": key,
        "name": f"Script {key}",
        "target_files": [f"{key}.txt"],
        "depends_on": list(depends_on),
        "agent": "scripted",
        **fields,
    }


def held(key: str, *depends_on: str, **fields: Any) -> dict[str, Any]:
    """A task that runs until `let_go` is called, then writes `KEY.txt`."""
    wait = "touch waiting; until [ -e go ]; do sleep 0.02; done; rm waiting go"
    return writes(key, *depends_on, command=f"{wait}; echo {key} > {key}.txt", **fields)


async def let_go(client: httpx.AsyncClient, plan_id: str, key: str) -> None:
    """Let the held task write its file, whichever attempt of it runs, until it is completed."""
    async with asyncio.timeout(20):
        while statuses_of(detail := await detail_of(client, plan_id))[key] != "completed":
            for mark in Path(detail["workspace_path"]).glob(f"attempts/{key}-*/waiting"):
                with suppress(FileNotFoundError):  # the attempt has ended meanwhile
                    mark.with_name("go").touch()
            await asyncio.sleep(0.02)


async def create(client: httpx.AsyncClient, plan: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(API, json=plan)
    assert answer.status_code == 201, answer.text
    detail: dict[str, Any] = answer.json()
    return detail


async def start(client: httpx.AsyncClient, plan: dict[str, Any]) -> str:
    """Create, approve and execute a plan; return its id."""
    plan_id = (await create(client, plan))["masterplan_id"]
    for step in ("approve", "execute"):
        answer = await client.post(f"{API}/{plan_id}/{step}")
        assert answer.is_success, answer.text
    return str(plan_id)


async def detail_of(client: httpx.AsyncClient, plan_id: str) -> dict[str, Any]:
    answer = await client.get(f"{API}/{plan_id}")
    assert answer.status_code == 200, answer.text
    detail: dict[str, Any] = answer.json()
    return detail


async def events_of(
    client: httpx.AsyncClient, plan_id: str, *, after: int = 0
) -> list[dict[str, Any]]:
    answer = await client.get(f"{API}/{plan_id}/events", params={"after": after})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


async def until(
    client: httpx.AsyncClient, plan_id: str, status: str, *, within: float = 60, after: int = 0
) -> dict[str, Any]:
    """Follow the plan's events until it has the status; return its detail then."""
    deadline_left = within
    while deadline_left > 0:
        answer = await client.get(
            f"{API}/{plan_id}/events", params={"after": after, "wait": min(deadline_left, 5)}
        )
        found = answer.json()["events"]
        for event in found:
            after = event["seq"]
            if event["type"] == "masterplan_status" and event["payload"]["status"] == status:
                return await detail_of(client, plan_id)
        if not found:
            deadline_left -= 5
    raise AssertionError(f"plan {plan_id} is not {status}: {await detail_of(client, plan_id)}")


async def until_detail(
    client: httpx.AsyncClient,
    plan_id: str,
    condition: Callable[[dict[str, Any]], object],
    *,
    within: float = 60,
) -> dict[str, Any]:
    """Read the plan's detail again and again until `condition` holds of it; return it then."""
    async with asyncio.timeout(within):
        while not condition(detail := await detail_of(client, plan_id)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return detail


def tasks_of(detail: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A plan's tasks by their key."""
    return {
        task["key"]: task
        for phase in detail["phases"]
        for milestone in phase["milestones"]
        for task in milestone["tasks"]
    }


def statuses_of(detail: dict[str, Any]) -> dict[str, str]:
    return {key: task["status"] for key, task in tasks_of(detail).items()}
