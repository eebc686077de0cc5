"""Which results still hold after a change, and what counts as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterplan.documents import PlanDocument, PlanSettings, TaskDocument, document_of
from masterplan.documents.results import (
    TaskResult,
    input_hash,
    results_that_hold,
    task_hash,
    task_hashes,
)
from masterplan.graph import dependents_of, descendants, topological_order

KEYS = "abcdefgh"


def plan(*tasks: TaskDocument, **settings: object) -> PlanDocument:
    milestone = {"name": "M", "tasks": [task.model_dump() for task in tasks]}
    phases = [{"name": "P", "milestones": [milestone]}]
    return document_of({"title": "T", "settings": settings, "phases": phases})


def task(key: str, *needs: str, **fields: object) -> TaskDocument:
    return TaskDocument.model_validate(
        {"key": key, "name": key, "target_files": [f"{key}.py"], "depends_on": list(needs)} | fields
    )


def executed(document: PlanDocument, *, run: str = "1") -> dict[str, TaskResult]:
    """The results of a plan all of whose tasks were run."""
    results: dict[str, TaskResult] = {}
    tasks = {each.key: each for each in document.tasks()}
    for key in topological_order({key: each.depends_on for key, each in tasks.items()}):
        needs = [results[needed].commit for needed in tasks[key].depends_on]
        results[key] = TaskResult(
            f"{key}-{run}", input_hash(task_hash(document, tasks[key]), needs)
        )
    return results


@st.composite
def plans(draw: st.DrawFn) -> PlanDocument:
    """Plans whose tasks need any of those before them."""
    keys = KEYS[: draw(st.integers(1, len(KEYS)))]
    return plan(
        *(
            task(
                key, *draw(st.lists(st.sampled_from(keys[:at]), unique=True) if at else st.just([]))
            )
            for at, key in enumerate(keys)
        )
    )


def changed(document: PlanDocument, key: str, **fields: object) -> PlanDocument:
    return plan(
        *(each.model_copy(update=fields) if each.key == key else each for each in document.tasks()),
        **document.settings.model_dump(),
    )


@given(plans())
def test_what_was_executed_holds(document: PlanDocument) -> None:
    assert results_that_hold(document, executed(document)) == set(task_hashes(document))


@given(plans())
def test_without_results_nothing_holds(document: PlanDocument) -> None:
    assert results_that_hold(document, {}) == set()


@given(plans(), st.data())
def test_a_change_reopens_the_task_and_all_that_depends_on_it(
    document: PlanDocument, data: st.DataObject
) -> None:
    keys = [each.key for each in document.tasks()]
    touched = data.draw(st.sampled_from(keys))
    dependents = dependents_of({each.key: each.depends_on for each in document.tasks()})

    holding = results_that_hold(changed(document, touched, description="other"), executed(document))

    assert set(keys) - holding == {touched} | descendants(touched, dependents)


@given(plans(), st.data())
def test_a_change_that_is_taken_back_reopens_nothing(
    document: PlanDocument, data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from([each.key for each in document.tasks()]))
    there = changed(document, key, checks=["true"])
    back = changed(there, key, checks=[])

    assert results_that_hold(back, executed(document)) == set(task_hashes(document))


def test_a_result_made_from_another_commit_of_a_dependency_does_not_hold() -> None:
    document = plan(task("a"), task("b", "a"))
    results = executed(document)
    results["a"] = executed(document, run="2")["a"]

    assert results_that_hold(document, results) == {"a"}


def test_a_task_that_was_done_before_holds_without_a_result() -> None:
    document = plan(task("a", done=True), task("b", "a"))

    assert results_that_hold(document, {}) == {"a"}


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"description": "other"},
        {"target_files": ["a.py", "b.py"]},
        {"depends_on": ["x"]},
        {"checks": ["true"]},
        {"agent": "command", "command": "true"},
        {"agent": "scripted", "script": {"message": "no"}},
    ],
)
def test_what_decides_about_the_work_changes_the_hash(change: dict[str, object]) -> None:
    before, after = task("a"), task("a", **change)

    assert task_hash(plan(before), before) != task_hash(plan(after), after)


@pytest.mark.parametrize(
    "change",
    [
        {"max_retries": 9},
        {"budget_tokens": 5},
        {"budget_usd": "2"},
        {"agent": "llm"},
    ],
)
def test_what_does_not_change_the_work_leaves_the_hash(change: dict[str, object]) -> None:
    before, after = task("a"), task("a", **change)

    assert task_hash(plan(before), before) == task_hash(plan(after), after)


def test_complexity_counts_where_it_may_choose_the_model() -> None:
    before, after = task("a"), task("a", complexity="critical")
    named = {"model": "p:one"}

    assert task_hash(plan(before), before) != task_hash(plan(after), after)
    assert task_hash(plan(before, **named), before) == task_hash(plan(after, **named), after)


def test_order_of_files_and_needs_is_no_change() -> None:
    one = task("a", "x", "y", target_files=["1", "2"])
    other = task("a", "y", "x", target_files=["2", "1"])

    assert task_hash(plan(one), one) == task_hash(plan(other), other)


@pytest.mark.parametrize(("agent", "counts"), [("llm", True), ("acp", True), ("command", False)])
def test_the_model_counts_for_agents_that_ask_one(agent: str, counts: bool) -> None:
    each = task("a", agent=agent)
    one, other = plan(each, model="p:one"), plan(each, model="p:other")

    assert (task_hash(one, each) != task_hash(other, each)) is counts


def test_the_agent_of_the_plan_is_that_of_its_tasks() -> None:
    each = task("a")
    named = task("a", agent="acp")
    document = plan(each).model_copy(update={"settings": PlanSettings(agent="acp")})

    assert task_hash(document, each) == task_hash(plan(named), named)
