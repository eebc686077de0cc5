"""How far a budget holds: answers under way are reserved, and a price must be known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest

from masterplan.api.app import create_app
from masterplan.llm.journal import UNLIMITED_ANSWER
from masterplan.settings import Settings
from support.app import client_of
from support.loopback_model import Answer
from support.models import GOOD, model, module, modules
from support.plans import API, create, detail_of, start, tasks_of, until

UNPRICED = "openai-chat:my-own-model"


async def test_parallel_requests_exceed_a_budget_by_less_than_one_of_them(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = Answer(GOOD.text, tokens_input=100, tokens_output=8_000)
    tasks = [module(key, checks=[]) for key in "abcd"]
    with model(monkeypatch, lambda _: long) as server:
        plan_id = await start(client, modules(*tasks, budget_tokens=20_000))
        paused = await until(client, plan_id, "paused")

    used = paused["tokens_input"] + paused["tokens_output"]
    assert len(server.seen) == 3, "with two answers under way there is room for no third"
    assert 20_000 <= used < 20_000 + UNLIMITED_ANSWER


async def test_a_budget_that_would_limit_nothing_keeps_a_plan_from_being_approved(
    client: httpx.AsyncClient,
) -> None:
    plan = modules(module("a"), budget_usd="5.00")
    plan["settings"]["model"] = UNPRICED
    plan_id = (await create(client, plan))["masterplan_id"]

    refused = await client.post(f"{API}/{plan_id}/approve")
    plan["settings"]["budget_tokens"] = 1_000_000
    edited = await client.put(f"{API}/{plan_id}", json=plan)
    approved = await client.post(f"{API}/{plan_id}/approve")

    assert refused.status_code == 400
    assert refused.json()["error"]["message"].endswith(
        "The price of openai-chat:my-own-model is not known, so the budget of 5.00 USD would limit "
        "nothing. Give it budget_tokens, or set its price in MASTERPLAN_MODEL_PRICES. "
        "Edit the plan, then approve it."
    )
    assert (edited.status_code, approved.status_code) == (200, 200)


@pytest.fixture
async def priced(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    given = {"model_prices": f"{UNPRICED}=1/10"}
    app = create_app(Settings(**{**settings.model_dump(exclude_unset=True), **given}))
    async with app.running(), client_of(app) as client:
        yield client


async def test_a_price_in_the_settings_makes_the_budget_count(
    priced: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = modules(module("a", checks=[]), module("b", "a", checks=[]), budget_usd="0.0001")
    plan["settings"]["model"] = UNPRICED
    with model(monkeypatch, lambda _: GOOD):
        plan_id = await start(priced, plan)
        paused = await until(priced, plan_id, "paused")

    assert Decimal(paused["cost_usd"]) == Decimal("0.0002"), "100 tokens read and 10 written"
    assert "budget of 0.0001 USD is spent" in paused["pause_reason"]


async def test_a_budget_given_in_dollars_later_is_not_silently_ignored(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = modules(module("a", checks=[]))
    plan["settings"]["model"] = UNPRICED
    plan_id = (await create(client, plan))["masterplan_id"]
    await client.post(f"{API}/{plan_id}/approve")
    await client.patch(f"{API}/{plan_id}/budget", json={"budget_usd": "5"})
    with model(monkeypatch, lambda _: GOOD) as server:
        await client.post(f"{API}/{plan_id}/execute")
        paused = await until(client, plan_id, "paused")
        asked_by_then = len(server.seen)
        await client.post(f"{API}/{plan_id}/resume", json={"budget_tokens": 10_000})
        ended = await until(client, plan_id, "completed")

    assert asked_by_then == 0
    assert paused["pause_reason"] == (
        "The price of openai:my-own-model is not known, so the budget of 5.00 USD would limit "
        "nothing. Give a budget in tokens to go on: masterplan resume "
        f"{plan_id[:8]} --budget-tokens AMOUNT; or set its price in MASTERPLAN_MODEL_PRICES."
    )
    assert ended["outcome"] == "succeeded"
    assert tasks_of(await detail_of(client, plan_id))["a"]["retry_count"] == 0
