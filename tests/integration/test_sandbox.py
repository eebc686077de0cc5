"""What commands can rely on in the sandbox, with the real one of this machine."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from masterplan.errors import Unavailable
from masterplan.settings import SandboxKind
from masterplan.workspace.bubblewrap import BubblewrapSandbox, find_bubblewraps, tethered
from masterplan.workspace.sandbox import (
    CommandResult,
    Limits,
    NoSandbox,
    Sandbox,
    probe,
    seatbelt_profile,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is for Linux")

SHORT = Limits(wall_s=20)


@pytest.fixture(params=[SandboxKind.BWRAP, SandboxKind.NONE])
async def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return await probe(request.param)


async def run(
    sandbox: Sandbox, directory: Path, *command: str, limits: Limits = SHORT
) -> CommandResult:
    return await sandbox.run(
        command, directory=directory, network=False, limits=limits, on_output=None, extra_env={}
    )


async def test_commands_write_their_directory(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "in").write_text("hello")

    result = await run(sandbox, tmp_path, "sh", "-c", "cp sub/in sub/out; mkdir new; echo done")

    assert (result.exit_code, result.output_tail) == (0, "done\n")
    assert (tmp_path / "sub" / "out").read_text() == "hello"
    assert (tmp_path / "new").is_dir()


@pytest.mark.parametrize("python", ["python", "python3"])
async def test_python_and_its_library_are_there(
    sandbox: Sandbox, tmp_path: Path, python: str
) -> None:
    (tmp_path / "test_it.py").write_text(
        "import json, sqlite3, ssl, unittest\n"
        "class T(unittest.TestCase):\n"
        "    def test_one(self): self.assertEqual(1, 1)\n"
    )

    result = await run(sandbox, tmp_path, python, "-m", "unittest")

    assert result.exit_code == 0, result.output_tail
    assert "Ran 1 test" in result.output_tail
    assert not (tmp_path / "__pycache__").exists()


async def test_output_is_passed_on_while_it_comes(sandbox: Sandbox, tmp_path: Path) -> None:
    heard: list[str] = []
    first = asyncio.Event()

    def listen(text: str) -> None:
        heard.append(text)
        first.set()

    os.mkfifo(tmp_path / "go", 0o666)
    running = asyncio.create_task(
        sandbox.run(
            ["sh", "-c", "echo é; cat go; echo two >&2; exit 3"],
            directory=tmp_path,
            network=False,
            limits=SHORT,
            on_output=listen,
            extra_env={},
        )
    )
    await first.wait()
    assert heard == ["é\n"]
    await asyncio.to_thread((tmp_path / "go").write_text, "went\n")
    result = await running

    assert "".join(heard) == result.output_tail == "é\nwent\ntwo\n"
    assert (result.exit_code, result.timed_out, result.output_truncated) == (3, False, False)


async def test_a_failing_listener_is_heard_of(sandbox: Sandbox, tmp_path: Path) -> None:
    def refuse(text: str) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await sandbox.run(
            ["sh", "-c", "echo one; sleep 60"],
            directory=tmp_path,
            network=False,
            limits=SHORT,
            on_output=refuse,
            extra_env={},
        )


async def test_extra_variables_arrive(sandbox: Sandbox, tmp_path: Path) -> None:
    result = await sandbox.run(
        ["sh", "-c", 'echo "$A"'],
        directory=tmp_path,
        network=False,
        limits=SHORT,
        on_output=None,
        extra_env={"A": "two words; $(exit)"},
    )

    assert result.output_tail == "two words; $(exit)\n"


async def test_time_is_limited(sandbox: Sandbox, tmp_path: Path) -> None:
    result = await run(
        sandbox, tmp_path, "sh", "-c", "echo begun; sleep 60", limits=Limits(wall_s=1)
    )

    assert result.timed_out
    assert result.exit_code == 137
    assert result.output_tail == "begun\n"
    assert 1 <= result.duration_s < 5


async def test_a_command_that_is_missing_says_so(tmp_path: Path) -> None:
    result = await run(await probe(SandboxKind.BWRAP), tmp_path, "no-such-command")

    assert result.exit_code != 0
    assert "no-such-command" in result.output_tail


@pytest.mark.parametrize("executable", find_bubblewraps(), ids=lambda path: path.parts[-2])
async def test_every_bubblewrap_found_here_works(executable: Path, tmp_path: Path) -> None:
    result = await run(
        BubblewrapSandbox(executable), tmp_path, "python3", "-c", "import os; print(os.getcwd())"
    )

    assert (result.exit_code, result.output_tail) == (0, "/workspace\n")


async def test_background_processes_end_with_their_command(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    result = await run(sandbox, tmp_path, "sh", "-c", "sleep 60 & echo begun")

    assert (result.exit_code, result.output_tail) == (0, "begun\n")
    assert result.duration_s < 10


def test_a_command_whose_starter_has_died_before_it_began_does_not_run() -> None:
    hello = [*tethered(), "echo", "hello"]
    # For the second one another process, not this one, is the parent.
    ours = subprocess.run(hello, capture_output=True, check=False, text=True)
    orphan = subprocess.run(
        ["sh", "-c", '"$@"; true', "sh", *hello], capture_output=True, check=False, text=True
    )

    assert (ours.stdout, orphan.stdout) == ("hello\n", "")


async def test_a_sandbox_that_does_not_work_is_refused_with_the_remedy() -> None:
    with pytest.raises(Unavailable, match="MASTERPLAN_SANDBOX=bwrap"):
        await probe(SandboxKind.SANDBOX_EXEC)


async def test_no_sandbox_has_a_clean_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "canary")

    result = await run(NoSandbox(), tmp_path, "env")

    assert "canary" not in result.output_tail


def test_the_profile_for_macos_names_what_may_be_written() -> None:
    profile: Sequence[str] = seatbelt_profile(
        readable=(Path("/py"), None), writable=(Path('/a "b"'),), network=False
    ).splitlines()

    assert profile[:2] == ["(version 1)", "(deny default)"]
    assert [line for line in profile if "file-write*" in line] == [
        '(allow file-write* (subpath "/a \\"b\\""))'
    ]
    assert '(allow file-read* (subpath "/py"))' in profile
    assert "(allow network*)" not in profile
