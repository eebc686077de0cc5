"""What a killed process left in a workspace is gone before anything runs there again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from masterplan.workspace.bubblewrap import find_bubblewraps
from masterplan.workspace.git import BareRepository
from masterplan.workspace.layout import WorkspaceLayout
from masterplan.workspace.leftovers import sweep
from masterplan.workspace.plumbing import REMOTE_LIMIT_S


async def test_leftovers_go_and_work_stays(tmp_path: Path) -> None:
    layout = WorkspaceLayout(tmp_path / "plan")
    git = await BareRepository.create(layout.repository, branch="main")
    head = await git.head()
    left = [
        layout.proof("a", 1) / "half checked out",
        layout.repository / "checkout-1234.index",
        layout.repository / "checkout-1234.index.lock",
        layout.repository / "fast_import_crash_99",
        layout.repository / "packed-refs.lock",
        layout.repository / "refs" / "heads" / "main.lock",
        layout.repository / "objects" / "masterplan-x" / "17" / "half an object",
        layout.repository / "objects" / "pack" / "tmp_pack_x",
        layout.repository / "objects" / "pack" / "pack-1.keep",
    ]
    kept = [layout.log("a", 1), layout.attempt("a", 1) / "half written"]
    for path in (*left, *kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    await sweep(tmp_path)

    assert [path for path in left if path.exists()] == []
    assert list(layout.proofs.iterdir()) == []
    assert all(path.exists() for path in kept)
    assert await git.head() == head
    await git.fsck()


async def test_there_may_be_nothing_to_sweep(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    await sweep(tmp_path)
    await sweep(tmp_path / "not there")


async def test_what_is_being_pushed_stays_and_what_no_push_can_need_any_more_goes(
    tmp_path: Path,
) -> None:
    layout = WorkspaceLayout(tmp_path / "plan")
    await BareRepository.create(layout.repository, branch="main")
    now = layout.repository / "objects" / "tmp_objdir-incoming-now"
    once = layout.repository / "objects" / "tmp_objdir-incoming-once"
    for directory in (now, once):
        (directory / "pack").mkdir(parents=True)
        (directory / "pack" / "tmp_pack_x").touch()
    long_ago = time.time() - REMOTE_LIMIT_S - 60
    os.utime(once, (long_ago, long_ago))

    await sweep(tmp_path)

    assert (now / "pack" / "tmp_pack_x").exists()
    assert not once.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are told of by Linux's /proc")
async def test_orphans_of_these_workspaces_are_ended_and_a_neighbours_commands_are_not(
    tmp_path: Path,
) -> None:
    own, other = (
        WorkspaceLayout(tmp_path / name / "workspaces" / "plan").attempt("a", 1)
        for name in ("own data", "other")
    )
    with mounting(own) as orphan, mounting(other) as neighbours:
        await sweep(tmp_path / "own data" / "workspaces")

        assert orphan.wait(timeout=10) != 0
        assert neighbours.poll() is None


@contextmanager
def mounting(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a sandbox that has a directory mounted."""
    directory.mkdir(parents=True)
    bubblewraps = find_bubblewraps()
    if not bubblewraps:
        pytest.skip("there is no bubblewrap here")
    with subprocess.Popen(
        [str(bubblewraps[0]), "--ro-bind", "/", "/", "--bind", str(directory), "/mnt", "--",
         "sh", "-c", "echo mounted; exec sleep 60"],
        stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"mounted\n"
        try:
            yield process
        finally:
            process.kill()
