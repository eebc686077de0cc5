"""Revising a plan: a model says what changes, and nothing else can.

The answer names tasks by their keys and gives only what differs, so the tasks that nobody spoke of
stay as they are to the letter, and with them their results. A large model says everything at once.
A small one is first asked which tasks are meant, where the remarks do not tell, and then rewrites
these one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from masterplan.discovery.facts import RepositoryFacts
from masterplan.discovery.secrets import is_secret_name
from masterplan.documents import (
    MilestoneDocument,
    PhaseDocument,
    PlanDocument,
    TaskDocument,
    validate_plan,
)
from masterplan.lifecycle import Complexity
from masterplan.llm.answers import WrongAnswer

Words = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Shell = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
File = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class Remark(BaseModel):
    """What a person says of a task, or with no key of the plan."""

    model_config = ConfigDict(frozen=True)
    task_key: str | None = None
    text: str


class RevisionRequest(BaseModel):
    """What a person wants changed; the feedback, the remarks, or both."""

    model_config = ConfigDict(frozen=True)
    feedback: str | None = None
    remarks: tuple[Remark, ...] = ()

    def about_plan(self) -> list[str]:
        """What is said of the plan as a whole."""
        said = [self.feedback] if self.feedback else []
        return said + [each.text for each in self.remarks if each.task_key is None]

    def about(self, key: str) -> list[str]:
        """What is said of one task."""
        return [each.text for each in self.remarks if each.task_key == key]

    def summary(self) -> str:
        """All of it as text, for people and for a model that reads the whole plan."""
        tasks = [f"Task {each.task_key}: {each.text}" for each in self.remarks if each.task_key]
        return "\n".join([*self.about_plan(), *tasks])


class TaskChanges(BaseModel):
    """A task of the plan with what is different from now on; what stays as it is is left out."""

    key: str
    name: Name | None = None
    description: Words | None = None
    target_files: list[File] | None = Field(default=None, max_length=100)
    depends_on: list[str] | None = Field(default=None, max_length=1_000)
    complexity: Complexity | None = None
    checks: list[Shell] | None = Field(default=None, max_length=100)


class NewTask(BaseModel):
    """A task that the plan does not have yet."""

    key: str
    after: str | None = None
    """Key of the task that it stands behind in the plan; at the end where none is named."""
    name: Name
    description: Words
    target_files: list[File] = Field(min_length=1, max_length=100)
    depends_on: list[str] = Field(default_factory=list, max_length=1_000)
    complexity: Complexity = Complexity.MEDIUM
    checks: list[Shell] = Field(min_length=1, max_length=100)


class PlanChanges(BaseModel):
    """How a plan changes: tasks by their keys, each in one of the lists at most."""

    changed: list[TaskChanges] = Field(default_factory=list)
    added: list[NewTask] = Field(default_factory=list)
    removed: list[str] = Field(default_factory=list)


def apply_changes(
    plan: PlanDocument, changes: PlanChanges, *, repository: RepositoryFacts | None = None
) -> PlanDocument:
    """Make the next revision. Raises WrongAnswer with every problem of it."""
    problems = [*_wrong_keys(plan, changes), *_lost_keys(plan, changes)]
    if problems:
        raise _refused(problems)
    try:
        revised = _applied(plan, changes)
    except ValidationError as error:
        said = [f"{each['loc'][-1]}: {each['msg']}." for each in error.errors()]
        raise _refused(said) from error
    problems = [
        *validate_plan(revised),
        *_unproven(revised, changes),
        *(_secrets(revised) if repository is not None else ()),
    ]
    if not problems and revised == plan:
        problems = ["Nothing is different; change, add or remove what the person speaks of."]
    if problems:
        raise _refused(problems)
    return revised


def _refused(problems: Sequence[str]) -> WrongAnswer:
    told = "\n".join(f"- {each}" for each in problems)
    return WrongAnswer(f"The plan cannot be changed like this:\n{told}")


def _wrong_keys(plan: PlanDocument, changes: PlanChanges) -> Iterator[str]:
    known = {task.key for task in plan.tasks()}
    for key in [*(each.key for each in changes.changed), *changes.removed]:
        if key not in known:
            yield f"There is no task {key}; the plan has {', '.join(sorted(known))}."
    for key in (each.key for each in changes.added):
        if key in known:
            yield f"There is a task {key} already; say in `changed` what is different in it."
    named = [*(each.key for each in changes.changed), *changes.removed]
    for key in {key for key in named if named.count(key) > 1}:
        yield f"Task {key} is named twice; say once what becomes of it."


def _lost_keys(plan: PlanDocument, changes: PlanChanges) -> Iterator[str]:
    """Find tasks that live on under another key: what was built for them would be lost."""
    for key, new in renamed_tasks(plan, changes):
        yield (
            f"Task {new} is task {key} under another key; leave {key} out of `removed` and say in "
            "`changed` what is different in it."
        )


def renamed_tasks(plan: PlanDocument, changes: PlanChanges) -> list[tuple[str, str]]:
    """Pair removed tasks with added ones of the same name, or for the same files."""
    removed = [task for task in plan.tasks() if task.key in changes.removed]
    return [
        (task.key, new.key)
        for task in removed
        for new in changes.added
        if _folded(task.name) == _folded(new.name)
        or (task.target_files and set(task.target_files) == set(new.target_files))
    ]


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _unproven(plan: PlanDocument, changes: PlanChanges) -> Iterator[str]:
    touched = {each.key for each in changes.changed} | {each.key for each in changes.added}
    for task in plan.tasks():
        if task.key in touched and not task.checks:
            yield f"Task {task.key} has no checks; add a command that fails before the work."


def _secrets(plan: PlanDocument) -> Iterator[str]:
    for task in plan.tasks():
        for path in task.target_files:
            if is_secret_name(path):
                yield f"Task {task.key} names {path}, a file for secrets; no plan may change it."


def _applied(plan: PlanDocument, changes: PlanChanges) -> PlanDocument:
    changed = {each.key: each for each in changes.changed}
    needs = {task.key: task.depends_on for task in plan.tasks()}
    tasks = {
        task.key: _rewired(_changed(task, changed.get(task.key)), changes.removed, needs)
        for task in plan.tasks()
        if task.key not in changes.removed
    }
    behind = _places(plan, changes)
    phases = [
        _phase(phase, tasks=tasks, behind=behind, added={each.key: each for each in changes.added})
        for phase in plan.phases
    ]
    return plan.model_copy(update={"phases": phases})


def _changed(task: TaskDocument, changes: TaskChanges | None) -> TaskDocument:
    if changes is None:
        return task
    said = changes.model_dump(exclude={"key"}, exclude_none=True)
    return TaskDocument.model_validate({**task.model_dump(), **said})


def _rewired(
    task: TaskDocument, removed: Collection[str], needs: dict[str, list[str]]
) -> TaskDocument:
    """Let a task that waited for a removed one wait for what that had waited for."""
    waits: dict[str, None] = {}
    open_keys = list(task.depends_on)
    seen: set[str] = set()
    while open_keys:
        key = open_keys.pop(0)
        if key in removed:
            if key not in seen:
                seen.add(key)
                open_keys = [*needs.get(key, ()), *open_keys]
        else:
            waits[key] = None
    return (
        task
        if list(waits) == task.depends_on
        else task.model_copy(update={"depends_on": list(waits)})
    )


def _places(plan: PlanDocument, changes: PlanChanges) -> dict[str, list[str]]:
    """Say which new tasks stand behind which task of the plan, in their order."""
    keys = [task.key for task in plan.tasks()]
    behind: dict[str, list[str]] = {}
    anchor = {key: key for key in keys}
    for new in changes.added:
        place = anchor.get(new.after or "", keys[-1])
        anchor[new.key] = place
        behind.setdefault(place, []).append(new.key)
    return behind


def _phase(
    phase: PhaseDocument,
    *,
    tasks: dict[str, TaskDocument],
    behind: dict[str, list[str]],
    added: dict[str, NewTask],
) -> PhaseDocument:
    milestones: list[MilestoneDocument] = []
    for milestone in phase.milestones:
        kept: list[TaskDocument] = []
        for task in milestone.tasks:
            kept += [tasks[task.key]] if task.key in tasks else []
            kept += [_document(added[key]) for key in behind.get(task.key, ())]
        milestones.append(milestone.model_copy(update={"tasks": kept}))
    return phase.model_copy(update={"milestones": milestones})


def _document(new: NewTask) -> TaskDocument:
    return TaskDocument.model_validate(new.model_dump(exclude={"after"}))
