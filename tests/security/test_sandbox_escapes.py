"""What a hostile command tries in the sandbox, with real commands."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from masterplan.errors import UnsafePath
from masterplan.settings import SandboxKind
from masterplan.workspace.files import read_text
from masterplan.workspace.sandbox import CommandResult, Limits, Sandbox, probe

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is for Linux")


@pytest.fixture
async def sandbox() -> Sandbox:
    return await probe(SandboxKind.BWRAP)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    return work


async def run(
    sandbox: Sandbox,
    work: Path,
    script: str,
    *,
    network: bool = False,
    limits: Limits = Limits(wall_s=30),  # noqa: B008 (a frozen value)
) -> CommandResult:
    """Run a Python script in the sandbox."""
    return await sandbox.run(
        ["python3", "-c", script],
        directory=work,
        network=network,
        limits=limits,
        on_output=None,
        extra_env={},
    )


@pytest.fixture
def canaries(tmp_path: Path) -> Iterator[list[Path]]:
    in_home = Path.home() / f".masterplan-canary-{uuid.uuid4().hex}"
    files = [tmp_path / "canary", in_home]
    for file in files:
        file.write_text("the canary sings")
        file.chmod(0o666)
    yield files
    in_home.unlink()


async def test_files_outside_cannot_be_read_or_written(
    sandbox: Sandbox, work: Path, canaries: list[Path]
) -> None:
    script = f"""
import os
for path in {[str(path) for path in canaries]}:
    for name in (path, "/proc/1/root" + path, "../" * 9 + path[1:]):
        for mode in "r", "w":
            try:
                print("opened", open(name, mode).read())
            except OSError as error:
                print(type(error).__name__)
for directory in ("/", "/usr", "/etc", "/dev", "/run", "/root", "/proc/sys/kernel"):
    try:
        open(directory + "/planted", "w")
        print("opened", directory)
    except OSError as error:
        print(type(error).__name__)
"""
    result = await run(sandbox, work, script)

    assert result.exit_code == 0, result.output_tail
    assert "opened" not in result.output_tail
    assert {path.read_text() for path in canaries} == {"the canary sings"}


async def test_the_machine_is_out_of_reach_by_network(sandbox: Sandbox, work: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = (
            f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=5).close()"
        )
        refused = await run(sandbox, work, script)
        granted = await run(sandbox, work, script, network=True)

    assert "ConnectionRefusedError" in refused.output_tail
    assert granted.exit_code == 0, granted.output_tail


async def test_abstract_sockets_of_the_machine_are_out_of_reach(
    sandbox: Sandbox, work: Path
) -> None:
    name = f"masterplan-{uuid.uuid4().hex}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen()
        result = await run(sandbox, work, f"import socket; socket.socket(1).connect('\\0{name}')")

    assert "ConnectionRefusedError" in result.output_tail


async def test_no_secret_of_the_environment_is_seen(
    sandbox: Sandbox, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASTERPLAN_CANARY", "the canary sings")
    script = """
import glob, os
print(sorted(os.environ))
for name in glob.glob("/proc/[0-9]*/environ"):
    print(name, open(name, "rb").read())
"""
    result = await run(sandbox, work, script)

    assert result.output_tail.splitlines()[0] == str(
        ["HOME", "LANG", "PATH", "PWD", "PYTHONDONTWRITEBYTECODE", "TMPDIR"]
    )
    assert "canary" not in result.output_tail.lower()
    assert "/proc/1/environ" in result.output_tail


async def test_other_processes_are_not_seen_and_the_user_is_nobody(
    sandbox: Sandbox, work: Path
) -> None:
    script = """
import glob, os
print(os.getuid(), os.getgid(), os.getgroups())
print([open(name, "rb").read().split(b"\\0")[0] for name in glob.glob("/proc/[0-9]*/cmdline")])
print([line for line in open("/proc/self/status") if line.startswith(("CapEff", "CapBnd"))])
print(sorted(os.listdir("/proc/self/fd")))
"""
    result = await run(sandbox, work, script)

    user, processes, capabilities, descriptors = result.output_tail.splitlines()
    assert user.startswith("65534 65534")
    assert len(eval(processes)) == 2  # bwrap's init and the script
    assert all(int(line.split()[1], 16) == 0 for line in eval(capabilities))
    assert descriptors == str(["0", "1", "2", "3"])  # 3 lists them


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to lose")
async def test_root_is_given_up(sandbox: Sandbox, work: Path) -> None:
    running = asyncio.create_task(
        run(sandbox, work, "open('began', 'w'); import time; time.sleep(60)")
    )
    await _appears(work / "began")
    owner = (work / "began").stat().st_uid
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert owner == 65534


async def test_no_further_namespaces_can_be_made(sandbox: Sandbox, work: Path) -> None:
    result = await sandbox.run(
        ["unshare", "--user", "--map-root-user", "id"],
        directory=work,
        network=False,
        limits=Limits(wall_s=20),
        on_output=None,
        extra_env={},
    )

    assert result.exit_code != 0
    assert "uid=0" not in result.output_tail


async def test_a_fork_bomb_is_bounded(sandbox: Sandbox, work: Path) -> None:
    script = """
import os, time
started = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        started += 1
except BlockingIOError:
    print(started)
