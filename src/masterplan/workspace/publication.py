"""What may go from an attempt's commit onto the branch, and whether it went there already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from masterplan.errors import ContractBroken, TargetConflict, UnsafePath
from masterplan.paths import ancestors
from masterplan.workspace.objects import FILE_MODES, Change, literal, parse_changes, shown
from masterplan.workspace.plumbing import Git

OPERATION_TRAILER = "Masterplan-Operation"
"""Names the operation that made a commit, so that it is never made twice."""


async def commit_of_operation(git: Git, base: str, head: str, operation: str) -> str | None:
    """Return the commit that an operation made after `base`, or None."""
    if head == base:
        return None
    layout = f"%H %(trailers:key={OPERATION_TRAILER},valueonly,separator=%x20)"
    output = await git.run("log", f"--format={layout}", f"{base}..{head}")
    for line in output.decode("utf-8", "replace").splitlines():
        commit, _, made_by = line.partition(" ")
        if made_by == operation:
            return commit
    return None


async def publishable_changes(
    git: Git, *, base: str, head: str, snapshot: str, targets: Sequence[str]
) -> list[Change]:
    """List the changes that take a snapshot's targets onto `head`, deletions first.

    Raises TargetConflict, ContractBroken or UnsafePath where they may not go there.
    """
    if head != base and (moved := await _changes(git, base, head, targets)):
        raise TargetConflict(_paths(moved))
    changes = await _changes(git, base, snapshot, targets)
    if foreign := [change for change in changes if change.path not in targets]:
        raise ContractBroken(_paths(foreign))
    for change in changes:
        if not change.deletes and change.mode not in FILE_MODES:
            raise UnsafePath(change.path, "it is a link or a repository, not a regular file")
    return sorted(changes, key=lambda change: (not change.deletes, change.path))


async def _changes(git: Git, base: str, commit: str, targets: Sequence[str]) -> list[Change]:
    """List what differs at the targets.

    A file that gave way to a directory above a target, or files below one that gave way to it, are
    listed too: replacing those would reach beyond the targets.
    """
    scope = {*targets, *(above for path in targets for above in ancestors(path))}
    if not scope:
        return []
    output = await git.run(
        "diff-tree",
        "-r",
        "-z",
        "--raw",
        "--no-renames",
        base,
        commit,
        "--",
        *map(literal, sorted(scope)),
    )
    beneath = tuple(f"{target}/" for target in targets)
    return [
        change
        for change in parse_changes(output)
        if change.path in scope or change.path.startswith(beneath)
    ]


def _paths(changes: Iterable[Change]) -> list[str]:
    return sorted(shown(change.path) for change in changes)
