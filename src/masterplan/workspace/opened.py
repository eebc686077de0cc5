"""Repositories that are kept open for whoever visits them next.

Opening one reads a dozen files, and every attempt visits its plan's several times.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pygit2

from masterplan.workspace.store import Store

MAX_IDLE = 16
"""How many open repositories wait for the next visit."""

_idle: list[tuple[tuple[Path, int], Store]] = []
_lock = threading.Lock()


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """Give a store of the repository to one thread; what it wrote is durable at the end.

    Raises pygit2.GitError where there is no repository.
    """
    key = (path, _inode(path))
    store = _take(key) or Store(path)
    try:
        yield store
        store.accept()
    except BaseException:
        store.close()
        raise
    _give_back(key, store)


def close_idle(path: Path) -> None:
    """Close what is open of a repository and not in use, and let go of its files."""
    with _lock:
        closed = [entry for entry in _idle if entry[0][0] == path]
        for entry in closed:
            _idle.remove(entry)
    for _, store in closed:
        store.close()


def _inode(path: Path) -> int:
    """Return what tells a repository from one that was there before."""
    try:
        return path.stat().st_ino
    except FileNotFoundError as error:
        raise pygit2.GitError(f"there is no repository at {path}") from error


def _take(key: tuple[Path, int]) -> Store | None:
    with _lock:
        for entry in reversed(_idle):
            if entry[0] == key:
                _idle.remove(entry)
                return entry[1]
    return None


def _give_back(key: tuple[Path, int], store: Store) -> None:
    with _lock:
        _idle.append((key, store))
        oldest = _idle.pop(0) if len(_idle) > MAX_IDLE else None
    if oldest is not None:
        oldest[1].close()
