"""Removes what a killed process left of its workspaces, before anything runs in them again.

A data directory belongs to one process, so at its start no check and no git command is running in
it, and what those were writing belongs to nobody. Locks are an exception: a git command that
outlived its owner may hold one for moments more, and a worker of another data directory may be
pushing its results into a workspace right now. Agents' directories hold work and are left alone.

bwrap ties its sandbox to its parent only when that is set up. A process that dies in the
milliseconds before leaves a command behind that nobody ends: it is known by what it has mounted.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from masterplan.workspace.files import remove_tree
from masterplan.workspace.incoming import PREFIX
from masterplan.workspace.layout import WorkspaceLayout
from masterplan.workspace.mounts import source_of
from masterplan.workspace.opened import close_idle
from masterplan.workspace.plumbing import REMOTE_LIMIT_S, outwait

_UNFINISHED = (
    "checkout-*.index",
    "fast_import_crash_*",
    "objects/tmp_*",
    "objects/pack/*tmp_*",
    "objects/pack/*.keep",
)
_QUARANTINES = "objects/tmp_objdir-*"
"""Where git keeps the objects of a push until it is accepted."""


async def sweep(workspaces: Path) -> None:
    """End commands that outlived their owner, and remove directories of checks, unfinished files
    of git and locks that nobody holds.
    """
    await asyncio.to_thread(_end_orphans, workspaces)
    locks = await asyncio.to_thread(_remove_leftovers, workspaces)
    await asyncio.gather(*map(outwait, locks))


def attempt_directories(workspaces: Path) -> list[tuple[str, str, int]]:
    """List the directories of attempts: plan's id, task's key, attempt's number."""
    found = []
    for root in _directories(workspaces):
        layout = WorkspaceLayout(root)
        for directory in _directories(layout.attempts) if layout.repository.is_dir() else ():
            key, _, number = directory.name.rpartition("-")
            if key and number.isdecimal():
                found.append((root.name, key, int(number)))
    return found


def _end_orphans(workspaces: Path) -> None:
    """Kill what still has a directory of these workspaces mounted (Linux).

    Of these alone: a worker beside this process has the same plans in a data directory of its own.
    """
    if not workspaces.is_dir() or not Path("/proc/self/mountinfo").exists():
        return
    ours = re.escape(source_of(workspaces))
    mounted = re.compile(rf"^\d+ \d+ {ours}/[^/ ]+/(attempts|proofs)/", re.MULTILINE)
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            # It may end meanwhile, and those of other users are none of ours.
            with suppress(OSError):
                if mounted.search((process / "mountinfo").read_text()):
                    os.kill(int(process.name), signal.SIGKILL)


def _remove_leftovers(workspaces: Path) -> list[Path]:
    """Remove what can be removed at once, and return the locks."""
    locks: list[Path] = []
    for root in _directories(workspaces):
        layout = WorkspaceLayout(root)
        for directory in _directories(layout.proofs):
            remove_tree(directory)
        close_idle(layout.repository)
        for directory in layout.repository.glob(f"objects/{PREFIX}*"):
            remove_tree(directory)
        for directory in layout.repository.glob(_QUARANTINES):
            if _age_of(directory) > REMOTE_LIMIT_S:  # younger, somebody may still be pushing
                remove_tree(directory)
        for pattern in _UNFINISHED:
            for path in layout.repository.glob(pattern):
                if not path.is_dir():
                    path.unlink(missing_ok=True)
        locks += layout.repository.glob("*.lock")
        locks += layout.repository.glob("refs/**/*.lock")
    return locks


def _age_of(path: Path) -> float:
    """Return since how many seconds nothing has changed in a directory; 0 where it has gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:  # its push has ended
        return 0.0


def _directories(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from (path for path in parent.iterdir() if path.is_dir() and not path.is_symlink())
