"""What a workflow that is to be pursued needs, by its status and by who runs it."""

from __future__ import annotations

import pytest
from dbos import WorkflowStatus

from masterplan.engine.misses import MISSES, Misses
from masterplan.engine.pursuit import Remedy, remedy_for


def workflow(status: str, executor: str) -> WorkflowStatus:
    found = WorkflowStatus()
    found.status = status  # type: ignore[assignment]
    found.executor_id = executor
    return found


@pytest.mark.parametrize(
    ("status", "executor", "remedy"),
    [
        ("PENDING", "living", None),
        ("PENDING", "dead", Remedy.RESUME),
        ("ENQUEUED", "dead", None),
        ("DELAYED", "dead", None),
        ("ERROR", "living", Remedy.REWIND),
        ("CANCELLED", "living", Remedy.REWIND),
        ("SUCCESS", "dead", Remedy.REWIND),
        ("MAX_RECOVERY_ATTEMPTS_EXCEEDED", "dead", Remedy.REWIND),
    ],
)
def test_remedy_follows_from_status_and_runner(
    status: str, executor: str, remedy: Remedy | None
) -> None:
    found = remedy_for(workflow(status, executor), is_run_by=lambda each: each == "living")
    assert found is remedy


def test_workflow_that_is_not_there_is_started() -> None:
    assert remedy_for(None, is_run_by=lambda _: True) is Remedy.START


def test_only_what_is_missed_in_a_row_is_acted_upon() -> None:
    misses: Misses[str] = Misses()
    for _ in range(MISSES - 1):
        assert misses.count(["a", "b"]) == []
    assert misses.count(["a"]) == ["a"]
    assert misses.count(["a", "b"]) == ["a"], "b was there in between"
