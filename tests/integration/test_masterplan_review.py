"""What a person reads before and after deciding: warnings, the document to edit, the evidence."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from support.plans import API, create, detail_of, events_of, plan_of, start, tasks_of, until, writes


async def put(
    client: httpx.AsyncClient, plan_id: str, document: dict[str, Any], *, plan_hash: str | None
) -> httpx.Response:
    params = {"plan_hash": plan_hash} if plan_hash else {}
    return await client.put(f"{API}/{plan_id}", json=document, params=params)


async def document_of(client: httpx.AsyncClient, plan_id: str) -> dict[str, Any]:
    answer = await client.get(f"{API}/{plan_id}/document")
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


def first_task(document: dict[str, Any]) -> dict[str, Any]:
    task: dict[str, Any] = document["phases"][0]["milestones"][0]["tasks"][0]
    return task


async def test_warnings_are_told_until_the_plan_is_decided(client: httpx.AsyncClient) -> None:
    draft = await create(client, plan_of(writes("a"), writes("b", checks=["true"])))
    plan_id = draft["masterplan_id"]
    (warning,) = draft["warnings"]
    assert (warning["code"], warning["task_keys"]) == ("check_always_passes", ["b"])
    listed = (await client.get(API)).json()["masterplans"]
    assert [plan["warning_count"] for plan in listed] == [1]

    await client.post(f"{API}/{plan_id}/approve")

    assert (await detail_of(client, plan_id))["warnings"] == []


async def test_a_rejected_plan_is_edited_into_a_draft_that_can_be_approved(
    client: httpx.AsyncClient,
) -> None:
    plan_id = (await create(client, plan_of(writes("a", checks=["true"]))))["masterplan_id"]
    await client.post(f"{API}/{plan_id}/reject", json={"rejection_reason": "no real check"})
    read = await document_of(client, plan_id)
    first_task(read["document"])["checks"] = ["grep -q a a.txt"]

    edited = await put(client, plan_id, read["document"], plan_hash=read["plan_hash"])

    assert edited.status_code == 200, edited.text
    detail = edited.json()
    assert (detail["status"], detail["revision"]) == ("draft", 2)
    assert (detail["rejection_reason"], detail["warnings"]) == (None, [])
    last = (await events_of(client, plan_id))[-1]["payload"]
    assert (last["status"], last["previous"], last["reason"]) == ("draft", "rejected", "edited")
    assert (await client.post(f"{API}/{plan_id}/approve")).json()["status"] == "approved"


async def test_of_two_edits_of_one_revision_the_later_is_refused(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    read = await document_of(client, plan_id)
    first = await put(
        client, plan_id, {**read["document"], "title": "First"}, plan_hash=read["plan_hash"]
    )
    assert first.status_code == 200

    second = await put(
        client, plan_id, {**read["document"], "title": "Second"}, plan_hash=read["plan_hash"]
    )

    assert second.status_code == 400
    error = second.json()["error"]
    assert error["code"] == "plan_hash_mismatch"
    assert "Read it again, then edit." in error["message"]
    assert (await detail_of(client, plan_id))["title"] == "First"


async def test_a_refused_edit_of_a_rejected_plan_leaves_it_rejected(
    client: httpx.AsyncClient,
) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    await client.post(f"{API}/{plan_id}/reject", json={"rejection_reason": "too small"})

    answer = await put(client, plan_id, plan_of(writes("b")), plan_hash="sha256:other")

    assert answer.json()["error"]["code"] == "plan_hash_mismatch"
    detail = await detail_of(client, plan_id)
    assert (detail["status"], detail["rejection_reason"]) == ("rejected", "too small")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target_files": ["../a.txt"]}, "target_files"),
        ({"depends_on": ["nobody"]}, "depends_on"),
        ({"command": None}, "command"),
        ({"agent": "nobody", "command": None}, "agent"),
        ({"name": " "}, "name"),
        ({"max_retries": 21}, "max_retries"),
        ({"checks": [""]}, "checks"),
    ],
)
async def test_a_problem_names_the_field_it_is_about(
    client: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    read = await document_of(client, plan_id)
    first_task(read["document"]).update(change)

    answer = await put(client, plan_id, read["document"], plan_hash=read["plan_hash"])

    assert answer.status_code == 422
    details = answer.json()["error"]["details"]
    (found,) = details["fields"]
    assert (found["task"], found["field"]) == ("a", field)
    assert [found["message"]] == details["problems"]


async def test_a_problem_of_the_settings_names_its_field(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    read = await document_of(client, plan_id)
    read["document"]["settings"] = {"budget_usd": "-3", "max_parallel": 300}

    answer = await put(client, plan_id, read["document"], plan_hash=read["plan_hash"])

    assert answer.json()["error"]["details"]["fields"] == [
        {
            "task": None,
            "field": "settings.max_parallel",
            "message": "settings.max_parallel: must be at most 256, not the number 300",
        },
        {
            "task": None,
            "field": "settings.budget_usd",
            "message": "settings.budget_usd: must be more than 0, not '-3'",
        },
    ]


async def test_the_evidence_tells_attempts_and_what_checks_prove(
    client: httpx.AsyncClient,
) -> None:
    plan = plan_of(
        writes("a", checks=["grep -q a a.txt", "test -d ."]),
        writes("b", checks=["test -s missing.txt"], max_retries=1),
        writes("c", "b"),
    )
    plan_id = await start(client, plan)
    tasks = tasks_of(await until(client, plan_id, "completed"))

    proofs = (await client.get(f"{API}/{plan_id}/evidence")).json()["tasks"]

    by_id = {proof["task_id"]: proof for proof in proofs}
    assert set(by_id) == {tasks["a"]["task_id"], tasks["b"]["task_id"]}
    sound, empty = by_id[tasks["a"]["task_id"]]["checks"]
    assert (sound["passed"], sound["passed_on_base"]) == (True, False)
    assert (empty["passed"], empty["passed_on_base"]) == (True, True)
    failed = by_id[tasks["b"]["task_id"]]
    assert (failed["attempts"], failed["checks"][0]["passed"]) == (2, False)
