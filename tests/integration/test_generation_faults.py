"""A plan that is being made is never left alone: not by a fault, nor where its workflow ended."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from masterplan.api.app import create_app
from masterplan.services.runtime import Runtime
from masterplan.settings import Settings
from support.app import client_of, eventually
from support.loopback_model import KEY, MODEL, Answer, Hang, ModelServer, Step
from support.plans import API, plan_of, until, writes
from support.postgres import PostgresServer
from support.process import Server, served

pytestmark = pytest.mark.timeout(300)

BODY = {"goal": "A module.", "settings": {"model": MODEL}}


def planned() -> Answer:
    task = writes("a")
    for name in ("agent", "command"):
        del task[name]
    return Answer(json.dumps(plan_of(task)))


@contextmanager
def model(
    monkeypatch: pytest.MonkeyPatch, behave: Callable[[dict[str, Any]], Step]
) -> Iterator[ModelServer]:
    with ModelServer(behave).running() as server:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


async def generate(client: httpx.AsyncClient) -> str:
    answer = await client.post(f"{API}/generate", json=BODY)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["masterplan_id"])


def waits_out_a_fault(server: Server) -> bool:
    return "waiting_out_a_fault" in server.log.read_text()


async def test_plan_that_cannot_be_stored_for_a_while_is_stored_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = tmp_path / "data"

    def rename_tasks(name: str, to: str) -> None:
        with closing(sqlite3.connect(data_dir / "masterplan.sqlite3", timeout=10)) as file, file:
            file.execute(f"ALTER TABLE {name} RENAME TO {to}")

    def break_and_answer(_: dict[str, Any]) -> Step:
        rename_tasks("masterplan_tasks", "away")
        return planned()

    with model(monkeypatch, break_and_answer) as paid:
        async with served(data_dir) as (server, client):
            plan_id = await generate(client)
            await eventually(lambda: waits_out_a_fault(server))
            rename_tasks("away", "masterplan_tasks")
            detail = await until(client, plan_id, "draft")

    assert len(paid.seen) == 1
    assert detail["total_tasks"] == 1


@pytest.mark.postgres
async def test_plan_is_stored_once_the_database_is_back(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    postgres: PostgresServer,
    postgres_url: str,
) -> None:
    def stop_and_answer(_: dict[str, Any]) -> Step:
        postgres.stop_at_once()
        return planned()

    environment = {"MASTERPLAN_DATABASE_URL": postgres_url}
    with model(monkeypatch, stop_and_answer) as paid:
        async with served(tmp_path / "data", environment=environment) as (server, client):
            plan_id = await generate(client)
            await eventually(lambda: waits_out_a_fault(server))
            postgres.start()
            detail = await until(client, plan_id, "draft")

    assert len(paid.seen) == 1
    assert detail["total_tasks"] == 1


class HangingFirst:
    """A model that never answers its first request, and any later one with a plan."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _: dict[str, Any]) -> Step:
        self.asked += 1
        return Hang() if self.asked == 1 else planned()


def end_workflows(data_dir: Path, postgres_url: str | None) -> None:
    """Let the engine's workflows have failed, as where their end was all that could be stored."""
    if postgres_url is None:
        with closing(sqlite3.connect(data_dir / "engine.sqlite3")) as file, file:
            file.execute("UPDATE workflow_status SET status = 'ERROR'")
    else:
        conninfo = postgres_url.replace("+psycopg", "")
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("UPDATE dbos.workflow_status SET status = 'ERROR'")


@pytest.mark.databases
async def test_generation_whose_workflow_has_ended_is_made_again_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, database_url: str
) -> None:
    behaviour = HangingFirst()
    environment = {"MASTERPLAN_DATABASE_URL": database_url}
    with model(monkeypatch, behaviour):
        async with served(tmp_path / "data", environment=environment) as (server, client):
            plan_id = await generate(client)
            await eventually(lambda: behaviour.asked)
            server.kill()
            end_workflows(tmp_path / "data", database_url if backend == "postgres" else None)
            server.start()
            await server.ready(client)

            await until(client, plan_id, "draft")


@pytest.mark.databases
@pytest.mark.parametrize("ended", [False, True], ids=["lost", "ended"])
async def test_generation_that_nobody_runs_is_made_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, backend: str, ended: bool
) -> None:
    behaviour = HangingFirst()
    with model(monkeypatch, behaviour):
        app = create_app(settings)
        async with app.running(), client_of(app) as client:
            plan_id = await generate(client)
            await eventually(lambda: behaviour.asked)
            runtime: Runtime = app.fastapi.state.runtime
            engine = runtime.executing_engine()
            (lost,) = engine._pursued.values()
            lost.cancel()
            await eventually(lambda: not engine._pursued)
            if ended:
                url = str(settings.database_url) if backend == "postgres" else None
                end_workflows(settings.data_dir, url)
            for _ in range(4):
                await engine._reconciler.look()

            await until(client, plan_id, "draft")
