"""Several processes with data directories of their own on one PostgreSQL database.

What a worker holds when it dies, freezes or is told to stop is finished elsewhere, once.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import socketio

from masterplan.workspace.fence import outcome_reference
from support.app import TOKEN, eventually
from support.plans import (
    API,
    create,
    detail_of,
    events_of,
    plan_of,
    start,
    tasks_of,
    until,
    writes,
)
from support.postgres import PostgresServer
from support.process import Server, served
from support.workers import Observer, up, working

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


@pytest.fixture
def environment(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What makes a process one of those on the test's database."""
    monkeypatch.setenv("MASTERPLAN_DATABASE_URL", postgres_url)
    return {"MASTERPLAN_DATABASE_URL": postgres_url}


@pytest.fixture
def observer(postgres_url: str, environment: dict[str, str]) -> Observer:
    return Observer(postgres_url)


@pytest.fixture
async def api(
    environment: dict[str, str], tmp_path: Path
) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    """A process that serves and runs tasks too, with data in `api`."""
    async with served(tmp_path / "api", environment=environment) as served_api:
        yield served_api


@pytest.fixture
def server(api: tuple[Server, httpx.AsyncClient]) -> Server:
    return api[0]


@pytest.fixture
def client(api: tuple[Server, httpx.AsyncClient]) -> httpx.AsyncClient:
    return api[1]


def slow(key: str, *depends_on: str, seconds: float = 0.3, **fields: Any) -> dict[str, Any]:
    return writes(key, *depends_on, command=f"sleep {seconds}; echo {key} > {key}.txt", **fields)


def commits_of(detail: dict[str, Any]) -> Counter[str]:
    """How often each task was published, by what the commits say."""
    repository = Path(detail["workspace_path"]) / "repository.git"
    git = ["git", f"--git-dir={repository}"]
    subprocess.run([*git, "fsck", "--full", "--strict", "--no-dangling"], check=True)
    branch = f"masterplan/{detail['masterplan_id'][:8]}"
    layout = "--format=%(trailers:key=Task,valueonly,separator=)"
    log = subprocess.run([*git, "log", layout, branch], check=True, capture_output=True, text=True)
    return Counter(line.split(" ")[1] for line in log.stdout.splitlines() if line)


async def assert_done_once(client: httpx.AsyncClient, plan_id: str) -> None:
    detail = await detail_of(client, plan_id)
    keys = set(tasks_of(detail))
    assert {
        key: (task["status"], task["last_error"])
        for key, task in tasks_of(detail).items()
        if task["status"] != "completed"
    } == {}
    assert commits_of(detail) == Counter(keys)
    events = await events_of(client, plan_id)
    while page := await events_of(client, plan_id, after=len(events)):
        events += page
    assert [event["seq"] for event in events] == list(range(1, detail["last_seq"] + 1))
    ended = [
        event["payload"]["task_id"]
        for event in events
        if event["type"] == "task_execution_complete"
    ]
    assert Counter(ended) == Counter(task["task_id"] for task in tasks_of(detail).values())


@pytest.mark.essential
async def test_tasks_of_a_killed_worker_are_finished_elsewhere(
    client: httpx.AsyncClient, observer: Observer, tmp_path: Path
) -> None:
    tasks = [slow(f"a{n}", seconds=0.5) for n in range(20)]
    tasks += [slow(f"b{n}", f"a{n}", seconds=0.5) for n in range(20)]
    with working(tmp_path / "worker") as worker:
        await eventually(lambda: observer.living(worker.pid), within=60)
        identity = observer.living(worker.pid)
        assert identity is not None
        plan_id = await start(client, plan_of(*tasks))
        await eventually(lambda: observer.made_by(identity) and observer.held(identity), within=60)
        worker.signal(signal.SIGKILL)
        held, killed = observer.held(identity), time.monotonic()

        await eventually(lambda: not observer.held(identity), within=30)
        given_back = time.monotonic() - killed
        await until(client, plan_id, "completed", within=120)

    await assert_done_once(client, plan_id)
    detail = tasks_of(await detail_of(client, plan_id))
    assert held
    assert all(detail[key]["retry_count"] == 0 for key in detail)
    print(  # noqa: T201 (a figure to be measured)
        f"{len(held)} attempts of the dead worker were taken over within {given_back:.1f} s"
    )


async def test_frozen_worker_that_wakes_again_publishes_nothing(
    client: httpx.AsyncClient, observer: Observer, tmp_path: Path
) -> None:
    with working(tmp_path / "worker") as worker:
        await eventually(lambda: observer.living(worker.pid), within=60)
        identity = observer.living(worker.pid)
        assert identity is not None
        # More than the API's own process has places for, each long between work and publication.
        tasks = [writes(f"t{n}", checks=["sleep 2"]) for n in range(8)]
        plan_id = await start(client, plan_of(*tasks))
        await eventually(lambda: observer.held(identity, "validating"), within=60)
        worker.signal(signal.SIGSTOP)
        held = observer.held(identity)

        await until(client, plan_id, "completed", within=120)
        worker.signal(signal.SIGCONT)
        await eventually(lambda: observer.living(worker.pid) not in {None, identity}, within=30)
        assert worker.terminate() == 0, worker.log.read_text()

    assert held
    await assert_done_once(client, plan_id)
    detail = await detail_of(client, plan_id)
    repository = Path(detail["workspace_path"]) / "repository.git"
    for key in held:
        assert tasks_of(detail)[key]["attempt"] == 2
        assert (repository / outcome_reference(key, 1)).is_file()


