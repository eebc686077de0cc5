"""Looks at a repository that a person names: a path at its HEAD, or an address after a fetch."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path

from masterplan.discovery.facts import RepositoryFacts
from masterplan.discovery.secrets import holds_secret, is_secret_name
from masterplan.discovery.selection import TrackedFile
from masterplan.discovery.survey import survey
from masterplan.errors import UnusableRepository
from masterplan.workspace.foreign import (
    FETCH_LIMITS,
    ForeignFile,
    ForeignHead,
    fetched,
    fetched_head,
    without_password,
)
from masterplan.workspace.git import is_address
from masterplan.workspace.process import Limits

MAX_FILES = 20_000
READING_S = 20.0
MAX_TEXT_BYTES = 4 << 20
"""Of a larger repository no copies are made while it is planned."""


async def discover(
    repository: str, *, place: Path, limits: Limits = FETCH_LIMITS
) -> RepositoryFacts:
    """Find out what a repository is like; one behind an address is fetched into `place` meanwhile.

    Raises UnusableRepository with the remedy where a plan could not work on it.
    """
    if is_address(repository):
        name = without_password(repository)
        async with fetched(repository, place, limits=limits) as path:
            return await asyncio.to_thread(lambda: _look(fetched_head(path, name=name)))
    return await asyncio.to_thread(_look_at_path, Path(repository))


async def read_texts(
    repository: str, commit: str, *, place: Path, limits: Limits = FETCH_LIMITS
) -> dict[str, str] | None:
    """Read the text files of the commit that was discovered, for trying something out on them.

    Files for secrets, or with one in their text, are left out.

    Returns None where they are more than MAX_TEXT_BYTES, or the commit is not there any more.
    """
    try:
        if is_address(repository):
            name = without_password(repository)
            async with fetched(repository, place, limits=limits) as path:
                return await asyncio.to_thread(
                    lambda: _texts(fetched_head(path, name=name), commit)
                )
        return await asyncio.to_thread(_texts_at_path, Path(repository), commit)
    except UnusableRepository:
        return None


def _texts_at_path(path: Path, commit: str) -> dict[str, str] | None:
    path = path.expanduser().absolute()
    return _texts(ForeignHead(path, name=str(path), reference=commit), commit)


def _texts(head: ForeignHead, commit: str) -> dict[str, str] | None:
    files = list(islice(head.files(), MAX_FILES + 1))
    too_large = len(files) > MAX_FILES or sum(each.size for each in files) > MAX_TEXT_BYTES
    if too_large or head.commit != commit:
        return None
    texts: dict[str, str] = {}
    for each in files:
        if is_secret_name(each.path):
            continue
        with suppress(UnicodeDecodeError):  # a picture is of no use to a trial
            text = (_read(head, each) or b"").decode()
            if not holds_secret(text):
                texts[each.path] = text
    return texts


def _look_at_path(path: Path) -> RepositoryFacts:
    path = path.expanduser().absolute()
    if not path.is_dir():
        raise UnusableRepository(
            f"There is no folder {path}: name a git repository by its path or its URL."
        )
    return _look(ForeignHead(path, name=str(path)))


def _look(head: ForeignHead) -> RepositoryFacts:
    deadline = time.monotonic() + READING_S
    listed = list(islice(head.files(), MAX_FILES + 1))
    by_path = {file.path: file for file in listed[:MAX_FILES]}
    if not by_path:
        raise UnusableRepository(
            "The repository's latest commit holds no file: commit what it holds, or plan without "
            "a repository."
        )

    def read(path: str) -> bytes | None:
        return _read(head, by_path[path]) if time.monotonic() < deadline else None

    files = [TrackedFile(file.path, file.size) for file in by_path.values()]
    return survey(head.commit, files, read, complete=len(listed) <= MAX_FILES)


def _read(head: ForeignHead, file: ForeignFile) -> bytes | None:
    try:
        return head.read(file)
    except KeyError:  # a partial clone has the names of files that it does not hold
        return None