"""
    result = await run(sandbox, work, script, limits=Limits(wall_s=30, processes=40))

    assert result.exit_code == 0, result.output_tail
    assert 20 < int(result.output_tail) <= 40


async def test_processes_of_one_sandbox_do_not_count_in_another(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    crowd = "import subprocess\nfor _ in range(20): subprocess.Popen(['sleep', '1'])\nprint('ok')"
    directories = [tmp_path / name for name in "ab"]
    for directory in directories:
        directory.mkdir()

    results = await asyncio.gather(
        *(
            run(sandbox, directory, crowd, limits=Limits(wall_s=30, processes=30))
            for directory in directories
        )
    )

    assert [result.output_tail for result in results] == ["ok\n", "ok\n"]


@pytest.mark.parametrize("bomb", ["bytearray(512 << 20)", "__import__('mmap').mmap(-1, 2 << 30)"])
async def test_a_memory_bomb_is_ended(sandbox: Sandbox, work: Path, bomb: str) -> None:
    result = await run(
        sandbox,
        work,
        f"x = {bomb}; print('survived')",
        limits=Limits(wall_s=30, memory_bytes=128 << 20),
    )

    assert result.exit_code != 0
    assert "survived" not in result.output_tail


async def test_files_are_limited_in_size(sandbox: Sandbox, work: Path) -> None:
    limits = Limits(wall_s=30, file_bytes=1 << 20, temporary_bytes=2 << 20)

    one = await run(sandbox, work, "open('big', 'wb').write(b'x' * (4 << 20))", limits=limits)
    many = await run(
        sandbox,
        work,
        "for n in range(9): open(f'/tmp/{n}', 'wb').write(b'x' * (1 << 20))",
        limits=limits,
    )

    assert one.exit_code != 0
    assert (work / "big").stat().st_size <= 1 << 20
    assert "No space left" in many.output_tail


async def test_endless_output_ends_the_command(sandbox: Sandbox, work: Path) -> None:
    heard: list[str] = []
    result = await sandbox.run(
        ["yes", "0123456789"],
        directory=work,
        network=False,
        limits=Limits(wall_s=30, output_bytes=1 << 20),
        on_output=heard.append,
        extra_env={},
    )

    assert result.output_truncated
    assert not result.timed_out
    assert result.exit_code == 137
    assert sum(map(len, heard)) == 1 << 20
    assert len(result.output_tail) <= 32 * 1024


def _marked(marker: str) -> list[str]:
    """List the processes of this machine that carry a marker in their command line."""
    found = []
    for directory in Path("/proc").iterdir():
        try:
            if directory.name.isdigit() and marker in (directory / "cmdline").read_text():
                found.append(directory.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


async def _appears(path: Path) -> None:
    for _ in range(1000):
        if await asyncio.to_thread(path.exists):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{path} did not appear")


async def _all_gone(marker: str, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while _marked(marker):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(3): os.close(fd)
        os.execvp("sleep", ["sleep", sys.argv[1]])
    os._exit(0)
os.wait()
open("began", "w").close()
if sys.argv[2] == "wait":
    time.sleep(60)
"""


async def test_daemons_end_with_the_command(sandbox: Sandbox, work: Path) -> None:
    marker = f"60.{uuid.uuid4().int % 10**12}"
    result = await sandbox.run(
        ["python3", "-c", DAEMON, marker, "return"],
        directory=work,
        network=False,
        limits=Limits(wall_s=30),
        on_output=None,
        extra_env={},
    )

    assert result.exit_code == 0, result.output_tail
    assert await _all_gone(marker, within_s=2)


async def test_cancellation_ends_everything(sandbox: Sandbox, work: Path) -> None:
    marker = f"60.{uuid.uuid4().int % 10**12}"
    running = asyncio.create_task(
        sandbox.run(
            ["python3", "-c", DAEMON, marker, "wait"],
            directory=work,
            network=False,
            limits=Limits(wall_s=30),
            on_output=None,
            extra_env={},
        )
    )
    await _appears(work / "began")
    assert _marked(marker)
    began = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert time.monotonic() - began < 2
    assert await _all_gone(marker, within_s=2)


OWNER = """
import asyncio, sys
from pathlib import Path
from masterplan.settings import SandboxKind
from masterplan.workspace.sandbox import Limits, probe

async def main():
    sandbox = await probe(SandboxKind.BWRAP)
    await sandbox.run(["sh", "-c", "touch began; exec sleep " + sys.argv[2]],
                      directory=Path(sys.argv[1]), network=False, limits=Limits(wall_s=60),
                      on_output=None, extra_env={})

asyncio.run(main())
"""


async def test_commands_die_with_the_process_that_ran_them(work: Path) -> None:
    marker = f"60.{uuid.uuid4().int % 10**12}"
    owner = await asyncio.create_subprocess_exec(sys.executable, "-c", OWNER, str(work), marker)
    await _appears(work / "began")
    owner.kill()
    await owner.wait()

    assert await _all_gone(marker, within_s=2)


async def test_links_that_a_command_leaves_lead_nowhere(sandbox: Sandbox, work: Path) -> None:
    result = await run(
        sandbox,
        work,
        "import os; os.symlink('/etc/passwd', 'file'); os.symlink('/etc', 'directory')",
    )

    assert result.exit_code == 0
    for path in ("file", "directory/passwd"):
        with pytest.raises(UnsafePath):
            read_text(work, path, limit_bytes=1 << 20)
