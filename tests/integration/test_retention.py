"""What an interrupted attempt leaves is kept; what ended long ago is removed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx

from masterplan.api.app import create_app
from masterplan.settings import Settings
from support.app import client_of, eventually
from support.plans import API, plan_of, start, until, writes


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
