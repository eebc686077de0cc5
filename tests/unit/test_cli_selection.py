"""People name plans by the beginning of an id or `last`, and tasks by number, key or id."""

from __future__ import annotations

from datetime import timedelta

import pytest

from masterplan.cli import wire
from masterplan.cli.http_client import user_name
from masterplan.cli.selection import AmbiguousError, select_plan, select_task
from masterplan.errors import MasterplanError, NotFound
from support.cli_plans import START, phase, plan, task

OLD = "0c9b1f6e-1111-4222-8333-444455556666"
NEW = "0c9b2222-1111-4222-8333-444455556666"


def summary(plan_id: str, *, minutes: int) -> wire.PlanSummary:
    return wire.PlanSummary(
        masterplan_id=plan_id,
        title="t",
        status="draft",  # type: ignore[arg-type]
        created_at=START + timedelta(minutes=minutes),
    )


PLANS = [summary(NEW, minutes=2), summary(OLD, minutes=1)]


@pytest.mark.parametrize(
    ("word", "plan_id"), [(OLD, OLD), ("0c9b1", OLD), ("0C9B2", NEW), ("last", NEW)]
)
def test_a_plan_is_meant_by(word: str, plan_id: str) -> None:
    assert select_plan(word, PLANS) == plan_id


def test_an_ambiguous_beginning_is_refused_with_the_candidates() -> None:
    with pytest.raises(AmbiguousError, match=f"{NEW}, {OLD}"):
        select_plan("0c9b", PLANS)


@pytest.mark.parametrize("word", ["ffff", ""])
def test_an_unknown_plan_is_not_found(word: str) -> None:
    with pytest.raises(NotFound):
        select_plan(word, PLANS)


def test_last_of_nothing_says_how_to_begin() -> None:
    with pytest.raises(MasterplanError, match="masterplan run"):
        select_plan("last", [])


TASKS = plan(phase("Core", [task(1), task(2, key="1"), task(3)]))


@pytest.mark.parametrize(
    ("word", "number"), [("#1", 1), ("2", 2), ("1", 2), ("key-3", 3), ("task-3", 3)]
)
def test_a_task_is_meant_by(word: str, number: int) -> None:
    assert select_task(word, TASKS).task_number == number


def test_an_unknown_task_is_not_found() -> None:
    with pytest.raises(NotFound, match="task 9 in masterplan 0c9b1f6e"):
        select_task("9", TASKS)


def test_the_actor_is_told_in_letters_that_the_api_takes() -> None:
    assert user_name()
    assert all(letter.isalnum() or letter in "_.@ +-" for letter in user_name())
