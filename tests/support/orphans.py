"""Finds processes that outlived the one that had started them.

The process that runs the tests becomes a subreaper (prctl(2), Linux): whatever loses its parent
below it becomes its child instead of init's, and so can be seen and asked to be gone.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


class Orphans:
    """The processes that were adopted since this was made."""

    def __init__(self) -> None:
        self._before = _children()

    def alive(self) -> dict[int, str]:
        """Return the command lines of the adopted processes, by their id; the dead are buried."""
        found = {}
        for pid in _children() - self._before:
            command = _command_of(pid)
            if command is None:
                _bury(pid)
            else:
                found[pid] = command
        return found

    async def gone(self, *, within: float) -> None:
        """Wait until nothing that was adopted lives; fail naming what does."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while alive := self.alive():
            assert loop.time() < deadline, f"these outlived their owner: {alive}"
            await asyncio.sleep(0.02)


@contextmanager
def adopting() -> Iterator[Orphans]:
    """Adopt what loses its parent during the block."""
    assert sys.platform == "linux", "subreapers are Linux's"
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    try:
        yield Orphans()
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _children() -> set[int]:
    me = os.getpid()
    return {pid for pid in _processes() if _parent_of(pid) == me}


def _processes() -> list[int]:
    return [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]


def _fields_of(pid: int) -> list[str]:
    """Return state, parent and so on: what follows the name in /proc/PID/stat."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _parent_of(pid: int) -> int | None:
    fields = _fields_of(pid)
    return int(fields[1]) if fields else None


def _command_of(pid: int) -> str | None:
    """Return a living process's command line, or None where it has ended."""
    fields = _fields_of(pid)
    if not fields or fields[0] in "ZX":
        return None
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    return None


def _bury(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
