"""The command line as a person runs it, in a folder and with a data directory of its own."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MASTERPLAN = Path(sys.executable).with_name("masterplan")
PATIENCE_S = 60


class Shell:
    """Runs the command with a data directory of its own and nothing of the developer's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH"}},
            "HOME": str(folder),
            "MASTERPLAN_DATA_DIR": str(self.data),
            "PYTHONUNBUFFERED": "1",
        }

    def __call__(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [MASTERPLAN, *words],
            cwd=self.folder,
            env=self.environment,
            input="" if stdin is None else stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def json(self, *words: str) -> Any:
        """Run a command that must succeed and read its only output."""
        done = self(*words, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command; it is ended with the block."""
        with subprocess.Popen(
            [MASTERPLAN, *words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def plan_file(self, *tasks: dict[str, Any], name: str = "plan.json") -> str:
        document = {
            "title": "Two greetings",
            "settings": {"agent": "command"},
            "phases": [{"name": "Core", "milestones": [{"name": "Hello", "tasks": list(tasks)}]}],
        }
        (self.folder / name).write_text(json.dumps(document))
        return name


@contextmanager
def in_terminal(shell: Shell, *words: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run a command in a real pseudo-terminal, whose other end is given; it ends with the block."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [MASTERPLAN, *words],
        cwd=shell.folder,
        env={**shell.environment, "TERM": "xterm-256color", "COLUMNS": "200"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        try:
            yield ours, process
        finally:
            process.kill()
            os.close(ours)


def read_terminal(descriptor: int, text: str) -> str:
    """Read what is written on a terminal up to the text."""
    seen = ""
    deadline = time.monotonic() + PATIENCE_S
    while text not in seen:
        readable, _, _ = select.select([descriptor], [], [], deadline - time.monotonic())
        assert readable, f"{text!r} was not said: {seen}"
        seen += os.read(descriptor, 65536).decode(errors="replace")
    return seen
