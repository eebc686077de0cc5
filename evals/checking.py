"""Looks at a result with the hidden checks: in the sandbox, each on a copy of its own.

What is looked at was written by a model and is run here, so it gets no network, no environment and
nothing of the machine to write to. The copy keeps one check from spoiling the next.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.cases import Check
from masterplan.workspace.process import Limits
from masterplan.workspace.sandbox import Sandbox

PRELUDE = Path(__file__).with_name("prelude.py").read_text("utf-8")
LIMITS = Limits(wall_s=60)
"""For one check; what is right needs well under a second of it on an idle machine."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one hidden check said of a result."""

    name: str
    held: bool
    said: str
    """The end of its output, for whoever wants to know why."""


async def judge(sandbox: Sandbox, result: Path, checks: Sequence[Check]) -> list[Verdict]:
    """Run the checks one after the other on what lies in `result`."""
    return [await _verdict(sandbox, result, each) for each in checks]


async def exit_code(sandbox: Sandbox, root: Path, command: Sequence[str]) -> tuple[int, str]:
    """Run a command in `root`; return its exit code and the end of what it said."""
    done = await sandbox.run(
        command, directory=root, network=False, limits=LIMITS, on_output=None, extra_env={}
    )
    return done.exit_code, done.output_tail


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write texts under their paths, making folders."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def command_of(check: Check) -> list[str]:
    if check.shell is not None:
        return ["sh", "-c", check.shell]
    return ["python", "-c", f"{PRELUDE}\n{check.python}"]


async def _verdict(sandbox: Sandbox, result: Path, check: Check) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="masterplan-eval-") as temporary:
        root = Path(temporary) / "result"
        await asyncio.to_thread(_copy, result, root)
        code, said = await exit_code(sandbox, root, command_of(check))
    return Verdict(check.name, code == 0, said[-1_000:])


def _copy(result: Path, root: Path) -> None:
    # A link that a model made may lead anywhere: it stays a link.
    shutil.copytree(result, root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
