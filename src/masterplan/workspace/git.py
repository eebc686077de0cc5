"""The bare repository that holds a plan's result, and the only ways to change it.

An attempt gets a plain directory without any `.git` (`checkout`). What it did there becomes a
commit beside the branch (`snapshot`), and exactly the declared target files of that commit go onto
the branch by compare-and-swap (`publish`): all of them or none, and never over somebody else's
change.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

from masterplan.errors import ContractBroken, TargetConflict, UnsafePath
from masterplan.workspace.fence import revoke
from masterplan.workspace.objects import (
    LOG_LAYOUT,
    Change,
    LogEntry,
    literal,
    parse_log,
    shown,
)
from masterplan.workspace.plumbing import Git
from masterplan.workspace.publication import (
    ChangesOf,
    Evidence,
    Publication,
    changes_at,
    evidence_of,
    find_operation,
    publish,
)
from masterplan.workspace.scan import Listing, commit_directory, look_at, plain_changes
from masterplan.workspace.store import Store, initialise
from masterplan.workspace.upkeep import consolidate
from masterplan.workspace.visits import REFUSALS, Visits

FEW_FILES, FEW_BYTES = 16, 500_000
"""How many files, and of which size together, are written so fast that no thread is worth it."""
_IN_USE: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

# Strongest place for attributes: what is committed is what is checked out, byte by byte.
_RAW_ATTRIBUTES = "* -text -ident -filter -working-tree-encoding\n"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An attempt's directory as a commit, and every path in it that differs from the base.

    `changed` also names what no commit can hold, such as a nested git directory; `missing` names
    the targets that neither the base nor the commit has.
    """

    commit: str
    changed: tuple[str, ...]
    missing: tuple[str, ...]


_SCP_ADDRESS = re.compile(r"[\w.-]+@[\w.-]+:")


