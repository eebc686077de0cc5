"""Removes what a killed process left in the workspaces, before anything runs in them again.

A data directory belongs to one process, so at its start no check and no git command is running in
it, and what those were writing belongs to nobody. Locks are an exception: a git command that
outlived its owner may hold one for moments more. Agents' directories hold work and are left alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from masterplan.workspace.files import remove_tree
from masterplan.workspace.layout import WorkspaceLayout
from masterplan.workspace.plumbing import outwait

_UNFINISHED = (
    "checkout-*.index",
    "fast_import_crash_*",
    "objects/tmp_*",
    "objects/pack/*tmp_*",
    "objects/pack/*.keep",
)


async def sweep(workspaces: Path) -> None:
    """Remove directories of checks, unfinished files of git and locks that nobody holds."""
    locks = await asyncio.to_thread(_remove_leftovers, workspaces)
    await asyncio.gather(*map(outwait, locks))


def _remove_leftovers(workspaces: Path) -> list[Path]:
    """Remove what can be removed at once, and return the locks."""
    locks: list[Path] = []
    for root in _directories(workspaces):
        layout = WorkspaceLayout(root)
        for directory in _directories(layout.proofs):
            remove_tree(directory)
        for pattern in _UNFINISHED:
            for path in layout.repository.glob(pattern):
                path.unlink(missing_ok=True)
        locks += layout.repository.glob("*.lock")
        locks += layout.repository.glob("refs/**/*.lock")
    return locks


def _directories(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from (path for path in parent.iterdir() if path.is_dir() and not path.is_symlink())
