"""Model requests of real plans: journaled, waited for, limited by budgets, never paid for twice."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from contextlib import closing, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from masterplan.engine.workflow_ids import workflow_id
from masterplan.failpoints import Failpoint, Trigger
from masterplan.settings import Settings
from support.app import eventually
from support.loopback_model import KEY, MODEL, Answer, Hang, Refusal, Step, scripted
from support.models import COST, GOOD, model, module, modules, until_waiting
from support.plans import API, create, detail_of, events_of, plan_of, start, tasks_of, until
from support.process import Server, client_of_server, served

UNUSABLE = Answer("I would rather not.")


async def requests_of(
    client: httpx.AsyncClient, plan_id: str, key: str, number: int = 1
) -> list[dict[str, Any]]:
    task_id = tasks_of(await detail_of(client, plan_id))[key]["task_id"]
    answer = await client.get(f"{API}/{plan_id}/tasks/{task_id}/attempts/{number}/requests")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["requests"]
    return found


async def test_a_rate_limit_is_waited_out_told_and_no_failure(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = Refusal(429, {"Retry-After": "1"})
    with model(monkeypatch, scripted(refusal, GOOD)):
        plan_id = await start(client, modules(module("a")))
        detail = await until(client, plan_id, "completed")

    task = tasks_of(detail)["a"]
    assert task["status"] == "completed"
    assert (task["attempt"], task["retry_count"]) == (1, 0)
    assert (task["waiting_since"], task["waiting_reason"]) == (None, None)
    progress = [
        event["payload"]
        for event in await events_of(client, plan_id)
        if event["type"] == "task_execution_progress"
    ]
    waits = [each["waiting_reason"] for each in progress if each["status"] == "in_progress"]
    assert waits == [None, "The provider of gpt-4o-mini asks to wait.", None]
    (request,) = await requests_of(client, plan_id, "a")
    assert request["waited_s"] >= 1


async def test_cancel_ends_a_wait_at_once(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model(monkeypatch, scripted(Refusal(503, {"Retry-After": "3600"}))):
        plan_id = await start(client, modules(module("a")))
        task = await until_waiting(client, plan_id, "a")
        assert task["waiting_reason"] == "The provider cannot serve gpt-4o-mini now."
        assert task["waiting_since"] is not None
        began = time.monotonic()
        answer = await client.post(f"{API}/{plan_id}/cancel")

    assert time.monotonic() - began < 5
    task = tasks_of(answer.json())["a"]
    assert (task["status"], task["waiting_since"]) == ("cancelled", None)


async def test_a_paused_plans_waiting_task_goes_on_to_its_end(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Step] = [Refusal(503)]
    with model(monkeypatch, lambda _: served[-1]):
        plan_id = await start(client, modules(module("a"), module("b", "a")))
        await until_waiting(client, plan_id, "a")
        assert (await client.post(f"{API}/{plan_id}/pause")).is_success
        served.append(GOOD)
        await until_completed(client, plan_id, "a")
        paused = await detail_of(client, plan_id)
        assert (await client.post(f"{API}/{plan_id}/resume")).is_success
        detail = await until(client, plan_id, "completed")

    assert paused["status"] == "paused"
    assert paused["pause_reason"] is None
    assert {key: task["status"] for key, task in tasks_of(paused).items()} == {
        "a": "completed",
        "b": "ready",
    }
    assert detail["outcome"] == "succeeded"


async def until_completed(client: httpx.AsyncClient, plan_id: str, key: str) -> None:
    after = 0
    async with asyncio.timeout(30):
        while tasks_of(await detail_of(client, plan_id))[key]["status"] != "completed":
            params = {"after": after, "wait": 5}
            after = (await client.get(f"{API}/{plan_id}/events", params=params)).json()["last_seq"]


async def test_what_was_asked_and_spent_is_kept_without_the_key(
    client: httpx.AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    echo = Answer(f"```python\nX = '{KEY}'\n```")
    with model(monkeypatch, scripted(UNUSABLE, echo)):
        plan_id = await start(client, modules(module("a", description="Make X 1.")))
        detail = await until(client, plan_id, "completed")

    first, second = await requests_of(client, plan_id, "a")
    assert (first["ordinal"], second["ordinal"]) == (1, 2)
    assert first["model"] == "openai:gpt-4o-mini"
    assert [message["role"] for message in first["messages"]] == ["system", "user"]
    assert "Make X 1." in first["messages"][1]["text"]
    assert first["answer"] == UNUSABLE.text
    assert second["messages"][:2] == first["messages"]
    assert second["messages"][2] == {"role": "assistant", "text": UNUSABLE.text}
    assert "no code block" in second["messages"][-1]["text"]
    assert (first["tokens_input"], first["tokens_output"]) == (100, 10)
    assert Decimal(first["cost_usd"]) == COST
    task = tasks_of(detail)["a"]
    for spent in (task, detail):
        assert Decimal(spent["cost_usd"]) == 2 * COST
        assert (spent["tokens_input"], spent["tokens_output"]) == (200, 20)
        assert spent["unpriced_requests"] == 0
    with closing(sqlite3.connect(settings.data_dir / "masterplan.sqlite3")) as connection:
        assert KEY not in "\n".join(connection.iterdump())


async def test_a_price_that_is_not_known_is_told_as_that(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = modules(module("a"))
    plan["settings"]["model"] = "openai-chat:house-model"
    with model(monkeypatch, scripted(GOOD)):
        plan_id = await start(client, plan)
        detail = await until(client, plan_id, "completed")

    (request,) = await requests_of(client, plan_id, "a")
    assert request["cost_usd"] is None
    assert (detail["unpriced_requests"], detail["tokens_output"]) == (1, 10)


@pytest.mark.parametrize(
    ("approved", "raised", "said"),
    [
        ({"budget_tokens": 100}, {"budget_tokens": 1_000}, "100 tokens is spent (110 tokens)"),
        (
            {"budget_usd": "0.00002"},
            {"budget_usd": "1.00"},
            "0.00002 USD is spent (0.000021 USD)",
        ),
    ],
)
async def test_a_spent_budget_pauses_until_it_is_raised(
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    approved: dict[str, Any],
    raised: dict[str, Any],
    said: str,
) -> None:
    with model(monkeypatch, scripted(GOOD)) as server:
        plan_id = await start(client, modules(module("a"), module("b", "a"), **approved))
        paused = await until(client, plan_id, "paused")
        refused = await client.post(f"{API}/{plan_id}/resume")
        asked_by_then = len(server.seen)
        resumed = await client.post(
            f"{API}/{plan_id}/resume", json=raised, headers={"X-Masterplan-Actor": "anna"}
        )
        detail = await until(client, plan_id, "completed")

    option = next(iter(approved)).replace("_", "-")
    reason = (
        f"The plan's budget of {said}. Raise it to go on: "
        f"masterplan resume {plan_id[:8]} --{option} AMOUNT"
    )
    assert paused["pause_reason"] == reason
    task = tasks_of(paused)["b"]
    assert (task["status"], task["waiting_reason"]) == ("in_progress", reason)
    assert refused.status_code == 400
    assert refused.json()["error"] == {"code": "budget_spent", "message": reason, "details": {}}
    assert asked_by_then == 1
    assert resumed.json()["pause_reason"] is None
    assert resumed.json()["plan_hash"] == paused["plan_hash"]
    assert detail["outcome"] == "succeeded"
    assert detail["settings"] == paused["settings"]
    assert tasks_of(detail)["b"]["retry_count"] == 0
    assert len(server.seen) == 2
    changes = [
        (event["payload"]["by"], event["payload"]["status"], event["payload"]["reason"])
        for event in await events_of(client, plan_id)
        if event["type"] == "masterplan_status" and event["payload"]["by"] in {"engine", "anna"}
    ]
    assert changes[0] == ("engine", "paused", reason)
    assert changes[1][:2] == ("anna", "paused")
    assert changes[1][2].startswith("budget changed from ")
    assert changes[2] == ("anna", "in_progress", None)


async def test_a_tasks_budget_is_raised_by_itself(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model(monkeypatch, scripted(UNUSABLE, GOOD)):
        plan_id = await start(client, modules(module("a", budget_tokens=50)))
        paused = await until(client, plan_id, "paused")
        task_id = tasks_of(paused)["a"]["task_id"]
        raised = {"budget_tokens": 500, "task_id": task_id}
        changed = await client.patch(f"{API}/{plan_id}/budget", json=raised)
        resumed = await client.post(f"{API}/{plan_id}/resume")
        detail = await until(client, plan_id, "completed")

    assert "The budget of task #1 of 50 tokens is spent (110 tokens)." in paused["pause_reason"]
    assert "--task 1 --budget-tokens AMOUNT" in paused["pause_reason"]
    assert tasks_of(changed.json())["a"]["budget_tokens"] == 500
    assert resumed.is_success
    task = tasks_of(detail)["a"]
    assert (task["status"], task["attempt"], task["retry_count"]) == ("completed", 1, 0)
    exported = (await client.get(f"{API}/{plan_id}/export")).text
    assert "budget_tokens: 50" in exported, "what was approved stays as it was"


async def test_a_generation_that_spends_its_budget_fails_with_the_reason(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"goal": "Anything.", "settings": {"model": MODEL, "budget_tokens": 100}}
    with model(monkeypatch, scripted(Answer("{}"))) as server:
        made = await client.post(f"{API}/generate", json=body)
        failed = await until(client, made.json()["masterplan_id"], "failed")

    assert "The budget of 100 tokens is spent (110 tokens)" in failed["failure_reason"]
    assert len(server.seen) == 1
    assert failed["tokens_input"] == 100


class Interrupted:
    """A model that answers unusably at first, and hangs once when it is told so."""

    def __init__(self, first: Step, last: Step) -> None:
        self._steps = {1: first, 3: last}
        self.hanging = False

    def __call__(self, body: dict[str, Any]) -> Step:
        if len(body["messages"]) <= 2:
            return self._steps[1]
        if not self.hanging:
            self.hanging = True
            return Hang()
        return self._steps[3]


@pytest.mark.parametrize("given_back", [False, True], ids=["resumed", "given back"])
async def test_an_attempt_that_was_killed_pays_for_no_answer_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given_back: bool
) -> None:
    behaviour = Interrupted(UNUSABLE, GOOD)
    with model(monkeypatch, behaviour) as paid:
        async with served(tmp_path / "data") as (server, client):
            plan_id = await start(client, modules(module("a")))
            await eventually(lambda: behaviour.hanging)
            task_id = tasks_of(await detail_of(client, plan_id))["a"]["task_id"]
            server.kill()
            if given_back:
                cancel_workflow(tmp_path / "data", workflow_id(task_id, 1))
            server.start()
            await server.ready(client)
            detail = await until(client, plan_id, "completed")
            requests = await requests_of(client, plan_id, "a", 2 if given_back else 1)

    assert len(paid.answered) == len(set(paid.answered)) == 2
    assert [json.loads(seen)[-1]["role"] for seen in paid.seen] == ["user", "user", "user"]
    assert len(paid.seen) == 3, "only what was not answered is asked again"
    task = tasks_of(detail)["a"]
    assert (task["status"], task["retry_count"]) == ("completed", 0)
    assert task["attempt"] == (2 if given_back else 1)
    assert (task["tokens_input"], task["tokens_output"]) == (200, 20)
    assert Decimal(task["cost_usd"]) == 2 * COST
    assert [request["answer"] for request in requests] == [UNUSABLE.text, GOOD.text]
    assert [request["replayed"] for request in requests] == [given_back, False]


@pytest.mark.parametrize("point", [Failpoint.REQUEST_NOTED, Failpoint.ANSWER_KEPT])
@pytest.mark.parametrize("passing", [1, 2])
async def test_death_right_beside_the_journal_pays_for_no_answer_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: Failpoint, passing: int
) -> None:
    with model(monkeypatch, scripted(UNUSABLE, GOOD)) as paid:
        server = Server(tmp_path / "data")
        try:
            async with client_of_server(server) as client:
                server.start(failpoint=Trigger(point, passing))
                await server.ready(client)
                with suppress(httpx.TransportError):
                    await start(client, modules(module("a")))
                await server.death(within=20)
                server.start()
                await server.ready(client)
                (plan,) = (await client.get(API)).json()["masterplans"]
                detail = await until(client, plan["masterplan_id"], "completed")
        finally:
            server.close()

    assert len(paid.seen) == len(paid.answered) == len(set(paid.answered)) == 2
    task = tasks_of(detail)["a"]
    assert (task["status"], task["attempt"], task["retry_count"]) == ("completed", 1, 0)
    assert (task["tokens_input"], task["tokens_output"]) == (200, 20)


async def test_a_request_cut_off_by_a_crash_uses_up_no_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging: list[bool] = []

    def behave(body: dict[str, Any]) -> Step:
        hanging.append(not hanging)
        return Hang() if hanging[-1] else GOOD

    with model(monkeypatch, behave) as paid:
        async with served(tmp_path / "data") as (server, client):
            # Less than the request is estimated to need twice.
            plan_id = await start(client, modules(module("a"), budget_tokens=120))
            await eventually(lambda: bool(hanging))
            server.kill()
            server.start()
            await server.ready(client)
            detail = await until(client, plan_id, "completed")

    assert len(paid.seen) == 2
    task = tasks_of(detail)["a"]
    assert (task["status"], task["attempt"]) == ("completed", 1)


def cancel_workflow(data_dir: Path, identifier: str) -> None:
    """End an attempt's workflow behind the engine's back, as another worker's take-over does."""
    with closing(sqlite3.connect(data_dir / "engine.sqlite3")) as connection, connection:
        connection.execute(
            "INSERT INTO workflow_status (workflow_uuid, status, created_at, updated_at, priority)"
            " VALUES (?, 'CANCELLED', 0, 0, 0)",
            (identifier,),
        )


