"""What an interrupted attempt leaves is kept; what ended long ago is removed."""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from masterplan.api.app import create_app
from masterplan.failpoints import Failpoint, Trigger
from masterplan.settings import Settings
from support.app import client_of, eventually
from support.chats import CHATS, begin_chat, says, send, served_model, until_status
from support.loopback_model import MODEL, Answer, Beginning, Hang, Refusal, scripted
from support.models import model, module, modules
from support.plans import API, create, plan_of, start, until, writes
from support.process import Server, client_of_server, served

PRUNABLE = "/api/v1/system/prunable"


def git(detail: dict[str, str], *arguments: str) -> str:
    command = ["git", "--git-dir", f"{detail['workspace_path']}/repository.git", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


async def until_written(detail: dict[str, str], name: str) -> None:
    path = Path(detail["workspace_path"], "attempts", name)
    await eventually(lambda: path.exists() and path.read_text())


async def log_of(client: httpx.AsyncClient, detail: dict[str, str]) -> str:
    task = detail["phases"][0]["milestones"][0]["tasks"][0]["task_id"]  # type: ignore[index]
    answer = await client.get(f"{API}/{detail['masterplan_id']}/tasks/{task}/attempts/1/log")
    return answer.text


async def test_what_a_cancelled_attempt_has_written_is_kept(client: httpx.AsyncClient) -> None:
    plan_id = await start(client, plan_of(writes("a", command="echo half > a.txt; sleep 300")))
    detail = (await client.get(f"{API}/{plan_id}")).json()
    await until_written(detail, "a-1/a.txt")

    await client.post(f"{API}/{plan_id}/cancel")

    assert git(detail, "show", "refs/attempts/a-1-salvaged:a.txt") == "half\n"
    assert "What it had written is kept" in await log_of(client, detail)
    assert list(Path(detail["workspace_path"], "attempts").iterdir()) == []


async def test_a_cancel_needs_no_repository(client: httpx.AsyncClient) -> None:
    plan_id = await start(client, plan_of(writes("a", command="echo half > a.txt; sleep 300")))
    detail = (await client.get(f"{API}/{plan_id}")).json()
    await until_written(detail, "a-1/a.txt")
    repository = Path(detail["workspace_path"], "repository.git")
    repository.rename(repository.with_name("away"))

    answer = await client.post(f"{API}/{plan_id}/cancel")

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled"), answer.text
    # Nothing was saved of it, so it is left where it is.
    assert Path(detail["workspace_path"], "attempts/a-1/a.txt").read_text() == "half\n"


async def test_what_an_attempt_had_written_before_a_restart_is_kept(settings: Settings) -> None:
    plan = plan_of(writes("a", command="echo half > a.txt; sleep 300"))
    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        plan_id = await start(client, plan)
        detail = (await client.get(f"{API}/{plan_id}")).json()
        await until_written(detail, "a-1/a.txt")

    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        salvaged = Path(detail["workspace_path"], "repository.git/refs/attempts/a-1-salvaged")
        await eventually(salvaged.exists)
        assert git(detail, "show", f"{salvaged.read_text().strip()}:a.txt") == "half\n"
        await client.post(f"{API}/{plan_id}/cancel")
        await until(client, plan_id, "cancelled")


async def test_an_old_plan_keeps_its_result_and_loses_its_logs(client: httpx.AsyncClient) -> None:
    plan_id = await start(
        client, plan_of(writes("a"), writes("b", command="exit 1", max_retries=0))
    )
    detail = await until(client, plan_id, "completed")
    young = (await client.get(f"{PRUNABLE}?older_than_days=1")).json()
    old = (await client.get(f"{PRUNABLE}?older_than_days=0")).json()

    removed = (await client.post(f"{PRUNABLE}/remove", json={"older_than_days": 0})).json()

    assert young == {"plans": [], "bytes": 0}
    assert [plan["masterplan_id"] for plan in old["plans"]] == [plan_id]
    assert removed == old
    assert removed["bytes"] > 0
    assert list(Path(detail["workspace_path"], "logs").iterdir()) == []
    assert git(detail, "for-each-ref", "refs/attempts") == ""
    assert git(detail, "show", f"{detail['branch']}:a.txt") == "a\n"
    assert git(detail, "fsck", "--full", "--no-dangling") == ""
    assert (await client.get(PRUNABLE, params={"older_than_days": 0})).json()["plans"] == []
    tasks = f"{API}/{plan_id}/tasks"
    first, second = detail["phases"][0]["milestones"][0]["tasks"]
    assert "+a" in (await client.get(f"{tasks}/{first['task_id']}/attempts/1/diff")).text
    gone = await client.get(f"{tasks}/{second['task_id']}/attempts/1/log")
    assert (gone.status_code, "removed" in gone.text) == (404, True)


@pytest.mark.databases
async def test_what_models_were_asked_goes_and_what_it_cost_stays(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    task = {"key": "a", "name": "Write a", "target_files": ["a.py"], "checks": ["test -s a.py"]}
    plan = plan_of(task, settings={"agent": "llm", "model": MODEL})
    with model(monkeypatch, scripted(Answer("```python\nX = 1\n```"))):
        plan_id = await start(client, plan)
        before = await until(client, plan_id, "completed")
    done = before["phases"][0]["milestones"][0]["tasks"][0]
    requests = f"{API}/{plan_id}/tasks/{done['task_id']}/attempts/1/requests"
    assert len((await client.get(requests)).json()["requests"]) == 1

    removed = (await client.post(f"{PRUNABLE}/remove", json={"older_than_days": 0})).json()

    assert removed["bytes"] > 500, "more than the log"
    assert (await client.get(requests)).json()["requests"] == []
    after = (await client.get(f"{API}/{plan_id}")).json()
    assert after["tokens_input"] == before["tokens_input"] == 100
    assert after["cost_usd"] == before["cost_usd"]
    assert (await client.get(PRUNABLE, params={"older_than_days": 0})).json()["plans"] == []


async def prunable_bytes(client: httpx.AsyncClient) -> int:
    return int((await client.get(PRUNABLE, params={"older_than_days": 0})).json()["bytes"])


async def remove_prunable(client: httpx.AsyncClient) -> int:
    """Remove what can be; return how much that was."""
    removed = await client.post(f"{PRUNABLE}/remove", json={"older_than_days": 0})
    return int(removed.json()["bytes"])


async def generate(client: httpx.AsyncClient) -> str:
    body = {"goal": "A module.", "settings": {"model": MODEL}}
    return str((await client.post(f"{API}/generate", json=body)).json()["masterplan_id"])


async def test_what_a_failed_generation_has_asked_goes(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model(monkeypatch, scripted(Refusal(401))):
        await until(client, await generate(client), "failed")

    assert (await client.get(f"{PRUNABLE}?older_than_days=1")).json()["bytes"] == 0
    assert await remove_prunable(client) > 500
    assert await prunable_bytes(client) == 0


@pytest.mark.databases
async def test_what_a_generation_has_asked_is_kept_until_it_is_over(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    with model(monkeypatch, scripted(Hang())) as asked:
        plan_id = await generate(client)
        await eventually(lambda: asked.seen)
        assert await remove_prunable(client) == 0
        await client.post(f"{API}/{plan_id}/cancel")

    assert await remove_prunable(client) > 500
    assert await prunable_bytes(client) == 0


async def test_what_a_model_was_asked_for_a_revision_goes_and_its_cost_stays(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    better = Answer(json.dumps({"changed": [{"key": "a", "description": "X"}], "removed": []}))
    with model(monkeypatch, scripted(better)):
        plan = await create(client, modules(module("a"), module("b")))
        plan_id = plan["masterplan_id"]
        await client.post(f"{API}/{plan_id}/revise", json={"feedback": "Better."})
        before = await until(client, plan_id, "draft", after=plan["last_seq"])
    assert before["revision"] == 2

    assert await remove_prunable(client) > 500

    after = (await client.get(f"{API}/{plan_id}")).json()
    assert await prunable_bytes(client) == 0
    assert after["tokens_input"] == before["tokens_input"] == 100
    assert after["cost_usd"] == before["cost_usd"]


@pytest.mark.databases
async def test_what_an_answer_has_asked_goes_once_it_is_written(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    answers = scripted(Beginning('{"reply": "Which wo'), says("Which words?"))
    with served_model(monkeypatch, answers):
        chat = await begin_chat(client, model=MODEL)
        await send(client, chat, "I want a greeting.")
        await until_status(client, chat, "writing", text="Which wo")
        assert await remove_prunable(client) == 0
        await client.post(f"{CHATS}/{chat}/stop")
        stopped = await prunable_bytes(client)
        await client.post(f"{CHATS}/{chat}/retry")
        answer = await until_status(client, chat, "complete")

    assert await remove_prunable(client) > stopped > 500
    assert await prunable_bytes(client) == 0
    detail = (await client.get(f"{CHATS}/{chat}")).json()
    assert detail["messages"][-1] == answer
    assert detail["tokens_input"] == 100


@pytest.mark.postgres
async def test_a_clone_of_an_old_plans_workspace_goes_and_is_made_again_for_a_retry(
    tmp_path: Path, postgres_url: str
) -> None:
    environment = {"MASTERPLAN_DATABASE_URL": postgres_url}
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    async with served(ours, environment=environment) as (server, client):
        broken = writes("a", command="echo a > a.txt; test -e b.txt", max_retries=0)
        plan_id = await start(client, plan_of(broken))
        detail = await until(client, plan_id, "completed")
        server.kill()
    async with served(theirs, environment=environment) as (_, client):
        task = detail["phases"][0]["milestones"][0]["tasks"][0]["task_id"]
        clone = theirs / "workspaces" / plan_id
        for _ in range(2):
            assert (await client.post(f"{API}/{plan_id}/tasks/{task}/retry")).is_success
            detail = await until(client, plan_id, "completed", after=detail["last_seq"])
            assert (clone / "repository.git").is_dir()

            removed = (await client.post(f"{PRUNABLE}/remove", json={"older_than_days": 0})).json()

            assert [plan["masterplan_id"] for plan in removed["plans"]] == [plan_id]
            assert list(clone.parent.iterdir()) == []
    assert (ours / "workspaces" / plan_id / "repository.git").is_dir()


async def test_a_pruned_plan_can_be_retried(client: httpx.AsyncClient) -> None:
    fails = "echo a > a.txt; exit 1"
    plan_id = await start(client, plan_of(writes("a", command=fails, max_retries=0)))
    detail = await until(client, plan_id, "completed")
    await client.post(f"{PRUNABLE}/remove", json={"older_than_days": 0})
    task = detail["phases"][0]["milestones"][0]["tasks"][0]["task_id"]

    answer = await client.post(f"{API}/{plan_id}/tasks/{task}/retry", json={})

    assert answer.status_code == 202
    await until(client, plan_id, "completed", after=detail["last_seq"])
    log = await client.get(f"{API}/{plan_id}/tasks/{task}/attempts/2/log")
    assert log.status_code == 200, log.text


@pytest.mark.databases
@pytest.mark.parametrize("point", [point for point in Failpoint if point.startswith("prune-")])
async def test_a_pruning_that_was_killed_is_ended_by_the_next(
    tmp_path: Path, backend: str, database_url: str, point: Failpoint
) -> None:
    server = Server(tmp_path / "data", {"MASTERPLAN_DATABASE_URL": database_url})
    try:
        async with client_of_server(server) as client:
            server.start(failpoint=Trigger(point))
            await server.ready(client)
            fails = writes("b", command="echo b > b.txt; exit 1", max_retries=0)
            plan_id = await start(client, plan_of(writes("a"), fails))
            detail = await until(client, plan_id, "completed")
            with suppress(httpx.TransportError):
                await client.post(f"{PRUNABLE}/remove", json={"older_than_days": 0})
            await server.death(within=20)
            server.start()
            await server.ready(client)

            await client.post(f"{PRUNABLE}/remove", json={"older_than_days": 0})

            assert (await client.get(PRUNABLE, params={"older_than_days": 0})).json()["plans"] == []
            tasks = detail["phases"][0]["milestones"][0]["tasks"]
            for task in tasks:
                log = f"{API}/{plan_id}/tasks/{task['task_id']}/attempts/1/log"
                assert (await client.get(log)).status_code == 404
    finally:
        server.close()
    assert list(Path(detail["workspace_path"], "logs").iterdir()) == []
    assert git(detail, "for-each-ref", "refs/attempts") == ""
    assert git(detail, "fsck", "--full", "--no-dangling") == ""
