"""An attempt that has lost its task publishes nothing and is ended, on one machine too."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from masterplan import repository
from masterplan.api.app import create_app
from masterplan.db import Database
from masterplan.engine import transitions
from masterplan.failpoints import Failpoint, Trigger
from masterplan.settings import Settings
from support.app import client_of, eventually
from support.plans import API, detail_of, plan_of, start, tasks_of, until, writes
from support.process import Server, client_of_server

pytestmark = [pytest.mark.databases, pytest.mark.timeout(300)]

COUNT = "git --git-dir={0}/repository.git rev-list --count {1} --grep=Task:"


@pytest.mark.parametrize("point", [Failpoint.WORK_RECORDED, Failpoint.PROOF_RECORDED])
async def test_attempt_that_was_taken_over_publishes_nothing_after_a_restart(
    tmp_path: Path, backend: str, database_url: str, point: Failpoint
) -> None:
    server = Server(tmp_path / "data", {"MASTERPLAN_DATABASE_URL": database_url})
    try:
        async with client_of_server(server) as client:
            server.start(failpoint=Trigger(point))
            await server.ready(client)
            with suppress(httpx.TransportError):
                await start(client, plan_of(writes("a")))
            await server.death(within=30)
            # Somebody takes the task over; of the workflow they know nothing, and it is resumed.
            await give_back_all(database_url)
            server.start()
            await server.ready(client)
            (plan,) = (await client.get(API)).json()["masterplans"]
            plan_id = plan["masterplan_id"]
            if plan["status"] == "approved":
                await client.post(f"{API}/{plan_id}/execute")
            detail = await until(client, plan_id, "completed")
            task = tasks_of(detail)["a"]
            attempts = f"{API}/{plan_id}/tasks/{task['task_id']}/attempts"
            made = (await client.get(attempts)).json()["attempts"]
    finally:
        server.close()

    assert (task["status"], task["attempt"], task["retry_count"]) == ("completed", 2, 0)
    assert [(each["number"], each["status"]) for each in made] == [(1, "failed"), (2, "completed")]
    command = COUNT.format(detail["workspace_path"], detail["branch"]).split()
    commits = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert int(commits) == 1


async def give_back_all(database_url: str) -> None:
    database = Database(database_url)
    try:
        async with database.reading() as session:
            held = await repository.all_running_attempts(session)
        assert held
        async with database.unit_of_work() as session:
            for each in held:
                assert await transitions.give_back(session, each.task_id, attempt=each.attempt)
    finally:
        await database.close()


async def test_attempt_of_a_plan_that_was_cancelled_behind_its_back_is_ended(
    settings: Settings,
) -> None:
    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        plan_id = await start(client, plan_of(writes("a", command="echo half > a.txt; sleep 300")))
        detail = await detail_of(client, plan_id)
        place = Path(detail["workspace_path"], "attempts", "a-1")
        await eventually(lambda: (place / "a.txt").is_file())

        async with app.runtime.database.unit_of_work() as session:
            await app.runtime.executions.cancel(session, plan_id, by="a process that died")

        await eventually(lambda: not place.exists())
        assert not app.runtime.executing_engine()._attempts.running
