"""What a task costs does not grow with its plan: counted in statements and rows, not in time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sqlalchemy import Engine, event

from masterplan.models import MasterPlanTask
from support.plans import API, create, detail_of, plan_of, scripted, start, tasks_of, until


class Cost:
    """Statements that were executed and tasks' rows that were read."""

    def __init__(self) -> None:
        self.statements = 0
        self.rows = 0

    def count_statement(self, *_: object) -> None:
        self.statements += 1

    def count_row(self, *_: object) -> None:
        self.rows += 1


@contextmanager
def counted() -> Iterator[Cost]:
    cost = Cost()
    listened = (
        (Engine, "before_cursor_execute", cost.count_statement),
        (MasterPlanTask, "load", cost.count_row),
        (MasterPlanTask, "refresh", cost.count_row),
    )
    for target, name, listener in listened:
        event.listen(target, name, listener)
    try:
        yield cost
    finally:
        for target, name, listener in listened:
            event.remove(target, name, listener)


async def cost_of_executing(client: httpx.AsyncClient, tasks: int) -> Cost:
    """Execute that many tasks that may all start at once."""
    plan = plan_of(*(scripted(f"t{number}") for number in range(tasks)))
    with counted() as cost:
        await until(client, await start(client, plan), "completed")
    return cost


async def test_a_task_of_a_wide_plan_costs_what_one_of_a_small_plan_does(
    client: httpx.AsyncClient,
) -> None:
    small, large = 30, 90
    few, many = await cost_of_executing(client, small), await cost_of_executing(client, large)

    assert many.rows / large < 1.3 * few.rows / small
    assert many.statements / large < 1.3 * few.statements / small


async def test_a_failure_skips_any_number_of_dependents_in_few_statements(
    client: httpx.AsyncClient,
) -> None:
    async def statements(blocked: int) -> int:
        doomed = scripted("doomed", max_retries=0, script={"fail_attempts": 9})
        waiting = [scripted(f"t{number}", "doomed") for number in range(blocked)]
        with counted() as cost:
            plan_id = await start(client, plan_of(doomed, *waiting))
            detail = await until(client, plan_id, "completed")
        assert detail["skipped_tasks"] == blocked
        return cost.statements

    few, many = await statements(10), await statements(400)

    assert many < few + 60


async def test_a_plan_of_ten_thousand_tasks_is_read_in_few_statements(
    client: httpx.AsyncClient,
) -> None:
    tasks = [scripted("t0"), *(scripted(f"t{n}", f"t{n // 2}") for n in range(1, 10_000))]
    plan = await create(client, plan_of(*tasks))

    with counted() as cost:
        detail = await detail_of(client, plan["masterplan_id"])

    assert len(tasks_of(detail)) == 10_000
    assert cost.statements < 100


async def test_a_plan_that_has_not_changed_is_not_read_again(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(*(scripted(f"t{n}") for n in range(200)))))[
        "masterplan_id"
    ]
    url = f"{API}/{plan_id}"
    first = await client.get(url)
    tag = {"If-None-Match": f'"other", {first.headers["ETag"]}'}

    with counted() as cost:
        again = await client.get(url, headers=tag)
    await client.post(f"{url}/approve")
    changed = await client.get(url, headers=tag)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert cost.rows == 0, "no task was read"
    assert (changed.status_code, changed.json()["status"]) == (200, "approved")
    assert changed.headers["ETag"] != first.headers["ETag"]
    assert (await client.get(f"{API}/none", headers=tag)).status_code == 404


async def test_a_plan_is_read_without_its_tasks_or_with_their_counts(
    client: httpx.AsyncClient,
) -> None:
    tasks = [scripted("done"), scripted("doomed", max_retries=0, script={"fail_attempts": 9})]
    plan_id = await start(client, plan_of(*tasks, *(scripted(f"t{n}", "doomed") for n in range(9))))
    whole = await until(client, plan_id, "completed")
    url = f"{API}/{plan_id}"

    with counted() as cost:
        head = await client.get(url, params={"tasks": "none"})
        counts = await client.get(url, params={"tasks": "counts"})

    assert cost.rows == 0, "no task was read"
    assert head.json() == {**whole, "phases": []}
    [phase] = counts.json()["phases"]
    [milestone] = phase["milestones"]
    assert milestone["task_counts"] == {"completed": 1, "failed": 1, "skipped": 9}
    assert counts.json() == {**whole, "phases": [phase]}
    assert {**milestone, **no_tasks(whole)} == milestone
    assert (await client.get(url, params={"tasks": "few"})).status_code == 422


def no_tasks(detail: dict[str, Any]) -> dict[str, Any]:
    """The fields of a plan's only milestone that are the same without its tasks."""
    [phase] = detail["phases"]
    [milestone] = phase["milestones"]
    return {key: milestone[key] for key in ("milestone_id", "name", "description")} | {"tasks": []}


async def test_each_reading_of_a_plan_has_a_tag_of_its_own(client: httpx.AsyncClient) -> None:
    url = f"{API}/{(await create(client, plan_of(scripted('one'))))['masterplan_id']}"
    scopes = ("all", "counts", "none")
    answers = {scope: await client.get(url, params={"tasks": scope}) for scope in scopes}
    tags = {scope: answer.headers["ETag"] for scope, answer in answers.items()}

    known = {
        (asked, held): (
            await client.get(url, params={"tasks": asked}, headers={"If-None-Match": tags[held]})
        ).status_code
        for asked in scopes
        for held in scopes
    }

    assert known == {(a, h): 304 if a == h else 200 for a in scopes for h in scopes}
    assert (await client.get(url)).headers["ETag"] == tags["all"]


async def test_a_decision_is_answered_without_the_tasks_where_none_are_asked_for(
    client: httpx.AsyncClient,
) -> None:
    plan_id = (await create(client, plan_of(scripted("one"))))["masterplan_id"]

    approved = await client.post(f"{API}/{plan_id}/approve", params={"tasks": "none"})

    assert approved.json() == {**(await detail_of(client, plan_id)), "phases": []}
    assert approved.json()["status"] == "approved"
