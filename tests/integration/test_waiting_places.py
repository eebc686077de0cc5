"""Attempts that wait for a model or a budget leave their places to others."""

from __future__ import annotations

import httpx
import pytest

from masterplan.api.app import create_app
from masterplan.settings import Settings
from support.app import client_of, eventually
from support.loopback_model import Refusal, Step
from support.models import GOOD, model, module, modules, until_waiting
from support.plans import (
    API,
    detail_of,
    plan_of,
    scripted,
    start,
    statuses_of,
    tasks_of,
    until,
    until_detail,
)

pytestmark = pytest.mark.databases

NOT_NOW = Refusal(429, {"Retry-After": "3600"})


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_parallel": 1})


async def test_a_plan_out_of_quota_leaves_its_places_to_other_plans(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Step] = [Refusal(429)]
    with model(monkeypatch, lambda _: answers[-1]):
        waiting = await start(client, modules(*(module(key) for key in "abc")))
        await until_waiting(client, waiting, "a")

        other = await start(client, plan_of(scripted("x"), scripted("y", "x")))
        assert (await until(client, other, "completed"))["outcome"] == "succeeded"

        meanwhile = await detail_of(client, waiting)
        answers.append(GOOD)
        ended = await until(client, waiting, "completed")

    assert statuses_of(meanwhile) == {"a": "in_progress", "b": "ready", "c": "ready"}, (
        "it does not begin all its tasks to let each of them wait"
    )
    assert ended["outcome"] == "succeeded"
    assert {task["retry_count"] for task in tasks_of(ended).values()} == {0}


async def test_who_may_go_on_waits_for_a_free_place_and_says_so(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Step] = [Refusal(429)]
    with model(monkeypatch, lambda _: answers[-1]):
        waiting = await start(client, modules(module("a")))
        since = (await until_waiting(client, waiting, "a"))["waiting_since"]
        busy = await start(client, plan_of(scripted("long", script={"duration_s": 60})))
        await until_detail(
            client, busy, lambda detail: statuses_of(detail)["long"] == "in_progress"
        )
        answers.append(GOOD)
        queued = await until_detail(
            client,
            waiting,
            lambda detail: "Others work here" in tasks_of(detail)["a"]["waiting_reason"],
        )
        await client.post(f"{API}/{busy}/cancel")
        ended = await until(client, waiting, "completed")

    assert tasks_of(queued)["a"]["waiting_since"] == since
    assert ended["outcome"] == "succeeded"


async def test_who_is_cancelled_while_it_waits_for_a_place_keeps_none(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Step] = [Refusal(429)]
    with model(monkeypatch, lambda _: answers[-1]):
        waiting = await start(client, modules(module("a")))
        await until_waiting(client, waiting, "a")
        busy = await start(client, plan_of(scripted("long", script={"duration_s": 60})))
        await until_detail(
            client, busy, lambda detail: statuses_of(detail)["long"] == "in_progress"
        )
        answers.append(GOOD)
        await until_detail(
            client,
            waiting,
            lambda detail: "Others work here" in tasks_of(detail)["a"]["waiting_reason"],
        )
        cancelled = [await client.post(f"{API}/{each}/cancel") for each in (waiting, busy)]
        other = await start(client, plan_of(scripted("x"), scripted("y", "x")))
        ended = await until(client, other, "completed")

    assert [answer.json()["status"] for answer in cancelled] == ["cancelled", "cancelled"]
    assert ended["outcome"] == "succeeded"


async def test_a_plan_whose_budget_is_spent_leaves_its_places_to_other_plans(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model(monkeypatch, lambda _: GOOD):
        spent = await start(client, modules(module("a"), module("b", "a"), budget_tokens=100))
        await until(client, spent, "paused")

        other = await start(client, plan_of(scripted("x")))
        await until(client, other, "completed")

        await client.post(f"{API}/{spent}/resume", json={"budget_tokens": 100_000})
        ended = await until(client, spent, "completed")

    assert ended["outcome"] == "succeeded"


async def test_a_stop_does_not_wait_for_who_waits(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model(monkeypatch, lambda _: NOT_NOW) as server:
        app = create_app(settings)
        async with app.running(), client_of(app) as client:
            plan_id = await start(client, modules(module("a")))
            await until_waiting(client, plan_id, "a")
            await app.fastapi.state.runtime.executing_engine().drain(seconds=600)
        asked = len(server.seen)
        app = create_app(settings)
        async with app.running(), client_of(app) as client:
            await eventually(lambda: len(server.seen) > asked)
            task = tasks_of(await detail_of(client, plan_id))["a"]
            await client.post(f"{API}/{plan_id}/cancel")

    assert (task["status"], task["retry_count"]) == ("in_progress", 0)
