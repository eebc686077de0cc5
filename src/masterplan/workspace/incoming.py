"""Objects on their way into a repository: written one by one, made durable together.

libgit2 can wait for the disk after each object, but does so with the interpreter's lock in its
hand: nothing else in the process runs meanwhile. So objects are written into a directory beside the
others without waiting. Before anything refers to them they are synced with the lock let go, and
moved to where they belong. What a power cut leaves behind is no object of the repository. The idea
is git's own (`tmp-objdir.c`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pygit2

from masterplan.workspace.files import remove_tree

PREFIX = "masterplan-"
"""How directories of incoming objects are called, each in `objects`; no command of git's is."""
_FASTEST = 1
"""zlib's level: objects are small, and what is consolidated is compressed anew."""
_PLAIN_LOOSE, _PACKED, _INCOMING = 1, 2, 3
"""Priorities of the backends: the highest one that can be written to is."""


class Incoming:
    """Takes the objects that one open repository writes; failures are OSError.

    The folders in it stay: objects of the same names come again.
    """

    def __init__(self, repository: pygit2.Repository) -> None:
        self._objects = Path(repository.path) / "objects"
        self._directory = self._objects / f"{PREFIX}{secrets.token_hex(8)}"
        self._is_made = False
        database = pygit2.Odb()
        for backend, priority in (
            (_loose(self._objects), _PLAIN_LOOSE),
            (pygit2.OdbBackendPack(str(self._objects)), _PACKED),
            (_loose(self._directory), _INCOMING),
        ):
            database.add_backend(backend, priority)
        repository.set_odb(database)

    def make(self) -> None:
        """Make the directory before the first object is written: who only reads may not write."""
        if not self._is_made:
            self._directory.mkdir()
            self._is_made = True

    def accept(self, written: Iterable[str]) -> None:
        """Make objects durable and part of the repository, by their ids.

        Those that it has already are passed over.
        """
        paths = [path for each in written if self._is_synced(path := _path_of(each))]
        for path in paths:
            self._move(path)
        folders = {folder for folder, _, _ in (path.partition("/") for path in paths)}
        for folder in folders:
            with suppress(FileNotFoundError):  # git has packed what was in it, and synced that
                sync(self._objects / folder)

    def _is_synced(self, path: str) -> bool:
        """Sync a new object; False where the repository has it already."""
        try:
            sync(self._directory / path)
        except FileNotFoundError:
            return False
        return True

    def _move(self, path: str) -> None:
        target = self._objects / path
        while True:
            try:
                (self._directory / path).replace(target)
            except FileNotFoundError:  # git removes empty folders when it packs
                target.parent.mkdir(exist_ok=True)
                sync(self._objects)
            else:
                return

    def close(self) -> None:
        if self._is_made:
            remove_tree(self._directory)


def _loose(directory: Path) -> pygit2.OdbBackendLoose:
    return pygit2.OdbBackendLoose(str(directory), _FASTEST, False, 0, 0)


def _path_of(object_id: str) -> str:
    return f"{object_id[:2]}/{object_id[2:]}"


def sync(path: Path) -> None:
    """Return when a file or a directory is on the disk."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
