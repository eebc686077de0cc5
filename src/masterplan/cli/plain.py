"""Tells a plan's events line by line, for logs, pipes and terminals that cannot be drawn over."""

from __future__ import annotations

from masterplan.cli import wire_events
from masterplan.cli.console import duration_text, printable
from masterplan.cli.layout import first_line
from masterplan.cli.progress import PlanView
from masterplan.lifecycle import TaskStatus


def start_line(view: PlanView) -> str:
    """Say where the plan stands."""
    tasks = f", {view.count(TaskStatus.COMPLETED)} of {len(view.tasks)} tasks completed"
    return f"watching {view.plan_id[:8]} {printable(view.title)}: {view.status.value}" + (
        tasks if view.tasks else ""
    )


def event_line(view: PlanView, event: wire_events.Event) -> str | None:
    """Say an event in one line, with the view that includes it; None for one that says nothing."""
    said = _said(view, event)
    if said is None:
        return None
    return f"{event.occurred_at.astimezone():%H:%M:%S}  {printable(said)}"


def _said(view: PlanView, event: wire_events.Event) -> str | None:
    match event:
        case wire_events.GenerationProgress():
            return f"planning {event.percent:3.0f}%  {event.message}"
        case wire_events.StatusChange():
            reason = f": {first_line(event.reason)}" if event.reason else ""
            return f"masterplan {event.status.value}{reason}"
        case wire_events.ExecutionStart():
            return f"executing {event.total_tasks} tasks in {event.workspace_path}"
        case wire_events.TaskProgress():
            return _progress_line(view, event)
        case wire_events.TaskEnd():
            return _end_line(view, event)
        case wire_events.ExecutionEnd():
            return (
                f"{event.outcome.value}: {event.completed_tasks} of {event.total_tasks} tasks "
                f"completed in {duration_text(event.duration_s)}"
            )
    return None


def _progress_line(view: PlanView, event: wire_events.TaskProgress) -> str | None:
    if event.status in {TaskStatus.PENDING, TaskStatus.READY} and event.attempt == 0:
        return None
    attempt = f", attempt {event.attempt}" if event.attempt > 1 else ""
    said = f"{_task(view, event)}{event.status.value}{attempt}"
    if event.waiting_reason:
        return f"{_task(view, event)}waiting: {first_line(event.waiting_reason)}"
    retried = event.status is TaskStatus.READY and event.description
    return f"{said}: {first_line(event.description)}" if retried else said


def _end_line(view: PlanView, event: wire_events.TaskEnd) -> str:
    said = f"{_task(view, event)}{event.status.value}"
    task = view.tasks.get(event.task_id)
    if task and (blocker := view.blocker_of(task)):
        return f"{said}, blocked by #{blocker.number}"
    if event.status is TaskStatus.FAILED and event.error:
        return f"{said}: {first_line(event.error)}"
    counts = f"({view.count(TaskStatus.COMPLETED)} of {len(view.tasks)})"
    return f"{said} {counts}" if event.status is TaskStatus.COMPLETED else said


def _task(view: PlanView, event: wire_events.TaskProgress | wire_events.TaskEnd) -> str:
    task = view.tasks.get(event.task_id)
    name = task.name if task else event.task_id
    return f"#{event.task_number} {name}: "
