"""A plan that is changed, before and after it was executed: what is kept, what runs again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from support.oracle import Oracle
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
from support.revisions import document_of, edit, execute, finished, task_in, tasks_in

SIX = ("a", "b", "c", "d", "e", "f")


def six_tasks() -> dict[str, Any]:
    """Two branches: a → b → c and d → e, and f for itself."""
    return plan_of(
        writes("a"),
        writes("b", "a"),
        writes("c", "b"),
        writes("d"),
        writes("e", "d"),
        writes("f"),
    )


def commits_of(detail: dict[str, Any]) -> dict[str, str]:
    return {key: task["commit"] for key, task in tasks_of(detail).items()}


async def attempts_of(client: httpx.AsyncClient, detail: dict[str, Any], key: str) -> list[Any]:
    task = tasks_of(detail)[key]["task_id"]
    answer = await client.get(f"{API}/{detail['masterplan_id']}/tasks/{task}/attempts")
    found: list[Any] = answer.json()["attempts"]
    return found


def judge(tmp_path: Path) -> None:
    Oracle(tmp_path / "data").judge()


async def test_an_edited_task_of_a_finished_plan_runs_again_with_its_dependents_alone(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    before = await finished(client, six_tasks())
    plan_id = before["masterplan_id"]

    edited = await edit(
        client, plan_id, lambda plan: task_in(plan, "b").update(description="Write it better.")
    )

    assert edited.status_code == 200, edited.text
    draft = edited.json()
    assert (draft["status"], draft["revision"], draft["outcome"]) == ("draft", 2, None)
    assert (draft["approved_by"], draft["completed_tasks"]) == (None, 4)
    assert statuses_of(draft) == {
        **dict.fromkeys("adef", "completed"),
        **dict.fromkeys("bc", "pending"),
    }
    assert (await client.post(f"{API}/{plan_id}/execute")).status_code == 400, "not approved"

    after = await execute(client, plan_id)

    assert (after["outcome"], after["completed_tasks"]) == ("succeeded", 6)
    changed = {key for key in SIX if commits_of(after)[key] != commits_of(before)[key]}
    assert changed == {"b", "c"}
    assert {key: tasks_of(after)[key]["attempt"] for key in SIX} == {
        **dict.fromkeys("adef", 1),
        **dict.fromkeys("bc", 2),
    }
    first, second = await attempts_of(client, after, "b")
    assert (first["status"], first["commit"]) == ("completed", commits_of(before)["b"])
    assert (second["status"], second["commit"]) == ("completed", commits_of(after)["b"])
    assert after["workspace_path"] == before["workspace_path"]
    judge(tmp_path)


async def test_a_change_that_is_taken_back_brings_the_results_back(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    before = await finished(client, six_tasks())
    plan_id = before["masterplan_id"]
    read = await document_of(client, plan_id)
    await edit(client, plan_id, lambda plan: task_in(plan, "a").update(checks=["test -f a.txt"]))
    await client.post(f"{API}/{plan_id}/reject", json={"rejection_reason": "not now"})

    restored = await client.put(f"{API}/{plan_id}", json=read["document"])

    detail = restored.json()
    assert (detail["status"], detail["revision"]) == ("draft", 3)
    assert set(statuses_of(detail).values()) == {"completed"}
    after = await execute(client, plan_id)
    assert commits_of(after) == commits_of(before)
    assert [task["attempt"] for task in tasks_of(after).values()] == [1] * 6
    judge(tmp_path)


async def test_an_earlier_revision_is_restored_with_what_was_built_for_it(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    before = await finished(client, six_tasks())
    plan_id = before["masterplan_id"]
    await edit(client, plan_id, lambda plan: task_in(plan, "b").update(checks=["test -f b.txt"]))
    rebuilt = await execute(client, plan_id)
    assert commits_of(rebuilt) != commits_of(before)

    wrong = await client.post(
        f"{API}/{plan_id}/revisions/1/restore", json={"plan_hash": before["plan_hash"]}
    )
    draft = (await client.post(f"{API}/{plan_id}/revisions/1/restore")).json()
    again = await client.post(f"{API}/{plan_id}/revisions/1/restore")
    missing = await client.post(f"{API}/{plan_id}/revisions/7/restore")

    assert wrong.json()["error"]["code"] == "plan_hash_mismatch"
    assert (draft["status"], draft["revision"]) == ("draft", 3)
    assert draft["plan_hash"] == before["plan_hash"]
    assert again.json()["error"]["code"] == "nothing_to_revise"
    assert missing.status_code == 404
    kept = (await client.get(f"{API}/{plan_id}/revisions")).json()["revisions"]
    assert kept[0]["reason"] == "Restored revision 1"
    after = await execute(client, plan_id)
    assert after["outcome"] == "succeeded"
    judge(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"max_retries": 5},
        {"complexity": "high"},
        {"budget_tokens": 1000},
    ],
)
async def test_what_does_not_change_the_work_runs_nothing_again(
    client: httpx.AsyncClient, change: dict[str, Any]
) -> None:
    before = await finished(client, plan_of(writes("a"), writes("b", "a")))

    edited = await edit(
        client, before["masterplan_id"], lambda plan: task_in(plan, "a").update(change)
    )

    assert edited.json()["revision"] == 2
    assert set(statuses_of(edited.json()).values()) == {"completed"}


async def test_moving_a_task_runs_nothing_again(client: httpx.AsyncClient) -> None:
    before = await finished(client, plan_of(writes("a"), writes("b"), writes("c")))

    def reverse(plan: dict[str, Any]) -> None:
        plan["phases"][0]["milestones"][0]["tasks"].reverse()

    edited = (await edit(client, before["masterplan_id"], reverse)).json()

    assert [task["key"] for task in tasks_of(edited).values()] == ["c", "b", "a"]
    assert [task["task_number"] for task in tasks_of(edited).values()] == [1, 2, 3]
    assert set(statuses_of(edited).values()) == {"completed"}


async def test_a_partial_plan_is_mended_and_runs_only_what_is_not_done(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    plan = plan_of(
        writes("a"),
        scripted("b", "a", script={"fail_attempts": 99}, max_retries=1),
        writes("c", "b"),
        writes("d", "a"),
    )
    before = await finished(client, plan)
    assert (before["outcome"], before["failed_tasks"], before["skipped_tasks"]) == ("partial", 1, 1)

    await edit(client, before["masterplan_id"], lambda plan: task_in(plan, "b").update(script=None))
    after = await execute(client, before["masterplan_id"])

    assert after["outcome"] == "succeeded"
    assert (after["failed_tasks"], after["skipped_tasks"]) == (0, 0)
    assert {key: task["attempt"] for key, task in tasks_of(after).items()} == {
        "a": 1,
        "b": 3,
        "c": 1,
        "d": 1,
    }
    assert tasks_of(after)["b"]["retry_count"] == 0
    judge(tmp_path)


async def test_tasks_are_added_to_a_finished_plan_and_removed_from_it(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    before = await finished(client, plan_of(writes("a"), writes("b", "a"), writes("c")))
    plan_id = before["masterplan_id"]
    gone = tasks_of(before)["b"]["task_id"]

    def change(plan: dict[str, Any]) -> None:
        tasks = plan["phases"][0]["milestones"][0]["tasks"]
        tasks.remove(task_in(plan, "b"))
        tasks.append(writes("d", "a"))

    draft = (await edit(client, plan_id, change)).json()
    assert statuses_of(draft) == {"a": "completed", "c": "completed", "d": "pending"}
    assert (draft["total_tasks"], draft["completed_tasks"], draft["cancelled_tasks"]) == (3, 2, 0)
    after = await execute(client, plan_id)

    assert (after["outcome"], after["total_tasks"]) == ("succeeded", 3)
    # What the removed task had built stays, and so does the history of its attempts.
    files = (await client.get(f"{API}/{plan_id}/files")).json()["files"]
    assert files == ["a.txt", "b.txt", "c.txt", "d.txt"]
    kept = (await client.get(f"{API}/{plan_id}/tasks/{gone}/attempts")).json()["attempts"]
    assert [attempt["status"] for attempt in kept] == ["completed"]
    told = [event for event in await events_of(client, plan_id) if _is_about(event, gone)]
    assert told[-1]["payload"]["status"] == "cancelled"
    assert "revision 2" in told[-1]["payload"]["error"]
    judge(tmp_path)

    # A task that comes back is known by its key, with all that it had.
    returned = (await client.put(f"{API}/{plan_id}", json=await _first(client, plan_id))).json()
    assert tasks_of(returned)["b"]["task_id"] == gone
    assert statuses_of(returned) == {"a": "completed", "b": "completed", "c": "completed"}
    await execute(client, plan_id)
    judge(tmp_path)


def _is_about(event: dict[str, Any], task_id: str) -> bool:
    return bool(event["payload"].get("task_id") == task_id)


async def _first(client: httpx.AsyncClient, plan_id: str) -> Any:
    answer = await client.get(f"{API}/{plan_id}/revisions/1")
    assert answer.status_code == 200, answer.text
    return answer.json()["document"]


async def test_a_removed_task_is_neither_retried_nor_counted(client: httpx.AsyncClient) -> None:
    broken = scripted("b", script={"fail_attempts": 99}, max_retries=0)
    before = await finished(client, plan_of(writes("a"), broken))
    plan_id, gone = before["masterplan_id"], tasks_of(before)["b"]["task_id"]

    await edit(client, plan_id, lambda plan: plan["phases"][0]["milestones"][0]["tasks"].pop())
    after = await execute(client, plan_id)

    assert (after["outcome"], after["total_tasks"]) == ("succeeded", 1)
    answer = await client.post(f"{API}/{plan_id}/tasks/{gone}/retry")
    assert answer.status_code == 400, answer.text
    assert (await client.post(f"{API}/{plan_id}/retry")).status_code == 400
    assert (await client.get(f"{API}/{plan_id}/tasks/{gone}")).status_code == 404


async def test_a_cancelled_plan_is_edited_and_goes_on(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    plan = plan_of(writes("a"), scripted("b", "a", script={"duration_s": 60}), writes("c", "b"))
    plan_id = await start(client, plan)
    await until_detail(client, plan_id, lambda now: statuses_of(now)["b"] == "in_progress")
    cancelled = (await client.post(f"{API}/{plan_id}/cancel")).json()
    assert statuses_of(cancelled) == {"a": "completed", "b": "cancelled", "c": "cancelled"}

    await edit(client, plan_id, lambda plan: task_in(plan, "b").update(script=None))
    after = await execute(client, plan_id)

    assert after["outcome"] == "succeeded"
    assert {key: task["attempt"] for key, task in tasks_of(after).items()} == {
        "a": 1,
        "b": 2,
        "c": 1,
    }
    judge(tmp_path)


async def test_an_approved_plan_that_is_edited_needs_another_approval(
    client: httpx.AsyncClient,
) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    await client.post(f"{API}/{plan_id}/approve")

    edited = (await edit(client, plan_id, lambda plan: plan.update(title="Other"))).json()

    assert (edited["status"], edited["approved_by"], edited["approved_at"]) == ("draft", None, None)
    assert (await client.post(f"{API}/{plan_id}/execute")).status_code == 400


async def test_a_paused_plan_is_edited_once_nothing_of_it_runs(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    plan_id = await start(client, plan_of(held("a"), writes("b", "a")))
    await until_detail(client, plan_id, lambda now: statuses_of(now)["a"] == "in_progress")
    refused = await edit(client, plan_id, lambda plan: plan.update(title="Other"))
    assert refused.status_code == 400
    assert "pause or cancel it first" in refused.json()["error"]["message"]
    await client.post(f"{API}/{plan_id}/pause")
    too_soon = await edit(client, plan_id, lambda plan: plan.update(title="Other"))
    assert too_soon.status_code == 400
    assert "1 of its tasks still run" in too_soon.json()["error"]["message"]
    await let_go(client, plan_id, "a")
    await until_detail(client, plan_id, lambda now: statuses_of(now)["b"] == "ready")

    edited = await edit(client, plan_id, lambda plan: task_in(plan, "b").update(name="Other"))

    assert edited.status_code == 200, edited.text
    assert statuses_of(edited.json()) == {"a": "completed", "b": "pending"}
    after = await execute(client, plan_id)
    assert tasks_of(after)["a"]["attempt"] == 1
    judge(tmp_path)


async def test_another_model_runs_the_tasks_again_that_ask_one(client: httpx.AsyncClient) -> None:
    before = await finished(client, plan_of(writes("a"), settings={"model": "test:one"}))

    edited = await edit(
        client, before["masterplan_id"], lambda plan: plan["settings"].update(model="test:two")
    )

    assert statuses_of(edited.json()) == {"a": "completed"}, "a command asks no model"


async def test_the_repository_of_a_plan_that_was_executed_stays(client: httpx.AsyncClient) -> None:
    before = await finished(client, plan_of(writes("a")))

    refused = await edit(
        client, before["masterplan_id"], lambda plan: plan.update(repository="/somewhere")
    )

    assert refused.status_code == 422
    assert "make a new plan" in refused.json()["error"]["message"]
    assert (await detail_of(client, before["masterplan_id"]))["status"] == "completed"


async def test_of_two_who_edit_a_finished_plan_the_second_is_refused(
    client: httpx.AsyncClient,
) -> None:
    before = await finished(client, plan_of(writes("a")))
    plan_id = before["masterplan_id"]
    read = await document_of(client, plan_id)
    params = {"plan_hash": read["plan_hash"]}
    first = {**read["document"], "title": "First"}
    second = {**read["document"], "title": "Second"}

    assert (await client.put(f"{API}/{plan_id}", json=first, params=params)).status_code == 200
    refused = await client.put(f"{API}/{plan_id}", json=second, params=params)

    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "plan_hash_mismatch"
    assert (await detail_of(client, plan_id))["title"] == "First"


async def test_an_approval_that_came_meanwhile_is_not_undone_unseen(
    client: httpx.AsyncClient,
) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    read = await document_of(client, plan_id)
    await client.post(f"{API}/{plan_id}/approve")

    refused = await client.put(
        f"{API}/{plan_id}",
        json={**read["document"], "title": "Other"},
        params={"plan_hash": read["plan_hash"], "status": "draft"},
    )

    assert refused.status_code == 400
    assert "it was draft when you read it" in refused.json()["error"]["message"]
    assert (await detail_of(client, plan_id))["status"] == "approved"


async def test_revisions_tell_who_wrote_them_when_and_why(client: httpx.AsyncClient) -> None:
    plan = await create(client, plan_of(writes("a")))
    plan_id = plan["masterplan_id"]
    read = await document_of(client, plan_id)
    await client.put(
        f"{API}/{plan_id}",
        json={**read["document"], "title": "Better"},
        params={"reason": "It had no name."},
        headers={"X-Masterplan-Actor": "ada"},
    )

    answer = (await client.get(f"{API}/{plan_id}/revisions")).json()

    assert answer["current"] == 2
    second, first = answer["revisions"]
    assert (second["number"], second["author"], second["author_kind"]) == (2, "ada", "person")
    assert (second["reason"], second["status"]) == ("It had no name.", "ready")
    assert (first["number"], first["plan_hash"]) == (1, plan["plan_hash"])
    kept = (await client.get(f"{API}/{plan_id}/revisions/1")).json()
    assert kept["document"] == read["document"]
    assert (await client.get(f"{API}/{plan_id}/revisions/3")).status_code == 404


async def test_two_revisions_are_compared_by_task_and_field(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(writes("a"), writes("b"))))["masterplan_id"]

    def change(plan: dict[str, Any]) -> None:
        task_in(plan, "a").update(max_retries=4)
        tasks_in(plan)
        plan["phases"][0]["milestones"][0]["tasks"][1] = writes("c", "a")

    await edit(client, plan_id, change)

    answer = await client.get(f"{API}/{plan_id}/revisions/1/diff", params={"to": 2})

    told = answer.json()
    assert (told["old"], told["new"]) == (1, 2)
    assert {task["key"]: task["kind"] for task in told["diff"]["tasks"]} == {
        "a": "changed",
        "c": "added",
        "b": "removed",
    }
    assert told["diff"]["tasks"][0]["fields"] == [{"field": "max_retries", "old": 2, "new": 4}]
    assert (await client.get(f"{API}/{plan_id}/revisions/1/diff")).status_code == 422
    missing = await client.get(f"{API}/{plan_id}/revisions/1/diff", params={"to": 9})
    assert missing.status_code == 404


async def test_a_retry_with_guidance_is_no_revision(client: httpx.AsyncClient) -> None:
    broken = scripted("a", script={"fail_attempts": 1}, max_retries=0)
    before = await finished(client, plan_of(broken))
    task = tasks_of(before)["a"]["task_id"]
    await client.post(f"{API}/{before['masterplan_id']}/tasks/{task}/retry", json={})
    after = await until(client, before["masterplan_id"], "completed", after=before["last_seq"])

    read = await document_of(client, before["masterplan_id"])

    assert tasks_of(after)["a"]["max_retries"] == 1
    assert task_in(read["document"], "a")["max_retries"] == 0, "as it was approved"
