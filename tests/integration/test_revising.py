"""Revisions by a model: from comments and feedback to a draft, or back to what the plan was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from masterplan.api.app import create_app
from masterplan.settings import Settings
from support.app import client_of
from support.loopback_model import MODEL, Answer, Hang, ModelServer, Step, scripted
from support.models import model
from support.plans import (
    API,
    create,
    events_of,
    plan_of,
    statuses_of,
    tasks_of,
    until,
    until_detail,
    writes,
)
from support.revisions import document_of, execute, finished, task_in

BETTER = Answer(
    json.dumps({"changed": [{"key": "b", "description": "Say it in French."}], "removed": []})
)


def plan(**settings: Any) -> dict[str, Any]:
    return plan_of(
        writes("a"), writes("b", "a"), writes("c"), settings={"model": MODEL, **settings}
    )


async def comment(
    client: httpx.AsyncClient, plan_id: str, text: str, task_key: str | None = None
) -> dict[str, Any]:
    body = {"text": text, "task_key": task_key}
    answer = await client.post(f"{API}/{plan_id}/comments", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def pending(client: httpx.AsyncClient, plan_id: str) -> list[str]:
    comments = (await client.get(f"{API}/{plan_id}/comments")).json()["comments"]
    return [each["text"] for each in comments if each["sent_in"] is None]


async def revise(client: httpx.AsyncClient, plan_id: str, **body: Any) -> int:
    """Ask for a revision; return the number of the last event before."""
    seen: int = (await client.get(f"{API}/{plan_id}")).json()["last_seq"]
    answer = await client.post(f"{API}/{plan_id}/revise", json=body)
    assert answer.status_code == 202, answer.text
    return seen


async def test_comments_are_sent_together_and_the_answer_is_the_next_revision(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = (await create(client, plan()))["masterplan_id"]
    await comment(client, plan_id, "In French, please.", "b")
    withdrawn = await comment(client, plan_id, "Never mind.")
    await comment(client, plan_id, "Keep it short.")
    gone = await client.delete(f"{API}/{plan_id}/comments/{withdrawn['comment_id']}")
    assert gone.status_code == 204
    assert await pending(client, plan_id) == ["In French, please.", "Keep it short."]

    with model(monkeypatch, scripted(BETTER)) as asked:
        seen = await revise(client, plan_id)
        detail = await until(client, plan_id, "draft", after=seen)

    assert (detail["revision"], tasks_of(detail)["b"]["description"]) == (2, "Say it in French.")
    assert tasks_of(detail)["b"]["command"] == "echo b > b.txt", "a person's words stay"
    (question,) = asked.seen
    for said in ("In French, please.", "Keep it short."):
        assert said in question
    assert "Never mind." not in question
    assert await pending(client, plan_id) == []
    told = (await client.get(f"{API}/{plan_id}/revisions")).json()["revisions"][0]
    assert (told["author"], told["author_kind"], told["asked_by"]) == (MODEL, "model", "operator")
    assert told["reason"] == "Keep it short.\nTask b: In French, please."
    steps = [
        event["payload"]["phase"]
        for event in await events_of(client, plan_id, after=seen)
        if event["type"] == "masterplan_generation_progress"
    ]
    assert steps == ["revision", "validation"]
    diff = await client.get(f"{API}/{plan_id}/revisions/1/diff", params={"to": 2})
    (change,) = diff.json()["diff"]["tasks"]
    assert (change["key"], [field["field"] for field in change["fields"]]) == (
        "b",
        ["description"],
    )


async def test_a_comment_on_a_task_that_was_removed_meanwhile_is_not_lost(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = (await create(client, plan()))["masterplan_id"]
    await comment(client, plan_id, "Both in one file.", "c")
    without = plan_of(writes("a"), writes("b", "a"), settings={"model": MODEL})
    assert (await client.put(f"{API}/{plan_id}", json=without)).status_code == 200

    with model(monkeypatch, scripted(BETTER)):
        seen = await revise(client, plan_id)
        await until(client, plan_id, "draft", after=seen)

    told = (await client.get(f"{API}/{plan_id}/revisions")).json()["revisions"][0]
    assert told["reason"] == "Of the task c, which was removed since: Both in one file."


async def test_a_finished_plan_is_revised_and_builds_only_what_changed(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await finished(client, plan())
    plan_id = before["masterplan_id"]

    with model(monkeypatch, scripted(BETTER)) as asked:
        seen = await revise(client, plan_id, feedback="In French.")
        draft = await until(client, plan_id, "draft", after=seen)

    assert "Completed already: a, b, c." in json.loads(asked.seen[0])[-1]["content"]
    assert statuses_of(draft) == {"a": "completed", "b": "pending", "c": "completed"}
    after = await execute(client, plan_id)
    assert {key: task["attempt"] for key, task in tasks_of(after).items()} == {
        "a": 1,
        "b": 2,
        "c": 1,
    }


async def test_what_is_wrong_goes_back_and_a_task_keeps_its_key(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = (await create(client, plan()))["masterplan_id"]
    task = {"name": "Write b", "description": "x", "target_files": ["b.txt"], "checks": ["false"]}
    renamed = Answer(json.dumps({"removed": ["b"], "added": [{"key": "b-2", **task}]}))

    with model(monkeypatch, scripted(renamed, BETTER)) as asked:
        seen = await revise(client, plan_id, feedback="In French.")
        detail = await until(client, plan_id, "draft", after=seen)

    assert "Task b-2 is task b under another key" in asked.seen[1]
    assert set(tasks_of(detail)) == {"a", "b", "c"}


async def test_a_revision_of_which_nothing_comes_leaves_the_plan_as_it_was(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await finished(client, plan())
    plan_id = before["masterplan_id"]
    await comment(client, plan_id, "Do the impossible.", "a")
    wrong = Answer(json.dumps({"changed": [{"key": "nobody", "name": "x"}]}))

    with model(monkeypatch, scripted(*[wrong] * 4, BETTER)) as asked:
        seen = await revise(client, plan_id)
        after = await until(client, plan_id, "completed", after=seen)
        assert len(asked.seen) == 4, "asked, and corrected three times"
        kept = ("revision", "plan_hash", "outcome", "approved_by", "completed_tasks")
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
        assert await pending(client, plan_id) == ["Do the impossible."], "to be sent again"
        failed = (await client.get(f"{API}/{plan_id}/revisions")).json()["revisions"][0]
        assert (failed["number"], failed["status"]) == (2, "failed")
        assert "There is no task nobody" in failed["error"]
        assert "change it by hand" in failed["error"]
        assert (await client.get(f"{API}/{plan_id}/revisions/2")).json()["document"] is None

        # Asked for the same again, the model is really asked again, under the next number.
        seen = await revise(client, plan_id)
        detail = await until(client, plan_id, "draft", after=seen)

    assert (detail["revision"], len(asked.seen)) == (3, 5)


async def test_a_rejected_plan_is_revised_from_its_reason(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = (await create(client, plan()))["masterplan_id"]
    reason = {"rejection_reason": "It must speak French."}
    await client.post(f"{API}/{plan_id}/reject", json=reason)

    with model(monkeypatch, scripted(BETTER)) as asked:
        seen = await revise(client, plan_id)
        await until(client, plan_id, "draft", after=seen)

    assert "It must speak French." in asked.seen[0]


async def test_a_revision_is_cancelled_and_the_plan_goes_on_as_it_was(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = (await create(client, plan()))["masterplan_id"]
    await client.post(f"{API}/{plan_id}/approve")
    with model(monkeypatch, scripted(Hang())):
        await revise(client, plan_id, feedback="French.")
        read = await document_of(client, plan_id)
        params = {"plan_hash": read["plan_hash"]}
        refused = await client.put(f"{API}/{plan_id}", json=read["document"], params=params)
        assert refused.status_code == 400, "not while it is revised"
        answer = await client.post(f"{API}/{plan_id}/cancel")

    assert (answer.status_code, answer.json()["status"]) == (200, "approved")
    failed = (await client.get(f"{API}/{plan_id}/revisions")).json()["revisions"][0]
    assert (failed["status"], failed["error"]) == ("failed", "cancelled by operator")
    assert failed["feedback"] == "French."


async def test_a_revision_that_was_under_way_is_made_after_a_restart(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model(monkeypatch, scripted(Hang())) as asked:
        app = create_app(settings)
        async with app.running(), client_of(app) as client:
            plan_id = (await create(client, plan()))["masterplan_id"]
            seen = await revise(client, plan_id, feedback="French.")
            await until_detail(client, plan_id, lambda _: asked.seen)
    with model(monkeypatch, scripted(BETTER)):
        app = create_app(settings)
        async with app.running(), client_of(app) as client:
            detail = await until(client, plan_id, "draft", after=seen)

    assert detail["revision"] == 2


async def test_what_cannot_be_asked_is_refused_in_words(client: httpx.AsyncClient) -> None:
    draft = await create(client, plan())
    plan_id = draft["masterplan_id"]

    nothing = await client.post(f"{API}/{plan_id}/revise")
    stale = await client.post(
        f"{API}/{plan_id}/revise", json={"feedback": "x", "plan_hash": "sha256:other"}
    )
    nobody = await client.post(f"{API}/{plan_id}/comments", json={"text": "x", "task_key": "q"})

    assert (nothing.status_code, nothing.json()["error"]["code"]) == (400, "nothing_to_revise")
    assert (stale.status_code, stale.json()["error"]["code"]) == (400, "plan_hash_mismatch")
    assert nobody.status_code == 404
    assert (await client.get(f"{API}/{plan_id}")).json()["status"] == "draft"


@contextmanager
def small(*answers: object) -> Iterator[ModelServer]:
    """A model that is taken for the embedded one."""
    steps: list[Step] = [Answer(json.dumps(each)) for each in answers]
    with ModelServer(scripted(*steps)).running() as server:
        yield server


async def test_a_small_model_rewrites_only_the_tasks_that_are_meant(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    choice = {
        "change": ["b"],
        "remove": [],
        "new_files": [{"file": "README.md", "what": "How it is used."}],
    }
    of_a = {
        "name": "Write a",
        "description": "Write it in capitals.",
        "target_files": ["a.txt"],
        "checks": ["grep -q A a.txt"],
    }
    of_b = {**of_a, "name": "Write b", "target_files": ["b.txt"], "checks": ["grep -q B b.txt"]}
    with small(choice, of_a, of_b) as asked:
        app = create_app(settings.model_copy(update={"local_model_url": asked.url}))
        async with app.running(), client_of(app) as client:
            plan_id = (await create(client, plan(model="local")))["masterplan_id"]
            before = await document_of(client, plan_id)
            await comment(client, plan_id, "In capitals.", "a")
            seen = await revise(client, plan_id, feedback="All of it in capitals, and a readme.")
            detail = await until(client, plan_id, "draft", after=seen)
            after = await document_of(client, plan_id)
            told = await events_of(client, plan_id, after=seen)

    assert len(asked.seen) == 3
    tasks = tasks_of(detail)
    assert list(tasks) == ["a", "b", "c", "readme"]
    assert (tasks["readme"]["target_files"], tasks["readme"]["checks"]) == (
        ["README.md"],
        ["test -s README.md"],
    )
    assert tasks["a"]["checks"] == ["grep -q A a.txt"]
    assert task_in(after["document"], "c") == task_in(before["document"], "c")
    assert "Rewriting a, 1 of 2" in [event["payload"].get("message") for event in told]
