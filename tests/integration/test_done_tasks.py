"""Tasks that were done before their plan was executed, and drafts that lack target files."""

from __future__ import annotations

import httpx
import yaml

from masterplan.documents import parse_document
from support.plans import (
    API,
    create,
    detail_of,
    events_of,
    plan_of,
    start,
    statuses_of,
    tasks_of,
    until,
    writes,
)


async def test_done_task_is_completed_from_the_start_and_holds_nobody_up(
    client: httpx.AsyncClient,
) -> None:
    plan = plan_of(writes("a", done=True), writes("b", "a"), writes("c", "b"))
    draft = await create(client, plan)
    assert statuses_of(draft) == {"a": "completed", "b": "pending", "c": "pending"}
    assert (draft["completed_tasks"], draft["total_tasks"]) == (1, 3)

    plan_id = draft["masterplan_id"]
    for step in ("approve", "execute"):
        assert (await client.post(f"{API}/{plan_id}/{step}")).is_success
    done = await until(client, plan_id, "completed")

    assert (done["outcome"], done["completed_tasks"]) == ("succeeded", 3)
    first = tasks_of(done)["a"]
    assert (first["done"], first["attempt"], first["commit"]) == (True, 0, None)
    assert tasks_of(done)["b"]["commit"]
    finished = [
        event["payload"]["completed_tasks"]
        for event in await events_of(client, plan_id)
        if event["type"] == "task_execution_complete"
    ]
    assert finished == [2, 3]


async def test_plan_of_which_everything_is_done_completes_at_once(
    client: httpx.AsyncClient,
) -> None:
    plan_id = await start(client, plan_of(writes("a", done=True), writes("b", "a", done=True)))

    ended = await until(client, plan_id, "completed")

    assert (ended["outcome"], ended["completed_tasks"]) == ("succeeded", 2)


async def test_outcome_is_of_what_was_executed(client: httpx.AsyncClient) -> None:
    broken = writes("b", "a", command="false", max_retries=0)
    plan_id = await start(client, plan_of(writes("a", done=True), broken))

    ended = await until(client, plan_id, "completed")

    assert (ended["outcome"], ended["completed_tasks"], ended["failed_tasks"]) == ("failed", 1, 1)


async def test_what_is_done_survives_export_and_edit(client: httpx.AsyncClient) -> None:
    plan = plan_of(writes("a", done=True), writes("b", "a"))
    plan_id = (await create(client, plan))["masterplan_id"]

    text = (await client.get(f"{API}/{plan_id}/export")).text
    assert [task.done for task in parse_document(text).tasks()] == [True, False]

    edited = await client.put(f"{API}/{plan_id}", content=text.replace("Write b", "Write bees"))
    assert statuses_of(edited.json()) == {"a": "completed", "b": "pending"}
    assert edited.json()["completed_tasks"] == 1


async def test_draft_without_target_files_is_approved_only_when_it_has_them(
    client: httpx.AsyncClient,
) -> None:
    plan = plan_of(writes("a"), writes("b", done=True))
    plan_id = (await create(client, plan))["masterplan_id"]
    for task in plan["phases"][0]["milestones"][0]["tasks"]:
        task["target_files"] = []
    assert (await client.put(f"{API}/{plan_id}", content=yaml.safe_dump(plan))).status_code == 200

    refused = await client.post(f"{API}/{plan_id}/approve")

    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "plan_incomplete"
    (gap,) = refused.json()["error"]["details"]["gaps"]
    assert gap.startswith("Task a has no target_files")
    assert (await detail_of(client, plan_id))["status"] == "draft"

    plan["phases"][0]["milestones"][0]["tasks"][0]["target_files"] = ["a.txt"]
    await client.put(f"{API}/{plan_id}", content=yaml.safe_dump(plan))
    assert (await client.post(f"{API}/{plan_id}/approve")).json()["status"] == "approved"
