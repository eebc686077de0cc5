"""`make bench` works: its quick form runs every part of it once, without the peers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "benchmarks" / "bench.py"


def test_the_quick_form_prints_every_row() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCH), "--quick"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1].strip() for line in done.stdout.splitlines() if line[:1] == "|"]
    assert [row for row in rows if row not in {"---", "engine", "measure"}] == [
        "asyncio alone",
        "floor: asyncio, SQLite commits",
        "Masterplan",
        "idle",
        "makespan on random plans",
        "events to 3 subscribers",
        "10 tasks",
        "restart to first task",
        "1, 2 and 4 workers on PostgreSQL",
        "detail of 10 tasks",
        "detail with counts of 10 tasks",
        "detail without tasks of 10 tasks",
        "list of 10 tasks",
    ]
