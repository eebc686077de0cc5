"""What may go from an attempt's commit onto the branch, and whether it went there already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from masterplan.errors import AttemptRevoked, ContractBroken, TargetConflict, UnsafePath
from masterplan.paths import ancestors, check_target_path
from masterplan.workspace.objects import FILE_MODES, Change, shown, with_trailers
from masterplan.workspace.store import Store

OPERATION_TRAILER = "Masterplan-Operation"
"""Names the operation that made a commit, so that it is never made twice."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A commit on `head` that the branch may be moved to, or one that it has had already."""

    head: str
    commit: str
    is_published: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What commits tell of an attempt. The snapshot is None where it is kept no longer."""

    snapshot: str | None
    base: str | None
    trailers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Publication:
    """What an attempt has to publish: its targets since `base`, and what the commit says."""

    base: str
    targets: Sequence[str]
    message: str
    operation: str
    """What the commit is known by: it is never made twice."""
    outcome: str
    """The reference that decides whether the attempt may publish (`fence`)."""
    trailers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return with_trailers(self.message, {**self.trailers, OPERATION_TRAILER: self.operation})


ChangesOf = Callable[[Store], Sequence[Change]]
"""Finds what an attempt has changed at the targets and around them, since its base."""


def publish(store: Store, reference: str, publication: Publication, changes_of: ChangesOf) -> str:
    """Commit the changes of an attempt onto a branch, once; return the commit's id.

    Raises TargetConflict, ContractBroken or UnsafePath where they may not go there, and
    AttemptRevoked where the outcome was decided against it.
    """
    while True:
        prepared = prepare(store, reference, publication, changes_of)
        if prepared.is_published or store.move_unless(
            publication.outcome, reference, expected=prepared.head, target=prepared.commit
        ):
            return prepared.commit
        if store.target(publication.outcome) is not None:
            raise AttemptRevoked(publication.operation)


def prepare(
    store: Store, reference: str, publication: Publication, changes_of: ChangesOf
) -> Prepared:
    """Make the commit that publishes an attempt's changes on the branch as it stands.

    Raises TargetConflict, ContractBroken or UnsafePath where they may not go there.
    """
    base, targets = publication.base, publication.targets
    for target in targets:
        check_target_path(target)
    head = store.head(reference)
    if (done := commit_of_operation(store, base, head, publication.operation)) is not None:
        return Prepared(head=head, commit=done, is_published=True)
    if head != base and (moved := changes_at(store, base, head, targets)):
        raise TargetConflict(_paths(moved))
    changes = changes_of(store)
    assert_publishable(changes, targets)
    commit = store.commit(base=head, changes=changes, message=publication.text)
    return Prepared(head=head, commit=commit, is_published=False)


def commit_of_operation(store: Store, base: str | None, head: str, operation: str) -> str | None:
    """Return the commit that an operation made after `base`, or None.

    Without a base all commits are looked at that operations have made in a row.
    """
    for commit in store.commits_between(base, head):
        made_by = commit.message_trailers.get(OPERATION_TRAILER)
        if made_by == operation:
            return str(commit.id)
        if made_by is None and base is None:
            return None
    return None


def find_operation(store: Store, reference: str, operation: str) -> str | None:
    """Return the commit that an operation made on a branch, or None."""
    return commit_of_operation(store, None, store.head(reference), operation)


def evidence_of(store: Store, commit: str, snapshot_reference: str) -> Evidence:
    """Read what a published commit says, and what its attempt began with."""
    snapshot = store.target(snapshot_reference)
    return Evidence(
        snapshot=snapshot,
        base=store.parent(snapshot or commit),
        trailers=store.trailers(commit),
    )


def assert_publishable(changes: Iterable[Change], targets: Collection[str]) -> None:
    """Raise ContractBroken where others than targets change, UnsafePath where one is no file."""
    if foreign := [change for change in changes if change.path not in targets]:
        raise ContractBroken(_paths(foreign))
    for change in changes:
        if not change.deletes and change.mode not in FILE_MODES:
            raise UnsafePath(change.path, "it is a link or a repository, not a regular file")


def changes_at(store: Store, base: str, commit: str, targets: Sequence[str]) -> list[Change]:
    """List what differs at the targets between two commits.

    A file that gave way to a directory above a target, or files below one that gave way to it, are
    listed too: replacing those would reach beyond the targets.
    """
    scope = {*targets, *(above for path in targets for above in ancestors(path))}
    beneath = tuple(f"{target}/" for target in targets)
    return [
        change
        for change in store.changes(base, commit)
        if change.path in scope or change.path.startswith(beneath)
    ]


def _paths(changes: Iterable[Change]) -> list[str]:
    return sorted(shown(change.path) for change in changes)