@pytest.mark.parametrize("checks", [["true"], []])
async def test_what_a_dead_worker_had_published_is_entered_as_done(
    client: httpx.AsyncClient, observer: Observer, tmp_path: Path, checks: list[str]
) -> None:
    failpoint = {"MASTERPLAN_FAILPOINT": "after-publish:1"}
    with working(tmp_path / "worker", **failpoint) as worker:
        await eventually(lambda: observer.living(worker.pid), within=60)
        identity = observer.living(worker.pid)
        assert identity is not None
        tasks = [slow(f"t{n}", seconds=1, checks=checks) for n in range(8)]
        plan_id = await start(client, plan_of(*tasks))
        worker.process.wait(timeout=60)

        await until(client, plan_id, "completed", within=120)

    await assert_done_once(client, plan_id)
    assert observer.made_by(identity) >= 1, "as its attempt, and not as another one"


@pytest.mark.parametrize(("grace", "attempt"), [("30", 1), ("0", 2)])
async def test_stopped_worker_finishes_or_hands_over(
    client: httpx.AsyncClient, observer: Observer, tmp_path: Path, grace: str, attempt: int
) -> None:
    with working(tmp_path / "worker", "--grace", grace) as worker:
        await eventually(lambda: observer.living(worker.pid), within=60)
        identity = observer.living(worker.pid)
        assert identity is not None
        plan_id = await start(client, plan_of(*(slow(f"t{n}", seconds=2) for n in range(8))))
        await eventually(lambda: observer.held(identity), within=60)
        held = observer.held(identity)
        assert worker.terminate() == 0, worker.log.read_text()
        assert observer.held(identity) == []
        assert observer.rows("SELECT 1 FROM workers WHERE id = %s", identity) == []

    await until(client, plan_id, "completed", within=120)
    await assert_done_once(client, plan_id)
    detail = tasks_of(await detail_of(client, plan_id))
    assert {detail[key]["attempt"] for key in held} == {attempt}
    assert {detail[key]["retry_count"] for key in held} == {0}


@pytest.mark.parametrize("grace", ["30", "0"])
async def test_stopped_server_finishes_or_hands_over(
    observer: Observer, environment: dict[str, str], tmp_path: Path, grace: str
) -> None:
    given = {**environment, "MASTERPLAN_GRACE_SECONDS": grace}
    async with up(tmp_path / "api", **given) as (server, client):
        command = "echo half > t.txt; sleep 2; echo t > t.txt"
        plan_id = await start(client, plan_of(writes("t", command=command)))
        attempts = server.data_dir / "workspaces" / plan_id / "attempts"
        written = attempts / "t-1" / "t.txt"
        await eventually(lambda: written.is_file() and written.read_text() == "half\n")
        assert server.terminate() == 0, server.log.read_text()

    repository = server.data_dir / "workspaces" / plan_id / "repository.git"
    salvaged = repository / "refs" / "attempts" / "t-1-salvaged"
    (row,) = observer.rows("SELECT status, attempt, retry_count FROM masterplan_tasks")
    if grace == "0":
        assert row == ("ready", 1, 0)
        assert salvaged.is_file(), "what it had written until then"
    else:
        assert row == ("completed", 1, 0)
        assert not salvaged.exists()
    assert list(attempts.iterdir()) == []
    assert observer.rows("SELECT 1 FROM workers") == []
    assert "Finishing what runs" in server.log.read_text()


async def test_restarted_process_goes_on_with_its_own_attempts(
    client: httpx.AsyncClient, server: Server, observer: Observer
) -> None:
    plan_id = await start(client, plan_of(*(slow(f"t{n}", seconds=1) for n in range(4))))
    held = "SELECT 1 FROM masterplan_tasks WHERE status = 'in_progress'"
    await eventually(lambda: len(observer.rows(held)) == 4)
    server.kill()
    server.start()
    await server.ready(client)

    await until(client, plan_id, "completed", within=120)
    await assert_done_once(client, plan_id)
    detail = tasks_of(await detail_of(client, plan_id))
    assert {(task["attempt"], task["retry_count"]) for task in detail.values()} == {(1, 0)}
    assert len(observer.rows("SELECT 1 FROM workers")) == 1


