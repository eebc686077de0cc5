"""Faults of the machine end no task: a full disk, a workflow that is lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dbos._dbos import _get_dbos_instance
from sqlalchemy import Connection, Engine, event
from structlog.testing import capture_logs

from masterplan.api.app import create_app
from masterplan.engine.report import AttemptReport
from masterplan.errors import NotFound
from masterplan.services.runtime import Runtime
from masterplan.settings import Settings
from support.app import client_of, eventually
from support.plans import (
    API,
    detail_of,
    events_of,
    plan_of,
    scripted,
    start,
    statuses_of,
    until,
    until_detail,
    writes,
)
from support.process import served


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.timeout(240)
async def test_full_disk_is_waited_out(small_disk: Path) -> None:
    chain = [writes(f"t{n}", *([f"t{n - 1}"] if n else [])) for n in range(25)]
    async with served(small_disk / "data") as (_server, client):
        plan_id = await start(client, plan_of(*chain))
        while (await detail_of(client, plan_id))["completed_tasks"] < 3:
            await client.get(f"{API}/{plan_id}/events", params={"after": 0, "wait": 1})
        filler = small_disk / "filler"
        fill_up(filler)
        waited = await client.get(f"{API}/{plan_id}/events", params={"after": 10**6, "wait": 4})
        assert waited.status_code in {200, 500}
        filler.unlink()

        detail = await until(client, plan_id, "completed", within=150)

    assert detail["outcome"] == "succeeded"
    assert detail["completed_tasks"] == 25


def fill_up(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65536)
        except OSError:
            return


async def test_attempt_that_nobody_runs_is_given_back_without_spending_a_retry(
    settings: Settings,
) -> None:
    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        plan_id = await start(client, plan_of(scripted("a", script={"duration_s": 2})))
        runtime: Runtime = app.fastapi.state.runtime
        engine = runtime.executing_engine()
        await eventually(lambda: engine._attempts.running)
        (lost,) = engine._attempts.running.values()
        lost.cancel()
        await eventually(lambda: not engine._attempts.running)
        for _ in range(4):
            await engine._reconciler.look()

        detail = await until(client, plan_id, "completed")
        started = [
            event["payload"]["attempt"]
            for event in await events_of(client, plan_id)
            if event["payload"].get("status") == "in_progress" and "attempt" in event["payload"]
        ]

    task = detail["phases"][0]["milestones"][0]["tasks"][0]
    assert (task["status"], task["retry_count"], task["attempt"]) == ("completed", 0, 2)
    assert started == [1, 2]


@pytest.mark.databases
async def test_a_repository_out_of_reach_keeps_nothing_from_starting(settings: Settings) -> None:
    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        plan_id = await start(client, plan_of(scripted("a", script={"duration_s": 2})))
        detail = await detail_of(client, plan_id)
        place = Path(detail["workspace_path"], "attempts", "a-1")
        await eventually(place.exists)
    there = Path(detail["workspace_path"], "repository.git")
    away = there.rename(there.with_name("away"))

    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        other = await start(client, plan_of(writes("b")))
        assert (await until(client, other, "completed"))["outcome"] == "succeeded"
        engine = app.runtime.executing_engine()
        await eventually(lambda: not engine._attempts.running)
        for _ in range(4):
            await engine._reconciler.look()
        away.rename(there)
        detail = await until(client, plan_id, "completed")

    task = detail["phases"][0]["milestones"][0]["tasks"][0]
    assert (task["status"], task["retry_count"], task["attempt"]) == ("completed", 0, 2)


async def test_resuming_leaves_alone_what_runs_already(settings: Settings, backend: str) -> None:
    """A queue hands out what a killed process had queued, maybe before the next one resumes."""
    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        plan_id = await start(
            client, plan_of(writes("a", command="echo begun; sleep 3; echo a > a.txt"))
        )
        runtime: Runtime = app.fastapi.state.runtime
        engine = runtime.executing_engine()
        await eventually(lambda: engine._attempts.running)

        await engine.resume()

        detail = await until(client, plan_id, "completed")
    (log,) = Path(detail["workspace_path"], "logs").iterdir()
    assert log.read_text().splitlines().count("begun") == 1


@pytest.mark.parametrize("name", ["woken", "woken with an attempt that ended"])
async def test_a_plan_that_is_gone_is_forgotten_and_holds_up_nobody(
    settings: Settings, name: str
) -> None:
    app = create_app(settings)
    with capture_logs() as logs:
        async with app.running(), client_of(app) as client:
            dispatcher = app.runtime.executing_engine()._dispatcher
            if name != "woken":
                report = AttemptReport(plan_id="gone", task_id="gone-too", number=1)
                with pytest.raises(NotFound):
                    await dispatcher.settle(report)
            dispatcher.wake("gone")
            plan_id = await start(client, plan_of(scripted("a")))
            await until(client, plan_id, "completed")
            await eventually(lambda: any(each["event"] == "plan_is_gone" for each in logs))

    assert [each for each in logs if each["event"] == "background_loop_failed"] == []


async def test_an_attempt_goes_on_whose_checks_outcome_cannot_be_recorded(
    settings: Settings,
) -> None:
    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        plan_id = await start(client, plan_of(writes("a", checks=["sleep 2"])))
        await until_detail(client, plan_id, _is_validating)
        with unwritable(_get_dbos_instance()._sys_db.engine):
            detail = await until(client, plan_id, "completed")

    task = detail["phases"][0]["milestones"][0]["tasks"][0]
    assert (task["status"], task["retry_count"], task["attempt"]) == ("completed", 0, 1)


def _is_validating(detail: dict[str, Any]) -> bool:
    return statuses_of(detail) == {"a": "validating"}


@contextmanager
def unwritable(engine: Engine) -> Iterator[None]:
    """Let SQLite refuse what is written through an engine, in the middle of what runs."""

    def refuse(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only=ON")

    def accept(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only=OFF")

    event.listen(engine, "begin", refuse)
    try:
        yield
    finally:
        event.remove(engine, "begin", refuse)
        event.listen(engine, "begin", accept)
