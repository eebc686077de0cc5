"""Keeps what an interrupted attempt has left before its directory is emptied or removed.

A crash or a cancel ends an agent in the middle of its work. What it had written until then is in
no commit; a person may want it all the same.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Sequence
from pathlib import Path

from masterplan.workspace.files import remove_tree
from masterplan.workspace.git import BareRepository


async def salvage(
    git: BareRepository,
    directory: Path,
    *,
    name: str,
    targets: Sequence[str],
    paths: Collection[str] | None,
) -> str | None:
    """Commit what is in an attempt's directory as `refs/attempts/<name>-salvaged`; remove it.

    Returns the commit's id, or None where the directory holds nothing that the branch does not.
    """
    if not _holds_something(directory):
        return None
    snapshot = await git.snapshot(
        directory,
        base=await git.head(),
        message=f"What the interrupted attempt {name} has left",
        targets=targets,
        keep_as=f"{name}-salvaged",
        paths=paths,
    )
    await asyncio.to_thread(remove_tree, directory)
    return snapshot.commit if snapshot.changed else None


def _holds_something(directory: Path) -> bool:
    try:
        with os.scandir(directory) as entries:
            return any(entries)
    except FileNotFoundError:
        return False
