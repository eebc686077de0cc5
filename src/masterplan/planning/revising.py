"""The questions by which a model revises a plan: all at once, or task by task for a small one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, create_model

from masterplan.discovery.facts import RepositoryFacts
from masterplan.discovery.telling import tell
from masterplan.documents import PlanDocument, TaskDocument, dump_yaml
from masterplan.llm.answers import WrongAnswer
from masterplan.llm.asking import Interview
from masterplan.llm.catalog import ModelCapability
from masterplan.planning.generation import PlanningPhase, ProgressReport
from masterplan.planning.prompts import render
from masterplan.planning.revision import (
    NewTask,
    PlanChanges,
    RevisionRequest,
    TaskChanges,
    apply_changes,
)

MAX_CHOSEN = 5
MAX_DESCRIPTION = 2_000

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_DESCRIPTION)]


class NewFile(BaseModel):
    file: Line
    what: Text


class Choice(BaseModel):
    """Which tasks a person's words are about."""

    change: list[str] = Field(max_length=MAX_CHOSEN)
    remove: list[str] = Field(max_length=MAX_CHOSEN)
    new_files: list[NewFile] = Field(max_length=MAX_CHOSEN)


class Rewritten(BaseModel):
    """A task as a small model writes it anew."""

    name: Line
    description: Text
    target_files: list[Line] = Field(min_length=1, max_length=10)
    checks: list[Text] = Field(min_length=1, max_length=10)


async def revise_at_once(
    plan: PlanDocument,
    request: RevisionRequest,
    *,
    completed: Collection[str],
    interview: Interview,
    repository: RepositoryFacts | None,
) -> PlanDocument:
    """Ask for all changes together; what is wrong goes back. Raises what the interview raises."""
    question = render(
        "revise_plan",
        plan=dump_yaml(plan),
        request=request.summary(),
        completed=", ".join(sorted(completed)) or "none",
    )
    if repository is not None:
        facts = tell(repository, goal=plan.goal, capability=ModelCapability.LARGE)
        question += f"\n\nThe plan is for this repository:\n\n{facts}"
    return await interview.fill_in(
        question, PlanChanges, lambda answer: apply_changes(plan, answer, repository=repository)
    )


async def revise_task_by_task(
    plan: PlanDocument,
    request: RevisionRequest,
    *,
    interview: Interview,
    repository: RepositoryFacts | None,
    report: ProgressReport,
) -> PlanDocument:
    """Ask which tasks are meant where that is open, then for each of these alone.

    Raises what the interview raises.
    """
    count = len(list(plan.tasks()))
    remarked = [task.key for task in plan.tasks() if request.about(task.key)]
    choice = Choice(change=[], remove=[], new_files=[])
    if request.about_plan():
        await report(PlanningPhase.REVISION, 15, "Finding the tasks that are meant", count)
        choice = await _choose(plan, request, remarked=remarked, interview=interview)
    keys = list(dict.fromkeys([*remarked, *choice.change]))
    rewritten: list[TaskChanges] = []
    for number, key in enumerate(keys, start=1):
        message = f"Rewriting {key}, {number} of {len(keys)}"
        await report(PlanningPhase.REVISION, 20 + 70 * number // (len(keys) + 1), message, count)
        rewritten.append(
            await _rewrite(plan, key, request, interview=interview, repository=repository)
        )
    changes = PlanChanges(
        changed=rewritten,
        removed=[key for key in choice.remove if key not in keys],
        added=_new_tasks(plan, choice.new_files),
    )
    return apply_changes(plan, changes, repository=repository)


async def _choose(
    plan: PlanDocument, request: RevisionRequest, *, remarked: Sequence[str], interview: Interview
) -> Choice:
    tasks = "\n".join(
        f"- {task.key}: {task.name} ({', '.join(task.target_files)})" for task in plan.tasks()
    )
    question = render("revise_choice", tasks=tasks, request="\n".join(request.about_plan()))

    def read(answer: Choice) -> Choice:
        if not (answer.change or answer.remove or answer.new_files or remarked):
            raise WrongAnswer("Name at least one task to change or remove, or one new file.")
        _require_applicable(plan, answer)
        return answer

    return await interview.fill_in(question, _choice_among(plan), read)


def _choice_among(plan: PlanDocument) -> type[Choice]:
    """The shape of an answer that can name tasks of this plan only."""
    key: Any = Literal[tuple(task.key for task in plan.tasks())]
    keys: Any = (list[key], Field(max_length=MAX_CHOSEN))
    return create_model("Choice", __base__=Choice, change=keys, remove=keys)


def _require_applicable(plan: PlanDocument, choice: Choice) -> None:
    removed = [key for key in choice.remove if key not in choice.change]
    changes = PlanChanges(removed=removed, added=_new_tasks(plan, choice.new_files))
    if changes.removed or changes.added:
        apply_changes(plan, changes)


async def _rewrite(
    plan: PlanDocument,
    key: str,
    request: RevisionRequest,
    *,
    interview: Interview,
    repository: RepositoryFacts | None,
) -> TaskChanges:
    task = next(each for each in plan.tasks() if each.key == key)
    question = render(
        "revise_task",
        goal=plan.goal,
        task=task.name,
        description=task.description,
        files=", ".join(task.target_files),
        checks="\n".join(f"- {check}" for check in task.checks) or "- none",
        request="\n".join([*request.about(key), *request.about_plan()]),
    )

    def read(answer: Rewritten) -> TaskChanges:
        changes = TaskChanges(key=key, **answer.model_dump())
        if _says_what_it_said(task, changes):
            raise WrongAnswer("This is the task as it was; change what the person speaks of.")
        apply_changes(plan, PlanChanges(changed=[changes]), repository=repository)
        return changes

    return await interview.fill_in(question, Rewritten, read)


def _says_what_it_said(task: TaskDocument, changes: TaskChanges) -> bool:
    said = changes.model_dump(exclude={"key"}, exclude_none=True)
    return all(getattr(task, name) == value for name, value in said.items())


def _new_tasks(plan: PlanDocument, files: Sequence[NewFile]) -> list[NewTask]:
    """A task per new file, behind the others, which it may build on."""
    taken = {task.key for task in plan.tasks()}
    last = list(plan.tasks())[-1]
    tasks: list[NewTask] = []
    for each in files:
        key = _free_key(each.file, taken)
        taken.add(key)
        tasks.append(
            NewTask(
                key=key,
                name=f"Write {each.file}"[:200],
                description=f"Write the file `{each.file}`: {each.what}",
                target_files=[each.file],
                depends_on=[last.key],
                checks=_checks(each.file),
            )
        )
    return tasks


def _free_key(file: str, taken: Collection[str]) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", PurePosixPath(file).stem).strip("-").lower() or "file"
    key, number = words[:80], 1
    while key in taken:
        number += 1
        key = f"{words[:80]}-{number}"
    return key


def _checks(file: str) -> list[str]:
    quoted = shlex.quote(file)
    return [f"python -m py_compile {quoted}" if file.endswith(".py") else f"test -s {quoted}"]
