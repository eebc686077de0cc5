"""Live events: a real Socket.IO client against the served application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import socketio

from masterplan.api.app import create_app
from masterplan.settings import Settings
from support.app import TOKEN, assert_socket_refused, eventually, serving
from support.plans import (
    API,
    create,
    detail_of,
    events_of,
    held,
    let_go,
    plan_of,
    scripted,
    tasks_of,
    writes,
)

pytestmark = pytest.mark.databases

RECORDED = [
    "masterplan_generation_progress",
    "masterplan_status",
    "masterplan_execution_start",
    "task_execution_progress",
    "task_execution_complete",
    "masterplan_execution_complete",
]


class Watcher:
    """Joins one plan's room and keeps what it is told, in order."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[tuple[str, dict[str, Any]]] = []
        self.logs: list[dict[str, Any]] = []
        self.sio = socketio.AsyncClient(reconnection=False)
        for name in RECORDED:
            self.sio.on(name, self._keep(name))
        self.sio.on("task_log", self._keep_log)

    def _keep(self, name: str) -> Any:
        async def keep(message: dict[str, Any]) -> None:
            self.received.append((name, message))

        return keep

    async def _keep_log(self, message: dict[str, Any]) -> None:
        self.logs.append(message)

    @property
    def seqs(self) -> list[int]:
        return [message["seq"] for _, message in self.received]

    def saw(self, name: str, **fields: object) -> bool:
        return any(
            event == name and fields.items() <= message.items() for event, message in self.received
        )

    async def join(self, plan_id: str, after: int | None = None) -> dict[str, Any]:
        request = {"masterplan_id": plan_id} | ({"after": after} if after is not None else {})
        answer: dict[str, Any] = await self.sio.call("join_masterplan", request)
        return answer


@asynccontextmanager
async def watching(url: str, **auth: object) -> AsyncIterator[Watcher]:
    watcher = Watcher(url)
    await watcher.sio.connect(url, auth=auth or {"token": TOKEN}, transports=["websocket"])
    try:
        yield watcher
    finally:
        await watcher.sio.disconnect()


@pytest.fixture
async def url(settings: Settings) -> AsyncIterator[str]:
    async with serving(create_app(settings)) as url:
        yield url


