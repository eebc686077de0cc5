"""A plan's life over REST: created, read, approved or rejected, executed, followed to its end."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import yaml

from masterplan.api.app import create_app
from masterplan.settings import Settings
from support.app import client_of
from support.plans import (
    API,
    create,
    detail_of,
    events_of,
    plan_of,
    scripted,
    statuses_of,
    tasks_of,
    until,
    writes,
)

pytestmark = pytest.mark.databases

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.mark.essential
async def test_plan_goes_from_draft_to_proven_result(client: httpx.AsyncClient) -> None:
    draft = await create(client, plan_of(writes("a"), writes("b", "a"), goal="two files"))
    plan_id = draft["masterplan_id"]
    assert (draft["status"], draft["goal"], draft["total_tasks"]) == ("draft", "two files", 2)
    assert statuses_of(draft) == {"a": "pending", "b": "pending"}

    approved = await client.post(
        f"{API}/{plan_id}/approve",
        json={"plan_hash": draft["plan_hash"]},
        headers={"X-Masterplan-Actor": "Ada"},
    )
    assert approved.json()["status"] == "approved"
    assert approved.json()["approved_by"] == "Ada"

    assert (await client.post(f"{API}/{plan_id}/execute")).status_code == 202
    done = await until(client, plan_id, "completed")

    assert done["outcome"] == "succeeded"
    assert statuses_of(done) == {"a": "completed", "b": "completed"}
    task = tasks_of(done)["b"]
    assert task["output_files"] == ["b.txt"]
    attempts = (await client.get(f"{API}/{plan_id}/tasks/{task['task_id']}/attempts")).json()
    (attempt,) = attempts["attempts"]
    assert attempt["commit"] == task["commit"]
    assert [check["passed"] for check in attempt["check_results"]] == [True]
    diff = await client.get(f"{API}/{plan_id}/tasks/{task['task_id']}/attempts/1/diff")
    assert "+b" in diff.text.splitlines()


async def test_every_status_of_plan_and_tasks_is_told_in_order(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    await client.post(f"{API}/{plan_id}/approve")
    await client.post(f"{API}/{plan_id}/execute")
    await until(client, plan_id, "completed")

    told = [
        (event["type"], event["payload"].get("status"))
        for event in await events_of(client, plan_id)
    ]
    assert told == [
        ("masterplan_status", "draft"),
        ("masterplan_status", "approved"),
        ("masterplan_status", "in_progress"),
        ("masterplan_execution_start", None),
        ("task_execution_progress", "ready"),
        ("task_execution_progress", "in_progress"),
        ("task_execution_progress", "validating"),
        ("task_execution_complete", "completed"),
        ("masterplan_execution_complete", None),
        ("masterplan_status", "completed"),
    ]


async def test_rejection_keeps_its_reason(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]

    answer = await client.post(f"{API}/{plan_id}/reject", json={"rejection_reason": "too small"})

    assert answer.status_code == 200
    assert answer.json()["status"] == "rejected"
    assert (await detail_of(client, plan_id))["rejection_reason"] == "too small"
    last = (await events_of(client, plan_id))[-1]["payload"]
    assert (last["status"], last["previous"], last["reason"]) == ("rejected", "draft", "too small")


async def test_approval_of_a_plan_that_was_not_read_is_refused(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]

    answer = await client.post(f"{API}/{plan_id}/approve", json={"plan_hash": "sha256:other"})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "plan_hash_mismatch"
    assert (await detail_of(client, plan_id))["status"] == "draft"


@pytest.mark.parametrize("first", ["approve", "reject"])
@pytest.mark.parametrize("second", ["approve", "reject"])
async def test_plan_is_decided_once(client: httpx.AsyncClient, first: str, second: str) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    assert (await client.post(f"{API}/{plan_id}/{first}")).status_code == 200

    answer = await client.post(f"{API}/{plan_id}/{second}")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_transition"


@pytest.mark.essential
async def test_of_200_concurrent_decisions_one_wins(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(scripted("a"))))["masterplan_id"]

    answers = await asyncio.gather(
        *(
            client.post(f"{API}/{plan_id}/{('approve', 'reject')[number % 2]}")
            for number in range(200)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 199
    decided = [e for e in await events_of(client, plan_id) if e["payload"]["previous"] == "draft"]
    assert len(decided) == 1


async def test_of_200_concurrent_executions_one_begins(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(scripted("a"))))["masterplan_id"]
    await client.post(f"{API}/{plan_id}/approve")

    answers = await asyncio.gather(*(client.post(f"{API}/{plan_id}/execute") for _ in range(200)))

    assert sorted(answer.status_code for answer in answers) == [202] + [400] * 199
    detail = await until(client, plan_id, "completed")
    assert tasks_of(detail)["a"]["attempt"] == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", "/approve"),
        ("POST", "/reject"),
        ("POST", "/execute"),
        ("GET", "/events"),
        ("GET", "/export"),
        ("POST", f"/tasks/{UNKNOWN}/retry"),
        ("GET", f"/tasks/{UNKNOWN}/attempts"),
        ("GET", f"/tasks/{UNKNOWN}/attempts/1/log"),
        ("GET", f"/tasks/{UNKNOWN}/attempts/1/diff"),
    ],
)
async def test_unknown_ids_are_not_found(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, f"{API}/{UNKNOWN}{path}")
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["code"] == "not_found"
    assert UNKNOWN in error["message"]


async def test_task_of_another_plan_is_not_found(client: httpx.AsyncClient) -> None:
    task_id = tasks_of(await create(client, plan_of(writes("a"))))["a"]["task_id"]
    other = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    assert (await client.get(f"{API}/{other}/tasks/{task_id}/attempts")).status_code == 404


BAD_PLANS: dict[str, tuple[dict[str, Any], str]] = {
    "cycle": (plan_of(writes("a", "b"), writes("b", "a")), "a → b → a"),
    "unknown dependency": (plan_of(writes("a", "nope")), "nope"),
    "self dependency": (plan_of(writes("a", "a")), "itself"),
    "duplicate key": (plan_of(writes("a"), writes("a")), "a"),
    "no target file": (plan_of(writes("a", target_files=[])), "target_files"),
    "unsafe path": (plan_of(writes("a", target_files=["../out"])), "../out"),
    "git path": (plan_of(writes("a", target_files=[".git/config"])), ".git/config"),
    "collision": (plan_of(writes("a", target_files=["x", "X"])), "X"),
    "no tasks": (plan_of(), "task"),
    "unknown agent": (plan_of(writes("a", agent="nobody", command=None)), "nobody"),
    "unknown field": (plan_of(writes("a", surprise=1)), "surprise"),
}


@pytest.mark.parametrize("case", BAD_PLANS)
async def test_plan_that_cannot_run_is_refused_with_the_reason(
    client: httpx.AsyncClient, case: str
) -> None:
    plan, expected = BAD_PLANS[case]
    answer = await client.post(API, json=plan)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_plan"
    assert expected in answer.json()["error"]["message"]
    assert (await client.get(API)).json()["total"] == 0, "nothing is stored"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"title": "x"}'])
async def test_body_that_is_no_plan_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(API, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


async def test_import_takes_yaml_and_export_gives_the_same_plan_back(
    client: httpx.AsyncClient,
) -> None:
    created = await create(client, plan_of(writes("a"), scripted("b", "a"), title="Round trip"))
    exported = await client.get(f"{API}/{created['masterplan_id']}/export")

    answer = await client.post(
        f"{API}/import", content=exported.text, headers={"Content-Type": "text/plain"}
    )

    assert answer.status_code == 201
    imported = answer.json()["masterplan"]
    assert imported["masterplan_id"] != created["masterplan_id"]
    assert imported["plan_hash"] == created["plan_hash"]


async def test_import_takes_an_uploaded_file(client: httpx.AsyncClient) -> None:
    text = yaml.safe_dump(plan_of(writes("a"), title="T"))
    answer = await client.post(f"{API}/import", files={"file": ("plan.yaml", text)})
    assert answer.status_code == 201
    assert answer.json()["masterplan"]["title"] == "T"
    empty = await client.post(f"{API}/import", data={"no": "file"}, files={})
    assert empty.status_code == 422


async def test_list_filters_searches_and_pages(client: httpx.AsyncClient) -> None:
    ids = [
        (await create(client, plan_of(writes("a"), title=f"Plan {number} 100%")))["masterplan_id"]
        for number in range(5)
    ]
    await client.post(f"{API}/{ids[0]}/approve")

    page = (await client.get(API, params={"limit": 2, "offset": 1})).json()
    assert [plan["masterplan_id"] for plan in page["masterplans"]] == [ids[3], ids[2]]
    assert (page["total"], page["limit"], page["offset"]) == (5, 2, 1)
    approved = (await client.get(API, params={"status": "approved"})).json()
    assert [plan["masterplan_id"] for plan in approved["masterplans"]] == [ids[0]]
    assert approved["total"] == 1
    assert approved["counts"] == {"approved": 1, "draft": 4}, "counted whatever was asked for"
    assert (await client.get(API, params={"q": "plan 3"})).json()["counts"] == {"draft": 1}
    assert (await client.get(API, params={"q": "plan 3"})).json()["total"] == 1
    assert (await client.get(API, params={"q": "0%"})).json()["total"] == 5
    assert (await client.get(API, params={"q": "%%"})).json()["total"] == 0


async def test_events_can_be_awaited(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    params = {"after": 1, "wait": 20}
    waiting = asyncio.create_task(client.get(f"{API}/{plan_id}/events", params=params))
    await client.post(f"{API}/{plan_id}/approve")
    (event,) = (await waiting).json()["events"]
    assert (event["seq"], event["payload"]["status"]) == (2, "approved")


async def test_waiting_requests_are_answered_when_the_server_closes(settings: Settings) -> None:
    app = create_app(settings, execution=False)
    async with app.running(), client_of(app) as client:
        plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
        params = {"after": 1, "wait": 30}
        waiting = asyncio.create_task(client.get(f"{API}/{plan_id}/events", params=params))
        await asyncio.sleep(0)
        await app.release_waiters()
        async with asyncio.timeout(5):
            assert (await waiting).json()["events"] == []


async def test_edited_draft_is_the_next_revision(client: httpx.AsyncClient) -> None:
    plan = await create(client, plan_of(writes("a"), writes("b", "a")))
    address = f"{API}/{plan['masterplan_id']}"
    edited = plan_of(writes("a", checks=["test -s a.txt"]), title="Edited")
    query = {"plan_hash": plan["plan_hash"]}
    answer = await client.put(address, json=edited, params=query)
    assert answer.status_code == 200, answer.text
    detail = answer.json()
    assert (detail["title"], detail["revision"], detail["status"]) == ("Edited", 2, "draft")
    assert {key: task["checks"] for key, task in tasks_of(detail).items()} == {
        "a": ["test -s a.txt"]
    }
    assert detail["plan_hash"] != plan["plan_hash"]
    assert detail["total_tasks"] == 1
    told = (await events_of(client, plan["masterplan_id"]))[-1]
    assert (told["payload"]["reason"], told["seq"]) == ("edited", detail["last_seq"])
    # Who read the first revision neither approves nor edits the second unread.
    assert (await client.put(address, json=edited, params=query)).status_code == 400
    assert (await client.post(f"{address}/approve", json=query)).status_code == 400
    assert (await client.put(address, json={"title": "Nothing"})).status_code == 422
    assert (await client.post(f"{address}/approve")).status_code == 200
