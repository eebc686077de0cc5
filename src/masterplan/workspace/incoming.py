"""Objects on their way into a repository: written one by one, made durable together.

libgit2 can wait for the disk after each object, but does so with the interpreter's lock in its
hand: nothing else in the process runs meanwhile. So objects are written into a directory beside the
others without waiting. Before anything refers to them they are synced with the lock let go, and
moved to where they belong. What a power cut leaves behind is no object of the repository. The idea
is git's own (`tmp-objdir.c`).
"""

from __future__ import annotations

import os
import tempfile
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
    """Takes the objects that one open repository writes; failures are OSError."""

    def __init__(self, repository: pygit2.Repository) -> None:
        self._objects = Path(repository.path) / "objects"
        self._directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._objects))
        database = pygit2.Odb()
        for backend, priority in (
            (_loose(self._objects), _PLAIN_LOOSE),
            (pygit2.OdbBackendPack(str(self._objects)), _PACKED),
            (_loose(self._directory), _INCOMING),
        ):
            database.add_backend(backend, priority)
        repository.set_odb(database)

    def accept(self) -> set[str]:
        """Make what was written durable and part of the repository.

        Returns the names of the folders of `objects` that have become fuller.
        """
        folders = {entry.name for entry in os.scandir(self._directory) if entry.is_dir()}
        written = [
            f"{folder}/{entry.name}"
            for folder in folders
            for entry in os.scandir(self._directory / folder)
        ]
        _sync(self._directory / path for path in written)
        new = {folder for folder in folders if _is_made(self._objects / folder)}
        for path in written:
            (self._directory / path).replace(self._objects / path)
        _sync(self._objects / folder for folder in folders)
        _sync([self._objects] if new else [])
        for folder in folders:
            (self._directory / folder).rmdir()
        return folders

    def close(self) -> None:
        remove_tree(self._directory)


def _loose(directory: Path) -> pygit2.OdbBackendLoose:
    return pygit2.OdbBackendLoose(str(directory), _FASTEST, False, 0, 0)


def _is_made(folder: Path) -> bool:
    """Make a folder where it is missing; tell whether it was."""
    with suppress(FileExistsError):
        folder.mkdir()
        return True
    return False


def _sync(paths: Iterable[Path]) -> None:
    for path in paths:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
