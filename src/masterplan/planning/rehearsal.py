"""Tries examples on a draft of the code, before a person is asked to trust them as checks.

A small model gets some of its expected values wrong, and a wrong check fails right code for ever.
An example is kept when a draft, written without having seen it, fulfils it: two independent answers
that agree are seldom both wrong (the idea of CodeT, arXiv:2207.10397). The draft runs in the
sandbox only, like every word of a model that runs at all.
"""

from __future__ import annotations

import asyncio
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter

from masterplan.workspace.files import write_text
from masterplan.workspace.process import Limits
from masterplan.workspace.sandbox import Sandbox

_LIMITS = Limits(wall_s=120)
_SECONDS_PER_COMMAND = 10
_RUNS = TypeAdapter(list[tuple[str, ...] | None])


async def passing_tests(
    sandbox: Sandbox, files: Mapping[str, str], tests: Sequence[str]
) -> list[bool]:
    """Tell for each test, a dotted name for unittest, whether it passes with these files."""
    commands = [f"python -m unittest {shlex.quote(test)}" for test in tests]
    return await passing_commands(sandbox, files, commands)


async def passing_commands(
    sandbox: Sandbox, files: Mapping[str, str], commands: Sequence[str]
) -> list[bool]:
    """Tell for each shell command whether it succeeds with these files."""
    if not commands:
        return []
    output = await _output(sandbox, files, ["sh", "-c", _script(commands)])
    return read_verdicts(output, count=len(commands))


async def fulfils(sandbox: Sandbox, files: Mapping[str, str], check: str) -> bool:
    """Whether a task's check passes with these files."""
    [passes] = await passing_commands(sandbox, files, [check])
    return passes


async def printed_lines(
    sandbox: Sandbox, files: Mapping[str, str], script: str, *, count: int
) -> list[tuple[str, ...] | None]:
    """Tell what `count` runs print, by a Python script that prints a JSON list of their lines.

    None for a run that fails, and for all of them where the script comes to no end.
    """
    output = await _output(sandbox, files, ["python", "-c", script])
    with suppress(ValueError):
        runs = _RUNS.validate_json(output.strip().rpartition("\n")[2])
        return [*runs, *[None] * count][:count]
    return [None] * count


async def _output(sandbox: Sandbox, files: Mapping[str, str], command: Sequence[str]) -> str:
    with tempfile.TemporaryDirectory(prefix="masterplan-rehearsal-") as name:
        directory = Path(name)
        await asyncio.to_thread(_write_all, directory, files)
        result = await sandbox.run(
            command,
            directory=directory,
            network=False,
            limits=_LIMITS,
            on_output=None,
            extra_env={},
        )
    return result.output_tail


def read_verdicts(output: str, *, count: int) -> list[bool]:
    """Read one exit code per line; commands that were not reached have not passed."""
    codes = [line.strip() for line in output.splitlines() if line.strip().isdigit()]
    return [code == "0" for code in codes[:count]] + [False] * (count - len(codes))


def _script(commands: Sequence[str]) -> str:
    """What a draft prints must not be taken for a verdict, so it is not let through."""
    return "\n".join(
        f"timeout {_SECONDS_PER_COMMAND} sh -c {shlex.quote(command)} "
        ">/dev/null 2>&1 </dev/null; echo $?"
        for command in commands
    )


def _write_all(directory: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        write_text(directory, path, text)