@pytest.fixture
async def rest(url: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        yield client


async def start_created(rest: httpx.AsyncClient, plan_id: str) -> None:
    for step in ("approve", "execute"):
        (await rest.post(f"{API}/{plan_id}/{step}")).raise_for_status()


async def test_execution_is_told_to_the_plans_room_from_first_to_last(
    url: str, rest: httpx.AsyncClient
) -> None:
    plan = await create(rest, plan_of(writes("a"), writes("b", "a")))
    plan_id = plan["masterplan_id"]
    async with watching(url) as watcher:
        answer = await watcher.join(plan_id, after=0)
        assert answer == {"room": f"masterplan_{plan_id}", "seq": 1, "status": "draft"}
        await start_created(rest, plan_id)
        await eventually(lambda: watcher.saw("masterplan_status", status="completed"))

        events = await events_of(rest, plan_id)
        assert [(name, message["seq"]) for name, message in watcher.received] == [
            (event["type"], event["seq"]) for event in events
        ]
        assert watcher.seqs == list(range(1, len(events) + 1))
        detail = await detail_of(rest, plan_id)
        start = next(m for name, m in watcher.received if name == "masterplan_execution_start")
        assert start["workspace_path"] == detail["workspace_path"]
        assert start["total_tasks"] == 2
        finish = watcher.received[-2]
        assert finish[0] == "masterplan_execution_complete"
        assert finish[1]["outcome"] == "succeeded"


async def test_task_events_carry_hierarchy_and_progress(url: str, rest: httpx.AsyncClient) -> None:
    plan = await create(rest, plan_of(writes("a"), writes("b", "a")))
    plan_id = plan["masterplan_id"]
    async with watching(url) as watcher:
        await watcher.join(plan_id, after=0)
        await start_created(rest, plan_id)
        await eventually(lambda: watcher.saw("masterplan_status", status="completed"))

    tasks = {task["task_id"]: task for task in tasks_of(plan).values()}
    for name, message in watcher.received:
        if name.startswith("task_"):
            task = tasks[message["task_id"]]
            for field in ("task_number", "phase_id", "milestone_id"):
                assert message[field] == task[field]
            assert message["total_tasks"] == 2
    statuses = [m["status"] for n, m in watcher.received if n == "task_execution_progress"]
    assert statuses == ["ready", "in_progress", "validating", "ready", "in_progress", "validating"]
    done = [m for n, m in watcher.received if n == "task_execution_complete"]
    assert [m["completed_tasks"] for m in done] == [1, 2]
    assert [m["output_files"] for m in done] == [["a.txt"], ["b.txt"]]


@pytest.mark.essential
async def test_rejoining_with_the_last_seq_misses_nothing_and_repeats_nothing(
    url: str, rest: httpx.AsyncClient
) -> None:
    chain = [
        scripted(f"t{number}", *([f"t{number - 1}"] if number else []), script={"duration_s": 0.02})
        for number in range(12)
    ]
    plan_id = (await create(rest, plan_of(*chain)))["masterplan_id"]
    seqs: list[int] = []
    started = False
    finished = False
    while not finished:
        async with watching(url) as watcher:
            await watcher.join(plan_id, after=seqs[-1] if seqs else 0)
            if not started:
                await start_created(rest, plan_id)
                started = True
            await eventually(lambda: len(watcher.received) >= 4 or _completed(watcher))
        seqs += watcher.seqs
        finished = _completed(watcher)

    assert seqs == list(range(1, len(await events_of(rest, plan_id)) + 1))
    assert (await detail_of(rest, plan_id))["outcome"] == "succeeded"


def _completed(watcher: Watcher) -> bool:
    return watcher.saw("masterplan_status", status="completed")


async def test_execution_goes_on_while_nobody_watches(url: str, rest: httpx.AsyncClient) -> None:
    plan_id = (await create(rest, plan_of(held("a"))))["masterplan_id"]
    async with watching(url) as watcher:
        await watcher.join(plan_id, after=0)
        await start_created(rest, plan_id)
        await eventually(lambda: watcher.saw("task_execution_progress", status="in_progress"))
    last = watcher.seqs[-1]
    await let_go(rest, plan_id, "a")

    async with watching(url) as watcher:
        await watcher.join(plan_id, after=last)
        await eventually(lambda: _completed(watcher))
    assert watcher.seqs[0] == last + 1


async def test_output_of_a_running_task_is_told_live(url: str, rest: httpx.AsyncClient) -> None:
    noisy = writes("a", command="for i in 1 2 3; do echo line $i; sleep 0.1; done; echo a > a.txt")
    plan = await create(rest, plan_of(noisy))
    plan_id = plan["masterplan_id"]
    async with watching(url) as watcher:
        await watcher.join(plan_id, after=0)
        await start_created(rest, plan_id)
        await eventually(lambda: _completed(watcher))

    text = "".join(log["text"] for log in watcher.logs)
    assert "line 1\n" in text
    assert "line 3\n" in text
    offset = 0
    for log in watcher.logs:
        assert log["offset"] == offset, "offsets say where the text stands in the log"
        offset += len(log["text"].encode())
    task_id = tasks_of(plan)["a"]["task_id"]
    stored = await rest.get(f"{API}/{plan_id}/tasks/{task_id}/attempts/1/log")
    assert stored.text == text


async def test_rooms_are_apart(url: str, rest: httpx.AsyncClient) -> None:
    watched = (await create(rest, plan_of(writes("a"))))["masterplan_id"]
    other = (await create(rest, plan_of(writes("b"))))["masterplan_id"]
    async with watching(url) as watcher:
        await watcher.join(watched, after=0)
        await start_created(rest, other)
        await start_created(rest, watched)
        await eventually(lambda: _completed(watcher))
    assert {message["masterplan_id"] for _, message in watcher.received} == {watched}


async def test_left_room_is_silent(url: str, rest: httpx.AsyncClient) -> None:
    plan_id = (await create(rest, plan_of(writes("a"))))["masterplan_id"]
    async with watching(url) as leaver, watching(url) as stayer:
        await leaver.join(plan_id)
        await stayer.join(plan_id)
        answer = await leaver.sio.call("leave_masterplan", {"masterplan_id": plan_id})
        assert answer == {"room": f"masterplan_{plan_id}"}
        await start_created(rest, plan_id)
        await eventually(lambda: _completed(stayer))
    assert leaver.received == []


async def test_joining_what_does_not_exist_is_answered_with_an_error(url: str) -> None:
    async with watching(url) as watcher:
        assert (await watcher.join("no-such-plan"))["error"]["code"] == "not_found"
        answer = await watcher.sio.call("join_masterplan", {"after": -1})
        assert answer["error"]["code"] == "invalid_request"


@pytest.mark.parametrize("auth", [None, {}, {"token": "wrong"}, {"token": None}, "text"])
async def test_connecting_without_the_token_is_refused(url: str, auth: Any) -> None:
    await assert_socket_refused(url, auth=auth)


async def test_twenty_subscribers_get_every_event_of_a_large_plan(
    url: str, rest: httpx.AsyncClient
) -> None:
    tasks = [scripted(f"t{number}", *(["t0"] if number else [])) for number in range(55)]
    plan_id = (await create(rest, plan_of(*tasks, settings={"max_parallel": 4})))["masterplan_id"]
    watchers = [Watcher(url) for _ in range(20)]
    for watcher in watchers:
        await watcher.sio.connect(url, auth={"token": TOKEN}, transports=["websocket"])
    try:
        await asyncio.gather(*(watcher.join(plan_id, after=0) for watcher in watchers))
        await start_created(rest, plan_id)
        await eventually(lambda: all(_completed(watcher) for watcher in watchers), within=90)
    finally:
        await asyncio.gather(*(watcher.sio.disconnect() for watcher in watchers))

    expected = list(range(1, len(await events_of(rest, plan_id)) + 1))
    assert all(watcher.seqs == expected for watcher in watchers)
    assert (await detail_of(rest, plan_id))["completed_tasks"] == 55
