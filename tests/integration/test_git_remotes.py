"""A repository behind an address that takes connections and never answers."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from masterplan.engine.endurance import will_pass
from masterplan.errors import GitFailed
from masterplan.workspace import plumbing
from masterplan.workspace.clone import Clone
from masterplan.workspace.git import BareRepository


class SilentServer:
    """Accepts a connection, reads the request, and says nothing."""

    def __init__(self, listener: socket.socket) -> None:
        listener.setblocking(False)
        self._listener = listener
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/repository.git"

    async def asked(self) -> socket.socket:
        """Return the connection on which a request has come."""
        loop = asyncio.get_running_loop()
        connection, _ = await loop.sock_accept(self._listener)
        connection.setblocking(False)
        assert await loop.sock_recv(connection, 1 << 16)
        return connection


@pytest.fixture
def silent() -> Iterator[SilentServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield SilentServer(listener)


async def clone_of(url: str, folder: Path) -> Clone:
    clone = Clone(folder / "clone.git", branch="main", origin=url)
    await clone.prepare()
    return clone


async def test_attempts_that_begin_together_make_one_clone(tmp_path: Path) -> None:
    for n in range(5):
        clones = [Clone(tmp_path / f"{n}.git", branch="main", origin="x") for _ in range(8)]
        await asyncio.gather(*(clone.prepare() for clone in clones))


async def test_clone_is_made_whose_making_was_killed(tmp_path: Path) -> None:
    lock = tmp_path / "clone.git" / "config.lock"
    lock.parent.mkdir()
    lock.touch()
    await clone_of("x", tmp_path)
    assert not lock.exists()


async def test_cancelling_ends_git_with_its_helpers(silent: SilentServer, tmp_path: Path) -> None:
    clone = await clone_of(silent.url, tmp_path)
    fetching = asyncio.create_task(clone.latest("a"))
    with await silent.asked() as connection:
        fetching.cancel()
        done, _ = await asyncio.wait({fetching}, timeout=5)
        assert done, "git's helper holds the pipes"
        assert fetching.cancelled()
        # Only the end of the helper closes its side.
        assert await asyncio.get_running_loop().sock_recv(connection, 1) == b""


async def test_silence_ends_in_a_fault_that_is_waited_out(
    silent: SilentServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plumbing, "REMOTE_LIMIT_S", 0.5)
    clone = await clone_of(silent.url, tmp_path)
    async with asyncio.timeout(10):
        with pytest.raises(GitFailed, match=r"did not answer within 0\.5 s") as raised:
            await clone.latest("a")
    assert will_pass(raised.value)


async def test_who_receives_a_push_is_told_by_the_repository_to_sync_it(tmp_path: Path) -> None:
    """Also where the repository was made before it said so; whatever else it says stays."""
    path = tmp_path / "repository.git"
    await BareRepository.create(path, branch="main")
    made = (path / "config").read_text()
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "older.git"], check=True)
    await BareRepository.create(tmp_path / "older.git", branch="main")

    for repository in (path, tmp_path / "older.git"):
        found = subprocess.run(
            ["git", "-C", repository, "config", "core.fsync"],
            check=True,
            capture_output=True,
            text=True,
        )
        assert found.stdout == "objects,derived-metadata,reference\n"
    await BareRepository.create(path, branch="main")
    assert (path / "config").read_text() == made, "said once"
