"""A bare repository's objects and references, read and written in this process by libgit2.

Every attempt reads a head, checks out, commits and publishes. As git commands these were ten
processes an attempt, and starting a process from a large one holds up the event loop for
milliseconds. What people ask for now and then (diffs, archives, logs, clones) is git's still.

As in `plumbing`, nobody else has a say: neither configuration files nor the environment nor hooks.
What is written is on the disk before a reference points to it.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from io import BufferedReader
from pathlib import Path

import pygit2
from pygit2.enums import (
    CheckoutStrategy,
    ConfigLevel,
    DiffOption,
    FileMode,
    RepositoryInitFlag,
    RepositoryOpenFlag,
)

from masterplan.errors import GitFailed
from masterplan.workspace.consolidation import is_scattered
from masterplan.workspace.files import make_empty
from masterplan.workspace.incoming import Incoming
from masterplan.workspace.objects import (
    ABSENT,
    FILE_MODES,
    IDENTITY,
    LINK,
    SUBMODULE,
    TREE,
    Change,
    TreeEntry,
)
from masterplan.workspace.past import Past
from masterplan.workspace.plumbing import FSYNCED

_CHECKOUT = (
    CheckoutStrategy.FORCE
    | CheckoutStrategy.DONT_UPDATE_INDEX
    | CheckoutStrategy.DONT_WRITE_INDEX
    | CheckoutStrategy.DISABLE_PATHSPEC_MATCH
)
_LARGE_FILE_BYTES = 1 << 20
_CONFIGURATION = Path(__file__).parent / "libgit2"
_CACHE_BYTES = 16 << 20
_FSYNC = "core.fsync"


class Store:
    """One bare repository, open for one thread at a time; failures are pygit2's.

    Whoever opens one closes it, and calls `accept` before others look for what was written.
    """

    def __init__(self, path: Path) -> None:
        take_no_advice()
        flags = RepositoryOpenFlag.BARE | RepositoryOpenFlag.NO_SEARCH
        self._repository = pygit2.Repository(str(path), flags)
        self._incoming = Incoming(self._repository)
        self._past = Past(self._repository)
        self._path = path
        # While it is open, a repository that takes the place of this one has another inode.
        self._place = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._written: dict[str, None] = {}
        """Ids of objects as they were written: what one refers to comes before it."""
        self.is_scattered = False
        """Whether what was written last showed that consolidation is due."""

    def accept(self) -> None:
        """Make what was written durable and part of the repository."""
        if not self._written:
            return
        self._incoming.accept(self._written)
        self._written.clear()
        self.is_scattered = is_scattered(self._path)

    def close(self) -> None:
        self._repository.free()
        os.close(self._place)
        self._incoming.close()

    def head(self, reference: str) -> str:
        """Return the id of the commit that a reference points to. Raises GitFailed."""
        target = self.target(reference)
        if target is None:
            raise GitFailed("rev-parse", exit_code=1, output=f"there is no {reference}")
        return target

    def target(self, reference: str) -> str | None:
        """Return the id that a reference points to, or None where there is no such reference."""
        found = self._repository.references.get(reference)
        return None if found is None else str(found.target)

    def move(self, reference: str, *, expected: str, target: str) -> bool:
        """Point a reference elsewhere by compare-and-set; False where it had moved."""
        self.accept()
        with self._repository.transaction() as transaction:
            transaction.lock_ref(reference)
            if self.target(reference) != expected:
                return False
            transaction.set_target(reference, target)
        return True

    def move_unless(self, other: str, reference: str, *, expected: str, target: str) -> bool:
        """Do what `move` does, and nothing where the `other` reference exists."""
        # Two transactions: one lets its locks go in any order, and the other reference must stay
        # locked until this one has moved.
        self.accept()
        with self._repository.transaction() as held:
            held.lock_ref(other)
            return self.target(other) is None and self.move(
                reference, expected=expected, target=target
            )

    def create_once(self, reference: str, target: str) -> None:
        """Point a reference that does not exist yet at a commit; one that does stays."""
        self.accept()
        with self._repository.transaction() as transaction:
            transaction.lock_ref(reference)
            if self.target(reference) is None:
                transaction.set_target(reference, target)

    def point(self, reference: str, target: str) -> None:
        """Point a reference at a commit, whatever it pointed to."""
        self.accept()
        self._repository.references.create(reference, target, force=True)

    def begin(self, reference: str) -> None:
        """Point a reference at an empty commit."""
        self.point(reference, self.commit(base=None, changes=(), message="Begin\n"))

    def commit(self, *, base: str | None, changes: Collection[Change], message: str) -> str:
        """Write a commit of changes on `base`, which no reference points to yet."""
        tree = self._with_changes(
            self._tree(base) if base else None,
            {tuple(change.path.split("/")): change for change in changes},
        )
        name, _, address = IDENTITY.partition(" <")
        signature = pygit2.Signature(name, address.rstrip(">"), int(time.time()), 0)
        return self._note(
            self._repository.create_commit(
                None,
                signature,
                signature,
                message.replace("\0", "").encode("utf-8", "replace").decode(),
                tree or self._write_tree(self._repository.TreeBuilder()),
                [base] if base else [],
            )
        )

    def write_blob(self, content: bytes | BufferedReader) -> str:
        """Store a file's content and return its id; what is there already is not written again."""
        self._incoming.make()
        if isinstance(content, bytes):
            return self._note(self._repository.create_blob(content))
        if os.fstat(content.fileno()).st_size > _LARGE_FILE_BYTES:
            return self._note(self._repository.create_blob_fromiobase(content))
        return self._note(self._repository.create_blob(content.read()))

    def _write_tree(self, builder: pygit2.TreeBuilder) -> pygit2.Oid:
        self._incoming.make()
        tree = builder.write()
        self._note(tree)
        return tree

    def _note(self, written: pygit2.Oid) -> str:
        self._written[str(written)] = None
        return str(written)

    def read(self, commit: str, path: str) -> bytes | None:
        """Return the content of a commit's file or link, or None where it has none there."""
        entry = self.entry(commit, path)
        if entry is None or entry.mode not in {*FILE_MODES, LINK}:
            return None
        return self._repository[entry.object_id].peel(pygit2.Blob).data

    def entry(self, commit: str, path: str) -> TreeEntry | None:
        """Return what a commit has at a path that is a file, a link or a submodule."""
        try:
            found = self._tree(commit)[path]
        except KeyError:
            return None
        mode = int(found.filemode)
        return None if mode == TREE else TreeEntry(mode=mode, object_id=str(found.id))

    def entries(self, commit: str, paths: Collection[str] | None = None) -> dict[str, TreeEntry]:
        """Return all that a commit has, or what it has of some paths: path to entry."""
        if paths is None:
            return dict(_walk(self._tree(commit), prefix=""))
        found = ((path, self.entry(commit, path)) for path in paths)
        return {path: entry for path, entry in found if entry is not None}

    def size(self, commit: str, paths: Collection[str]) -> int:
        """Return how many bytes a commit's files at some paths have together."""
        return sum(
            self._repository.odb.read_header(pygit2.Oid(hex=each.object_id))[1]
            for each in self.entries(commit, paths).values()
            if each.mode != SUBMODULE  # its commit is in another repository
        )

    def changes(self, base: str, commit: str) -> list[Change]:
        """List what one commit has other than another; equal subtrees are not looked into."""
        diff = self._tree(base).diff_to_tree(
            self._tree(commit), flags=DiffOption.INCLUDE_TYPECHANGE
        )
        return [
            Change(
                path=os.fsdecode(delta.new_file.raw_path),
                mode=int(delta.new_file.mode),
                object_id=str(delta.new_file.id),
            )
            for delta in diff.deltas
        ]

    def commits_between(self, base: str | None, head: str) -> Iterator[pygit2.Commit]:
        """Give the commits of a branch after `base`, newest first: each has one parent.

        Without a base it goes on to the first commit, along first parents.
        """
        commit = self._repository[head].peel(pygit2.Commit)
        while str(commit.id) != base:
            yield commit
            if base is None and not commit.parents:
                return
            commit = commit.parents[0]

    def parent(self, commit: str) -> str | None:
        """Return the id of a commit's first parent, or None."""
        parents = self._repository[commit].peel(pygit2.Commit).parent_ids
        return str(parents[0]) if parents else None

    def trailers(self, commit: str) -> dict[str, str]:
        """Return what a commit's message ends with: name to value."""
        return dict(self._repository[commit].peel(pygit2.Commit).message_trailers)

    def not_in(self, commit: str, earlier: Collection[str]) -> set[str]:
        """Return those of the commits that another one does not have among its first parents."""
        return {each for each in earlier if not self._past.has(commit, each)}

    def checkout(self, commit: str, directory: Path, paths: Collection[str] | None = None) -> None:
        """Put a commit's files, or those at some paths, into a directory, emptied first."""
        make_empty(directory)
        if paths is None or self.entries(commit, paths):
            self._repository.checkout_tree(  # type: ignore[no-untyped-call]
                self._tree(commit),
                strategy=_CHECKOUT,
                directory=str(directory),
                **({} if paths is None else {"paths": list(paths)}),
            )

    def _tree(self, commit: str) -> pygit2.Tree:
        return self._repository[commit].peel(pygit2.Tree)

    def _with_changes(
        self, tree: pygit2.Tree | None, changes: Mapping[tuple[str, ...], Change]
    ) -> pygit2.Oid | None:
        """Write a tree with some paths changed; None where nothing is left in it."""
        builder = self._repository.TreeBuilder(tree) if tree else self._repository.TreeBuilder()
        for name, beneath in _by_first_part(changes).items():
            here = beneath.pop((), None)
            if here is not None and here.mode != ABSENT:
                # What was beneath a directory that a file takes the place of goes with it.
                builder.insert(name, here.object_id, FileMode(here.mode))
                continue
            before = builder.get(name)
            if here is not None and before is not None:
                builder.remove(name)
            if beneath:
                inner = before if isinstance(before, pygit2.Tree) else None
                self._put_tree(builder, name, self._with_changes(inner, beneath))
        return self._write_tree(builder) if len(builder) else None

    @staticmethod
    def _put_tree(builder: pygit2.TreeBuilder, name: str, tree: pygit2.Oid | None) -> None:
        if tree is not None:
            builder.insert(name, tree, FileMode.TREE)
        elif builder.get(name) is not None:
            builder.remove(name)


