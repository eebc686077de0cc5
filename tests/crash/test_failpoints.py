"""SIGKILL in every gap between two effects: each is recovered from by the next start."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from masterplan.failpoints import Failpoint, Trigger
from support.chats import CHATS, ask, begin_chat, chat_of, until_status
from support.crash_plans import FEW_ENDS, endless, few_tasks
from support.model_server import plan_server
from support.oracle import Oracle
from support.orphans import Orphans, adopting
from support.plans import (
    API,
    detail_of,
    plan_of,
    scripted,
    start,
    statuses_of,
    tasks_of,
    until_detail,
)
from support.process import Server, ServerDied, client_of_server

DEEP = bool(os.environ.get("MASTERPLAN_CRASH_DEEP"))
"""Whether each failpoint is died at apart too, at its later passings, on both databases."""

Scenario = Callable[[httpx.AsyncClient], Awaitable[None]]


async def status_becomes(client: httpx.AsyncClient, plan_id: str, *statuses: str) -> None:
    await until_detail(client, plan_id, lambda detail: detail["status"] in statuses)


async def task_becomes(client: httpx.AsyncClient, plan_id: str, key: str, status: str) -> None:
    await until_detail(client, plan_id, lambda detail: statuses_of(detail)[key] == status)


async def run_to_its_end(client: httpx.AsyncClient) -> None:
    plan_id = await start(client, few_tasks())
    await status_becomes(client, plan_id, "completed")


async def retry_a_failed_task(client: httpx.AsyncClient) -> None:
    plan_id = await start(
        client, plan_of(scripted("a", script={"fail_attempts": 1}, max_retries=0))
    )
    await status_becomes(client, plan_id, "completed")
    task = tasks_of(await detail_of(client, plan_id))["a"]
    await client.post(f"{API}/{plan_id}/tasks/{task['task_id']}/retry")
    await status_becomes(client, plan_id, "completed")


async def pause_and_resume(client: httpx.AsyncClient) -> None:
    plan_id = await start(client, plan_of(scripted("a"), scripted("b", "a")))
    await client.post(f"{API}/{plan_id}/pause")
    await client.post(f"{API}/{plan_id}/resume")
    await status_becomes(client, plan_id, "completed")


async def cancel_what_runs(client: httpx.AsyncClient) -> None:
    plan_id = await start(client, endless())
    await task_becomes(client, plan_id, "endless", "in_progress")
    await client.post(f"{API}/{plan_id}/cancel")


async def generate(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{API}/generate", json={"goal": "say hello"})
    await status_becomes(client, answer.json()["masterplan_id"], "draft")


async def chat(client: httpx.AsyncClient) -> None:
    conversation = await begin_chat(client)
    await ask(client, conversation, "say hello")


async def prune(client: httpx.AsyncClient) -> None:
    await run_to_its_end(client)
    await client.post("/api/v1/system/prunable/remove", json={"older_than_days": 0})


SCENARIOS: dict[Failpoint, Scenario] = {
    Failpoint.GENERATION_COMMITTED: generate,
    Failpoint.GENERATION_BEGUN: generate,
    Failpoint.GENERATION_PROGRESSED: generate,
    Failpoint.GENERATION_PLANNED: generate,
    Failpoint.GENERATION_KEPT: generate,
    Failpoint.RETRY_COMMITTED: retry_a_failed_task,
    Failpoint.RESUME_COMMITTED: pause_and_resume,
    Failpoint.CANCEL_COMMITTED: cancel_what_runs,
    Failpoint.CANCEL_RECORDED: cancel_what_runs,
    Failpoint.CANCEL_ENDED: cancel_what_runs,
    Failpoint.REQUEST_NOTED: generate,
    Failpoint.ANSWER_KEPT: generate,
    Failpoint.MESSAGE_SENT: chat,
    Failpoint.ANSWER_WRITTEN: chat,
    Failpoint.ANSWER_FINISHED: chat,
    Failpoint.PRUNE_BEGUN: prune,
    Failpoint.PRUNE_FILES_REMOVED: prune,
    Failpoint.PRUNE_ATTEMPTS_FORGOTTEN: prune,
    Failpoint.PRUNE_RECORDED: prune,
}
"""What to do to reach a failpoint; all others are passed by a run."""

AT_START = {
    Failpoint.DATABASE_MIGRATED,
    Failpoint.LEFTOVERS_SWEPT,
    Failpoint.RESUME_BEGUN,
    Failpoint.RESUME_ENDED,
}
ONCE = {
    *AT_START,
    *SCENARIOS,
    Failpoint.WORKSPACE_STORED,
    Failpoint.WORKSPACE_MADE,
    Failpoint.EXECUTE_COMMITTED,
}


def triggers() -> list[Trigger]:
    return [
        Trigger(point, passing)
        for point in Failpoint
        for passing in ((1,) if point in ONCE else (1, 2, 3))
    ]


@pytest.fixture(scope="module")
def models() -> Iterator[dict[str, str]]:
    with plan_server() as environment:
        yield environment


@pytest.fixture
def environment(models: dict[str, str], database_url: str) -> dict[str, str]:
    return {**models, "MASTERPLAN_DATABASE_URL": database_url}


@pytest.mark.databases
@pytest.mark.timeout(600)
async def test_deaths_at_every_failpoint_in_turn_are_recovered_from(
    tmp_path: Path, backend: str, environment: dict[str, str]
) -> None:
    """Each life takes up what the death before it has left, while it goes towards its own."""
    server = Server(tmp_path / "data", environment)
    with adopting() as orphans:
        try:
            async with client_of_server(server) as client:
                for point in Failpoint:
                    trigger = Trigger(point)
                    server.start(failpoint=trigger)
                    await live_until_dead(server, client, trigger)
                await rest_and_judge(server, client, orphans, environment)
        finally:
            server.close()


@pytest.mark.databases
@pytest.mark.skipif(not DEEP, reason="make crash runs it: it takes minutes")
@pytest.mark.parametrize("trigger", triggers(), ids=str)
async def test_a_death_here_is_recovered_from(
    tmp_path: Path, backend: str, environment: dict[str, str], trigger: Trigger
) -> None:
    server = Server(tmp_path / "data", environment)
    with adopting() as orphans:
        try:
            async with client_of_server(server) as client:
                if trigger.point in AT_START:
                    await interrupted_run(server, client)
                server.start(failpoint=trigger)
                await live_until_dead(server, client, trigger)
                await rest_and_judge(server, client, orphans, environment)
        finally:
            server.close()


async def rest_and_judge(
    server: Server, client: httpx.AsyncClient, orphans: Orphans, environment: dict[str, str]
) -> None:
    server.start()
    await server.ready(client)
    await come_to_rest(client)
    await orphans.gone(within=10)
    oracle = Oracle(server.data_dir, database_url=environment["MASTERPLAN_DATABASE_URL"])
    await asyncio.to_thread(oracle.judge)


async def interrupted_run(server: Server, client: httpx.AsyncClient) -> None:
    """Leave something behind that the next start has to deal with."""
    server.start()
    await server.ready(client)
    plan_id = await start(client, few_tasks())
    await task_becomes(client, plan_id, "a", "in_progress")
    server.kill()


async def live_until_dead(server: Server, client: httpx.AsyncClient, trigger: Trigger) -> None:
    with suppress(httpx.TransportError, ServerDied):
        if trigger.point not in AT_START:
            await server.ready(client)
            await SCENARIOS.get(trigger.point, run_to_its_end)(client)
    await server.death(within=20)
    assert f"failpoint {trigger} reached" in server.log.read_text()


async def come_to_rest(client: httpx.AsyncClient) -> None:
    """Do what a person would who finds their plans after a crash, until each has ended."""
    for found in (await client.get(CHATS)).json()["conversations"]:
        detail = await chat_of(client, found["conversation_id"])
        if detail["messages"]:
            answer = await until_status(client, found["conversation_id"], "complete")
            assert answer["text"] == "Hello it is."
    for plan in (await client.get(API)).json()["masterplans"]:
        plan_id = plan["masterplan_id"]
        if plan["goal"]:
            # Its task asks for a model's work; that it is a draft is enough here.
            await status_becomes(client, plan_id, "draft")
            continue
        for status, action in (("draft", "approve"), ("approved", "execute"), ("paused", "resume")):
            if (await detail_of(client, plan_id))["status"] == status:
                answer = await client.post(f"{API}/{plan_id}/{action}")
                assert answer.is_success, answer.text
        await status_becomes(client, plan_id, "completed", "cancelled")
        detail = await detail_of(client, plan_id)
        if detail["total_tasks"] == sum(FEW_ENDS.values()):
            assert Counter(statuses_of(detail).values()) == FEW_ENDS
