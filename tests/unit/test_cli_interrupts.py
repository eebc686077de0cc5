"""A signal ends a command in order and soon, and says what becomes of the work, once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

SCRIPT = """
import asyncio, sys
from masterplan.cli.interrupts import Farewell, InterruptedCommand, run_interruptible

async def command(closing_s):
    try:
        print("working", flush=True)
        await asyncio.sleep(60)
    finally:
        print("closing", flush=True)
        await asyncio.sleep(closing_s)
        print("closed", flush=True)

farewell = Farewell()
farewell.say("Nothing is lost.")
try:
    run_interruptible(command(float(sys.argv[1])), farewell)
except InterruptedCommand as interruption:
    interruption.leave()
"""


@contextmanager
def working(*, closing_s: float) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(closing_s)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_command_close(number: signal.Signals) -> None:
    with working(closing_s=0.01) as process:
        process.send_signal(number)
        out, errors = process.communicate(timeout=20)

    assert (process.returncode, out, errors) == (130, "closing\nclosed\n", "Nothing is lost.\n")


def test_a_command_that_does_not_close_is_left_behind() -> None:
    with working(closing_s=60) as process:
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=20)

    assert (process.returncode, out, errors) == (130, "closing\n", "Nothing is lost.\n")


def test_a_second_signal_leaves_at_once() -> None:
    with working(closing_s=60) as process:
        assert process.stdout is not None
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "closing\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)

    assert (process.returncode, errors) == (130, "Nothing is lost.\n")
