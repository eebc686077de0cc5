"""The HEAD of somebody else's repository, read and never touched.

Only objects are read: no file of the working tree, no hook, no filter, no configuration but what
says how the objects are stored. A repository behind an address is fetched first, its latest commit
alone, within limits of time and size.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pygit2
from pygit2.enums import ObjectType, RepositoryOpenFlag

from masterplan.errors import UnusableRepository
from masterplan.workspace.objects import FILE_MODES, shown
from masterplan.workspace.plumbing import Git, git_environment
from masterplan.workspace.process import CommandResult, Limits, run_bounded
from masterplan.workspace.store import take_no_advice

FETCH_LIMITS = Limits(wall_s=90, file_bytes=200 << 20)
_FETCHED = "refs/heads/fetched"
_DEEPEST = 100
_BLOCK = 512
"""Bytes in the unit of `ulimit -f`."""


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A regular file of the commit; links and submodules are none."""

    path: str
    size: int
    object_id: str


class ForeignHead:
    """The commit at a repository's HEAD, opened for one thread."""

    def __init__(self, path: Path, *, name: str, reference: str = "HEAD") -> None:
        """Open it; `name` is how messages call it. Raises UnusableRepository."""
        take_no_advice()
        self._name = name
        try:
            self._repository = pygit2.Repository(str(path), RepositoryOpenFlag.NO_SEARCH)
        except pygit2.GitError as error:
            raise UnusableRepository(
                f"{name} is no git repository: name the folder that holds its .git, "
                "or make it one with `git init` and a first commit."
            ) from error
        try:
            commit = self._repository.revparse_single(reference).peel(pygit2.Commit)
            self.commit = str(commit.id)
            self._tree = commit.tree
        except (KeyError, pygit2.GitError) as error:
            raise self._unreadable() from error

    def files(self) -> Iterator[ForeignFile]:
        """List the files, folder by folder. Raises UnusableRepository where objects are missing."""
        try:
            yield from self._walk(self._tree, prefix="")
        except (KeyError, pygit2.GitError) as error:
            raise UnusableRepository(
                f"{self._name} lacks some of its objects: fetch them, as with `git fetch "
                "--unshallow` or `git fsck`, then plan again."
            ) from error

    def read(self, file: ForeignFile) -> bytes:
        """Return a file's content as it is stored. Raises KeyError where the object is missing."""
        return self._repository.odb.read(file.object_id)[1]

    def _unreadable(self) -> UnusableRepository:
        if self._repository.is_empty or self._repository.head_is_unborn:
            return UnusableRepository(
                f"{self._name} has no commit yet: commit what it holds, or plan without a "
                "repository."
            )
        return UnusableRepository(f"The HEAD of {self._name} cannot be read: try `git fsck` there.")

    def _walk(self, tree: Iterable[pygit2.Object], *, prefix: str) -> Iterator[ForeignFile]:
        for entry in tree:
            assert entry.raw_name is not None
            path = prefix + os.fsdecode(entry.raw_name)
            if isinstance(entry, pygit2.Tree):
                if path.count("/") < _DEEPEST:
                    yield from self._walk(entry, prefix=f"{path}/")
            elif entry.filemode in FILE_MODES:
                kind, size = self._repository.odb.read_header(entry.id)
                if kind == ObjectType.BLOB:
                    yield ForeignFile(path=shown(path), size=size, object_id=str(entry.id))


@asynccontextmanager
async def fetched(address: str, place: Path, *, limits: Limits) -> AsyncIterator[Path]:
    """Fetch the latest commit into a new repository within `place`, removed afterwards.

    Raises UnusableRepository where it cannot be had, or not within the limits.
    """
    await asyncio.to_thread(place.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        git = Git(Path(folder))
        await git.run("init", "--quiet", "--bare", "--template=")
        command = git.command_line(
            "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head",
            "--no-recurse-submodules", "--", address, f"HEAD:{_FETCHED}",
        )  # fmt: skip
        ended = await run_bounded(
            # No option of git's bounds what it receives; the pack is one file.
            ["sh", "-c", 'ulimit -f "$0" && exec "$@"', str(limits.file_bytes // _BLOCK), *command],
            environment=git_environment(),
            directory=Path(folder),
            limits=limits,
            on_output=None,
        )
        if ended.timed_out or ended.exit_code:
            too_large = await asyncio.to_thread(_reaches, Path(folder), limits.file_bytes)
            raise UnusableRepository(_why_not_fetched(address, ended, limits, too_large=too_large))
        yield Path(folder)


def fetched_head(path: Path, *, name: str) -> ForeignHead:
    """Open what `fetched` has made."""
    return ForeignHead(path, name=name, reference=_FETCHED)


def without_password(address: str) -> str:
    """Return an address as it may be shown: a password or token in it is left out."""
    return re.sub(r"(?<=://)[^/@]*@", "", address)


def _reaches(folder: Path, limit_bytes: int) -> bool:
    """Tell whether a file was cut off at the limit; git itself words that in several ways."""
    sizes = (path.stat().st_size for path in folder.glob("objects/pack/*"))
    return any(size >= limit_bytes // _BLOCK * _BLOCK for size in sizes)


def _why_not_fetched(address: str, ended: CommandResult, limits: Limits, *, too_large: bool) -> str:
    name = without_password(address)
    if ended.timed_out:
        return (
            f"{name} could not be fetched within {limits.wall_s:.0f} seconds: "
            "clone it yourself and name the folder."
        )
    if too_large or "File too large" in ended.output_tail:
        return (
            f"{name} is larger than {limits.file_bytes >> 20} MiB: "
            "clone it yourself and name the folder."
        )
    if "couldn't find remote ref HEAD" in ended.output_tail:
        return f"{name} has no commit yet: commit to it, or plan without a repository."
    lines = [line for line in ended.output_tail.splitlines() if line.strip()]
    said = without_password(lines[0] if lines else f"exit code {ended.exit_code}")
    return (
        f"{name} cannot be cloned ({said}): check the address and your access, or clone it "
        "yourself and name the folder."
    )
