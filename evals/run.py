"""Runs the cases through the arms, one at a time, and prints the table.

Arms take turns at each case, so that whatever else the machine does falls on all alike. What is
measured is written down at once; the same command goes on where it was interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.arms.aider import Aider
from evals.arms.base import Arm, Room, Unavailable, Work
from evals.arms.masterplan_arm import Masterplan
from evals.arms.once import Once
from evals.cases import Case, Half, UnknownCase, chosen, load_cases
from evals.checking import judge, write_files
from evals.meter import Meter, ModelLost, metering
from evals.records import Record, append_record, is_done, read_records
from evals.report import table
from masterplan.errors import MasterplanError
from masterplan.llm.download import ensure_model
from masterplan.llm.language_models import NO_KEY
from masterplan.llm.local_server import LocalModelServer
from masterplan.settings import Settings
from masterplan.workspace.sandbox import Sandbox, probe

ROOT = Path(__file__).resolve().parents[1]
RUNS = ROOT / "runs" / "evals"
ARMS: dict[str, type[Arm]] = {arm.name: arm for arm in (Masterplan, Once, Aider)}
LIMIT_S = 900.0


@dataclass(frozen=True, slots=True)
class Bench:
    """What every run needs."""

    meter: Meter
    sandbox: Sandbox
    folder: Path
    """For results and for what the arms leave behind."""
    limit_s: float
    commit: str

    async def measure(self, arm: Arm, case: Case, round_: int) -> Record:
        """Have one arm build one case, and look at the result."""
        folder = self.folder / "work" / f"{case.id}-{round_}" / arm.name
        # What is there was interrupted and not written down.
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        result = folder / "result"
        result.mkdir(parents=True)
        write_files(result, case.given)
        started = time.monotonic()
        with self.meter.counted() as model:
            room = Room(folder, result, model, self.meter.socket_path, self.limit_s)
            work = await arm.build(case.brief, room)
        seconds = work.seconds or time.monotonic() - started
        verdicts = await judge(self.sandbox, result, case.hidden)
        return Record(
            arm=arm.name,
            case=case.id,
            round=round_,
            level=case.level,
            kind=case.kind,
            half=case.half,
            commit=self.commit,
            timed_out=work.timed_out,
            planned=work.planned,
            tasks=work.tasks,
            first=work.first,
            retried=work.retried,
            hidden={each.name: each.held for each in verdicts},
            said={each.name: each.said for each in verdicts if not each.held},
            requests=model.requests,
            tokens_input=model.tokens_input,
            tokens_output=model.tokens_output,
            seconds=round(seconds, 1),
            note=_told(work),
        )


@asynccontextmanager
async def model_meter(settings: Settings, folder: Path) -> AsyncIterator[Meter]:
    """Meter the server that the settings name, else the embedded model, for the block's time."""
    # A path of a socket may have some 100 characters only.
    with tempfile.TemporaryDirectory(prefix="masterplan-eval-") as temporary:
        if url := settings.local_model_url:
            async with metering(url, key=NO_KEY, folder=Path(temporary)) as meter:
                yield meter
            return
        server = LocalModelServer(
            await ensure_model(settings), log_path=folder / "logs" / "local-model.log"
        )
        try:
            url = await server.start()
            async with metering(url, key=server.api_key, folder=Path(temporary)) as meter:
                yield meter
        finally:
            await server.stop()


async def ready(names: Sequence[str]) -> tuple[list[Arm], dict[str, str]]:
    """Prepare arms; return those that can work, and why the others cannot."""
    arms: list[Arm] = []
    skipped: dict[str, str] = {}
    for name in names:
        arm = ARMS[name]()
        try:
            await arm.prepare()
        except Unavailable as reason:
            skipped[name] = str(reason)
            print(f"{name} is skipped: {reason}", flush=True)
        else:
            arms.append(arm)
    return arms, skipped


async def evaluate(bench: Bench, cases: Sequence[Case], arms: Sequence[Arm], rounds: int) -> None:
    """Measure whatever has not been measured yet."""
    path = bench.folder / "results.jsonl"
    done = read_records(path)
    todo = [
        (round_, case, arm)
        for round_ in range(1, rounds + 1)
        for case in cases
        for arm in arms
        if not is_done(done, arm=arm.name, case=case.id, round_=round_)
    ]
    for number, (round_, case, arm) in enumerate(todo, start=1):
        print(
            f"[{number}/{len(todo)}] {case.half} {case.level} {case.id}, {arm.name} …", flush=True
        )
        record = await bench.measure(arm, case, round_)
        append_record(path, record)
        print(f"    {progress(record)}", flush=True)


def progress(record: Record) -> str:
    """Say in a line what came of a run."""
    held = f"{sum(record.hidden.values())}/{len(record.hidden)} hidden checks"
    tokens = f"{record.tokens_input:,}/{record.tokens_output:,} tokens"
    tasks = f"{record.first}+{record.retried}/{record.tasks} tasks, " if record.tasks else ""
    note = f": {record.note}" if record.note else ""
    return f"{tasks}{held}, {tokens}, {record.seconds:.0f} s{note}"


async def main() -> int:
    """Measure what was asked for and print the table."""
    options = _options()
    folder = RUNS / (options.name or current_commit())
    try:
        cases = chosen(load_cases(), names=options.cases, half=options.half)
        if not options.report:
            await _measure(options, cases, folder)
    except (UnknownCase, ModelLost, MasterplanError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    records = [each for each in read_records(folder / "results.jsonl") if each.arm in options.arms]
    asked = {case.id for case in cases}
    print("\n".join(table([each for each in records if each.case in asked], options.skipped)))
    print(f"\nEach run: {folder}")
    return 0


async def _measure(options: argparse.Namespace, cases: Sequence[Case], folder: Path) -> None:
    settings = Settings()
    sandbox = await probe(settings.sandbox)
    arms, options.skipped = await ready(options.arms)
    async with model_meter(settings, folder) as meter:
        bench = Bench(meter, sandbox, folder, options.limit, current_commit())
        await evaluate(bench, cases, arms, options.rounds)


def current_commit() -> str:
    """The short name of the commit that is checked out, `+` where files were changed besides."""
    git = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    return subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _told(work: Work) -> str:
    return ", ".join(["not done in time"] * work.timed_out + [work.note] * bool(work.note))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.run", description=__doc__)
    parser.add_argument(
        "--cases", type=str.split, default=[], help="ids, kinds or levels; all where none is named"
    )
    parser.add_argument("--arms", type=_arms, default=list(ARMS), help=" ".join(ARMS))
    parser.add_argument("--half", type=Half, choices=list(Half), help="both where none is named")
    parser.add_argument("--rounds", type=int, default=1, help="how often each case is built")
    parser.add_argument(
        "--limit", type=float, default=LIMIT_S, help="seconds for one case (%(default)s)"
    )
    parser.add_argument("--name", help="folder in runs/evals; the commit where none is named")
    parser.add_argument("--report", action="store_true", help="only print the table")
    return parser.parse_args(namespace=argparse.Namespace(skipped={}))


def _arms(words: str) -> list[str]:
    if unknown := [word for word in words.split() if word not in ARMS]:
        raise argparse.ArgumentTypeError(
            f"no arm {', '.join(unknown)}; there are {', '.join(ARMS)}"
        )
    return words.split()


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except KeyboardInterrupt:
        sys.exit("Interrupted; the same command goes on from here.")
