"""Whether a repository's test commands can be started where checks run.

A check whose program is missing fails every attempt, whatever the agent writes; so the planner is
told before. Only the program is looked for: nothing of the repository is run.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from pathlib import Path

from masterplan.discovery.facts import ProjectCommand, Purpose, RepositoryFacts
from masterplan.workspace.process import Limits
from masterplan.workspace.sandbox import Sandbox

PROBE_LIMITS = Limits(wall_s=20)
_SETS_VARIABLE = re.compile(r"\w+=\S*$")
_PROGRAM = re.compile(r"[\w.+-]+$")
_MODULE = re.compile(r"\w+$")


async def with_availability(facts: RepositoryFacts, sandbox: Sandbox) -> RepositoryFacts:
    """Mark each test command with whether its program is there."""
    commands = [await _marked(each, sandbox) for each in facts.commands]
    return facts.model_copy(update={"commands": tuple(commands)})


def probe_of(command: str) -> str | None:
    """Return a shell command that succeeds if the program is there; None where none is clear."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    while words and _SETS_VARIABLE.match(words[0]):
        words.pop(0)
    match words:
        case ["python" | "python3", "-m", module, *_] if _MODULE.match(module):
            return f"{words[0]} -c 'import {module}'"
        case [program, *_] if _PROGRAM.match(program):
            return f"command -v {program}"
        case _:
            return None


async def _marked(command: ProjectCommand, sandbox: Sandbox) -> ProjectCommand:
    probe = probe_of(command.command) if command.purpose is Purpose.TEST else None
    if probe is None:
        return command
    with tempfile.TemporaryDirectory() as folder:
        result = await sandbox.run(
            ["sh", "-c", probe],
            directory=Path(folder),
            network=False,
            limits=PROBE_LIMITS,
            on_output=None,
            extra_env={},
        )
    return command.model_copy(update={"runs_here": result.exit_code == 0})
