"""The arms of the evaluation, asking a model on the loopback that knows its answers by heart."""

import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from evals.arms.aider import BRIDGE, cut_off
from evals.arms.base import Room, run_logged
from evals.arms.masterplan_arm import Masterplan
from evals.arms.once import Once
from evals.cases import CASES, load_cases
from evals.meter import ModelLost, metering
from evals.records import read_records
from evals.run import Bench, evaluate
from masterplan.settings import SandboxKind
from masterplan.workspace.sandbox import probe
from masterplan.workspace.toolchain import python_executable
from support.app import eventually
from support.loopback_model import (
    Answer,
    Beginning,
    Break,
    Hang,
    ModelServer,
    Step,
    scripted,
)

KNOWN = {case.id: case for case in load_cases()}
SLUGS, MEDIAN = KNOWN["slugs"], KNOWN["median"]


def block(text: str) -> Answer:
    return Answer(f"Here it is:\n```python\n{text}```\n", tokens_input=200, tokens_output=20)


RIGHT = block(SLUGS.reference["slugs.py"])
WRONG = block("def slugify(title):\n    return title\n")


@asynccontextmanager
async def benched(folder: Path, *steps: Step, limit_s: float = 240) -> AsyncIterator[Bench]:
    with ModelServer(scripted(*steps)).running() as model:
        async with metering(model.url, key="none", folder=folder) as meter:
            yield Bench(meter, await probe(SandboxKind.BWRAP), folder, limit_s, commit="0")


async def test_once_writes_what_it_is_answered(tmp_path: Path) -> None:
    async with benched(tmp_path, RIGHT) as bench:
        record = await bench.measure(Once(), SLUGS, 1)
    assert record.passed
    assert (record.requests, record.tokens_input, record.tokens_output) == (1, 200, 20)


async def test_once_takes_a_wrong_answer_as_it_is(tmp_path: Path) -> None:
    async with benched(tmp_path, WRONG, RIGHT) as bench:
        record = await bench.measure(Once(), SLUGS, 1)
    assert not any(record.hidden.values())
    assert set(record.said) == set(record.hidden)
    assert record.requests == 1


async def test_a_model_that_hangs_is_left_at_the_time_limit(tmp_path: Path) -> None:
    async with benched(tmp_path, Hang(), limit_s=1) as bench:
        record = await bench.measure(Once(), SLUGS, 1)
    assert (record.timed_out, record.passed) == (True, False)


@pytest.mark.timeout(300)
async def test_masterplan_proves_a_task_after_a_retry(tmp_path: Path) -> None:
    """Takes some seconds: the command line is started twice, as a person would."""
    right = block(MEDIAN.reference["figures.py"])
    # An attempt asks a small model three times.
    async with benched(tmp_path, WRONG, WRONG, WRONG, right) as bench:
        record = await bench.measure(Masterplan(), MEDIAN, 1)
    assert (record.tasks, record.first, record.retried) == (1, 0, 1), record.note
    assert (record.requests, record.tokens_output) == (4, 80)
    assert record.passed


async def test_an_interrupted_evaluation_goes_on(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    async with benched(tmp_path, RIGHT) as bench:
        await evaluate(bench, [SLUGS], [Once()], rounds=1)
        with results.open("a") as file:
            file.write('{"arm": "once", "case": "med')
        await evaluate(bench, [SLUGS], [Once()], rounds=2)
    assert [each.round for each in read_records(results)] == [1, 2]


async def test_an_address_ends_with_its_case(tmp_path: Path) -> None:
    async with benched(tmp_path, RIGHT) as bench:
        with bench.meter.counted() as tally:
            pass
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{tally.url}/chat/completions", json={"messages": []})
    assert answer.status_code == 410
    assert tally.requests == 0


async def test_nothing_is_counted_where_the_model_is_lost(tmp_path: Path) -> None:
    async with benched(tmp_path, Break()) as bench:
        with pytest.raises(ModelLost):
            await evaluate(bench, [SLUGS], [Once()], rounds=1)
    assert read_records(tmp_path / "results.jsonl") == []


async def test_what_was_answered_before_a_request_was_broken_off_is_counted(
    tmp_path: Path,
) -> None:
    async with benched(tmp_path, Beginning("def")) as bench:
        with bench.meter.counted() as tally:
            async with (
                httpx.AsyncClient() as client,
                client.stream(
                    "POST",
                    f"{tally.url}/chat/completions",
                    json={"messages": [], "stream": True},
                ) as answer,
            ):
                async for _ in answer.aiter_lines():
                    break
        await eventually(lambda: tally.tokens_output == 1)


LOOK = """
import json, socket, sys, urllib.request
from pathlib import Path

url, stranger, cases = sys.argv[1:]
body = json.dumps({"messages": [], "stream": True}).encode()
with urllib.request.urlopen(urllib.request.Request(f"{url}/chat/completions", body)) as answer:
    assert b"[DONE]" in answer.read()
try:
    socket.create_connection(("127.0.0.1", int(stranger)), timeout=5)
except ConnectionRefusedError:
    pass
else:
    sys.exit("the machine's loopback is in reach")
assert not Path(cases).exists(), "the hidden checks can be read"
Path("seen.txt").write_text("all of it")
"""


async def test_aider_reaches_the_model_and_nothing_else(tmp_path: Path) -> None:
    result, python = tmp_path / "result", python_executable()
    result.mkdir()
    bridge = tmp_path / BRIDGE.name
    shutil.copy(BRIDGE, bridge)
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        async with benched(tmp_path, RIGHT) as bench:
            with bench.meter.counted() as tally:
                room = Room(tmp_path, result, tally, bench.meter.socket_path, limit_s=60)
                seen = [tally.url, str(stranger.getsockname()[1]), str(CASES)]
                ended = await run_logged(
                    [*cut_off(room, python=python, bridge=bridge), str(python), "-c", LOOK, *seen],
                    environment={},
                    directory=tmp_path,
                    log=tmp_path / "log",
                    limit_s=60,
                )
    assert ended.exit_code == 0, ended.output_tail
    assert (result / "seen.txt").read_text() == "all of it"
    assert tally.requests == 1