class BareRepository:
    """A bare repository of one branch, owned by this process; git's failures raise GitFailed."""

    def __init__(self, path: Path, *, branch: str) -> None:
        self.path = path
        self.branch = branch
        self._git = Git(path)
        self._visits = Visits(path)
        self._reference = f"refs/heads/{branch}"

    @classmethod
    async def create(cls, path: Path, *, branch: str) -> BareRepository:
        """Create a repository whose branch is one empty commit; what exists already is kept."""
        repository = await cls._initialise(path, branch=branch)
        if not await repository._has_branch():
            await repository._visits.call("commit", Store.begin, repository._reference)
        return repository

    @classmethod
    async def clone(cls, source: str, path: Path, *, branch: str) -> BareRepository:
        """Create a repository whose branch begins at the HEAD of a user's, a path or a URL.

        Only commits are taken: neither the source's files nor its references are touched, no
        object is shared with it, and its submodules and LFS objects are left out.
        """
        repository = await cls._initialise(path, branch=branch)
        if not await repository._has_branch():
            await repository._git.run(
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-recurse-submodules",
                "--",
                _absolute_source(source),
                f"HEAD:{repository._reference}",
            )
        return repository

    async def head(self) -> str:
        """Return the id of the commit that the branch points to."""
        return await self._visits.call("rev-parse", Store.head, self._reference)

    async def prepare(self) -> None:
        """See that the repository is there; one that lies in its own place always is."""

    async def latest(self, key: str) -> str:
        """Return the id of the branch's commit as it is now wherever the branch belongs.

        What attempts at the task of that key have left can be read from then on.
        """
        await self._refresh(key)
        return await self.head()

    async def revoke(self, *, outcome: str, operation: str) -> str | None:
        """Let an operation never publish; return its commit where it has already (`fence`)."""
        return await self._visits.call(
            "update-ref", revoke, self._reference, outcome=outcome, operation=operation
        )

    async def find(self, operation: str) -> str | None:
        """Return the commit that an operation has published on the branch, or None."""
        return await self._visits.call("log", find_operation, self._reference, operation)

    async def evidence(self, commit: str, kept_as: str) -> Evidence:
        """Tell what is known of a published commit and of the snapshot `kept_as` that it is of."""
        return await self._visits.call("log", evidence_of, commit, f"refs/attempts/{kept_as}")

    async def check_out_latest(
        self,
        key: str,
        directory: Path,
        *,
        needs: Collection[str],
        paths: Collection[str] | None = None,
    ) -> str:
        """Put the branch's files as they are now into a directory, as `checkout` does.

        Returns the commit, in which those that are needed must be; `key` as in `latest`.
        """

        def check_out(store: Store) -> str:
            head = store.head(self._reference)
            missing = store.not_in(head, needs)
            assert not missing, f"the needed commits {sorted(missing)} are not in {head}"
            store.checkout(head, directory, paths)
            return head

        def are_small(store: Store) -> bool:
            assert paths is not None
            return store.size(store.head(self._reference), paths) <= FEW_BYTES

        await self._refresh(key)
        if paths is not None and len(paths) <= FEW_FILES:
            with suppress(*REFUSALS):  # again, with the patience that a thread can have
                if self._visits.at_once(are_small):
                    return self._visits.at_once(check_out)
        return await self._visits.call("checkout", check_out)

    async def checkout(
        self, commit: str, directory: Path, *, paths: Collection[str] | None = None
    ) -> None:
        """Put the files of a commit, or those at `paths`, into a directory, which is emptied first.

        There is no `.git` in it. Symbolic links are made as the commit has them, wherever they
        lead: open files below the directory with `workspace.files` alone.
        """
        await self._visits.call("checkout", Store.checkout, commit, directory, paths)

    async def snapshot(
        self,
        directory: Path,
        *,
        base: str,
        message: str,
        targets: Sequence[str],
        keep_as: str,
        paths: Collection[str] | None = None,
    ) -> Snapshot:
        """Commit a directory's files on `base`, beside the branch, as `refs/attempts/<keep_as>`.

        `paths` are those that were checked out: what else the base has stays as it is.
        Files that are neither in `base` nor targets are left out where they are derived
        (`__pycache__`, `node_modules`, …) or ignored by the project's own `.gitignore`.
        """
        before, listing = await self._visits.call(
            "ls-tree", look_at, directory, base=base, paths=paths, targets=targets
        )
        keep = before.keys() | set(targets)
        modes = await self._without_ignored(directory, listing, keep=keep)
        commit, changed = await self._visits.call(
            "commit",
            commit_directory,
            directory,
            base=base,
            before=before,
            modes=modes,
            message=message,
            reference=f"refs/attempts/{keep_as}",
        )
        paths = {shown(path) for path in (*changed, *listing.unpublishable)}
        missing = [path for path in targets if path not in before and path not in modes]
        return Snapshot(commit=commit, changed=tuple(sorted(paths)), missing=tuple(missing))

    async def publish(self, publication: Publication, *, snapshot: str) -> str:
        """Commit exactly the targets of a snapshot onto the branch and return the commit's id.

        Repeating an operation returns the commit that it made, if it came after the base. An
        attempt that changed nothing makes a commit too, as evidence. Raises TargetConflict when a
        target changed on the branch since the base, ContractBroken when publishing the targets
        would touch other files, UnsafePath when a target is not a regular file, AttemptRevoked
        when the outcome was decided against it (`fence`).
        """
        base, targets = publication.base, publication.targets
        return await self._publish(
            publication, lambda store: changes_at(store, base, snapshot, targets)
        )

    async def publish_directory(
        self, publication: Publication, directory: Path, *, paths: Collection[str] | None = None
    ) -> str | None:
        """Publish a directory without a snapshot where all that has changed in it are the targets.

        Returns None where there is more to be said of it, and nothing was published: a snapshot
        tells what. `paths` as for it. Raises AttemptRevoked as `publish` does.
        """

        def look(store: Store) -> Sequence[Change]:
            return plain_changes(
                store, directory, base=publication.base, paths=paths, targets=publication.targets
            )

        try:
            if paths is not None:
                return await self._publish(publication, look)
            # A whole project is looked at once, and while others publish.
            changes = await self._visits.call("hash-object", look)
            return await self._publish(publication, lambda _: changes)
        except (TargetConflict, ContractBroken, UnsafePath):
            return None

    def _alone(self) -> asyncio.Lock:
        """Return the lock of what attempts cannot do to the repository at once."""
        return _IN_USE.setdefault(str(self.path), asyncio.Lock())

    async def _refresh(self, key: str) -> None:
        """Look at where the branch belongs; one that lies in its own place is what it is."""

    async def _publish(self, publication: Publication, changes_of: ChangesOf) -> str:
        def publish_it(store: Store) -> tuple[str, bool]:
            commit = publish(store, self._reference, publication, changes_of)
            return commit, store.is_scattered

        # Together they would only find one after the other that the branch has moved.
        async with self._alone():
            commit, is_scattered = await self._visits.call("commit", publish_it)
        if is_scattered:
            await consolidate(self._git)
        return commit

    async def diff(self, base: str, commit: str, paths: Sequence[str] | None = None) -> str:
        """Return a unified diff, of some paths or of all; file names as git quotes them.

        Of files larger than 1 MiB it says only that they differ.
        """
        output = await self._git.run(
            "diff-tree", "-p", "--no-renames", "--no-ext-diff", "--no-textconv",
            base, commit, "--", *map(literal, paths or ()),
        )  # fmt: skip
        return output.decode("utf-8", "replace")

    async def read(self, commit: str, path: str) -> bytes | None:
        """Return the content of a file of a commit, or None when it has no such file.

        Of a symbolic link it is the place where the link leads.
        """
        return await self._visits.call("cat-file", Store.read, commit, path)

    async def present(self, commit: str, paths: Collection[str]) -> set[str]:
        """Tell which of the paths are files of a commit, links included."""
        return set(await self._visits.call("ls-tree", Store.entries, commit, paths))

    async def files(self, commit: str) -> list[str]:
        """List the paths of a commit's files, sorted."""
        return sorted(map(shown, await self._visits.call("ls-tree", Store.entries, commit)))

    async def archive(self, commit: str) -> bytes:
        """Return a commit's files as a ZIP archive."""
        return await self._git.run("archive", "--format=zip", commit)

    async def log(self, limit: int = 100) -> list[LogEntry]:
        """List the latest commits of the branch, newest first."""
        output = await self._git.run(
            "log", "-z", f"--max-count={limit}", f"--format={LOG_LAYOUT}", self._reference
        )
        return parse_log(output)

    async def not_in(self, commit: str, earlier: Collection[str]) -> set[str]:
        """Return those of the commits that another one does not have among its first parents."""
        return await self._visits.call("merge-base", Store.not_in, commit, earlier)

    async def fsck(self) -> None:
        """Check every object; raises GitFailed with what git found."""
        await self._git.run("fsck", "--full", "--no-dangling", "--no-progress")

    @classmethod
    async def _initialise(cls, path: Path, *, branch: str) -> BareRepository:
        def make() -> None:
            initialise(path, branch=branch)
            _write_attributes(path)

        repository = cls(path, branch=branch)
        await repository._visits.in_thread("init", make)
        return repository

    async def _has_branch(self) -> bool:
        return await self._visits.call("show-ref", Store.target, self._reference) is not None

    async def _without_ignored(
        self, directory: Path, listing: Listing, *, keep: set[str]
    ) -> dict[str, int]:
        candidates = [path for path in listing.modes if path not in keep]
        if not candidates:
            return listing.modes
        output = await self._git.run(
            "check-ignore", "-z", "--stdin", "--no-index",
            stdin=b"".join(b"./%b\0" % os.fsencode(path) for path in candidates),
            work_tree=directory,
            accepted=(0, 1),
        )  # fmt: skip
        ignored = {os.fsdecode(path.removeprefix(b"./")) for path in output.split(b"\0")}
        return {path: mode for path, mode in listing.modes.items() if path not in ignored}


def is_address(source: str) -> bool:
    """Tell whether a repository is named by a URL or `user@host:path`, not by a path."""
    return "://" in source or _SCP_ADDRESS.match(source) is not None


def _absolute_source(source: str) -> str:
    # git must not take a relative path for the name of a remote
    return source if is_address(source) else str(Path(source).expanduser().absolute())


def _write_attributes(path: Path) -> None:
    information = path / "info"
    information.mkdir(exist_ok=True)
    (information / "attributes").write_text(_RAW_ATTRIBUTES)
