"""SIGKILL of the whole process at random moments: nothing is lost, nothing happens twice.

The seed of the moments is printed and can be given again in MASTERPLAN_CRASH_SEED; how often the
process is killed in MASTERPLAN_CRASH_KILLS.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.plans import API, detail_of, plan_of, scripted, start, statuses_of, tasks_of, writes
from support.process import served

KILLS = int(os.environ.get("MASTERPLAN_CRASH_KILLS", "5"))
SEED = int(os.environ.get("MASTERPLAN_CRASH_SEED", "0")) or random.SystemRandom().randrange(
    1, 10**9
)


def fifty_tasks() -> dict[str, Any]:
    """Commands in layers, with failures that a retry mends, one that it does not, and skips."""
    tasks = [writes(f"base{number}") for number in range(6)]
    for number in range(30):
        flaky = number % 5 == 0
        command = f"sleep 0.02; echo mid{number} > mid{number}.txt"
        tasks.append(
            writes(
                f"mid{number}",
                f"base{number % 6}",
                command=f'[ "$MASTERPLAN_ATTEMPT" -ge 2 ] && {command}' if flaky else command,
            )
        )
    tasks.append(scripted("doomed", "base0", max_retries=1, script={"fail_attempts": 99}))
    tasks += [writes(f"blocked{number}", "doomed") for number in range(3)]
    for number in range(5):
        tasks.append(
            writes(
                f"shared{number}",
                f"mid{number}",
                target_files=["shared.txt"],
                command=f"echo {number} >> shared.txt",
                checks=[f"grep -q {number} shared.txt"],
            )
        )
    tasks += [writes(f"end{number}", f"mid{number}", f"mid{number + 5}") for number in range(5)]
    assert len(tasks) == 50
    return plan_of(*tasks)


async def events_until(
    client: httpx.AsyncClient, plan_id: str, events: list[dict[str, Any]], count: int
) -> bool:
    """Follow the events until there are `count` of them (False) or the plan is completed (True)."""
    async with asyncio.timeout(120):
        while True:
            params = {"after": len(events), "wait": 5}
            page = (await client.get(f"{API}/{plan_id}/events", params=params)).json()
            events += page["events"]
            last = events[-1]["payload"] if events else {}
            if (
                events
                and events[-1]["type"] == "masterplan_status"
                and last["status"] == "completed"
            ):
                return True
            if len(events) >= count:
                return False


@pytest.mark.timeout(600)
async def test_killed_process_resumes_and_loses_and_repeats_nothing(tmp_path: Path) -> None:
    print(f"seed {SEED}, {KILLS} kills")  # noqa: T201
    moments = random.Random(SEED)
    events: list[dict[str, Any]] = []
    async with served(tmp_path / "data") as (server, client):
        plan_id = await start(client, fifty_tasks())
        for _ in range(KILLS):
            more = moments.randint(1, 200 // KILLS)
            if await events_until(client, plan_id, events, len(events) + more):
                break
            await asyncio.sleep(moments.uniform(0, 0.05))
            server.kill()
            server.start()
            await server.ready(client)
        await events_until(client, plan_id, events, 10**9)
        detail = await detail_of(client, plan_id)
        replayed = (await client.get(f"{API}/{plan_id}/events")).json()["events"]

    assert_consistent(detail, replayed, seen=events)
    assert_healthy(tmp_path / "data", detail)


def assert_consistent(
    detail: dict[str, Any], events: list[dict[str, Any]], *, seen: list[dict[str, Any]]
) -> None:
    assert events == seen, "what was told before a crash is what is told after it"
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    statuses = statuses_of(detail)
    assert Counter(statuses.values()) == {"completed": 46, "failed": 1, "skipped": 3}
    told: dict[str, str] = {}
    finished: Counter[str] = Counter()
    for event in events:
        if event["type"].startswith("task_"):
            told[event["payload"]["task_id"]] = event["payload"]["status"]
            finished[event["payload"]["task_id"]] += event["type"] == "task_execution_complete"
    tasks = tasks_of(detail)
    assert told == {task["task_id"]: task["status"] for task in tasks.values()}
    assert set(finished.values()) == {1}, "every task ended once"
    assert tasks["doomed"]["retry_count"] == 1
    assert detail["outcome"] == "partial"


def assert_healthy(data_dir: Path, detail: dict[str, Any]) -> None:
    repository = Path(detail["workspace_path"]) / "repository.git"

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(repository), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    subjects = git("log", "--format=%(trailers:key=Task,valueonly,separator=)", detail["branch"])
    commits = Counter(line.split()[1] for line in subjects.splitlines() if line)
    completed = {key for key, status in statuses_of(detail).items() if status == "completed"}
    assert commits == dict.fromkeys(completed, 1), "one commit for each completed task"
    git("fsck", "--strict")
    shared = git("show", f"{detail['branch']}:shared.txt").split()
    assert sorted(shared) == ["0", "1", "2", "3", "4"]
    for name in ("masterplan.sqlite3", "engine.sqlite3"):
        with closing(sqlite3.connect(data_dir / name)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(Path(detail["workspace_path"]).glob("attempts/*")), "no directory is left over"