def initialise(path: Path, *, branch: str) -> None:
    """Make a bare repository, or finish one whose making was interrupted.

    What is pushed into it survives a power cut: who receives a push, `git receive-pack`, knows no
    configuration but the repository's own, and git leaves loose objects unsynced by itself.
    """
    take_no_advice()
    flags = RepositoryInitFlag.BARE | RepositoryInitFlag.MKPATH
    repository = pygit2.init_repository(str(path), flags=flags, initial_head=branch)
    if _FSYNC not in repository.config:
        repository.config[_FSYNC] = FSYNCED
    repository.free()


def _by_first_part(
    changes: Mapping[tuple[str, ...], Change],
) -> dict[str, dict[tuple[str, ...], Change]]:
    groups: dict[str, dict[tuple[str, ...], Change]] = {}
    for (first, *rest), change in changes.items():
        groups.setdefault(first, {})[tuple(rest)] = change
    return groups


def _walk(tree: Iterable[pygit2.Object], *, prefix: str) -> Iterator[tuple[str, TreeEntry]]:
    for entry in tree:
        assert entry.raw_name is not None
        path = prefix + os.fsdecode(entry.raw_name)
        if isinstance(entry, pygit2.Tree):
            yield from _walk(entry, prefix=f"{path}/")
        else:
            yield path, TreeEntry(mode=int(entry.filemode), object_id=str(entry.id))


@functools.cache
def take_no_advice() -> None:
    """Keep libgit2 from reading any configuration but a repository's own and ours."""
    for level in (ConfigLevel.PROGRAMDATA, ConfigLevel.XDG, ConfigLevel.GLOBAL):
        pygit2.settings.search_path[level] = ""
    pygit2.settings.search_path[ConfigLevel.SYSTEM] = str(_CONFIGURATION)
    # The repository is named outright, never found by searching.
    pygit2.settings.owner_validation = False
    pygit2.settings.cache_max_size(_CACHE_BYTES)
