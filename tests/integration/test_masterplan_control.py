"""Pause, resume and cancel, at moments when they matter."""

from __future__ import annotations

import asyncio
import subprocess
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from masterplan.api.app import create_app
from masterplan.settings import Settings
from support.app import client_of, eventually
from support.plans import (
    API,
    create,
    detail_of,
    events_of,
    held,
    let_go,
    plan_of,
    scripted,
    start,
    statuses_of,
    tasks_of,
    until,
    until_detail,
    writes,
)

pytestmark = pytest.mark.databases


async def until_running(client: httpx.AsyncClient, plan_id: str, *, after: int = 0) -> None:
    async with asyncio.timeout(20):
        while True:
            params = {"after": after, "wait": 5}
            for event in (await client.get(f"{API}/{plan_id}/events", params=params)).json()[
                "events"
            ]:
                after = event["seq"]
                if event["type"] == "task_execution_progress" and (
                    event["payload"]["status"] == "in_progress"
                ):
                    return


async def until_completed(client: httpx.AsyncClient, plan_id: str, *, tasks: int) -> None:
    async with asyncio.timeout(20):
        after = 0
        while (await detail_of(client, plan_id))["completed_tasks"] < tasks:
            params = {"after": after, "wait": 5}
            page = (await client.get(f"{API}/{plan_id}/events", params=params)).json()
            after = page["last_seq"]


async def post(client: httpx.AsyncClient, plan_id: str, action: str) -> httpx.Response:
    return await client.post(f"{API}/{plan_id}/{action}")


async def test_paused_plan_finishes_what_runs_and_starts_nothing(client: httpx.AsyncClient) -> None:
    plan_id = await start(client, plan_of(held("a"), scripted("b", "a")))
    await until_running(client, plan_id)

    paused = await post(client, plan_id, "pause")

    assert paused.json()["status"] == "paused"
    await let_go(client, plan_id, "a")
    await until_completed(client, plan_id, tasks=1)
    assert statuses_of(await detail_of(client, plan_id)) == {"a": "completed", "b": "ready"}
    assert (await detail_of(client, plan_id))["status"] == "paused"
    assert (await post(client, plan_id, "resume")).json()["status"] == "in_progress"
    assert (await until(client, plan_id, "completed"))["outcome"] == "succeeded"


async def test_plan_paused_at_its_last_task_completes_when_it_is_resumed(
    client: httpx.AsyncClient,
) -> None:
    plan_id = await start(client, plan_of(held("a")))
    await until_running(client, plan_id)
    await post(client, plan_id, "pause")
    await let_go(client, plan_id, "a")
    await until_completed(client, plan_id, tasks=1)
    assert (await detail_of(client, plan_id))["status"] == "paused"

    assert (await post(client, plan_id, "resume")).json()["status"] == "completed"


