"""Keeping a worker that was given up from publishing, by compare-and-set where the branch is.

An attempt's outcome reference is made once: by whoever takes the attempt away, or together with the
branch by a worker that publishes from another machine. Publication on the spot only holds its lock
while the branch moves. So either the attempt is revoked or its commit is on the branch, whatever
was frozen in between: both have looked at the same references under the same locks.
"""

from __future__ import annotations

from masterplan.workspace.publication import commit_of_operation
from masterplan.workspace.store import Store


def outcome_reference(key: str, number: int) -> str:
    """Name the reference that decides about the attempt of that number at a task."""
    return f"refs/outcomes/{key}-{number}"


def revoke(store: Store, reference: str, *, outcome: str, operation: str) -> str | None:
    """Let the operation never publish; return its commit where it has already."""
    store.create_once(outcome, store.head(reference))
    return commit_of_operation(store, None, store.head(reference), operation)
