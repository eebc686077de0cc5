"""Complaints of a database are told without the values: goals and outputs may hold secrets."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from masterplan.db import Database
from support.app import eventually
from support.plans import API, plan_of, start, statuses_of, until_detail, writes
from support.workers import up

pytestmark = pytest.mark.timeout(300)

CANARY = "canary-5b1e0d7c"

Rename = Callable[[str, str], None]


@pytest.fixture
def rename(backend: str, database_url: str, tmp_path: Path) -> Rename:
    """Renames a table, of ours or of the engine's, so that statements on it fail."""

    def in_files(table: str, to: str) -> None:
        name = "engine" if "operation_outputs" in {table, to} else "masterplan"
        file = tmp_path / "data" / f"{name}.sqlite3"
        with closing(sqlite3.connect(file, timeout=10)) as database, database:
            database.execute(f"ALTER TABLE {table} RENAME TO {to}")

    def on_server(table: str, to: str) -> None:
        schema = "dbos." if "operation_outputs" in {table, to} else ""
        conninfo = database_url.replace("+psycopg", "")
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(f"ALTER TABLE {schema}{table} RENAME TO {to}")

    return in_files if backend == "sqlite" else on_server


@pytest.mark.databases
async def test_errors_of_the_database_tell_no_values(
    tmp_path: Path, database_url: str, rename: Rename
) -> None:
    data = tmp_path / "data"
    async with up(data, MASTERPLAN_DATABASE_URL=database_url) as (server, client):
        plan = plan_of(writes("a"), goal=f"A key: {CANARY}")
        rename("masterplans", "away")
        # The server closes the connection by itself too, a moment after an error.
        refused = await client.post(API, json=plan, headers={"Connection": "close"})
        rename("away", "masterplans")
        assert refused.status_code == 500
        assert CANARY not in refused.text

        # Of an attempt, the engine keeps what its checks have printed.
        check = f"sleep 1; echo {CANARY}; false"
        task = writes("b", command="sleep 2; echo b > b.txt", checks=[check], max_retries=0)
        plan_id = await start(client, plan_of(task))

        await until_detail(client, plan_id, lambda plan: statuses_of(plan)["b"] == "validating")
        rename("operation_outputs", "away")
        log = data / "logs" / "masterplan.log"
        await eventually(lambda: "operation_outputs" in log.read_text())
        rename("away", "operation_outputs")

        logged = log.read_text() + server.log.read_text()

    assert "INSERT INTO masterplans" in logged
    assert CANARY not in logged


@pytest.mark.postgres
async def test_rows_that_the_server_quotes_are_left_out(postgres_url: str) -> None:
    database = Database(postgres_url)
    statement = text("INSERT INTO masterplans (id, goal) VALUES (:id, :goal)")
    try:
        with pytest.raises(DBAPIError, match="null value in column") as raised:
            async with database.unit_of_work() as session:
                await session.execute(statement, {"id": "1", "goal": CANARY})
    finally:
        await database.close()

    assert CANARY not in "".join(traceback.format_exception(raised.value))
