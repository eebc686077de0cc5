"""The runs of a program as tests: a unittest file of the plan, and a script that tries them.

Each run has a directory of its own that holds a copy of the program, so runs disturb neither each
other nor the project.
"""

from __future__ import annotations

from collections.abc import Sequence

from masterplan.planning.sessions import Session

SESSION_CLASS = "tests.test_main.MainTest"
FILE_TEST = "test_reads_the_file"

_TEST_HEAD = '''\
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def output_of(command: str, *, input_text: str = "") -> str:
    """Run a command in a copy of the program and return what it prints, spaces collapsed."""
    with tempfile.TemporaryDirectory() as folder:
        for file in ROOT.glob("*.py"):
            shutil.copy(file, folder)
        if input_text:
            Path(folder, "input.txt").write_text(input_text, encoding="utf-8")
        done = subprocess.run(
            command, shell=True, cwd=folder, capture_output=True, text=True,
            timeout=60, stdin=subprocess.DEVNULL,
        )
    if done.returncode:
        raise AssertionError(f"{command}: exit code {done.returncode}\\n{done.stderr[-2000:]}")
    return f" {' '.join(done.stdout.split())} "


class MainTest(unittest.TestCase):
    def test_help(self) -> None:
        self.assertIn("usage", output_of("python main.py --help").lower())
'''


_RUNS = """\
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

printed = []
for command, text in {runs!r}:
    with tempfile.TemporaryDirectory() as folder:
        for file in Path(".").glob("*.py"):
            shutil.copy(file, folder)
        if text:
            Path(folder, "input.txt").write_text(text, encoding="utf-8")
        try:
            done = subprocess.run(
                command, shell=True, cwd=folder, capture_output=True, text=True,
                timeout=10, stdin=subprocess.DEVNULL,
            )
        except (subprocess.TimeoutExpired, UnicodeDecodeError):
            printed.append(None)
        else:
            printed.append(None if done.returncode else done.stdout.splitlines())
print()
print(json.dumps(printed))
"""


def render_session_tests(sessions: Sequence[Session], *, uses: Sequence[str]) -> str:
    """Write the sessions as a unittest file.

    Besides, the program answers to --help and imports the modules that it `uses`: small models
    like to write the logic again instead.
    """
    lines = [_TEST_HEAD.rstrip()]
    if uses:
        lines += ["", "    def test_imports(self) -> None:"]
        lines += ['        source = (ROOT / "main.py").read_text(encoding="utf-8")']
    lines += [
        f'        self.assertRegex(source, r"(?m)^\\s*(from|import) {name}\\b", "not imported")'
        for name in uses
    ]
    lines += _file_test(sessions)
    for name, session in zip(session_names(sessions), sessions, strict=True):
        given = f", input_text={session.input_text!r}" if session.input_text else ""
        lines += ["", f"    def {name}(self) -> None:"]
        lines += [f"        output = output_of({session.shell!r}{given})"]
        lines += [f"        self.assertIn({each!r}, output)" for each in _expected(session)]
        if not session.output:
            lines += ['        self.assertNotEqual(output.strip(), "")']
    return "\n".join(lines) + "\n"


def run_script(sessions: Sequence[Session]) -> str:
    """Write a Python script that prints, as JSON, the lines of each run; null where it fails."""
    return _RUNS.format(runs=[(each.shell, each.input_text) for each in sessions])


def session_names(sessions: Sequence[Session]) -> list[str]:
    """Name a test method for each session."""
    return [f"test_session_{number}" for number in range(1, len(sessions) + 1)]


def _file_test(sessions: Sequence[Session]) -> list[str]:
    """A program that reads a file answers differently to a different file of the same name."""
    reading = next((each for each in sessions if each.input_text), None)
    if reading is None:
        return []
    *most, _ = reading.input_text.splitlines(keepends=True)
    # Without its last line it still has its form: a program that wants rows may refuse words.
    other = "".join(most) or reading.input_text + 3 * "more words\n"
    return [
        "",
        f"    def {FILE_TEST}(self) -> None:",
        f"        first = output_of({reading.command!r}, input_text={reading.input_text!r})",
        f"        second = output_of({reading.command!r}, input_text={other!r})",
        "        self.assertNotEqual(first, second, 'the text of the file makes no difference')",
    ]


def _expected(session: Session) -> list[str]:
    # Between spaces: 3 is not in 13.
    return [f" {' '.join(line.split())} " for line in session.output]
