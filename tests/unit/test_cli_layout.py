"""What is shown of a plan fits the terminal, and what runs or failed is shown the longest."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from masterplan.cli.layout import (
    MilestoneLine,
    NoteLine,
    PhaseLine,
    RestLine,
    TaskLine,
    layout,
)
from masterplan.cli.live import frame
from masterplan.cli.plain import event_line
from masterplan.cli.progress import apply, with_log
from masterplan.lifecycle import TaskStatus
from support.cli_plans import START, ended, event, phase, progressed, task, view

NOW = START + timedelta(seconds=90)


def console_of(*, width: int, height: int) -> Console:
    return Console(
        file=io.StringIO(), width=width, height=height, force_terminal=True, legacy_windows=False
    )


def large(*, tasks: int, running: int = 0, first: int = 1) -> list[dict[str, object]]:
    return [
        task(
            number,
            status="in_progress" if number < first + running else "pending",
            attempt=1 if number < first + running else 0,
            started_at=START,
        )
        for number in range(first, first + tasks)
    ]


def test_a_small_plan_is_shown_whole() -> None:
    failed = task(2, status="failed", attempt=3, last_error="\nE: no\nat line 3")
    plan = view(phase("Core", [task(1, status="completed")], [failed]))

    lines = layout(plan, height=20)

    first, second = plan.tasks.values()
    assert lines == [
        PhaseLine(number=1, name="Core", completed=1, total=2, finished=True),
        MilestoneLine("Core, part 1"),
        TaskLine(first),
        MilestoneLine("Core, part 2"),
        TaskLine(second),
        NoteLine(second, "E: no"),
    ]


def test_finished_phases_fold_first_but_their_failures_stay() -> None:
    finished = phase("Done", [task(1, status="completed"), task(2, status="failed")])
    plan = view(finished, phase("Next", [task(3), task(4)]))

    lines = layout(plan, height=7)

    assert [line.task.number for line in lines if isinstance(line, TaskLine)] == [2, 3, 4]
    assert len(lines) == 7


def test_idle_milestones_fold_before_those_in_which_something_happens() -> None:
    plan = view(
        phase("One", [task(1, status="in_progress"), task(2)], large(tasks=9, first=3)),
        phase("Two", large(tasks=9, first=12)),
    )

    lines = layout(plan, height=8)

    assert [line.task.number for line in lines if isinstance(line, TaskLine)] == [1, 2]
    assert [line.name for line in lines if isinstance(line, PhaseLine)] == ["One", "Two"]


def test_what_is_folded_is_counted() -> None:
    plan = view(phase("One", large(tasks=40, running=2)))

    lines = layout(plan, height=6)

    assert lines[-1] == RestLine(((TaskStatus.PENDING, 38),))
    assert sum(isinstance(line, TaskLine) for line in lines) == 2


@settings(max_examples=60, deadline=None)
@given(
    statuses=st.lists(st.sampled_from(list(TaskStatus)), min_size=1, max_size=60),
    height=st.integers(8, 40),
    width=st.integers(40, 160),
    stream=st.booleans(),
)
def test_no_picture_is_larger_than_the_terminal(
    statuses: list[TaskStatus], height: int, width: int, stream: bool
) -> None:
    tasks = [
        task(number, status=status, attempt=1, started_at=START, last_error="boom\nbang")
        for number, status in enumerate(statuses, start=1)
    ]
    plan = view(*(phase(f"P{start}", tasks[start : start + 7]) for start in range(0, 60, 7)))
    plan = with_log(plan, "task-1", lines=["x" * 300] * 30, last_line="y" * 300, keep=50)
    console = console_of(width=width, height=height)

    picture = console.render_lines(frame(plan, console=console, now=NOW, stream=stream), pad=False)

    assert len(picture) < height
    for line in picture:
        assert sum(cell_len(segment.text) for segment in line) <= width


def test_wide_characters_keep_the_columns() -> None:
    plan = view(phase("核心", [task(1, status="in_progress", name="写" * 60, started_at=START)]))
    console = console_of(width=80, height=24)

    console.print(frame(plan, console=console, now=NOW))

    assert isinstance(console.file, io.StringIO)
    rows = console.file.getvalue().splitlines()
    assert all(cell_len(_without_colour(row)) <= 80 for row in rows)
    assert any("in_progress" in row and "1:30" in row for row in rows)


def _without_colour(row: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", row)


def test_names_cannot_rewrite_the_terminal() -> None:
    plan = view(phase("Core", [task(1, name="evil\x1b[2J\x07name")]), title="t\x1b]0;owned\x07")
    console = console_of(width=80, height=24)

    console.print(frame(plan, console=console, now=NOW))

    assert isinstance(console.file, io.StringIO)
    written = console.file.getvalue()
    assert "\x1b[2J" not in written
    assert "\x1b]0;" not in written
    assert "\x07" not in written


def test_planning_shows_what_was_done_and_fits_the_terminal() -> None:
    plan = view(status="generating", started_at=None)
    for seq in range(1, 31):
        step = {"phase": "tasks", "percent": seq, "tasks_so_far": seq, "message": f"step {seq}"}
        plan = apply(plan, event(seq, "masterplan_generation_progress", **step))
    console = console_of(width=60, height=12)

    picture = console.render_lines(frame(plan, console=console, now=NOW), pad=False)

    rows = ["".join(segment.text for segment in line).rstrip() for line in picture]
    assert rows[2:8] == [*(f"✓ step {seq}" for seq in range(25, 30)), "● step 30"]
    assert rows[-2].endswith("30%, 30 tasks so far    1:30")
    assert len(rows) < 12


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: progressed(1, 1, "in_progress"), "#1 Task number 1: in_progress"),
        (
            lambda: progressed(1, 1, "in_progress", attempt=2),
            "#1 Task number 1: in_progress, attempt 2",
        ),
        (lambda: progressed(1, 1, "ready", attempt=0), None),
        (lambda: ended(1, 1, "completed"), "#1 Task number 1: completed (1 of 2)"),
        (lambda: ended(1, 1, "failed", error="no\nwhere"), "#1 Task number 1: failed: no"),
        (
            lambda: ended(1, 2, "skipped", blocked_by="task-1"),
            "#2 Task number 2: skipped, blocked by #1",
        ),
        (
            lambda: event(
                1,
                "masterplan_generation_progress",
                phase="modules",
                percent=40,
                message="3 modules",
                tasks_so_far=0,
            ),
            "planning  40%  3 modules",
        ),
        (
            lambda: event(
                1, "masterplan_status", status="failed", reason="no disk\nleft", by="engine"
            ),
            "masterplan failed: no disk",
        ),
        (lambda: event(1, "something_new"), None),
    ],
)
def test_each_event_is_one_plain_line(make: Callable[[], object], said: str | None) -> None:
    happened = make()
    plan = apply(view(phase("Core", [task(1), task(2)])), happened)  # type: ignore[arg-type]

    line = event_line(plan, happened)  # type: ignore[arg-type]

    assert (line and line.partition("  ")[2]) == said