async def test_cancel_ends_running_commands_at_once(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    endless = writes("a", command="(while true; do sleep 0.1; done) & sleep 300")
    plan_id = await start(client, plan_of(endless, writes("b", "a"), scripted("c")))
    await until_running(client, plan_id)

    answer = await post(client, plan_id, "cancel")

    assert answer.json()["status"] == "cancelled"
    statuses = statuses_of(answer.json())
    assert (statuses["a"], statuses["b"]) == ("cancelled", "cancelled")
    attempts = Path(answer.json()["workspace_path"], "attempts")
    await eventually(lambda: not list(attempts.glob("a-*")), within=5)
    ended = {
        event["payload"]["task_number"]: event["payload"]["status"]
        for event in await events_of(client, plan_id)
        if event["type"] == "task_execution_complete"
    }
    assert ended[1] == ended[2] == "cancelled"


async def test_cancel_ends_children_that_left_their_session_within_two_seconds(
    client: httpx.AsyncClient,
) -> None:
    # Whoever is alive writes the time; what the cancelled attempt has written is kept.
    heart = "while true; do date +%s.%N >> a.txt; sleep 0.02; done"
    plan = plan_of(writes("a", command=f"setsid sh -c '(setsid sh -c \"{heart}\" &) &'; sleep 300"))
    plan_id = await start(client, plan)
    workspace = Path((await detail_of(client, plan_id))["workspace_path"])
    written = workspace / "attempts" / "a-1" / "a.txt"
    await eventually(lambda: written.exists() and written.stat().st_size)  # it is made empty

    await post(client, plan_id, "cancel")

    (cancelled,) = [
        datetime.fromisoformat(event["occurred_at"]).timestamp()
        for event in await events_of(client, plan_id)
        if event["payload"].get("status") == "cancelled" and "task_id" in event["payload"]
    ]
    beats = subprocess.run(
        ["git", "-C", workspace / "repository.git", "show", "refs/attempts/a-1-salvaged:a.txt"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    # From what the engine recorded: how busy the machine of the test is plays no part.
    assert float(beats[-1]) - cancelled < 2


async def test_cancel_ends_checks_with_their_children(client: httpx.AsyncClient) -> None:
    # Known by its argument: nobody else sleeps for just so long.
    seconds = f"300.{uuid4().int % 10**9:09}"
    check = f"(setsid sleep {seconds} &); sleep {seconds}"
    plan_id = await start(client, plan_of(writes("a", checks=[check])))
    await eventually(lambda: len(sleeping(seconds)) >= 2)

    began = time.monotonic()
    await post(client, plan_id, "cancel")
    await eventually(lambda: not sleeping(seconds), within=10)

    took = time.monotonic() - began
    print(f"checks and their children had ended {took:.2f} s after the request")  # noqa: T201


def sleeping(seconds: str) -> list[str]:
    """List the processes that sleep for just so long."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended meanwhile
            if process.read_bytes().split(b"\0")[:2] == [b"sleep", seconds.encode()]:
                found.append(process.parent.name)
    return found


async def test_cancelled_plan_stays_cancelled_after_a_restart(settings: Settings) -> None:
    plan = plan_of(scripted("a", script={"duration_s": 60}), scripted("b", "a"))
    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        plan_id = await start(client, plan)
        await until_running(client, plan_id)
        last = (await post(client, plan_id, "cancel")).json()["last_seq"]

    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        after = await start(client, plan_of(writes("other")))
        await until(client, after, "completed")
        detail = await detail_of(client, plan_id)
    assert (detail["status"], detail["last_seq"]) == ("cancelled", last)


async def test_stopped_process_resumes_a_running_plan_and_leaves_a_paused_one(
    settings: Settings,
) -> None:
    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        running = await start(client, plan_of(held("a"), scripted("b", "a")))
        paused = await start(client, plan_of(held("a"), scripted("b", "a")))
        await until_running(client, running)
        await until_running(client, paused)
        await post(client, paused, "pause")

    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        await let_go(client, running, "a")
        assert (await until(client, running, "completed"))["outcome"] == "succeeded"
        assert (await detail_of(client, paused))["status"] == "paused"
        await post(client, paused, "resume")
        await let_go(client, paused, "a")
        assert (await until(client, paused, "completed"))["outcome"] == "succeeded"


@pytest.mark.parametrize("action", ["pause", "resume", "cancel"])
async def test_control_of_a_plan_that_does_not_run_is_refused(
    client: httpx.AsyncClient, action: str
) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    answer = await post(client, plan_id, action)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_transition"


async def test_of_many_concurrent_controls_the_plan_ends_in_one_consistent_state(
    client: httpx.AsyncClient,
) -> None:
    tasks = [scripted(f"t{number}", script={"duration_s": 0.05}) for number in range(6)]
    plan_id = await start(client, plan_of(*tasks, settings={"max_parallel": 2}))
    actions = ["pause", "resume"] * 20 + ["cancel"]
    answers = await asyncio.gather(*(post(client, plan_id, action) for action in actions))
    assert {answer.status_code for answer in answers} <= {200, 400}

    detail = await detail_of(client, plan_id)
    assert detail["status"] in {"cancelled", "completed"}
    counted = sum(
        detail[f"{name}_tasks"] for name in ("completed", "failed", "skipped", "cancelled")
    )
    assert counted == detail["total_tasks"] == 6
    seqs = [event["seq"] for event in await events_of(client, plan_id)]
    assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.parametrize("all_failed", [False, True], ids=["one", "all"])
async def test_a_retry_while_the_plan_is_paused_waits_for_its_resumption(
    client: httpx.AsyncClient, all_failed: bool
) -> None:
    flaky = scripted("a", script={"fail_attempts": 1}, max_retries=0)
    plan_id = await start(
        client, plan_of(flaky, scripted("b", "a"), held("slow"), scripted("last", "slow"))
    )
    await until_detail(
        client,
        plan_id,
        lambda detail: (
            statuses_of(detail)["a"] == "failed" and statuses_of(detail)["slow"] == "in_progress"
        ),
    )
    await post(client, plan_id, "pause")
    await let_go(client, plan_id, "slow")
    paused = await until_detail(client, plan_id, lambda detail: detail["completed_tasks"])

    task_id = tasks_of(paused)["a"]["task_id"]
    answer = await post(client, plan_id, "retry" if all_failed else f"tasks/{task_id}/retry")

    assert answer.status_code == 202, answer.text
    retried = await detail_of(client, plan_id)
    assert retried["status"] == "paused"
    assert statuses_of(retried) == {
        "a": "ready",
        "b": "pending",
        "slow": "completed",
        "last": "ready",
    }
    await post(client, plan_id, "resume")
    assert (await until(client, plan_id, "completed"))["outcome"] == "succeeded"
