"""Order among tasks, decided over plain values: what comes first, what may start now.

A plan may have 10,000 tasks, chains of 1,000 and levels of 5,000, so everything here takes time
linear in tasks and dependencies (and a logarithm for order), and nothing recurses.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from masterplan.paths import ancestors

Dependencies = Mapping[str, Collection[str]]
"""For each task the tasks it needs; each of these is a key too."""


class CycleFound(ValueError):
    """Tasks that need each other; `cycle` names them in order, the first again at the end."""

    def __init__(self, cycle: list[str]) -> None:
        super().__init__(" → ".join(cycle))
        self.cycle = cycle


def find_cycle(dependencies: Dependencies) -> list[str] | None:
    """Find tasks that need each other: `[a, b, a]` where a needs b and b needs a; None if none.

    The cycle starts at that task of it which comes first in `dependencies`.
    """
    try:
        TopologicalSorter(dependencies).prepare()
    except CycleError as error:
        return _from_first(error.args[1], dependencies)
    return None


def _from_first(predecessors: Sequence[str], dependencies: Dependencies) -> list[str]:
    """Turn graphlib's cycle, where each is needed by the next, into one where each needs it."""
    ring = list(reversed(predecessors[1:]))
    members = set(ring)
    start = ring.index(next(key for key in dependencies if key in members))
    return [*ring[start:], *ring[:start], ring[start]]


def topological_order(dependencies: Dependencies) -> list[str]:
    """Order the tasks so that each comes after all it needs.

    Of those that could come next it is always the first in `dependencies`, so that equal plans
    have equal orders. Raises CycleFound, and KeyError for a dependency that is no key.
    """
    position = {key: index for index, key in enumerate(dependencies)}
    waits = {key: len(set(needed)) for key, needed in dependencies.items()}
    dependents = dependents_of(dependencies)
    keys = list(dependencies)
    ready = [position[key] for key, count in waits.items() if count == 0]
    order: list[str] = []
    while ready:
        key = keys[heapq.heappop(ready)]
        order.append(key)
        for dependent in dependents[key]:
            waits[dependent] -= 1
            if waits[dependent] == 0:
                heapq.heappush(ready, position[dependent])
    if len(order) < len(keys):
        cycle = find_cycle(dependencies)
        assert cycle is not None
        raise CycleFound(cycle)
    return order


def dependents_of(dependencies: Dependencies) -> dict[str, list[str]]:
    """Turn the dependencies around: for each task those that need it, in input order, once each.

    Raises KeyError for a dependency that is no key.
    """
    dependents: dict[str, list[str]] = {key: [] for key in dependencies}
    for key, needed in dependencies.items():
        for dependency in dict.fromkeys(needed):
            dependents[dependency].append(key)
    return dependents


def descendants(key: str, dependents: Mapping[str, Iterable[str]]) -> set[str]:
    """Collect all tasks that need `key`, directly or through others; itself left out."""
    found: set[str] = set()
    unseen = [key]
    while unseen:
        fresh = [task for task in dependents[unseen.pop()] if task not in found]
        found.update(fresh)
        unseen.extend(fresh)
    return found


