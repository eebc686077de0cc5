"""What is told of the difference between two revisions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masterplan.documents import (
    MilestoneDocument,
    PhaseDocument,
    PlanDocument,
    PlanSettings,
    TaskDocument,
)
from masterplan.documents.diff import FieldChange, PlanDiff, TaskChangeKind, diff_documents

words = st.sampled_from(["one", "two", "three"])


def task(key: str, **fields: object) -> TaskDocument:
    return TaskDocument.model_validate({"key": key, "name": key, "target_files": [], **fields})


def plan(*milestones: list[TaskDocument], **fields: object) -> PlanDocument:
    return PlanDocument(
        title="T",
        phases=[
            PhaseDocument(
                name="P",
                milestones=[
                    MilestoneDocument(name=f"M{number}", tasks=tasks)
                    for number, tasks in enumerate(milestones, start=1)
                ],
            )
        ],
    ).model_copy(update=fields)


@st.composite
def documents(draw: st.DrawFn) -> PlanDocument:
    """Plans of some of the same tasks, in any order and with any words."""
    keys = draw(st.lists(st.sampled_from("abcdefgh"), unique=True))
    tasks = [
        task(
            key,
            description=draw(words),
            max_retries=draw(st.integers(0, 3)),
            checks=draw(st.lists(words, max_size=2)),
        )
        for key in keys
    ]
    cut = draw(st.integers(0, len(tasks)))
    title = draw(words)
    model = draw(st.none() | words)
    return plan(tasks[:cut], tasks[cut:], title=title, settings=PlanSettings(model=model))


def placed(document: PlanDocument) -> list[tuple[str, str]]:
    return [
        (milestone.name, each.key)
        for phase in document.phases
        for milestone in phase.milestones
        for each in milestone.tasks
    ]


def applied(old: PlanDocument, diff: PlanDiff) -> PlanDocument:
    """Carry the difference out: what is told must suffice to make the other revision."""
    tasks = {each.key: each for each in old.tasks()}
    places = {key: name for name, key in placed(old)}
    gone = {each.key for each in diff.tasks if each.new_place and each.old_place}
    gone |= {each.key for each in diff.tasks if each.kind is TaskChangeKind.REMOVED}
    order = [key for _, key in placed(old) if key not in gone]
    arriving = [each for each in diff.tasks if each.new_place is not None]
    for change in diff.tasks:
        fields = {each.field: each.new for each in change.fields}
        if change.kind is TaskChangeKind.ADDED:
            tasks[change.key] = task(change.key, **fields)
        elif change.kind is not TaskChangeKind.REMOVED:
            before = tasks[change.key].model_dump(mode="json")
            tasks[change.key] = TaskDocument.model_validate(before | fields)
    for change in sorted(arriving, key=lambda each: each.new_place.number):  # type: ignore[union-attr]
        assert change.new_place is not None
        order.insert(change.new_place.number - 1, change.key)
        places[change.key] = change.new_place.milestone
    fields = {each.field: each.new for each in diff.fields}
    settings = old.settings.model_dump(mode="json") | {
        name.removeprefix("settings."): value
        for name, value in fields.items()
        if name.startswith("settings.")
    }
    return plan(
        *([tasks[key] for key in order if places[key] == name] for name in ("M1", "M2")),
        title=fields.get("title", old.title),
        settings=PlanSettings.model_validate(settings),
    )


@settings(deadline=None)
@given(documents(), documents())
def test_what_is_told_makes_one_revision_of_the_other(old: PlanDocument, new: PlanDocument) -> None:
    assert applied(old, diff_documents(old, new)) == new


@given(documents())
def test_a_revision_does_not_differ_from_itself(document: PlanDocument) -> None:
    assert diff_documents(document, document).is_empty


@settings(deadline=None)
@given(documents(), documents())
def test_the_way_back_tells_the_same_the_other_way_round(
    old: PlanDocument, new: PlanDocument
) -> None:
    there, back = diff_documents(old, new), diff_documents(new, old)

    turned = {TaskChangeKind.ADDED: "removed", TaskChangeKind.REMOVED: "added"}
    kinds = {each.key: turned.get(each.kind, each.kind) for each in there.tasks}
    told = {
        (each.key, field.field, str(field.new)) for each in there.tasks for field in each.fields
    }
    told_back = {
        (each.key, field.field, str(field.old)) for each in back.tasks for field in each.fields
    }
    assert {key: kind for key, kind in kinds.items() if kind != "moved"} == {
        each.key: each.kind for each in back.tasks if each.kind != "moved"
    }
    assert told == told_back


def test_a_changed_task_tells_its_fields_before_and_after() -> None:
    (change,) = diff_documents(
        plan([task("a", max_retries=1)]), plan([task("a", max_retries=3)])
    ).tasks

    assert (change.key, change.kind) == ("a", TaskChangeKind.CHANGED)
    assert change.fields == [FieldChange(field="max_retries", old=1, new=3)]
    assert (change.old_place, change.new_place) == (None, None)


def test_a_new_task_tells_what_it_says_and_where_it_stands() -> None:
    (change,) = diff_documents(plan([]), plan([task("a", checks=["true"])])).tasks

    assert change.kind is TaskChangeKind.ADDED
    assert {each.field: each.new for each in change.fields} == {
        "name": "a",
        "target_files": [],
        "checks": ["true"],
    }
    assert change.new_place is not None
    assert (change.new_place.milestone, change.new_place.number) == ("M1", 1)


@pytest.mark.parametrize(
    ("order", "moved"),
    [("bcda", "a"), ("dabc", "d"), ("acbd", "b"), ("abcd", "")],
)
def test_of_a_new_order_as_few_as_possible_have_moved(order: str, moved: str) -> None:
    old = plan([task(key) for key in "abcd"])

    diff = diff_documents(old, plan([task(key) for key in order]))

    assert [each.kind for each in diff.tasks] == [TaskChangeKind.MOVED] * len(moved)
    assert len(moved) == len({each.key for each in diff.tasks})


def test_a_task_in_another_milestone_has_moved() -> None:
    (change,) = diff_documents(
        plan([task("a"), task("b")], []), plan([task("a")], [task("b")])
    ).tasks

    assert (change.key, change.kind) == ("b", TaskChangeKind.MOVED)
    assert change.old_place is not None
    assert change.new_place is not None
    assert (change.old_place.milestone, change.new_place.milestone) == ("M1", "M2")
