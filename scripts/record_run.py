"""Records a run that is interrupted in its middle, for the test that later versions finish it.

    python scripts/record_run.py tests/crash/recorded/0.1.0.tar.xz

Plans are started with the version that is on the Python path, the process is killed by SIGKILL when
its tasks stand in as many different states as can be, and its data directory is packed as it lies.
Run it for each release, before anything of the next one changes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

TOKEN = "recording"  # noqa: S105 (opens nothing but the server that is killed here)
API = "/api/v1/masterplans"
LEFT_OUT = ("-shm", "data/server.json", "data/lock", "data/logs", "data/tmp")
SECONDS = 60


def writes(key: str, *depends_on: str, **fields: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": f"Write {key}",
        "target_files": [f"{key}.txt"],
        "depends_on": list(depends_on),
        "agent": "command",
        "command": f"echo {key} > {key}.txt",
        "checks": [f"grep -q {key} {key}.txt"],
        **fields,
    }


def plan_of(title: str, *tasks: dict[str, Any]) -> dict[str, Any]:
    milestone = {"name": "Milestone", "tasks": list(tasks)}
    return {"title": title, "phases": [{"name": "Phase", "milestones": [milestone]}]}


INTERRUPTED = plan_of(
    "Interrupted",
    writes("done"),
    writes("doomed", command="exit 1", max_retries=1),
    writes("blocked", "doomed"),
    writes("agent", "done", command="echo half > agent.txt; sleep 4; echo agent > agent.txt"),
    writes("check", "done", checks=["sleep 4", "grep -q check check.txt"]),
    writes(
        "again",
        "done",
        command='[ "$MASTERPLAN_ATTEMPT" -ge 2 ] && sleep 4 && echo again > again.txt',
    ),
    writes("last", "agent", "check", "again"),
)
INTERRUPTED_STATUSES = {
    "done": "completed",
    "doomed": "failed",
    "blocked": "skipped",
    "agent": "in_progress",
    "check": "validating",
    "again": "in_progress",
    "last": "pending",
}


def main(archive: Path) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="recording-") as folder:
        data = Path(folder) / "data"
        with serving(data) as client:
            begin(client, plan_of("Draft", writes("only")))
            begin(client, plan_of("Approved", writes("only")), "approve")
            paused = plan_of("Paused", writes("first", command="sleep 1; echo first > first.txt"))
            begin(client, paused, "approve", "execute", "pause")
            interrupted = begin(client, INTERRUPTED, "approve", "execute")
            wait_until_in_the_middle(client, interrupted)
        with tarfile.open(archive, "w:xz") as tar:
            tar.add(data, arcname="data", filter=as_nobodys)
    print(f"{archive}: {archive.stat().st_size // 1024} KiB")


@contextmanager
def serving(data: Path) -> Iterator[httpx.Client]:
    """Serve a data directory, and end the whole process group by SIGKILL."""
    port = 18765
    environment = {**os.environ, "MASTERPLAN_DATA_DIR": str(data), "MASTERPLAN_TOKEN": TOKEN}
    command = "from masterplan.cli.main import main; main()"
    server = subprocess.Popen(
        [sys.executable, "-c", command, "up", "--port", str(port)],
        env=environment,
        start_new_session=True,
    )
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {TOKEN}"}
        ) as client:
            wait_for(lambda: is_ready(client))
            yield client
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").is_success
    except httpx.TransportError:
        return False


def begin(client: httpx.Client, plan: dict[str, Any], *steps: str) -> str:
    plan_id = str(client.post(API, json=plan).raise_for_status().json()["masterplan_id"])
    for step in steps:
        client.post(f"{API}/{plan_id}/{step}").raise_for_status()
    return plan_id


def wait_until_in_the_middle(client: httpx.Client, plan_id: str) -> None:
    def in_the_middle() -> bool:
        detail = client.get(f"{API}/{plan_id}").json()
        tasks = [
            task
            for phase in detail["phases"]
            for milestone in phase["milestones"]
            for task in milestone["tasks"]
        ]
        second = {task["key"] for task in tasks if task["attempt"] == 2}
        statuses = {task["key"]: task["status"] for task in tasks}
        return statuses == INTERRUPTED_STATUSES and "again" in second

    wait_for(in_the_middle)


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("the run did not come to the state that is to be recorded")
        time.sleep(0.05)


def as_nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out what belongs to the process and the machine, not to the run."""
    if member.name.endswith(LEFT_OUT):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main(Path(sys.argv[1]))
