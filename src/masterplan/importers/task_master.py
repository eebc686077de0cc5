"""Task Master `tasks.json`: tasks with one level of subtasks, by tag or without.

A task that has subtasks is a milestone of them: what depends on it depends on each of them, and
they depend on what it depends on. Cancelled tasks are left out, since nothing has to wait for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, StrictInt, StrictStr, ValidationError

from masterplan.errors import InvalidPlan
from masterplan.importers.drafting import (
    Draft,
    DraftMilestone,
    DraftPhase,
    DraftTask,
    Imported,
    finish,
    key_from,
    limit_dependencies,
)
from masterplan.importers.json_places import JsonObject, read_json
from masterplan.importers.marks import Mark, guard_of

DONE = frozenset({"done", "completed"})
CANCELLED = "cancelled"
NOT_DONE = frozenset({"pending", "in-progress", "review", "blocked", "deferred"})


def _none_is_empty(value: object) -> object:
    return "" if value is None else value


Words = Annotated[StrictStr, BeforeValidator(_none_is_empty)]
Id = StrictInt | StrictStr


class RelevantFile(BaseModel):
    path: StrictStr
    action: StrictStr = "modify"


class Entry(BaseModel):
    """A task or subtask as the file has it; other fields stay in the file."""

    id: Id
    title: Words = ""
    description: Words = ""
    details: Words = ""
    test_strategy: Words = Field(default="", alias="testStrategy")
    priority: Words = ""
    status: Words = "pending"
    dependencies: list[Id] | None = None
    subtasks: list[object] | None = None
    relevant_files: list[RelevantFile] | None = Field(default=None, alias="relevantFiles")
    acceptance_criteria: list[StrictStr] | StrictStr | None = Field(
        default=None, alias="acceptanceCriteria"
    )


@dataclass(slots=True)
class _Node:
    """An entry with its place in the file."""

    entry: Entry
    found: JsonObject
    key: str
    inner: list[_Node] = field(default_factory=list)

    @property
    def cancelled(self) -> bool:
        return self.entry.status == CANCELLED

    @property
    def line(self) -> int:
        return self.found.place.line

    def leaves(self) -> list[str]:
        """Keys of the tasks that stand for it in the plan."""
        if self.cancelled:
            return []
        return [node.key for node in (self.inner or [self]) if not node.cancelled]


def looks_like(value: object) -> bool:
    """Tell whether a JSON value is a Task Master file."""
    return isinstance(value, dict) and "phases" not in value and bool(_tags(value))


def import_text(text: str) -> Imported:
    """Read the file. Raises InvalidPlan."""
    start = 1 if text.startswith("\ufeff") else 0
    value = read_json(text[start:], offset=start)
    tags = _tags(value) if isinstance(value, dict) else {}
    if not tags:
        raise InvalidPlan(["line 1: the file has no list of tasks, alone or under a tag"])
    draft = Draft()
    for tag, entries in tags.items():
        nodes = _nodes(entries, prefix=f"{key_from(tag, 'tag')}." if len(tags) > 1 else "")
        phase = DraftPhase("Tasks" if tag == "tasks" else tag)
        _Tag(draft, phase, nodes).fill()
        draft.phases.append(phase)
    return finish(draft, title="Imported tasks")


def _tags(value: dict[str, object]) -> dict[str, list[object]]:
    if isinstance(value.get("tasks"), list):
        return {"tasks": value["tasks"]}  # type: ignore[dict-item]  # just seen to be a list
    return {
        tag: held["tasks"]
        for tag, held in value.items()
        if isinstance(held, dict) and isinstance(held.get("tasks"), list)
    }


def _nodes(entries: list[object], *, prefix: str) -> list[_Node]:
    nodes = []
    for found in entries:
        node = _node(found, prefix=prefix)
        node.inner = [_node(inner, prefix=f"{node.key}.") for inner in node.entry.subtasks or ()]
        nodes.append(node)
    return nodes


def _node(found: object, *, prefix: str) -> _Node:
    if not isinstance(found, JsonObject):
        raise InvalidPlan([f"a task is no object but {str(found)[:50]!r}"])
    try:
        entry = Entry.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise InvalidPlan(
            [f"line {found.place.line}: the task's {where} is wrong: {first['msg']}"]
        ) from None
    return _Node(entry, found, key_from(prefix + str(entry.id), f"{prefix}task")[:100])


@dataclass(slots=True)
class _Tag:
    """The tasks of one tag; no dependency leaves it."""

    draft: Draft
    phase: DraftPhase
    nodes: list[_Node]
    total: int = 0

    def fill(self) -> None:
        by_id = {str(node.entry.id): node for node in self.nodes}
        for node in self.nodes:
            by_id |= {f"{node.entry.id}.{inner.entry.id}": inner for inner in node.inner}
        plain: DraftMilestone | None = None
        for node in self.nodes:
            if node.inner:
                plain = None
                self._add_group(node, by_id)
                continue
            if plain is None:
                plain = DraftMilestone("Tasks")
                self.phase.milestones.append(plain)
            self._add_task(plain, node, self._needed(node, node.entry.dependencies, by_id))

    def _add_group(self, node: _Node, by_id: dict[str, _Node]) -> None:
        if node.cancelled:
            self.draft.say(node.line, f"{node.key} is cancelled and was left out with its subtasks")
            return
        about = _about(node.entry, with_files=True)
        milestone = DraftMilestone(node.entry.title, about)
        self.phase.milestones.append(milestone)
        outer = self._needed(node, node.entry.dependencies, by_id)
        siblings = {str(inner.entry.id): inner for inner in node.inner}
        for inner in node.inner:
            needed = self._needed(inner, inner.entry.dependencies, by_id, siblings)
            self._add_task(milestone, inner, [*outer, *needed])
        done = node.entry.status in DONE
        if done and not all(inner.entry.status in DONE for inner in node.inner):
            self.draft.say(node.line, f"{node.key} is {node.entry.status}, but not all in it is")
        self._mark(node, done=done, after=tuple(node.leaves()))

    def _needed(
        self,
        node: _Node,
        wanted: list[Id] | None,
        by_id: dict[str, _Node],
        siblings: dict[str, _Node] | None = None,
    ) -> list[str]:
        """Name the tasks that are waited for; among siblings a number alone means one of them."""
        needed: list[str] = []
        for identifier in wanted or ():
            name = str(identifier)
            near = siblings is not None and "." not in name
            found = (siblings if near else by_id).get(name)  # type: ignore[union-attr]  # near
            if found is None:
                said = f"{name[:50]!r}, which {node.key} needs, is no task here"
                self.draft.say(node.line, said)
            elif found is not node:
                needed += found.leaves()
            limit_dependencies(len(needed))
        self.total = limit_dependencies(self.total + len(needed))
        return needed

    def _add_task(self, milestone: DraftMilestone, node: _Node, depends_on: list[str]) -> None:
        entry = node.entry
        if node.cancelled:
            self.draft.say(node.line, f"{node.key} is cancelled and was left out")
            return
        if entry.status not in DONE | NOT_DONE:
            self.draft.say(node.line, f"the status {entry.status[:50]!r} is unknown, so not done")
        elif entry.status not in DONE | {"pending"}:
            self.draft.say(node.line, f"{node.key} is {entry.status}: it is to be done")
        task = DraftTask(node.key, entry.title, node.line, done=entry.status in DONE)
        task.files = [
            named.path for named in entry.relevant_files or () if named.action != "reference"
        ]
        task.details = _about(entry)
        task.depends_on = list(depends_on)
        milestone.tasks.append(task)
        self._mark(node, done=task.done, after=(node.key,))

    def _mark(self, node: _Node, *, done: bool, after: tuple[str, ...]) -> None:
        place = node.found.place
        start, end = place.status or (place.start + 1, place.start + 1)
        self.draft.marks.append(
            Mark(
                label=node.key,
                line=place.line,
                start=start,
                end=end,
                tick='"done"' if place.status else '"status": "done", ',
                blank='"pending"',
                guard=guard_of(f"{node.entry.title}\0{node.entry.status}"),
                done=done,
                after=after,
            )
        )


def _about(entry: Entry, *, with_files: bool = False) -> str:
    criteria = entry.acceptance_criteria or ""
    listed = criteria if isinstance(criteria, str) else "\n".join(f"- {each}" for each in criteria)
    files = [
        f"{named.action.capitalize()}: {named.path}"
        for named in entry.relevant_files or ()
        if with_files or named.action == "reference"
    ]
    parts = [
        entry.description,
        entry.details,
        listed and f"Acceptance criteria:\n{listed}",
        entry.test_strategy and f"Test strategy: {entry.test_strategy}",
        entry.priority and f"Priority: {entry.priority}",
        "\n".join(files),
    ]
    return "\n\n".join(part for part in parts if part)