def critical_path_lengths(
    dependencies: Dependencies, weights: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Measure the longest chain from each task to the plan's end, the task itself included.

    In the unit of `weights`, which default to 1 for a task that is not named. Raises CycleFound.
    """
    weights = weights or {}
    dependents = dependents_of(dependencies)
    lengths: dict[str, float] = {}
    for key in reversed(topological_order(dependencies)):
        after = max((lengths[dependent] for dependent in dependents[key]), default=0.0)
        lengths[key] = weights.get(key, 1.0) + after
    return {key: lengths[key] for key in dependencies}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task that is ready or running, as far as starting it is concerned."""

    id: str
    priority: float
    """The higher, the earlier: usually its critical path length."""
    position: int
    """Its place in the plan, which decides between equal priorities."""
    targets: frozenset[str]
    """The files it may write, spelled so that paths which collide are equal."""


def select_startable(
    ready: Sequence[Candidate], running: Sequence[Candidate], *, limit: int
) -> list[Candidate]:
    """Choose which ready tasks start now, so that at most `limit` run and no two write one file.

    Highest priority first, then by position. A task that has to wait for a file keeps its claim
    on all its files: nothing of lower priority that overlaps with it starts. Without that, two
    tasks could each hold one of the files it needs by turns and starve the longest chain; with it,
    a task waits only for those that run already and those before it, at the price of a free place
    now and then. The first in order always starts when nothing runs, so nothing deadlocks.
    """
    places = limit - len(running)
    if places <= 0:
        return []
    claims = _Claims()
    for task in running:
        claims.add(task.targets)
    selected: list[Candidate] = []
    for task in _by_priority(ready):
        if claims.leave_free(task.targets):
            selected.append(task)
            if len(selected) == places:
                break
        claims.add(task.targets)
    return selected


def _by_priority(tasks: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield in order of start; a heap, because mostly only the first few are asked for."""
    heap = [(-task.priority, task.position, index) for index, task in enumerate(tasks)]
    heapq.heapify(heap)
    while heap:
        yield tasks[heapq.heappop(heap)[2]]


class _Claims:
    """Files that are spoken for; a file overlaps with itself and with any directory above it."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._directories: set[str] = set()

    def add(self, targets: Iterable[str]) -> None:
        for target in targets:
            self._files.add(target)
            self._directories.update(ancestors(target))

    def leave_free(self, targets: Iterable[str]) -> bool:
        return not any(
            target in self._files
            or target in self._directories
            or any(directory in self._files for directory in ancestors(target))
            for target in targets
        )


@dataclass(frozen=True, slots=True)
class WriteConflict:
    """Two tasks that write one file though neither needs the other."""

    first: str
    second: str
    target: str


def parallel_write_conflicts(
    dependencies: Dependencies, targets: Mapping[str, Collection[str]]
) -> list[WriteConflict]:
    """Find files whose writers are not all ordered by dependency, for a warning.

    The writers of a file are compared in topological order, each with the next: where every
    neighbour is ordered all are, so a file without a conflict is never reported and one with
    conflicts always is, with linearly many pairs rather than each combination. Raises CycleFound.
    """
    order = topological_order(dependencies)
    writers: dict[str, list[str]] = {}
    for key in order:
        for target in dict.fromkeys(targets.get(key, ())):
            writers.setdefault(target, []).append(key)
    shared = {target: tasks for target, tasks in writers.items() if len(tasks) > 1}
    needed = _all_needed(dependencies, order) if shared else {}
    bit = {key: 1 << index for index, key in enumerate(order)} if shared else {}
    return [
        WriteConflict(first, second, target)
        for target, tasks in shared.items()
        for first, second in pairwise(tasks)
        if not needed[second] & bit[first]
    ]


def transitive_needs(dependencies: Dependencies) -> Callable[[str, str], bool]:
    """Return a function that tells whether one task needs another, however far away.

    Raises CycleFound.
    """
    order = topological_order(dependencies)
    needed = _all_needed(dependencies, order)
    bit = {key: 1 << index for index, key in enumerate(order)}
    return lambda task, other: bool(needed[task] & bit[other])


def _all_needed(dependencies: Dependencies, order: Sequence[str]) -> dict[str, int]:
    """Give for each task the set of all that it needs, a bit per place in `order`.

    Integers as sets make this quick enough to be done for a whole plan: 10,000 tasks take at most
    12 MB and one pass over the dependencies.
    """
    bit = {key: 1 << index for index, key in enumerate(order)}
    needed: dict[str, int] = {}
    for key in order:
        mask = 0
        for dependency in dependencies[key]:
            mask |= needed[dependency] | bit[dependency]
        needed[key] = mask
    return needed
