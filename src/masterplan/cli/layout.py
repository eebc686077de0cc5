"""Which lines of a plan are shown where they do not all fit into the terminal.

Pure. The plan folds by steps until it fits: finished phases first, then milestones in which nothing
happens, then everything that neither runs nor has failed. What runs and what failed stays visible
the longest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from masterplan.cli.progress import MilestoneView, PhaseView, PlanView, TaskView
from masterplan.lifecycle import FINISHED, RUNNING, TaskStatus


@dataclass(frozen=True, slots=True)
class PhaseLine:
    number: int
    name: str
    completed: int
    total: int
    finished: bool


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    name: str


@dataclass(frozen=True, slots=True)
class TaskLine:
    task: TaskView


@dataclass(frozen=True, slots=True)
class NoteLine:
    """The last words of a running attempt, or why the last one failed."""

    task: TaskView
    text: str


@dataclass(frozen=True, slots=True)
class RestLine:
    """Tasks that are not shown, by status."""

    counts: tuple[tuple[TaskStatus, int], ...]


Line = PhaseLine | MilestoneLine | TaskLine | NoteLine | RestLine


class Fold(IntEnum):
    """How much is folded away; each step hides what the one before it hides, and more."""

    NOTHING = 0
    FINISHED_PHASES = 1
    IDLE_MILESTONES = 2
    ALL_BUT_RUNNING_AND_FAILED = 3


_ACTIVE = RUNNING | {TaskStatus.READY}
_PROMINENT = RUNNING | {TaskStatus.FAILED}


def layout(view: PlanView, *, height: int) -> list[Line]:
    """Choose at most `height` lines, each one row of the terminal, that show the most of the plan.

    A plan of which even the running and failed tasks do not fit loses its headings, then rows.
    """
    for fold in Fold:
        lines = list(_lines(view, fold))
        if len(lines) <= height:
            return lines
    return _prominent_only(view, height=height)


def _lines(view: PlanView, fold: Fold) -> Iterator[Line]:
    for number, phase in enumerate(view.phases, start=1):
        tasks = [task for milestone in phase.milestones for task in view.tasks_of(milestone)]
        finished = all(task.status in FINISHED for task in tasks)
        yield PhaseLine(
            number=number,
            name=phase.name,
            completed=sum(task.status is TaskStatus.COMPLETED for task in tasks),
            total=len(tasks),
            finished=finished,
        )
        for milestone in phase.milestones:
            yield from _milestone_lines(view, phase, milestone, fold=fold, finished=finished)


def _milestone_lines(
    view: PlanView, phase: PhaseView, milestone: MilestoneView, *, fold: Fold, finished: bool
) -> Iterator[Line]:
    tasks = view.tasks_of(milestone)
    shown = [task for task in tasks if _shows(task, tasks, fold=fold, phase_finished=finished)]
    if not shown:
        return
    # A phase of one milestone of the same name would say everything twice.
    if len(phase.milestones) > 1 or milestone.name != phase.name:
        yield MilestoneLine(name=milestone.name)
    for task in shown:
        yield from _task_lines(task)
    hidden = [task for task in tasks if task not in shown]
    if hidden and not finished:
        yield _rest(hidden)


def _shows(
    task: TaskView, siblings: Sequence[TaskView], *, fold: Fold, phase_finished: bool
) -> bool:
    if task.status in _PROMINENT or fold is Fold.NOTHING:
        return True
    if phase_finished or fold is Fold.ALL_BUT_RUNNING_AND_FAILED:
        return False
    return fold is Fold.FINISHED_PHASES or any(task.status in _ACTIVE for task in siblings)


def _task_lines(task: TaskView) -> Iterator[Line]:
    yield TaskLine(task)
    if task.status in RUNNING and task.last_line:
        yield NoteLine(task, task.last_line)
    elif task.status is TaskStatus.FAILED and task.error:
        yield NoteLine(task, first_line(task.error))


def _prominent_only(view: PlanView, *, height: int) -> list[Line]:
    running = view.running()
    failed = [task for task in view.tasks.values() if task.status is TaskStatus.FAILED]
    tasks = [*running, *failed][: max(height - 1, 0)]
    chosen = {task.task_id for task in tasks}
    hidden = [task for task in view.tasks.values() if task.task_id not in chosen]
    lines: list[Line] = [TaskLine(task) for task in tasks]
    return [*lines, _rest(hidden)][:height]


def _rest(tasks: Sequence[TaskView]) -> RestLine:
    counts = Counter(task.status for task in tasks)
    return RestLine(tuple((status, counts[status]) for status in TaskStatus if counts[status] > 0))


def first_line(text: str) -> str:
    """Return the first line that says anything."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
