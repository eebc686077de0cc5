"""What a plan will take before anyone approves it: time, tokens and money, as ranges.

A run is simulated many times. Each time every task draws one of the outcomes that it may have,
most often those of past tasks like it, and the tasks are scheduled as the engine does: longest
chain first, at most so many at a time, no two that write one file. What most of the runs came to
is the range. (Monte Carlo schedule analysis as PERT's users know it: Van Slyke, "Monte Carlo
Methods and the PERT Problem", Operations Research 11, 1963.)
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from masterplan.graph import (
    critical_path_lengths,
    dependents_of,
    parallel_write_conflicts,
    topological_order,
)

SIMULATED_TASKS = 100_000
"""As many tasks as all the simulated runs have together: a large plan's sums vary less."""
FEWEST_RUNS, MOST_RUNS = 11, 400
LOW, LIKELY, HIGH = 0.1, 0.5, 0.9
"""Shares of the runs that came to less."""


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What one task may take, all its attempts together; `usd` None where the price is unknown."""

    seconds: float
    tokens_input: int = 0
    tokens_output: int = 0
    usd: float | None = 0.0


@dataclass(frozen=True, slots=True)
class ForeseenTask:
    """A task that is still to be done."""

    depends_on: Collection[str]
    """Keys of tasks; those that are done already are left out."""
    target_files: Collection[str]
    outcomes: Sequence[TaskOutcome]
    """At least one; each is as likely as the others."""
    alone: bool = False
    """Whether it shares a single resource with the others of its kind: they take turns."""


@dataclass(frozen=True, slots=True)
class Range:
    """Eight in ten simulated runs lie between `low` and `high`, half of all below `likely`."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the tasks that are left will take."""

    critical_path: list[str]
    """Keys along the chain that takes longest, in order."""
    critical_path_seconds: Range
    """How long that takes: no number of parallel tasks makes the run shorter."""
    parallel_width: int
    """Most tasks that run at a time where nothing limits them."""
    seconds: Range
    tokens_input: Range
    tokens_output: Range
    usd: Range | None
    """What is known of the price; None where no task's is."""
    unpriced_tasks: int
    """Tasks whose price is not known, and so not in `usd`."""
    runs: Sequence[RunTotals]


@dataclass(frozen=True, slots=True)
class RunTotals:
    """What one simulated run came to."""

    seconds: float
    critical_path_seconds: float
    tokens_input: int
    tokens_output: int
    usd: float


