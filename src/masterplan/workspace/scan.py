"""Finding out what an attempt did to its directory, and writing it down as a commit.

`git add` would let files of the directory decide what is seen: attributes rewrite contents, ignore
rules hide files, a nested `.git` turns a directory into a submodule. This reads the files
themselves, beneath the directory and never through a link.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from masterplan.errors import ContractBroken
from masterplan.paths import ancestors, is_git_component
from masterplan.workspace.files import open_for_reading
from masterplan.workspace.objects import (
    ABSENT,
    EXECUTABLE,
    FILE,
    LINK,
    SUBMODULE,
    Change,
    TreeEntry,
    shown,
)
from masterplan.workspace.store import Store

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


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a directory: path to mode, and paths that no commit can hold."""

    modes: dict[str, int] = field(default_factory=dict)
    unpublishable: list[str] = field(default_factory=list)
    """Nested git directories, pipes, sockets and devices."""


def look_at(
    store: Store,
    directory: Path,
    *,
    base: str,
    paths: Collection[str] | None,
    targets: Collection[str],
) -> tuple[dict[str, TreeEntry], Listing]:
    """Return what a commit has, or has at `paths`, and what is in the directory now."""
    before = store.entries(base, paths)
    return before, list_directory(directory, keep=before.keys() | set(targets))


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


def commit_directory(
    store: Store,
    directory: Path,
    *,
    base: str,
    before: Mapping[str, TreeEntry],
    modes: Mapping[str, int],
    message: str,
    reference: str,
) -> tuple[str, list[str]]:
    """Commit a directory's files on `base`; return the commit and the paths that differ.

    `before` is what the base holds, `modes` says which files count. Changes at paths that are not
    UTF-8 are only reported: no task may write there, so nobody publishes them. Raises OSError.
    """
    changes = changed_files(store, directory, before=before, modes=modes)
    writable = [change for change in changes if shown(change.path) == change.path]
    commit = store.commit(base=base, changes=writable, message=message)
    store.point(reference, commit)
    return commit, [change.path for change in changes]


def plain_changes(
    store: Store,
    directory: Path,
    *,
    base: str,
    paths: Collection[str] | None,
    targets: Sequence[str],
) -> list[Change]:
    """List what an attempt changed, and store its contents, where there is nothing but targets.

    Raises ContractBroken where there is anything else, or where a target is missing.
    """
    before, listing = look_at(store, directory, base=base, paths=paths, targets=targets)
    expected = before.keys() | set(targets)
    foreign = [path for path in listing.modes if path not in expected]
    missing = [path for path in targets if path not in before and path not in listing.modes]
    if odd := [*foreign, *missing, *listing.unpublishable]:
        raise ContractBroken(odd)
    return changed_files(store, directory, before=before, modes=listing.modes)


def changed_files(
    store: Store, directory: Path, *, before: Mapping[str, TreeEntry], modes: Mapping[str, int]
) -> list[Change]:
    """List what differs between before and now, and store the contents of what has changed."""
    changes = [
        Change(path=path, mode=ABSENT, object_id="")
        for path in before
        if path not in modes and not _stays(directory, before, path)
    ]
    root_fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for path, mode in modes.items():
            entry = TreeEntry(mode=mode, object_id=_store_file(store, root_fd, path, mode=mode))
            if entry != before.get(path):
                changes.append(Change(path=path, mode=mode, object_id=entry.object_id))
    finally:
        os.close(root_fd)
    return changes


def _entries(directory: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(directory) as entries:
        yield from entries


def _is_derived(name: str) -> bool:
    return name in DERIVED_DIRECTORIES or name in DERIVED_NAMES or name.endswith(DERIVED_SUFFIXES)


def _note(listing: Listing, path: str, mode: int) -> None:
    if stat.S_ISLNK(mode):
        listing.modes[path] = LINK
    elif stat.S_ISREG(mode):
        listing.modes[path] = EXECUTABLE if mode & stat.S_IXUSR else FILE
    else:
        listing.unpublishable.append(path)


def _stays(directory: Path, before: Mapping[str, TreeEntry], path: str) -> bool:
    """A submodule is checked out as an empty directory, which holds no file to find."""
    return before[path].mode == SUBMODULE and (directory / path).is_dir()


def _store_file(store: Store, root_fd: int, path: str, *, mode: int) -> str:
    if mode == LINK:
        return store.write_blob(os.fsencode(os.readlink(path, dir_fd=root_fd)))
    with os.fdopen(open_for_reading(root_fd, path), "rb") as file:
        return store.write_blob(file)
