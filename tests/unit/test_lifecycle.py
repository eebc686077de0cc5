"""What plans and tasks may become, and what a failure leads to."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterplan.lifecycle import (
    EDITABLE,
    FINISHED,
    PERMANENT_FAILURES,
    PLAN_TRANSITIONS,
    RUNNING,
    TASK_TRANSITIONS,
    FailureKind,
    PlanOutcome,
    PlanStatus,
    TaskStatus,
    decide_retry,
    outcome_of,
    plan_may_become,
    task_may_become,
)

MENDABLE_FAILURES = sorted(set(FailureKind) - PERMANENT_FAILURES)


Status = TypeVar("Status", PlanStatus, TaskStatus)


def reachable(start: Status, transitions: Mapping[Status, frozenset[Status]]) -> set[Status]:
    """All statuses that can follow `start` in the end."""
    found: set[Status] = set()
    unseen = [start]
    while unseen:
        fresh = transitions[unseen.pop()] - found
        found |= fresh
        unseen += fresh
    return found


@pytest.mark.parametrize(
    "journey",
    [
        "generating draft approved in_progress completed",
        "generating failed",
        "draft rejected",
        "approved failed in_progress",
        "in_progress paused in_progress completed in_progress completed",
        "in_progress paused cancelled",
        "approved draft approved",
        "paused draft approved in_progress",
        "completed draft approved in_progress completed",
        "cancelled draft",
        "failed draft",
        "rejected generating draft",
        "completed generating completed",
        "paused generating paused",
    ],
)
def test_a_plan_may_go_this_way(journey: str) -> None:
    statuses = [PlanStatus(word) for word in journey.split()]

    assert all(plan_may_become(*step) for step in pairwise(statuses))


@pytest.mark.parametrize(
    ("current", "requested"),
    [
        ("draft", "in_progress"),
        ("in_progress", "draft"),
        ("in_progress", "generating"),
        ("rejected", "approved"),
        ("approved", "rejected"),
        ("approved", "approved"),
        ("in_progress", "in_progress"),
        ("paused", "completed"),
        ("cancelled", "in_progress"),
        ("completed", "approved"),
    ],
)
def test_a_plan_may_not_go_this_way(current: str, requested: str) -> None:
    assert not plan_may_become(PlanStatus(current), PlanStatus(requested))


def test_only_a_plan_that_was_approved_can_start() -> None:
    """The others are approved plans that stand still: what changes them makes them drafts."""
    assert {status for status in PlanStatus if plan_may_become(status, PlanStatus.IN_PROGRESS)} == {
        PlanStatus.APPROVED,
        PlanStatus.PAUSED,
        PlanStatus.COMPLETED,
        PlanStatus.FAILED,
    }


@pytest.mark.parametrize("status", sorted(EDITABLE))
def test_an_editable_plan_becomes_a_draft_or_is_again_what_it_was(status: PlanStatus) -> None:
    assert status is PlanStatus.DRAFT or plan_may_become(status, PlanStatus.DRAFT)
    assert plan_may_become(status, PlanStatus.GENERATING)
    assert plan_may_become(PlanStatus.GENERATING, status)


def test_what_is_planned_or_executed_cannot_be_edited() -> None:
    assert set(PlanStatus) - EDITABLE == {PlanStatus.GENERATING, PlanStatus.IN_PROGRESS}


@pytest.mark.parametrize(
    "journey",
    [
        "pending ready in_progress validating completed",
        "in_progress ready in_progress failed",
        "validating ready in_progress validating failed pending ready",
        "pending skipped pending ready",
        "pending cancelled",
        "ready cancelled",
        "in_progress cancelled",
        "validating cancelled",
        "completed pending ready",
        "completed pending cancelled pending",
        "completed pending completed",
        "ready pending",
    ],
)
def test_a_task_may_go_this_way(journey: str) -> None:
    statuses = [TaskStatus(word) for word in journey.split()]

    assert all(task_may_become(*step) for step in pairwise(statuses))


@pytest.mark.parametrize(
    ("current", "requested"),
    [
        ("pending", "in_progress"),
        ("in_progress", "completed"),
        ("in_progress", "skipped"),
        ("ready", "skipped"),
        ("completed", "ready"),
        ("completed", "failed"),
        ("cancelled", "ready"),
        ("failed", "completed"),
    ],
)
def test_a_task_may_not_go_this_way(current: str, requested: str) -> None:
    assert not task_may_become(TaskStatus(current), TaskStatus(requested))


def test_a_task_is_completed_by_its_checks_or_by_a_result_that_holds_again() -> None:
    before = {status for status in TaskStatus if task_may_become(status, TaskStatus.COMPLETED)}

    assert before == {TaskStatus.VALIDATING, TaskStatus.PENDING}


def test_every_status_has_its_transitions_and_none_leads_to_itself() -> None:
    assert set(PLAN_TRANSITIONS) == set(PlanStatus)
    assert set(TASK_TRANSITIONS) == set(TaskStatus)
    assert not any(plan_may_become(status, status) for status in PlanStatus)
    assert not any(task_may_become(status, status) for status in TaskStatus)


def test_every_status_is_reachable_from_the_first() -> None:
    assert reachable(PlanStatus.GENERATING, PLAN_TRANSITIONS) == set(PlanStatus)
    assert reachable(TaskStatus.PENDING, TASK_TRANSITIONS) == set(TaskStatus)


@pytest.mark.parametrize("status", sorted(set(TaskStatus) - FINISHED))
def test_an_unfinished_task_can_always_be_cancelled(status: TaskStatus) -> None:
    assert task_may_become(status, TaskStatus.CANCELLED)


@pytest.mark.parametrize("status", sorted(FINISHED))
def test_a_finished_task_goes_on_only_by_waiting_to_be_run_again(status: TaskStatus) -> None:
    assert TASK_TRANSITIONS[status] <= {TaskStatus.PENDING}


def test_running_tasks_are_not_finished() -> None:
    assert not RUNNING & FINISHED
    assert {TaskStatus.PENDING, TaskStatus.READY} == set(TaskStatus) - RUNNING - FINISHED


@pytest.mark.parametrize("kind", sorted(PERMANENT_FAILURES))
def test_a_failure_that_no_attempt_can_mend_ends_the_task_with_retries_left(
    kind: FailureKind,
) -> None:
    decision = decide_retry(kind, retry_count=0, max_retries=5)

    assert not decision.retry
    assert str(kind) in decision.reason


@given(kind=st.sampled_from(MENDABLE_FAILURES), max_retries=st.integers(0, 20))
def test_a_task_that_always_fails_is_tried_once_and_max_retries_times_more(
    kind: FailureKind, max_retries: int
) -> None:
    attempts = 1
    while decide_retry(kind, retry_count=attempts - 1, max_retries=max_retries).retry:
        attempts += 1

    assert attempts == max_retries + 1


def test_the_decision_says_why() -> None:
    again = decide_retry(FailureKind.CHECKS, retry_count=0, max_retries=1)
    over = decide_retry(FailureKind.CHECKS, retry_count=1, max_retries=1)

    assert again.reason == "retry 1 of 1"
    assert over.reason == "no retry is left (1 of 1 used)"


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        ("completed completed", PlanOutcome.SUCCEEDED),
        ("completed failed", PlanOutcome.PARTIAL),
        ("completed failed skipped", PlanOutcome.PARTIAL),
        ("completed cancelled", PlanOutcome.PARTIAL),
        ("failed skipped", PlanOutcome.FAILED),
        ("failed", PlanOutcome.FAILED),
        ("cancelled", PlanOutcome.FAILED),
    ],
)
def test_the_outcome_tells_all_some_or_none(statuses: str, outcome: PlanOutcome) -> None:
    assert outcome_of(TaskStatus(word) for word in statuses.split()) == outcome


@given(st.permutations([*sorted(FINISHED), TaskStatus.COMPLETED]))
def test_the_outcome_does_not_depend_on_order(statuses: list[TaskStatus]) -> None:
    assert outcome_of(statuses) == PlanOutcome.PARTIAL
