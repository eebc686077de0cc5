"""What commands share: a client, questions to the person, and how answers are shown."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel
from rich.console import Console

from masterplan.cli import wire
from masterplan.cli.client import Client
from masterplan.cli.connection import Need, connected, load_settings
from masterplan.cli.console import draws
from masterplan.cli.displays import JsonDisplay, LiveDisplay, PlainDisplay
from masterplan.cli.interrupts import Farewell, run_interruptible
from masterplan.cli.watching import Display
from masterplan.errors import MasterplanError

Result = TypeVar("Result")


class UsageMistake(MasterplanError):
    """The command cannot be carried out as it was given; the exit code is 2."""

    code = "usage"


def ask_server(
    work: Callable[[Client], Awaitable[Result]],
    *,
    purpose: str,
    need: Need = Need.RECORDS,
    farewell: Farewell | None = None,
) -> Result:
    """Run `work` with a client of whoever answers; see `connected` and `run_interruptible`."""
    settings = load_settings()

    async def command() -> Result:
        async with connected(settings, purpose=f"masterplan {purpose}", need=need) as client:
            return await work(client)

    return run_interruptible(command(), farewell or Farewell())


def print_json(answer: BaseModel) -> None:
    """Print one JSON document on standard output."""
    print(answer.model_dump_json(indent=2))


def display_for(console: Console, *, as_json: bool, stream: bool) -> Display:
    """Choose how a watched plan is shown: as asked for, else as the terminal allows."""
    if as_json:
        return JsonDisplay()
    if draws(console):
        return LiveDisplay(console, stream=stream)
    return PlainDisplay(console, stream=stream)


def require_terminal(question: str, remedy: str) -> None:
    """Raise UsageMistake where nobody can answer a question."""
    if not sys.stdin.isatty():
        raise UsageMistake(f"{question} cannot be asked: standard input is no terminal. {remedy}")


async def ask(prompt: str, console: Console) -> str:
    """Ask a person for one line. Raises UsageMistake where there is none."""
    console.print()
    line = await ask_line(prompt, console)
    if line is None:
        raise UsageMistake("There was no answer.")
    return line


async def ask_line(prompt: str, console: Console) -> str | None:
    """Read one line of a person, while everything else in this process goes on; None is the end.

    A thread that reads could not be ended by Ctrl-C; a file descriptor that is watched can.
    """
    console.print(prompt, end=" ", markup=False)
    console.file.flush()
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    line = sys.stdin.readline()
    return line.strip() if line else None


def farewell_text(plan: wire.PlanDetail, client: Client) -> str:
    """Say what becomes of a run that is no longer watched."""
    short = plan.masterplan_id[:8]
    if client.embedded:
        return f"The run is not lost: resume it with `masterplan watch {short}`."
    if not client.has_server():
        return f"The server has ended. No run is lost: resume it with `masterplan watch {short}`."
    return f"The run goes on in the server; watch it with `masterplan watch {short}`."
