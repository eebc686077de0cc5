"""Measures Masterplan and its peers side by side, prints one table, and ends by itself.

Each engine runs the same plan in a process of its own; rounds are interleaved, so that whatever
else the machine does falls on all alike, and medians are told with their ratio to the floor: one
fsynced SQLite commit for each transition. A peer brings its own dependencies (PEP 723), which uv
installs beside the project's; one that cannot be run is named with the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
UV = HERE.parent / ".tools" / "bin" / "uv"
ROUND_SECONDS = 300
ROWS_SECONDS = 900
FLOOR = "floor"


@dataclass(frozen=True)
class Engine:
    script: str
    name: str
    survives: str
    """What is left after kill -9."""
    needs: bool = True
    """Whether it has dependencies of its own, which uv installs."""


OURS = Engine("masterplan_engine", "Masterplan", "every task", needs=False)
FLOORS = (
    Engine("in_memory", "asyncio alone", "nothing", needs=False),
    Engine(FLOOR, "floor: asyncio, SQLite commits", "statuses", needs=False),
)
PEERS = (
    Engine("langgraph_saver", "LangGraph, SQLite saver", "every level"),
    Engine("procrastinate_postgres", "procrastinate, PostgreSQL", "every task"),
    Engine("celery_redis", "Celery, Redis", "queued tasks"),
    Engine("dbos_queue", "DBOS queue, SQLite", "every task"),
    Engine("prefect_flow", "Prefect, SQLite", "what is recorded, not the run"),
)

Result = dict[str, Any]
"""What a script prints: figures, or for our own rows text."""


class Failed(Exception):
    """An engine that could not be run, with the last line it said."""


def run_script(engine: Engine, arguments: Sequence[str], *, seconds: int = ROUND_SECONDS) -> Result:
    """Run one engine once and return what it measured. Raises Failed."""
    script = str(HERE / "engines" / f"{engine.script}.py")
    started = (
        [str(UV), "run", "--quiet", "--no-project", "--script", script]
        if engine.needs
        else [sys.executable, script]
    )
    try:
        done = subprocess.run(
            [*started, *arguments],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"not done after {seconds} s") from error
    results = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not results:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Failed(said[-1] if said else f"exit code {done.returncode}")
    result: Result = json.loads(results[-1])
    return result


def rounds_of(
    engines: Sequence[Engine], arguments: Sequence[str], *, rounds: int
) -> tuple[dict[Engine, list[Result]], dict[Engine, str]]:
    """Run all engines in turn, several times; return what each measured, and why some could not."""
    measured: dict[Engine, list[Result]] = {}
    failed: dict[Engine, str] = {}
    for number in range(rounds):
        for engine in engines:
            if engine in failed:
                continue
            print(f"round {number + 1}: {engine.name} …", file=sys.stderr, flush=True)
            try:
                measured.setdefault(engine, []).append(run_script(engine, arguments))
            except Failed as error:
                failed[engine] = str(error)
    return measured, failed


def comparison(measured: dict[Engine, list[Result]], failed: dict[Engine, str]) -> Iterator[str]:
    """Give the lines of the table in Markdown, the fastest chain first."""
    medians = {
        engine: {name: statistics.median(each[name] for each in results) for name in results[0]}
        for engine, results in measured.items()
        if results and engine not in failed
    }
    floor = next(median for engine, median in medians.items() if engine.script == FLOOR)
    yield (
        "| engine | survives kill -9 | chain, ms a task | fan-out, ms a task "
        "| own CPU, ms a task | first task, ms |"
    )
    yield "|---|---|---:|---:|---:|---:|"
    for engine, median in sorted(medians.items(), key=lambda item: item[1]["chain"]):
        cells = (
            f"{median[name]:.2f} ({median[name] / floor[name]:.1f} floors)"
            for name in ("chain", "fan")
        )
        yield (
            f"| {engine.name} | {engine.survives} | {' | '.join(cells)} "
            f"| {median['cpu']:.2f} | {median['first']:.0f} |"
        )
    for engine, reason in failed.items():
        yield f"| {engine.name} | {engine.survives} | could not be run: {reason} | | | |"


def machine() -> str:
    cores = os.cpu_count()
    load = os.getloadavg()[0]
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores, "
        f"Python {platform.python_version()}, load {load:.1f} at the start"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small round, no peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--chain", type=int, default=50)
    parser.add_argument("--fan", type=int, default=150)
    parser.add_argument("--largest", type=int, default=10_000, help="tasks of the largest plan")
    options = parser.parse_args()
    rounds, chain, fan = (
        (1, 3, 4) if options.quick else (options.rounds, options.chain, options.fan)
    )
    engines = (*FLOORS, OURS, *(() if options.quick else PEERS))
    print(f"{machine()}\n")
    arguments = [f"--chain={chain}", f"--fan={fan}"]
    measured, failed = rounds_of(engines, arguments, rounds=rounds)
    print(f"A chain of {chain} tasks, then {fan} side by side; medians of {rounds} rounds:\n")
    print("\n".join(comparison(measured, failed)))
    print("\nOurs alone:\n")
    print("| measure | figure |\n|---|---|")
    quick = ["--quick"] if options.quick else []
    sizes = quick or [f"--largest={options.largest}"]
    read = ["--tasks=10"] if options.quick else [f"--tasks={options.largest}"]
    for script, arguments in (
        ("masterplan_rows", sizes),
        ("masterplan_processes", quick),
        ("plan_reading", read),
    ):
        rows = Engine(script, "Masterplan", "", needs=False)
        try:
            ours = run_script(rows, arguments, seconds=ROWS_SECONDS)
        except Failed as error:
            ours = {script: f"could not be run: {error}"}
        for name, figure in ours.items():
            print(f"| {name} | {figure} |", flush=True)


if __name__ == "__main__":
    main()
