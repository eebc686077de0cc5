"""What a model says of changes becomes the next revision, or goes back with the reason."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from masterplan.documents import PlanDocument, document_of
from masterplan.llm.answers import WrongAnswer
from masterplan.planning.revision import (
    NewTask,
    PlanChanges,
    Remark,
    RevisionRequest,
    TaskChanges,
    apply_changes,
)


def task(key: str, *needs: str, **fields: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": f"Write {key}",
        "description": f"All about {key}.",
        "target_files": [f"{key}.py"],
        "depends_on": list(needs),
        "checks": [f"test -s {key}.py"],
        **fields,
    }


PLAN = document_of(
    {
        "title": "T",
        "phases": [
            {
                "name": "P",
                "milestones": [
                    {"name": "M1", "tasks": [task("a"), task("b", "a")]},
                    {"name": "M2", "tasks": [task("c", "b", max_retries=5)]},
                ],
            }
        ],
    }
)


def new(key: str, **fields: Any) -> NewTask:
    return NewTask.model_validate(task(key) | fields)


def by_key(plan: PlanDocument) -> dict[str, Any]:
    return {each.key: each for each in plan.tasks()}


def milestones(plan: PlanDocument) -> list[list[str]]:
    return [[each.key for each in one.tasks] for one in plan.phases[0].milestones]


def test_what_is_not_named_stays_to_the_letter() -> None:
    revised = apply_changes(
        PLAN, PlanChanges(changed=[TaskChanges(key="b", description="Better.")])
    )

    assert by_key(revised)["b"].description == "Better."
    assert by_key(revised)["b"].checks == ["test -s b.py"]
    assert {key: one for key, one in by_key(revised).items() if key != "b"} == {
        key: one for key, one in by_key(PLAN).items() if key != "b"
    }


def test_a_new_task_stands_where_it_is_wanted() -> None:
    revised = apply_changes(
        PLAN, PlanChanges(added=[new("x", after="a"), new("y", after="x"), new("z")])
    )

    assert milestones(revised) == [["a", "x", "y", "b"], ["c", "z"]]


def test_what_waited_for_a_removed_task_waits_for_what_that_waited_for() -> None:
    revised = apply_changes(PLAN, PlanChanges(removed=["b"]))

    assert milestones(revised) == [["a"], ["c"]]
    assert by_key(revised)["c"].depends_on == ["a"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (PlanChanges(), "Nothing is different"),
        (PlanChanges(changed=[TaskChanges(key="q", name="Q")]), "There is no task q"),
        (PlanChanges(removed=["q"]), "There is no task q"),
        (PlanChanges(added=[new("a")]), "There is a task a already"),
        (PlanChanges(removed=["b"], changed=[TaskChanges(key="b", name="B")]), "named twice"),
        (PlanChanges(changed=[TaskChanges(key="b", checks=[])]), "Task b has no checks"),
        (PlanChanges(changed=[TaskChanges(key="a", depends_on=["c"])]), "a → c → b → a"),
        (PlanChanges(changed=[TaskChanges(key="a", target_files=["../x"])]), "../x"),
        (PlanChanges(changed=[TaskChanges(key="a", name="one\ntwo")]), "line break"),
        (PlanChanges(removed=["a", "b", "c"]), "no tasks"),
    ],
)
def test_what_cannot_be_run_goes_back_with_the_reason(changes: PlanChanges, problem: str) -> None:
    with pytest.raises(WrongAnswer, match=re.escape(problem)):
        apply_changes(PLAN, changes)


@pytest.mark.parametrize(
    "renamed",
    [
        new("b2", name="write  B", target_files=["other.py"]),
        new("better", name="Something else", target_files=["b.py"]),
    ],
)
def test_a_task_that_lives_on_keeps_its_key(renamed: NewTask) -> None:
    with pytest.raises(WrongAnswer, match=f"Task {renamed.key} is task b under another key"):
        apply_changes(PLAN, PlanChanges(removed=["b"], added=[renamed]))


def test_a_model_sets_neither_agents_nor_commands_nor_budgets() -> None:
    for shape in (TaskChanges, NewTask):
        assert shape.model_fields.keys().isdisjoint(
            {"agent", "command", "script", "done", "budget_usd", "budget_tokens", "max_retries"}
        )


def test_a_request_tells_what_is_said_of_each_task_and_of_the_plan() -> None:
    request = RevisionRequest(
        feedback="Smaller.", remarks=(Remark(task_key="a", text="No."), Remark(text="Tests first."))
    )

    assert request.about_plan() == ["Smaller.", "Tests first."]
    assert request.about("a") == ["No."]
    assert request.summary() == "Smaller.\nTests first.\nTask a: No."


def test_a_new_task_needs_files_and_checks() -> None:
    for field in ("target_files", "checks"):
        with pytest.raises(ValidationError):
            new("x", **{field: []})
