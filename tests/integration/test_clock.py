"""The clock jumps an hour forth and back in a run: nothing is claimed twice, nothing hangs."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from support.app import TOKEN
from support.oracle import Oracle
from support.plans import plan_of, start, tasks_of, until_detail, writes

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
SERVE = (
    "import sys; from pathlib import Path; from support.worker import serve;"
    "serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), {})"
)
JUMPS = ("+3600", "+0", "-3600", "+3600", "-3600", "+0")

pytestmark = pytest.mark.skipif(
    not LIBRARIES, reason="libfaketime moves the clock: apt-get install libfaketime"
)


@asynccontextmanager
async def served_by_a_moving_clock(data_dir: Path, clock: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Serve with a clock whose distance from the true one, in seconds, is in the file `clock`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = data_dir.with_name("worker.log")
    server = subprocess.Popen(  # noqa: ASYNC220 (the test reads how it stands)
        [sys.executable, "-c", SERVE, str(data_dir), str(port), TOKEN, str(log)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        },
    )
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30
        ) as client:
            await until_ready(client, server, log)
            yield client
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


async def until_ready(
    client: httpx.AsyncClient, server: subprocess.Popen[bytes], log: Path
) -> None:
    while True:
        assert server.poll() is None, log.read_text()
        try:
            if (await client.get("/readyz")).is_success:
                return
        except httpx.TransportError:
            await asyncio.sleep(0.05)


@pytest.mark.timeout(240)
async def test_jumps_of_the_clock_repeat_nothing_and_hold_nothing_up(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0")
    # The first one fails once: what waits for another attempt must not wait for the clock.
    flaky = '[ "$MASTERPLAN_ATTEMPT" = 2 ] && echo t0 > t0.txt'
    chain = [writes("t0", command=flaky), *(writes(f"t{n}", f"t{n - 1}") for n in range(1, 12))]
    beside = [writes(f"s{n}", command=f"sleep 0.3; echo s{n} > s{n}.txt") for n in range(6)]
    async with served_by_a_moving_clock(tmp_path / "data", clock) as client:
        plan_id = await start(client, plan_of(*chain, *beside))
        for jump, tasks in zip(JUMPS, range(2, 14, 2), strict=True):
            await until_detail(client, plan_id, lambda plan, n=tasks: plan["completed_tasks"] >= n)
            clock.write_text(jump)

        detail = await until_detail(client, plan_id, lambda plan: plan["status"] == "completed")
        await asyncio.to_thread(Oracle(tmp_path / "data").judge)

    assert detail["outcome"] == "succeeded"
    attempts = {key: task["attempt"] for key, task in tasks_of(detail).items()}
    assert attempts == {key: 2 if key == "t0" else 1 for key in attempts}
