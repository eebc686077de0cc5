"""The data directory belongs to one process, says who, and never believes the dead."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from masterplan.datadir import DataDirectory, LockOwner, ServerInfo
from masterplan.errors import DataDirectoryInUse, Unavailable

OWNER_SCRIPT = """
import os, sys
from pathlib import Path
from masterplan.datadir import DataDirectory

directory = DataDirectory(Path(sys.argv[1]))
with directory.lock("masterplan up"):
    directory.advertise("http://127.0.0.1:4711", os.getpid())
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data")


@contextmanager
def another_owner(directory: DataDirectory) -> Iterator[subprocess.Popen[str]]:
    """Run a real second process that owns and advertises the directory until it is ended."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER_SCRIPT, str(directory.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_directory_and_token_are_for_their_owner_alone(directory: DataDirectory) -> None:
    token = directory.token(None)

    assert len(token) >= 43
    assert mode_of(directory.path) == 0o700
    assert mode_of(directory.token_path) == 0o600
    assert DataDirectory(directory.path).token(None) == token
    assert [entry.name for entry in directory.path.iterdir()] == ["token"]


def test_an_explicit_token_wins_and_is_not_stored(directory: DataDirectory) -> None:
    assert directory.token(SecretStr("from the operator")) == "from the operator"
    assert not directory.token_path.exists()


def test_first_tokens_asked_for_at_the_same_time_are_one(directory: DataDirectory) -> None:
    with ThreadPoolExecutor(16) as pool:
        tokens = list(pool.map(lambda _: DataDirectory(directory.path).token(None), range(64)))

    assert len(set(tokens)) == 1


def test_an_empty_token_file_is_refused(directory: DataDirectory) -> None:
    directory.create()
    directory.token_path.touch()

    with pytest.raises(Unavailable, match="Delete it"):
        directory.token(None)


def test_a_second_owner_is_told_who_the_first_is(directory: DataDirectory) -> None:
    with another_owner(directory) as process:
        with (
            pytest.raises(DataDirectoryInUse, match=rf"masterplan up \(process {process.pid}\)"),
            directory.lock("masterplan run", patience=0.05),
        ):
            pass
        assert directory.owner() == LockOwner(pid=process.pid, purpose="masterplan up")


def test_the_lock_is_free_again_after_its_block(directory: DataDirectory) -> None:
    with directory.lock("masterplan list"):
        assert directory.owner() == LockOwner(pid=os.getpid(), purpose="masterplan list")

    assert directory.owner() is None
    with directory.lock("masterplan show", patience=0):
        assert directory.owner() == LockOwner(pid=os.getpid(), purpose="masterplan show")


def test_probing_for_the_owner_does_not_fail_those_who_take_the_lock(
    directory: DataDirectory,
) -> None:
    directory.create()
    with ThreadPoolExecutor(2) as pool:
        probes = pool.submit(lambda: [directory.owner() for _ in range(2000)])
        for _ in range(200):
            with directory.lock("masterplan list"):
                pass
        probes.result()


def test_a_running_server_is_found(directory: DataDirectory) -> None:
    with another_owner(directory) as process:
        assert directory.running_server() == ServerInfo(
            url="http://127.0.0.1:4711", pid=process.pid, purpose="masterplan up"
        )
        assert mode_of(directory.server_path) == 0o600


def test_what_a_killed_server_leaves_behind_is_not_believed(directory: DataDirectory) -> None:
    with another_owner(directory) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()

        assert directory.server_path.exists()
        assert directory.running_server() is None
        with directory.lock("masterplan list"):
            assert directory.running_server() is None


def test_a_withdrawn_server_is_not_found(directory: DataDirectory) -> None:
    with directory.lock("masterplan run"):
        directory.advertise("http://127.0.0.1:1", os.getpid())
        directory.withdraw()

        assert directory.running_server() is None


def test_nothing_runs_where_nothing_ever_was(directory: DataDirectory) -> None:
    assert directory.running_server() is None
    assert directory.owner() is None
    assert not directory.path.exists()


def test_a_path_that_cannot_be_a_directory_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(Unavailable, match="MASTERPLAN_DATA_DIR"):
        DataDirectory(file / "data").create()


def test_what_a_killed_owner_left_in_its_temporary_folder_is_removed(
    directory: DataDirectory,
) -> None:
    with another_owner(directory) as owner:
        (directory.temporary_path / "left").mkdir()
        os.kill(owner.pid, signal.SIGKILL)
        owner.wait()

    outside = tempfile.gettempdir()
    with directory.lock("a test"):
        assert list(directory.temporary_path.iterdir()) == []
        assert tempfile.gettempdir() == str(directory.temporary_path)
    assert tempfile.gettempdir() == outside