def foresee(tasks: Mapping[str, ForeseenTask], *, max_parallel: int, seed: int = 0) -> Forecast:
    """Simulate runs of `tasks` with at most `max_parallel` at a time; one seed, one forecast.

    Raises graph.CycleFound.
    """
    schedule = _Schedule.of(tasks)
    usual = [_usual_seconds(tasks[key].outcomes) for key in schedule.keys]
    chance = random.Random(seed)  # noqa: S311 (dice, not secrets)
    count = min(MOST_RUNS, max(FEWEST_RUNS, SIMULATED_TASKS // max(1, len(tasks))))
    runs = [_simulate(schedule, tasks, chance, max_parallel) for _ in range(count)]
    unpriced = sum(any(outcome.usd is None for outcome in task.outcomes) for task in tasks.values())
    return Forecast(
        critical_path=schedule.longest_chain(usual),
        critical_path_seconds=_range(runs, lambda run: run.critical_path_seconds),
        parallel_width=schedule.run(usual, places=max(1, len(tasks))).width,
        seconds=_range(runs, lambda run: run.seconds),
        tokens_input=_range(runs, lambda run: run.tokens_input),
        tokens_output=_range(runs, lambda run: run.tokens_output),
        usd=_range(runs, lambda run: run.usd) if unpriced < len(tasks) or not tasks else None,
        unpriced_tasks=unpriced,
        runs=runs,
    )


def _usual_seconds(outcomes: Sequence[TaskOutcome]) -> float:
    return _quantile(sorted(outcome.seconds for outcome in outcomes), LIKELY)


def _simulate(
    schedule: _Schedule, tasks: Mapping[str, ForeseenTask], chance: random.Random, places: int
) -> RunTotals:
    drawn = [chance.choice(tasks[key].outcomes) for key in schedule.keys]
    seconds = [outcome.seconds for outcome in drawn]
    return RunTotals(
        seconds=schedule.run(seconds, places=places).seconds,
        critical_path_seconds=max(schedule.chain_lengths(seconds), default=0.0),
        tokens_input=sum(outcome.tokens_input for outcome in drawn),
        tokens_output=sum(outcome.tokens_output for outcome in drawn),
        usd=sum(outcome.usd or 0.0 for outcome in drawn),
    )


def _range(runs: Sequence[RunTotals], amount: Callable[[RunTotals], float]) -> Range:
    ordered = sorted(amount(run) for run in runs)
    return Range(*(_quantile(ordered, share) for share in (LOW, LIKELY, HIGH)))


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[round(share * (len(ordered) - 1))]


@dataclass(frozen=True, slots=True)
class _Run:
    seconds: float
    width: int


@dataclass(frozen=True, slots=True)
class _Schedule:
    """The tasks by number in topological order: runs are simulated over lists, not by key."""

    keys: list[str]
    dependents: list[list[int]]
    waits: list[int]
    alone: list[bool]
    rank: list[int]
    """The lower, the earlier a task starts where several could."""

    @classmethod
    def of(cls, tasks: Mapping[str, ForeseenTask]) -> _Schedule:
        dependencies = _with_turns(tasks)
        lengths = critical_path_lengths(dependencies)
        keys = topological_order(dependencies)
        number = {key: index for index, key in enumerate(keys)}
        dependents = dependents_of(dependencies)
        by_rank = sorted(keys, key=lambda key: -lengths[key])
        ranks = {key: rank for rank, key in enumerate(by_rank)}
        return cls(
            keys=keys,
            dependents=[[number[later] for later in dependents[key]] for key in keys],
            waits=[len(dependencies[key]) for key in keys],
            alone=[tasks[key].alone for key in keys],
            rank=[ranks[key] for key in keys],
        )

    def chain_lengths(self, seconds: Sequence[float]) -> list[float]:
        """Give for each task how long the longest chain from it to the end takes, in seconds."""
        lengths = list(seconds)
        for task in range(len(lengths) - 1, -1, -1):
            lengths[task] += max((lengths[later] for later in self.dependents[task]), default=0.0)
        return lengths

    def longest_chain(self, seconds: Sequence[float]) -> list[str]:
        """Name the tasks along the chain that takes longest, in order."""
        lengths = self.chain_lengths(seconds)
        following = [task for task, waits in enumerate(self.waits) if waits == 0]
        chain = []
        while following:
            task = max(following, key=lengths.__getitem__)
            chain.append(self.keys[task])
            following = self.dependents[task]
        return chain

    def run(self, seconds: Sequence[float], *, places: int) -> _Run:
        """Simulate one run whose tasks take so many seconds."""
        waits = list(self.waits)
        queue = _Queue(self)
        for task, count in enumerate(waits):
            if count == 0:
                queue.add(task)
        running: list[tuple[float, int]] = []
        now, width = 0.0, 0
        while True:
            while len(running) < places and (started := queue.take()) is not None:
                heapq.heappush(running, (now + seconds[started], started))
            if not running:
                return _Run(now, width)
            width = max(width, len(running))
            now, ended = heapq.heappop(running)
            queue.finished(ended)
            for later in self.dependents[ended]:
                waits[later] -= 1
                if waits[later] == 0:
                    queue.add(later)


class _Queue:
    """Tasks that could start, those that take turns apart."""

    def __init__(self, schedule: _Schedule) -> None:
        self._schedule = schedule
        self._free: list[tuple[int, int]] = []
        self._in_turn: list[tuple[int, int]] = []
        self._turn_taken = False

    def add(self, task: int) -> None:
        queue = self._in_turn if self._schedule.alone[task] else self._free
        heapq.heappush(queue, (self._schedule.rank[task], task))

    def take(self) -> int | None:
        """Take the task that starts next; None where none can."""
        in_turn = [] if self._turn_taken else self._in_turn[:1]
        first = min([*self._free[:1], *in_turn], default=None)
        if first is None:
            return None
        task = first[1]
        if self._schedule.alone[task]:
            self._turn_taken = True
            heapq.heappop(self._in_turn)
        else:
            heapq.heappop(self._free)
        return task

    def finished(self, task: int) -> None:
        if self._schedule.alone[task]:
            self._turn_taken = False


def _with_turns(tasks: Mapping[str, ForeseenTask]) -> dict[str, set[str]]:
    """Return the dependencies, and one more between any two that write one file."""
    dependencies = {
        key: {needed for needed in task.depends_on if needed in tasks}
        for key, task in tasks.items()
    }
    targets = {key: task.target_files for key, task in tasks.items()}
    for conflict in parallel_write_conflicts(dependencies, targets):
        dependencies[conflict.second].add(conflict.first)
    return dependencies
