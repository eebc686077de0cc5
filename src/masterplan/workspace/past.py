"""Whether a branch has a commit, without walking to it each time.

A plan's branch grows by one commit for each task, and each attempt asks for the commits of those it
depends on. What was seen once is remembered: the branch is only ever added to.
"""

from __future__ import annotations

import pygit2


class Past:
    """The commits of a branch along first parents, as far back as was asked for."""

    def __init__(self, repository: pygit2.Repository) -> None:
        self._repository = repository
        self._seen: set[str] = set()
        self._head = ""
        self._earliest: pygit2.Commit | None = None

    def has(self, head: str, commit: str) -> bool:
        """Tell whether `head` is the commit or has come after it."""
        if head != self._head:
            self._move_to(head)
        while commit not in self._seen and self._earliest is not None:
            self._look_at_parent()
        return commit in self._seen

    def _move_to(self, head: str) -> None:
        """Add what has come since; begin anew where the branch was not added to."""
        newest = current = self._repository[head].peel(pygit2.Commit)
        added = {head}
        while self._head and str(current.id) != self._head and current.parents:
            current = current.parents[0]
            added.add(str(current.id))
        if str(current.id) == self._head:
            self._seen |= added
        else:
            self._seen, self._earliest = {head}, newest
        self._head = head

    def _look_at_parent(self) -> None:
        assert self._earliest is not None
        parents = self._earliest.parents
        self._earliest = parents[0] if parents else None
        if parents:
            self._seen.add(str(parents[0].id))
