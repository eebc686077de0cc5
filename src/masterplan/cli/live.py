"""Draws a view of a plan into a terminal: `frame` makes one picture, `LivePicture` keeps it moving.

One picture is made of rows that are exactly as wide as the terminal, so nothing wraps and nothing
jumps; `layout` has chosen rows that fit its height.
"""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Self, assert_never

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from masterplan.cli.console import (
    TASK_STYLES,
    duration_text,
    plan_status_text,
    printable,
    task_sign,
)
from masterplan.cli.layout import (
    Line,
    MilestoneLine,
    NoteLine,
    PhaseLine,
    RestLine,
    TaskLine,
    layout,
)
from masterplan.cli.progress import GenerationView, PlanView, TaskView
from masterplan.lifecycle import FINISHED, RUNNING, PlanStatus, TaskStatus

HEADER_ROWS = 2
FOOTER_ROWS = 3
LOG_ROWS = 8
"""Rows at most that streamed output takes below the tree."""
BAR_COLUMNS = 30
MIN_BAR_COLUMNS = 5
_NO_PROGRESS = GenerationView(
    phase="", percent=0, message="The planner is starting.", tasks_so_far=0
)


def frame(
    view: PlanView, *, console: Console, now: datetime, notice: str = "", stream: bool = False
) -> Group:
    """Make one picture of the plan, no higher than the console.

    `notice` takes the last row's place: that the connection is lost, say.
    """
    width = console.width
    if view.status is PlanStatus.GENERATING:
        return _generation_frame(view, console=console, now=now, notice=notice)
    room = max(console.height - HEADER_ROWS - FOOTER_ROWS - 1, 1)
    log = _log_rows(view, width=width, room=room // 2) if stream else []
    room -= len(log)
    rows: list[RenderableType] = [_header(view, width=width), Text()]
    for line in layout(view, height=room):
        rows.append(_row(line, view, console=console, now=now))
    rows.extend(log)
    rows.append(Text())
    rows.append(_footer(view, width=width, now=now))
    if not view.settled:
        paused = view.reason or "" if view.status is PlanStatus.PAUSED else ""
        rows.append(_last_row(notice or printable(paused), width))
    return Group(*rows)


def _generation_frame(view: PlanView, *, console: Console, now: datetime, notice: str) -> Group:
    width = console.width
    progress = view.generation or _NO_PROGRESS
    elapsed = duration_text((now - view.created_at).total_seconds()) if view.created_at else ""
    room = max(console.height - HEADER_ROWS - FOOTER_ROWS - 2, 0)
    done = Text(f"{task_sign(TaskStatus.COMPLETED, console)} ", style="green")
    steps = [_fit(done + Text(printable(step), "dim"), width) for step in progress.earlier]
    return Group(
        _header(view, width=width),
        Text(),
        *(steps[-room:] if room else []),
        _fit(
            Text(f"{task_sign(TaskStatus.IN_PROGRESS, console)} {printable(progress.message)}"),
            width,
        ),
        Text(),
        _spread(_generation_bar(progress), Text(elapsed, style="dim"), width=width),
        _last_row(notice, width),
    )


def _generation_bar(progress: GenerationView) -> Text:
    done = int(BAR_COLUMNS * progress.percent / 100)
    bar = Text("━" * done, style="magenta")
    bar.append("─" * (BAR_COLUMNS - done), style="bright_black")
    bar.append(f"  {progress.percent:.0f}%")
    if progress.tasks_so_far:
        bar.append(f", {progress.tasks_so_far} tasks so far")
    return bar


def _header(view: PlanView, *, width: int) -> Text:
    right = plan_status_text(view.status, view.outcome)
    right.append(f"  {view.plan_id[:8]}", style="dim")
    return _spread(Text(printable(view.title), style="bold"), right, width=width)


def _row(line: Line, view: PlanView, *, console: Console, now: datetime) -> Text:
    width = console.width
    match line:
        case PhaseLine():
            return _phase_row(line, console=console)
        case MilestoneLine():
            return _fit(Text(f"  {printable(line.name)}", style="dim"), width)
        case TaskLine():
            return _task_row(line.task, view, console=console, now=now)
        case NoteLine():
            style = "red" if line.task.status is TaskStatus.FAILED else "dim"
            return _fit(Text(f"         {printable(line.text)}", style=style), width)
        case RestLine():
            said = ", ".join(f"{count} {status.value}" for status, count in line.counts)
            return _fit(Text(f"      and {said}", style="dim"), width)
    assert_never(line)


def _phase_row(line: PhaseLine, *, console: Console) -> Text:
    style = "green" if line.completed == line.total else "bold"
    left = Text(f"{line.number}. {printable(line.name)}", style=style)
    return _spread(left, Text(f"{line.completed} of {line.total}", "dim"), width=console.width)


def _task_row(task: TaskView, view: PlanView, *, console: Console, now: datetime) -> Text:
    style = TASK_STYLES[task.status]
    left = Text("    ")
    left.append(task_sign(task.status, console), style=style)
    left.append(f" #{task.number:<3}", style="dim")
    left.append(f" {printable(task.name)}", style="dim" if _is_quiet(task) else "")
    right = Text()
    right.append(_remark(task, view), style="dim")
    right.append(f"  {task.status.value:<11}", style=style)
    right.append(f" {_time_of(task, now):>7}", style="dim")
    return _spread(left, right, width=console.width)


def _is_quiet(task: TaskView) -> bool:
    return task.status in {TaskStatus.PENDING, TaskStatus.SKIPPED, TaskStatus.CANCELLED}


def _remark(task: TaskView, view: PlanView) -> str:
    if task.waiting_since:
        return f"waiting since {task.waiting_since.astimezone():%H:%M}"
    if blocker := view.blocker_of(task):
        return f"blocked by #{blocker.number}"
    if task.attempt > 1 or (task.status is TaskStatus.FAILED and task.attempt):
        return f"attempt {task.attempt} of {max(task.max_retries + 1, task.attempt)}"
    return ""


def _time_of(task: TaskView, now: datetime) -> str:
    if task.started_at is None:
        return ""
    if task.status in RUNNING:
        return duration_text((now - task.started_at).total_seconds())
    if task.status in FINISHED and task.ended_at is not None:
        return duration_text((task.ended_at - task.started_at).total_seconds())
    return ""


def _footer(view: PlanView, *, width: int, now: datetime) -> Text:
    elapsed = Text(_elapsed(view, now), style="dim")
    said = Text(f"  {view.count(TaskStatus.COMPLETED)} of {len(view.tasks)} tasks completed")
    for status, style in ((TaskStatus.FAILED, "red"), (TaskStatus.SKIPPED, "bright_black")):
        if count := view.count(status):
            said.append(f", {count} {status.value}", style=style)
    room = width - cell_len(said.plain) - cell_len(elapsed.plain) - 1
    bar = _bar(view, columns=max(min(room, BAR_COLUMNS), MIN_BAR_COLUMNS))
    return _spread(bar.append_text(said), elapsed, width=width)


def _elapsed(view: PlanView, now: datetime) -> str:
    if view.started_at is None:
        return ""
    return duration_text(((view.ended_at or now) - view.started_at).total_seconds())


def _bar(view: PlanView, *, columns: int) -> Text:
    """Draw what is completed, what failed or was skipped, and what runs, in proportion."""
    total = max(len(view.tasks), 1)
    bar = Text()
    drawn = counted = 0
    for statuses, style, sign in (
        ((TaskStatus.COMPLETED,), "green", "━"),
        ((TaskStatus.FAILED,), "red", "━"),
        ((TaskStatus.SKIPPED, TaskStatus.CANCELLED), "bright_black", "━"),
        (tuple(RUNNING), "yellow", "─"),
    ):
        counted += view.count(*statuses)
        end = columns * counted // total
        bar.append(sign * (end - drawn), style=style)
        drawn = end
    bar.append("─" * (columns - drawn), style="bright_black")
    return bar


def _last_row(notice: str, width: int) -> Text:
    if notice:
        return _fit(Text(notice, style="yellow"), width)
    return _fit(Text("Ctrl-C stops watching; nothing is lost.", style="dim"), width)


def _log_rows(view: PlanView, *, width: int, room: int) -> list[Text]:
    lines = view.log[-min(LOG_ROWS, room - 1) :] if room > 1 else ()
    said = [printable(line).replace("\t", "  ") for line in lines]
    rule = [Text("─" * width, style="bright_black")] if said else []
    return [*rule, *(_fit(Text(line, style="dim"), width) for line in said)]


def _spread(left: Text, right: Text, *, width: int) -> Text:
    """Put one text at either edge; the left one gives way."""
    room = max(width - cell_len(right.plain) - 1, 0)
    line = left.copy()
    line.truncate(room, overflow="ellipsis", pad=True)
    line.append(" ")
    line.append_text(right)
    return _fit(line, width)


def _fit(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    line.no_wrap = True
    return line


class LivePicture:
    """A picture that is drawn over itself while it is open."""

    def __init__(self, console: Console, *, stream: bool) -> None:
        self._console = console
        self._stream = stream
        self._live = Live(console=console, auto_refresh=False, vertical_overflow="crop")

    def __enter__(self) -> Self:
        self._console.print()
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def draw(self, view: PlanView, *, now: datetime, notice: str = "") -> None:
        picture = frame(view, console=self._console, now=now, notice=notice, stream=self._stream)
        self._live.update(picture, refresh=True)
