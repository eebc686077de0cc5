"""Keeps a plan's repository quick while it grows, and small when nobody needs its old attempts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from masterplan.errors import GitFailed
from masterplan.workspace.consolidation import remove_unfinished
from masterplan.workspace.files import remove_tree
from masterplan.workspace.layout import WorkspaceLayout
from masterplan.workspace.opened import close_idle
from masterplan.workspace.plumbing import Git

ATTEMPTS = "refs/attempts/"
_PACKING: set[Path] = set()
"""Repositories that are being packed: two commands at once get in each other's way."""
SPARED = "1.hour.ago"
"""Objects younger than this stay although nothing refers to them: somebody may be at work."""


async def consolidate(git: Git) -> None:
    """Pack loose objects and small packs: git and libgit2 find them faster in one.

    Whoever reads meanwhile finds each object in one place or the other, and what a kill
    interrupts has removed nothing: git does that last. What fails is due again later.
    """
    repository = git.directory
    if repository in _PACKING:
        return
    _PACKING.add(repository)
    try:
        with suppress(GitFailed):
            await asyncio.to_thread(remove_unfinished, repository)
            await git.run("repack", "--geometric=2", "-d", "--quiet")
    finally:
        _PACKING.discard(repository)
    close_idle(repository)


async def forget_attempts(repository: Path, *, before: datetime) -> None:
    """Drop what attempts left beside the branch before a time, and what only that held.

    The branch is not touched. Raises GitFailed.
    """
    git = Git(repository)
    listed = await git.run("for-each-ref", "--format=%(committerdate:unix) %(refname)", ATTEMPTS)
    dated = (line.split(b" ", 1) for line in listed.splitlines())
    old = [reference for seconds, reference in dated if int(seconds) < before.timestamp()]
    if not old:
        return
    await git.run("update-ref", "--stdin", stdin=b"".join(b"delete %b\n" % name for name in old))
    await git.run("gc", "--quiet", f"--prune={SPARED}")


def remove_old(layout: WorkspaceLayout, *, before: datetime) -> None:
    """Remove logs and directories of attempts that were last changed before a time."""
    for path in _old(layout, before):
        if path.is_dir() and not path.is_symlink():
            remove_tree(path)
        else:
            path.unlink(missing_ok=True)


def old_bytes(layout: WorkspaceLayout, *, before: datetime) -> int:
    """Return how many bytes `remove_old` would free."""
    return sum(bytes_of(path) for path in _old(layout, before))


def _old(layout: WorkspaceLayout, before: datetime) -> Iterator[Path]:
    for folder in (layout.logs, layout.attempts, layout.proofs):
        if folder.is_dir():
            for path in folder.iterdir():
                if path.lstat().st_mtime < before.timestamp():
                    yield path


def bytes_of(path: Path) -> int:
    """Return how many bytes a file has, or all those beneath a folder."""
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    return sum(
        (Path(folder) / name).lstat().st_size
        for folder, _, names in os.walk(path)
        for name in names
    )
