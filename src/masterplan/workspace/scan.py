"""Finding out what an attempt did to its directory, and writing it down as a commit.

`git add` would let files of the directory decide what is seen: attributes rewrite contents, ignore
rules hide files, a nested `.git` turns a directory into a submodule. This reads the files
themselves, beneath the directory and never through a link.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from masterplan.paths import ancestors, is_git_component
from masterplan.workspace.files import open_for_reading
from masterplan.workspace.objects import (
    ABSENT_MODE,
    COMMIT_END,
    FILE_MODES,
    SUBMODULE_MODE,
    SYMLINK_MODE,
    Change,
    TreeEntry,
    change_line,
    inline_line,
    object_format,
)

DERIVED_DIRECTORIES = frozenset(
    {
        "__pycache__",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
        ".tox",
        ".nox",
        ".venv",
        ".cache",
        ".gradle",
        "node_modules",
    }
)
DERIVED_SUFFIXES = (".pyc", ".pyo", ".egg-info")
DERIVED_NAMES = frozenset({".coverage", ".DS_Store", "Thumbs.db"})
"""What tools leave behind when code is run; it is neither published nor held against an agent."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a directory: path to mode, and paths that no commit can hold."""

    modes: dict[str, str] = field(default_factory=dict)
    unpublishable: list[str] = field(default_factory=list)
    """Nested git directories, pipes, sockets and devices."""


def list_directory(directory: Path, *, keep: Collection[str]) -> Listing:
    """List the files of a directory, leaving out what is derived.

    `keep` names the paths that matter whatever they are called: tracked ones and targets.
    """
    kept_directories = {above for path in keep for above in ancestors(path)}
    listing = Listing()
    pending = [""]
    while pending:
        prefix = pending.pop()
        for entry in _entries(directory / prefix):
            path = f"{prefix}{entry.name}"
            if is_git_component(entry.name):
                listing.unpublishable.append(path)
            elif entry.is_dir(follow_symlinks=False):
                if path in kept_directories or not _is_derived(entry.name):
                    pending.append(f"{path}/")
            elif path in keep or not _is_derived(entry.name):
                _note(listing, path, entry.stat(follow_symlinks=False).st_mode)
    return listing


def write_commit(
    stream: IO[bytes],
    header: bytes,
    directory: Path,
    *,
    base: Mapping[str, TreeEntry],
    modes: Mapping[str, str],
) -> list[str]:
    """Write a commit of what differs between a base tree and files, for `git fast-import`.

    `modes` says which files count; returns the changed paths. Raises OSError.
    """
    stream.write(header)
    changed = _write_changes(stream, directory, base=base, modes=modes)
    stream.write(COMMIT_END)
    stream.flush()
    return changed


def _write_changes(
    stream: IO[bytes], directory: Path, *, base: Mapping[str, TreeEntry], modes: Mapping[str, str]
) -> list[str]:
    changed = [path for path in base if path not in modes and not _stays(directory, base, path)]
    # Deletions first: a file may have become a directory.
    for path in changed:
        stream.write(change_line(Change(path=path, mode=ABSENT_MODE, object_id="")))
    root_fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for path, mode in modes.items():
            if _write_if_changed(stream, root_fd, path, mode=mode, before=base.get(path)):
                changed.append(path)
    finally:
        os.close(root_fd)
    return changed


def _entries(directory: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(directory) as entries:
        yield from entries


def _is_derived(name: str) -> bool:
    return name in DERIVED_DIRECTORIES or name in DERIVED_NAMES or name.endswith(DERIVED_SUFFIXES)


def _note(listing: Listing, path: str, mode: int) -> None:
    if stat.S_ISLNK(mode):
        listing.modes[path] = SYMLINK_MODE
    elif stat.S_ISREG(mode):
        listing.modes[path] = "100755" if mode & stat.S_IXUSR else "100644"
    else:
        listing.unpublishable.append(path)


def _stays(directory: Path, base: Mapping[str, TreeEntry], path: str) -> bool:
    """A submodule is checked out as an empty directory, which holds no file to find."""
    return base[path].mode == SUBMODULE_MODE and (directory / path).is_dir()


def _write_if_changed(
    stream: IO[bytes], root_fd: int, path: str, *, mode: str, before: TreeEntry | None
) -> bool:
    if mode not in FILE_MODES:
        return _write_link(stream, os.fsencode(os.readlink(path, dir_fd=root_fd)), path, before)
    with os.fdopen(open_for_reading(root_fd, path), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if before is not None and before.mode == mode and _hash(file, size, before) == before:
            return False
        file.seek(0)
        stream.write(inline_line(path, mode=mode, size=size))
        _copy(file, stream, size=size, path=path)
    stream.write(b"\n")
    return True


def _write_link(stream: IO[bytes], target: bytes, path: str, before: TreeEntry | None) -> bool:
    if before is not None and before.mode == SYMLINK_MODE:
        digest = hashlib.new(object_format(before.object_id), b"blob %d\0" % len(target))
        digest.update(target)
        if digest.hexdigest() == before.object_id:
            return False
    stream.write(inline_line(path, mode=SYMLINK_MODE, size=len(target)) + target + b"\n")
    return True


def _hash(file: IO[bytes], size: int, before: TreeEntry) -> TreeEntry:
    digest = hashlib.new(object_format(before.object_id), b"blob %d\0" % size)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return TreeEntry(mode=before.mode, object_id=digest.hexdigest())


def _copy(source: IO[bytes], target: IO[bytes], *, size: int, path: str) -> None:
    copied = 0
    while copied < size and (chunk := source.read(min(_CHUNK, size - copied))):
        copied += target.write(chunk)
    if copied != size:
        raise OSError(f"{path!r} became shorter while it was read: is something still writing it?")
