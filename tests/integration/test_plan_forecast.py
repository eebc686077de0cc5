"""Forecasts over REST: from assumptions first, from what this installation has seen later."""

from __future__ import annotations

from typing import Any

import httpx

from support.plans import API, create, plan_of, scripted, start, tasks_of, until_detail, writes


async def forecast_of(client: httpx.AsyncClient, plan_id: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(f"{API}/{plan_id}/forecast", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def always(amount: object) -> dict[str, object]:
    return dict.fromkeys(("low", "likely", "high"), amount)


async def test_a_scripted_plan_is_foreseen_exactly(client: httpx.AsyncClient) -> None:
    slow = {"duration_s": 3, "fail_attempts": 1}
    detail = await create(
        client,
        plan_of(
            scripted("base", script={"duration_s": 1}),
            scripted("left", "base", script=slow),
            scripted("right", "base", script={"duration_s": 2}),
            scripted("done", done=True),
        ),
    )
    plan_id, tasks = detail["masterplan_id"], tasks_of(detail)

    both = await forecast_of(client, plan_id, max_parallel=2)
    one_by_one = await forecast_of(client, plan_id, max_parallel=1)

    assert both == {
        "max_parallel": 2,
        "tasks": 3,
        "critical_path": [tasks[key]["task_id"] for key in ("base", "left")],
        "critical_path_s": always(7.0),
        "parallel_width": 2,
        "duration_s": always(7.0),
        "tokens_input": always(0),
        "tokens_output": always(0),
        "cost_usd": always("0.0000"),
        "unpriced_tasks": 0,
        "within_budget": None,
        "tasks_from_history": 0,
        "past_tasks": 0,
    }
    assert one_by_one["duration_s"] == always(9.0)


async def test_a_models_price_and_the_budget_are_held_against_each_other(
    client: httpx.AsyncClient,
) -> None:
    tasks = [
        {"key": f"t{n}", "name": f"T {n}", "target_files": [f"{n}.py"], "checks": ["true"]}
        for n in range(20)
    ]
    asked = {"model": "openai:gpt-4o", "budget_usd": "1000"}
    generous = await create(client, plan_of(*tasks, settings={"agent": "llm"} | asked))
    tight = await create(
        client, plan_of(*tasks, settings={"agent": "llm"} | asked | {"budget_usd": "0.01"})
    )
    unknown = await create(
        client, plan_of(*tasks, settings={"agent": "llm", "model": "openai:no-such-model"})
    )

    found = await forecast_of(client, generous["masterplan_id"])
    assert 0 < float(found["cost_usd"]["low"]) < float(found["cost_usd"]["high"])
    assert found["tokens_output"]["likely"] > 0
    assert found["within_budget"] == 1
    assert (await forecast_of(client, tight["masterplan_id"]))["within_budget"] == 0
    nobody_knows = await forecast_of(client, unknown["masterplan_id"])
    assert (nobody_knows["cost_usd"], nobody_knows["unpriced_tasks"]) == (None, 20)


async def test_past_tasks_take_the_place_of_assumptions(client: httpx.AsyncClient) -> None:
    before = await create(client, plan_of(writes("z", checks=["true"])))
    assumed = await forecast_of(client, before["masterplan_id"])

    past = await start(client, plan_of(*(writes(key) for key in "abcde")))
    await until_detail(client, past, lambda detail: detail["status"] == "completed")

    learnt = await forecast_of(client, before["masterplan_id"])
    assert (assumed["tasks_from_history"], learnt["tasks_from_history"]) == (0, 1)
    assert learnt["past_tasks"] == 5
    assert learnt["duration_s"]["high"] < assumed["duration_s"]["high"]
    assert (await forecast_of(client, past))["tasks"] == 0


async def test_a_forecast_of_nothing_is_refused_with_words(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{API}/no-such-plan/forecast")).status_code == 404
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    answer = await client.get(f"{API}/{plan_id}/forecast", params={"max_parallel": 0})
    assert answer.status_code == 422
