"""Runs that an older version was in the middle of are finished by the present one.

The recordings are data directories as a SIGKILL left them; `scripts/record_run.py` makes them, one
for each release.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from masterplan.api.app import create_app
from masterplan.settings import Settings
from support.app import TOKEN, client_of
from support.oracle import Oracle
from support.plans import API, statuses_of, tasks_of, until_detail

RECORDINGS = sorted(Path(__file__).with_name("recorded").glob("*.tar.xz"))
PLACES = (("masterplans", "workspace_path"), ("attempts", "log_path"))


def unpack(recording: Path, folder: Path) -> Path:
    """Unpack a data directory and make it one of this place: a run knows where its workspace is."""
    with tarfile.open(recording) as tar:
        tar.extractall(folder, filter="data")
    data = folder / "data"
    with closing(sqlite3.connect(data / "masterplan.sqlite3")) as connection, connection:
        for table, column in PLACES:
            connection.execute(
                f"UPDATE {table} SET {column} ="
                f" ? || substr({column}, instr({column}, '/workspaces/'))",
                (str(data),),
            )
    return data


async def plans_by_title(client: httpx.AsyncClient) -> dict[str, str]:
    found = (await client.get(API)).json()["masterplans"]
    return {plan["title"]: plan["masterplan_id"] for plan in found}


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.name)
async def test_older_runs_go_on_where_they_were(tmp_path: Path, recording: Path) -> None:
    data = unpack(recording, tmp_path)
    app = create_app(Settings(data_dir=data, token=TOKEN, port=0))
    async with app.running(), client_of(app) as client:
        plans = await plans_by_title(client)
        for title, *actions in (
            ("Draft", "approve", "execute"),
            ("Approved", "execute"),
            ("Paused", "resume"),
        ):
            for action in actions:
                answer = await client.post(f"{API}/{plans[title]}/{action}")
                assert answer.is_success, answer.text
        ended = {
            title: await until_detail(client, plan_id, lambda plan: plan["status"] == "completed")
            for title, plan_id in plans.items()
        }
        await asyncio.to_thread(Oracle(data).judge)
    assert {title: plan["outcome"] for title, plan in ended.items()} == {
        "Draft": "succeeded",
        "Approved": "succeeded",
        "Paused": "succeeded",
        "Interrupted": "partial",
    }
    interrupted = ended["Interrupted"]
    finished = dict.fromkeys(["done", "agent", "check", "again", "last"], "completed")
    assert statuses_of(interrupted) == finished | {"doomed": "failed", "blocked": "skipped"}
    # Resumed, not begun anew: no attempt was added to those that were running.
    attempts = {key: task["attempt"] for key, task in tasks_of(interrupted).items()}
    assert attempts == {
        "done": 1, "doomed": 2, "blocked": 0, "agent": 1, "check": 1, "again": 2, "last": 1
    }  # fmt: skip
