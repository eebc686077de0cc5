"""Two hosts with a network between them: one serves, the other one works, over git and PostgreSQL.

The hosts are network namespaces. Each has a data directory of its own, at the same path, as two
machines that were set up alike have; the other one's files cannot be seen.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.app import eventually
from support.hosts import Host, git_daemon, two_hosts
from support.plans import plan_of, writes
from support.postgres import postgres_server
from support.workers import MASTERPLAN, Observer, WorkerProcess, running

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(400)]

GIT_PORT = 9418


@dataclass
class Site:
    """What there is on the two hosts, and what a person at the first one does."""

    worker_host: Host
    worker: WorkerProcess
    observer: Observer
    data: Path
    command: list[str]
    environment: dict[str, str]

    def masterplan(self, *words: str) -> str:
        environment = {**os.environ, **self.environment}
        done = subprocess.run(
            [*self.command, *words], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, plan: dict[str, Any], folder: Path) -> None:
        file = folder / "plan.json"
        file.write_text(json.dumps(plan))
        self.masterplan("import", str(file))
        self.masterplan("approve", "last", "--yes")
        self.masterplan("execute", "last", "--detach")

    def working(self) -> str | None:
        """The id of the worker on the second host."""
        query = "SELECT id FROM workers WHERE places = 5 AND lost_at IS NULL"
        found = self.observer.rows(query)
        return str(found[0][0]) if found else None

    def completed(self) -> bool:
        return bool(self.observer.rows("SELECT 1 FROM masterplans WHERE status = 'completed'"))

    def published(self) -> Counter[str]:
        (repository,) = self.data.glob("workspaces/*/repository.git")
        git = ["git", f"--git-dir={repository}"]
        subprocess.run([*git, "fsck", "--full", "--strict", "--no-dangling"], check=True)
        layout = "--format=%(trailers:key=Task,valueonly,separator=)"
        branches = "--branches=masterplan/*"
        log = subprocess.run(
            [*git, "log", layout, branches], check=True, capture_output=True, text=True
        )
        return Counter(line.split(" ")[1] for line in log.stdout.splitlines() if line)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    data = tmp_path / "data"
    (data / "workspaces").mkdir(parents=True)
    (tmp_path / "postgres").mkdir()
    with (
        two_hosts() as (first, second),
        postgres_server(
            tmp_path / "postgres", address=first.address, within=first.within
        ) as postgres,
        git_daemon(data / "workspaces", host=first, port=GIT_PORT) as workspaces,
    ):
        name = "masterplan_hosts"
        with postgres.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name}")
        environment = {
            "MASTERPLAN_DATABASE_URL": postgres.url(name),
            "MASTERPLAN_DATA_DIR": str(data),
            "MASTERPLAN_MAX_PARALLEL": "2",
        }
        theirs = {
            **environment,
            "MASTERPLAN_MAX_PARALLEL": "5",
            "MASTERPLAN_WORKSPACES_URL": workspaces,
        }
        with (
            running(data, "up", "--port", "0", environment=environment, within=first.within) as up,
            running(
                data, "worker", environment=theirs, within=second.without(data), name="worker"
            ) as worker,
        ):
            observer = Observer(postgres.local_url(name))
            _await(lambda: "Masterplan is up" in up.log.read_text(), up)
            site = Site(
                worker_host=second,
                worker=worker,
                observer=observer,
                data=data,
                command=[*first.within, str(MASTERPLAN)],
                environment=environment,
            )
            _await(site.working, worker)
            yield site


def _await(condition: Any, process: WorkerProcess) -> None:
    import asyncio

    asyncio.run(eventually(lambda: condition() or process.process.poll() is not None, within=90))
    assert process.process.poll() is None, process.log.read_text()


def test_worker_on_another_host_takes_tasks_and_loses_them_with_the_link(
    site: Site, tmp_path: Path
) -> None:
    tasks = [
        writes(
            f"t{n}", *([f"t{n - 7}"] if n >= 7 else []), command=f"sleep 1; echo t{n} > t{n}.txt"
        )
        for n in range(35)
    ]
    identity = site.working()
    assert identity is not None
    site.start(plan_of(*tasks), tmp_path)
    _await(lambda: site.observer.made_by(identity) and site.observer.held(identity), site.worker)

    site.worker_host.cut_link()
    _await(site.completed, site.worker)
    site.worker_host.mend_link()
    _await(lambda: site.working() not in {None, identity}, site.worker)

    assert site.observer.made_by(identity) >= 1
    assert site.published() == Counter(f"t{n}" for n in range(35))
    rows = site.observer.rows("SELECT DISTINCT status, retry_count FROM masterplan_tasks")
    assert rows == [("completed", 0)]