async def test_cancel_reaches_the_worker_that_runs_the_task(
    client: httpx.AsyncClient, observer: Observer, tmp_path: Path
) -> None:
    with working(tmp_path / "worker") as worker:
        await eventually(lambda: observer.living(worker.pid), within=60)
        identity = observer.living(worker.pid)
        assert identity is not None
        plan_id = await start(client, plan_of(*(slow(f"t{n}", seconds=60) for n in range(8))))
        places = worker.data_dir / "workspaces" / plan_id / "attempts"
        await eventually(lambda: places.is_dir() and any(places.iterdir()), within=60)

        assert (await client.post(f"{API}/{plan_id}/cancel")).status_code == 200
        began = time.monotonic()
        await eventually(lambda: not any(places.iterdir()), within=20)
        print(  # noqa: T201 (a figure to be measured)
            f"the worker's attempts had ended {time.monotonic() - began:.1f} s after the cancel"
        )
        assert worker.terminate() == 0, worker.log.read_text()


async def test_database_may_restart_four_times_within_a_run(
    client: httpx.AsyncClient, observer: Observer, postgres: PostgresServer, tmp_path: Path
) -> None:
    tasks = [slow(f"t{n}", *([f"t{n - 8}"] if n >= 8 else [])) for n in range(64)]
    with working(tmp_path / "worker") as worker:
        await eventually(lambda: observer.living(worker.pid), within=60)
        plan_id = await start(client, plan_of(*tasks))
        for done in (8, 20, 32, 44):
            query = "SELECT 1 FROM masterplans WHERE completed_tasks >= %s"
            await eventually(lambda: observer.rows(query, done), within=120)  # noqa: B023
            postgres.stop_at_once()
            postgres.start()

        await eventually(
            lambda: observer.rows("SELECT 1 FROM masterplans WHERE status = 'completed'"),
            within=180,
        )
        assert worker.process.poll() is None, worker.log.read_text()

    await assert_done_once(client, plan_id)


async def test_events_and_logs_of_one_process_reach_sockets_at_another(
    client: httpx.AsyncClient, observer: Observer, environment: dict[str, str], tmp_path: Path
) -> None:
    async with served(tmp_path / "other", environment=environment) as (other, other_client):
        plan_id = (await create(client, plan_of(*(talks(f"t{n}") for n in range(12)))))[
            "masterplan_id"
        ]
        told: list[int] = []
        printed: set[str] = set()
        watcher = socketio.AsyncClient()

        async def keep(event: str, message: dict[str, Any]) -> None:
            if event == "task_log":
                printed.add(message["task_id"])
            else:
                told.append(message["seq"])

        watcher.on("*", keep)
        await watcher.connect(other.url, transports=["websocket"], auth={"token": TOKEN})
        await watcher.call("join_masterplan", {"masterplan_id": plan_id, "after": 0})
        for step in ("approve", "execute"):
            assert (await client.post(f"{API}/{plan_id}/{step}")).is_success
        detail = await until(client, plan_id, "completed", within=120)
        ran = {task["task_id"] for task in tasks_of(detail).values()}
        # Logs are sent apart from events, and may come after the last of these.
        await eventually(lambda: len(told) == detail["last_seq"] and printed == ran)
        await watcher.disconnect()

        assert told == list(range(1, detail["last_seq"] + 1))
        assert printed == ran
        makers = observer.rows("SELECT DISTINCT worker_id FROM attempts")
        assert len(makers) == 2, "both processes take tasks"
        for task in tasks_of(detail).values():
            for api in (client, other_client):
                attempt = f"{API}/{plan_id}/tasks/{task['task_id']}/attempts/1"
                assert f"I am {task['key']}" in (await api.get(f"{attempt}/log")).text
                assert f"+{task['key']}" in (await api.get(f"{attempt}/diff")).text


def talks(key: str) -> dict[str, Any]:
    command = f"echo I am {key}; sleep 0.5; echo {key} > {key}.txt"
    return writes(key, command=command)


async def test_workers_are_listed_with_what_works(
    client: httpx.AsyncClient, observer: Observer, tmp_path: Path
) -> None:
    with working(tmp_path / "worker", "--max-parallel", "3") as worker:
        await eventually(lambda: observer.living(worker.pid), within=60)
        listed = await findings(client)
        assert [each["verdict"] for each in listed] == ["ok", "ok"]
        assert f"process {worker.pid}, up to 3 tasks at once" in listed[1]["said"]
        worker.signal(signal.SIGKILL)
        await eventually(lambda: not observer.living(worker.pid), within=30)

    listed = await findings(client)
    assert [each["verdict"] for each in listed] == ["ok", "warn"]
    assert f"process {worker.pid} does not answer" in listed[1]["said"]


async def findings(client: httpx.AsyncClient) -> list[dict[str, str]]:
    found = (await client.get("/api/v1/system")).json()["findings"]
    return [each for each in found if each["name"] == "worker"]


async def test_worker_of_a_file_is_told_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASTERPLAN_DATABASE_URL", f"sqlite:///{tmp_path / 'file.sqlite3'}")
    with working(tmp_path / "worker") as worker:
        assert worker.process.wait(timeout=60) == 1
    assert "Workers share a PostgreSQL database. Set MASTERPLAN_DATABASE_URL" in (
        worker.log.read_text()
    )