async def test_a_generation_that_was_killed_pays_for_no_answer_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(module("a"))
    behaviour = Interrupted(Answer('{"title": "No phases"}'), Answer(json.dumps(plan)))
    body = {"goal": "A module.", "settings": {"model": MODEL}}
    with model(monkeypatch, behaviour) as paid:
        async with served(tmp_path / "data") as (server, client):
            plan_id = (await client.post(f"{API}/generate", json=body)).json()["masterplan_id"]
            await eventually(lambda: behaviour.hanging)
            server.kill()
            server.start()
            await server.ready(client)
            detail = await until(client, plan_id, "draft")

    assert len(paid.answered) == len(set(paid.answered)) == 2
    assert len(paid.seen) == 3
    assert detail["title"] == "Test plan"
    assert (detail["tokens_input"], detail["tokens_output"]) == (200, 20)
    assert Decimal(detail["cost_usd"]) == 2 * COST


async def test_a_generation_tells_that_it_waits(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(module("a"))
    refusal = Refusal(429, {"Retry-After": "1"})
    with model(monkeypatch, scripted(refusal, Answer(json.dumps(plan)))):
        made = await client.post(
            f"{API}/generate", json={"goal": "A module.", "settings": {"model": MODEL}}
        )
        plan_id = made.json()["masterplan_id"]
        await until(client, plan_id, "draft")

    told = [
        event["payload"]["message"]
        for event in await events_of(client, plan_id)
        if event["type"] == "masterplan_generation_progress"
    ]
    assert told[:3] == [
        "Planning",
        "waiting: The provider of gpt-4o-mini asks to wait.",
        "Planning",
    ]


async def test_a_wrong_key_fails_at_once(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model(monkeypatch, scripted(Refusal(401, message=f"{KEY} is no key"))) as server:
        plan_id = await start(client, modules(module("a")))
        detail = await until(client, plan_id, "completed")

    task = tasks_of(detail)["a"]
    assert (task["status"], task["failure_kind"]) == ("failed", "credentials")
    assert len(server.seen) == 1
    (request,) = await requests_of(client, plan_id, "a")
    assert request["answer"] is None
    assert "refused the key" in request["error"]
    assert KEY not in json.dumps(detail) + json.dumps(request)
    assert (await create(client, modules(module("a"))))["tokens_input"] == 0
