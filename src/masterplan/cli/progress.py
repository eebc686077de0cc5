"""What a watcher knows about a plan: a snapshot, kept current by the plan's events.

Pure: `apply` makes the next view from the last one and an event. An event whose number the view
has seen already changes nothing, so a stream may overlap the snapshot or repeat itself after a
lost connection without anything being counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from masterplan.cli import wire, wire_events
from masterplan.lifecycle import FINISHED, RUNNING, PlanOutcome, PlanStatus, TaskStatus

SETTLED = frozenset(
    {PlanStatus.COMPLETED, PlanStatus.FAILED, PlanStatus.CANCELLED, PlanStatus.REJECTED}
)
"""Plan statuses after which nothing more happens by itself."""


@dataclass(frozen=True, slots=True)
class TaskView:
    task_id: str
    number: int
    key: str
    name: str
    status: TaskStatus
    attempt: int
    max_retries: int
    started_at: datetime | None = None
    """When the attempt that is under way, or was the last, began."""
    ended_at: datetime | None = None
    blocked_by: str | None = None
    """Id of the task whose failure skipped this one."""
    error: str | None = None
    waiting: str | None = None
    """What the attempt that is under way stands still for."""
    waiting_since: datetime | None = None
    last_line: str = ""
    """Last line of the log of the attempt that is under way."""


_TaskChange = Callable[[TaskView], TaskView]


@dataclass(frozen=True, slots=True)
class MilestoneView:
    name: str
    task_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhaseView:
    name: str
    milestones: tuple[MilestoneView, ...]


@dataclass(frozen=True, slots=True)
class GenerationView:
    """How far the planner is; `percent` is 0 to 100."""

    phase: str
    percent: float
    message: str
    tasks_so_far: int
    earlier: tuple[str, ...] = ()
    """The messages before this one, the oldest first."""


@dataclass(frozen=True, slots=True)
class PlanView:
    plan_id: str
    title: str
    status: PlanStatus
    outcome: PlanOutcome | None
    last_seq: int
    phases: tuple[PhaseView, ...]
    tasks: Mapping[str, TaskView]
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    generation: GenerationView | None = None
    log: tuple[str, ...] = ()
    """The newest lines of what the running attempts write, where streaming was asked for."""

    def count(self, *statuses: TaskStatus) -> int:
        return sum(task.status in statuses for task in self.tasks.values())

    def running(self) -> list[TaskView]:
        return [task for task in self.tasks.values() if task.status in RUNNING]

    def tasks_of(self, milestone: MilestoneView) -> list[TaskView]:
        return [self.tasks[task_id] for task_id in milestone.task_ids]

    def blocker_of(self, task: TaskView) -> TaskView | None:
        return self.tasks.get(task.blocked_by) if task.blocked_by else None

    @property
    def settled(self) -> bool:
        return self.status in SETTLED


def view_of(plan: wire.PlanDetail) -> PlanView:
    """Make the view that a snapshot of the plan shows."""
    return PlanView(
        plan_id=plan.masterplan_id,
        title=plan.title,
        status=plan.status,
        outcome=plan.outcome,
        last_seq=plan.last_seq,
        phases=tuple(_phase_view(phase) for phase in plan.phases),
        tasks={task.task_id: _task_view(task) for task in plan.tasks()},
        created_at=plan.created_at,
        started_at=plan.started_at,
        ended_at=plan.completed_at,
        reason=plan.pause_reason or plan.failure_reason or plan.rejection_reason,
    )


def _phase_view(phase: wire.Phase) -> PhaseView:
    return PhaseView(
        name=phase.name,
        milestones=tuple(
            MilestoneView(
                name=milestone.name, task_ids=tuple(task.task_id for task in milestone.tasks)
            )
            for milestone in phase.milestones
        ),
    )


def _task_view(task: wire.Task) -> TaskView:
    return TaskView(
        task_id=task.task_id,
        number=task.task_number,
        key=task.key,
        name=task.name,
        status=task.status,
        attempt=task.attempt,
        max_retries=task.max_retries,
        started_at=task.started_at,
        ended_at=(task.completed_at or task.failed_at) if task.status in FINISHED else None,
        blocked_by=task.blocked_by,
        error=task.last_error,
        waiting=task.waiting_reason,
        waiting_since=task.waiting_since,
        last_line=task.waiting_reason or "",
    )


def apply(view: PlanView, event: wire_events.Event) -> PlanView:
    """Make the view that follows from `event`; the same view if it has been seen already."""
    if event.seq <= view.last_seq:
        return view
    return replace(_changed(view, event), last_seq=event.seq)


def apply_all(view: PlanView, events: Iterable[wire_events.Event]) -> PlanView:
    for event in events:
        view = apply(view, event)
    return view


def _changed(view: PlanView, event: wire_events.Event) -> PlanView:
    match event:
        case wire_events.GenerationProgress():
            return replace(view, generation=_generated(view.generation, event))
        case wire_events.StatusChange():
            return _with_status(view, event)
        case wire_events.ExecutionStart():
            return replace(view, started_at=view.started_at or event.occurred_at)
        case wire_events.TaskProgress():
            return _with_task(view, event.task_id, lambda task: _progressed(task, event))
        case wire_events.TaskEnd():
            return _with_task(view, event.task_id, lambda task: _ended(task, event))
        case wire_events.ExecutionEnd():
            return replace(view, outcome=event.outcome, ended_at=event.occurred_at)
    return view


def _generated(
    last: GenerationView | None, event: wire_events.GenerationProgress
) -> GenerationView:
    earlier = last.earlier if last else ()
    if last and last.message != event.message:
        earlier = (*earlier, last.message)
    return GenerationView(
        phase=event.phase,
        percent=event.percent,
        message=event.message,
        tasks_so_far=event.tasks_so_far,
        earlier=earlier,
    )


def _with_status(view: PlanView, event: wire_events.StatusChange) -> PlanView:
    again = event.status is PlanStatus.IN_PROGRESS
    return replace(
        view,
        status=event.status,
        reason=event.reason,
        outcome=None if again else view.outcome,
        ended_at=None if again else view.ended_at,
    )


def _with_task(view: PlanView, task_id: str, change: _TaskChange) -> PlanView:
    task = view.tasks.get(task_id)
    if task is None:
        return view
    return replace(view, tasks={**view.tasks, task_id: change(task)})


def _progressed(task: TaskView, event: wire_events.TaskProgress) -> TaskView:
    began = event.status is TaskStatus.IN_PROGRESS and event.attempt != task.attempt
    return replace(
        task,
        status=event.status,
        attempt=event.attempt,
        started_at=event.occurred_at if began else task.started_at,
        ended_at=None,
        blocked_by=None,
        waiting=event.waiting_reason,
        waiting_since=event.waiting_since,
        last_line=event.waiting_reason or ("" if began or task.waiting else task.last_line),
    )


def _ended(task: TaskView, event: wire_events.TaskEnd) -> TaskView:
    return replace(
        task,
        status=event.status,
        attempt=event.attempt,
        ended_at=event.occurred_at,
        blocked_by=event.blocked_by,
        error=event.error,
        waiting=None,
        waiting_since=None,
        last_line="",
    )


def with_log(
    view: PlanView, task_id: str, *, lines: Iterable[str], last_line: str, keep: int
) -> PlanView:
    """Add lines that an attempt wrote; the newest `keep` of all attempts stay.

    `last_line` is what the attempt wrote last, be the line ended or not.
    """
    task = view.tasks.get(task_id)
    if task is None:
        return view
    named = [f"#{task.number} {line}" for line in lines if line.strip()]
    changed = replace(view, log=(*view.log, *named)[-keep:])
    if task.status not in RUNNING or not last_line:
        return changed
    return _with_task(changed, task_id, lambda task: replace(task, last_line=last_line))
