"""What an arm is asked for and what it says of its work."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evals.cases import Brief
from evals.meter import Tally
from masterplan.workspace.process import CommandResult, Limits, run_bounded

MODEL = "qwen2.5-coder-1.5b-instruct"
MAX_TOKENS = 3_072
"""Of one answer; the same for all arms, for a small model can repeat itself without end."""
CONTEXT_TOKENS = 8_192
_AUTHOR = ("-c", "user.name=Eval", "-c", "user.email=eval@example.invalid")


@dataclass(frozen=True, slots=True)
class Room:
    """Where an arm works on a case, and with what."""

    folder: Path
    """For whatever the arm keeps."""
    result: Path
    """A folder in it where the arm leaves the code; the given files are there already."""
    model: Tally
    socket: Path
    """Where the model is served too, for an arm that is cut off from the network."""
    limit_s: float


@dataclass(frozen=True, slots=True)
class Work:
    """What an arm says of its work; what it is worth, the hidden checks say."""

    timed_out: bool = False
    planned: bool | None = None
    """Whether a plan was made that could be executed; None where the arm plans nothing."""
    tasks: int = 0
    """Tasks of the plan that a model does."""
    first: int = 0
    """How many of these were proven at the first attempt."""
    retried: int = 0
    """How many were proven by a later one."""
    seconds: float | None = None
    """How long it took, where that is less than what `build` took."""
    note: str = ""
    """What went wrong, in a line."""


class Unavailable(Exception):
    """An arm that cannot work on this machine; the message says why."""


class Arm(Protocol):
    """One way from words to code."""

    name: str

    async def prepare(self) -> None:
        """Get ready, once. Raises Unavailable."""
        ...

    async def build(self, brief: Brief, room: Room) -> Work:
        """Do what the brief says, in `room.result`, within `room.limit_s` seconds."""
        ...


async def run_logged(
    command: list[str], *, environment: dict[str, str], directory: Path, log: Path, limit_s: float
) -> CommandResult:
    """Run a program of an arm, everything it says going to a file, ended at its time limit."""
    with log.open("a", encoding="utf-8", buffering=1) as file:

        def keep(text: str) -> None:
            file.write(text)

        return await run_bounded(
            command,
            environment=environment,
            directory=directory,
            limits=Limits(wall_s=limit_s, output_bytes=64 << 20),
            on_output=keep,
        )


def begin_repository(folder: Path) -> None:
    """Make a git repository of the files in a folder."""
    begin = ["commit", "--quiet", "--allow-empty", "-m", "Begin"]
    for step in (["init", "--quiet"], ["add", "--all"], begin):
        subprocess.run(["git", *_AUTHOR, *step], cwd=folder, check=True)


def complaint(text: str) -> str:
    """The error that a program ended with, in a line; else the last line that it said."""
    _, found, error = text.rpartition("Error: ")
    lines = [line for line in text.splitlines() if line.strip()]
    return " ".join((error if found else "".join(lines[-1:])).split())[:300]
