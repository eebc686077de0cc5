"""What differs between two revisions of a plan, per task and field.

A task is known by its key, so a task that was renamed or moved is still that task. Places are told
by the names of phase and milestone; of tasks that changed their order only as few as possible are
told to have moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

from masterplan.documents import PlanDocument, TaskDocument


class TaskChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    """Some of its fields differ; it may have moved as well."""
    MOVED = "moved"
    """Only its place in the plan differs."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class FieldChange(_Told):
    """A field with its value before and after; null where it had none."""

    field: str
    old: JsonValue
    new: JsonValue


class TaskPlace(_Told):
    """Where a task stands; `number` counts from 1 through the whole plan."""

    phase: str
    milestone: str
    number: int


class TaskChange(_Told):
    """What became of one task. Its places are told where it is new, gone or has moved."""

    key: str
    name: str
    kind: TaskChangeKind
    fields: list[FieldChange]
    old_place: TaskPlace | None
    new_place: TaskPlace | None


class PlanDiff(_Told):
    """What differs: the plan's own fields, then its tasks in the later revision's order.

    Removed tasks come last. Fields of the settings are named `settings.NAME`.
    """

    fields: list[FieldChange]
    tasks: list[TaskChange]

    @property
    def is_empty(self) -> bool:
        return not self.fields and not self.tasks


def diff_documents(old: PlanDocument, new: PlanDocument) -> PlanDiff:
    """Compare two documents of one plan."""
    before, after = _tasks(old), _tasks(new)
    places_before, places_after = _places(old), _places(new)
    moved = _moved(places_before, places_after)
    tasks = [
        *_kept_or_added(before, after, places_before, places_after, moved),
        *(
            _task_change(task, TaskChangeKind.REMOVED, old=task, old_place=places_before[key])
            for key, task in before.items()
            if key not in after
        ),
    ]
    return PlanDiff(fields=list(_plan_fields(old, new)), tasks=tasks)


def _kept_or_added(
    before: dict[str, TaskDocument],
    after: dict[str, TaskDocument],
    places_before: dict[str, TaskPlace],
    places_after: dict[str, TaskPlace],
    moved: set[str],
) -> Iterator[TaskChange]:
    for key, task in after.items():
        place = places_after[key]
        if key not in before:
            yield _task_change(task, TaskChangeKind.ADDED, new=task, new_place=place)
            continue
        places = {"old_place": places_before[key], "new_place": place} if key in moved else {}
        if before[key] != task:
            kind = TaskChangeKind.CHANGED
        elif key in moved:
            kind = TaskChangeKind.MOVED
        else:
            continue
        yield _task_change(task, kind, old=before[key], new=task, **places)


def _task_change(
    task: TaskDocument,
    kind: TaskChangeKind,
    *,
    old: TaskDocument | None = None,
    new: TaskDocument | None = None,
    old_place: TaskPlace | None = None,
    new_place: TaskPlace | None = None,
) -> TaskChange:
    return TaskChange(
        key=task.key,
        name=task.name,
        kind=kind,
        fields=list(_task_fields(old, new)),
        old_place=old_place,
        new_place=new_place,
    )


def _task_fields(old: TaskDocument | None, new: TaskDocument | None) -> Iterator[FieldChange]:
    """Tell what differs; of a task that is new or gone, what it says beyond the defaults."""
    whole = old is not None and new is not None
    before = _values(old, whole=whole) if old else {}
    after = _values(new, whole=whole) if new else {}
    return _differing(before, after, leaving_out=("key",))


def _plan_fields(old: PlanDocument, new: PlanDocument) -> Iterator[FieldChange]:
    yield from _differing(_values(old), _values(new), leaving_out=("settings", "phases"))
    for change in _differing(_values(old.settings), _values(new.settings)):
        yield change.model_copy(update={"field": f"settings.{change.field}"})


def _values(part: BaseModel, *, whole: bool = True) -> Mapping[str, JsonValue]:
    return part.model_dump(mode="json", exclude_defaults=not whole)


def _differing(
    before: Mapping[str, JsonValue],
    after: Mapping[str, JsonValue],
    leaving_out: Collection[str] = (),
) -> Iterator[FieldChange]:
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old != new and name not in leaving_out:
            yield FieldChange(field=name, old=old, new=new)


def _tasks(document: PlanDocument) -> dict[str, TaskDocument]:
    return {task.key: task for task in document.tasks()}


def _places(document: PlanDocument) -> dict[str, TaskPlace]:
    places: dict[str, TaskPlace] = {}
    for phase in document.phases:
        for milestone in phase.milestones:
            for task in milestone.tasks:
                places[task.key] = TaskPlace(
                    phase=phase.name, milestone=milestone.name, number=len(places) + 1
                )
    return places


def _moved(before: dict[str, TaskPlace], after: dict[str, TaskPlace]) -> set[str]:
    """Find the tasks that stand elsewhere: in another milestone, or in another order."""
    kept = [key for key in after if key in before]
    elsewhere = {key for key in kept if _heading(before[key]) != _heading(after[key])}
    stayed = [key for key in kept if key not in elsewhere]
    in_order = _longest_increasing([before[key].number for key in stayed])
    return elsewhere | {key for key in stayed if before[key].number not in in_order}


def _heading(place: TaskPlace) -> tuple[str, str]:
    return place.phase, place.milestone


def _longest_increasing(numbers: Sequence[int]) -> set[int]:
    """Return a longest increasing subsequence of distinct numbers (patience sorting)."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        before[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    chain: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        chain.add(last)
        last = before[last]
    return chain
