"""Makes a plan's repository small again when nobody needs its old attempts any more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from masterplan.workspace.files import remove_tree
from masterplan.workspace.layout import WorkspaceLayout
from masterplan.workspace.plumbing import Git

ATTEMPTS = "refs/attempts/"
SPARED = "1.hour.ago"
"""Objects younger than this stay although nothing refers to them: somebody may be at work."""


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
