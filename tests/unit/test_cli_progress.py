"""A view of a plan follows its events, each once, in whatever pieces they come."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from masterplan.cli.progress import TaskView, apply, apply_all, with_log
from masterplan.lifecycle import PlanOutcome, PlanStatus, TaskStatus
from support.cli_plans import START, ended, event, phase, progressed, task, view

RUN = [
    event(1, "masterplan_status", status="in_progress", previous="approved", by="ann"),
    event(2, "masterplan_execution_start", workspace_path="/w", total_tasks=3),
    progressed(3, 1, "ready", attempt=0),
    progressed(4, 1, "in_progress"),
    progressed(5, 1, "validating"),
    progressed(6, 1, "ready"),
    progressed(7, 1, "in_progress", attempt=2),
    ended(8, 1, "failed", attempt=2, error="AssertionError: no\nmore"),
    ended(9, 2, "skipped", attempt=0, blocked_by="task-1"),
    progressed(10, 3, "in_progress"),
    ended(11, 3, "completed"),
    event(
        12,
        "masterplan_execution_complete",
        outcome="partial",
        completed_tasks=1,
        failed_tasks=1,
        skipped_tasks=1,
        total_tasks=3,
        duration_s=10,
    ),
    event(13, "masterplan_status", status="completed", previous="in_progress", by="engine"),
]
PHASE = phase("Core", [task(1), task(2), task(3)])


def test_events_tell_the_whole_run() -> None:
    start = view(PHASE, status="approved", started_at=None)

    end = apply_all(start, RUN)

    assert (end.status, end.outcome, end.last_seq) == (
        PlanStatus.COMPLETED,
        PlanOutcome.PARTIAL,
        13,
    )
    assert end.settled
    assert end.tasks == {
        "task-1": TaskView(
            task_id="task-1",
            number=1,
            key="key-1",
            name="Task number 1",
            status=TaskStatus.FAILED,
            attempt=2,
            max_retries=2,
            started_at=START + timedelta(seconds=7),
            ended_at=START + timedelta(seconds=8),
            error="AssertionError: no\nmore",
        ),
        "task-2": TaskView(
            task_id="task-2",
            number=2,
            key="key-2",
            name="Task number 2",
            status=TaskStatus.SKIPPED,
            attempt=0,
            max_retries=2,
            ended_at=START + timedelta(seconds=9),
            blocked_by="task-1",
        ),
        "task-3": TaskView(
            task_id="task-3",
            number=3,
            key="key-3",
            name="Task number 3",
            status=TaskStatus.COMPLETED,
            attempt=1,
            max_retries=2,
            started_at=START + timedelta(seconds=10),
            ended_at=START + timedelta(seconds=11),
        ),
    }


@given(st.lists(st.tuples(st.integers(0, len(RUN)), st.integers(0, len(RUN))), max_size=6))
def test_repeated_events_change_nothing(pieces: list[tuple[int, int]]) -> None:
    start = view(PHASE, status="approved", started_at=None)
    once = apply_all(start, RUN)

    # Every piece repeats what a reconnection may send again: events up to where the view is.
    again = start
    for index, each in enumerate(RUN):
        again = apply(again, each)
        for first, last in pieces:
            again = apply_all(again, RUN[min(first, index) : min(last, index + 1)])

    assert again == once


def test_events_before_the_snapshot_are_dropped() -> None:
    snapshot = view(phase("Core", [task(1, status="completed")]), last_seq=9)

    assert apply(snapshot, progressed(9, 1, "in_progress")) is snapshot


def test_a_retry_opens_the_plan_again() -> None:
    end = apply_all(view(PHASE, status="approved"), RUN)

    again = apply_all(
        end,
        [
            event(14, "masterplan_status", status="in_progress", previous="completed", by="ann"),
            progressed(15, 2, "pending", attempt=0),
        ],
    )

    assert (again.status, again.outcome, again.ended_at) == (PlanStatus.IN_PROGRESS, None, None)
    assert again.tasks["task-2"].blocked_by is None


def test_events_of_types_that_are_not_known_only_move_the_number() -> None:
    before = view(PHASE)

    after = apply(before, event(1, "something_new", colour="blue"))

    assert after.last_seq == 1
    assert after.tasks == before.tasks


def test_log_lines_are_named_and_the_oldest_fall_away() -> None:
    running = view(phase("Core", [task(1, status="in_progress", attempt=1)]))

    first = with_log(running, "task-1", lines=["a", "b"], last_line="b", keep=3)
    second = with_log(first, "task-1", lines=["c", "d"], last_line="half", keep=3)

    assert second.log == ("#1 b", "#1 c", "#1 d")
    assert second.tasks["task-1"].last_line == "half"


def test_the_last_line_goes_with_the_attempt() -> None:
    running = view(phase("Core", [task(1, status="in_progress", attempt=1)]))
    wrote = with_log(running, "task-1", lines=[], last_line="typing", keep=3)

    assert apply(wrote, ended(1, 1, "completed")).tasks["task-1"].last_line == ""


def test_a_wait_is_seen_until_the_task_goes_on() -> None:
    since = START.isoformat()
    waiting = {"waiting_reason": "The provider asks to wait.", "waiting_since": since}
    before = apply(view(PHASE), progressed(1, 1, "in_progress"))

    waits = apply(before, progressed(2, 1, "in_progress", **waiting))
    goes_on = apply(waits, progressed(3, 1, "in_progress"))

    assert waits.tasks["task-1"].waiting == waits.tasks["task-1"].last_line
    assert waits.tasks["task-1"].waiting_since == START
    assert goes_on.tasks["task-1"].waiting is None
    assert goes_on.tasks["task-1"].last_line == ""
    assert goes_on.tasks["task-1"].started_at == before.tasks["task-1"].started_at
