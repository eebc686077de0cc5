"""Which results of earlier runs still hold when a plan has changed.

A result is known by what it was made from: the words of its task and the commits of the tasks that
it depends on (the idea is that of a build system's input hash). So what a change reopens is never
noted anywhere, it follows: the changed tasks and all that depends on them. A change that is taken
back brings the result back, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from masterplan.documents import PlanDocument, TaskDocument
from masterplan.documents.digest import digest
from masterplan.graph import topological_order

WITHOUT_MODEL = frozenset({"command", "scripted"})
"""Agents that ask no model: which one the plan names does not change their work."""


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What a task has on the plan's branch, and what that was made from."""

    commit: str
    made_from: str


def task_hash(document: PlanDocument, task: TaskDocument) -> str:
    """Hash what decides about a task's work: its words, files, needs, checks, agent and model.

    Its place in the plan, its retries and its budgets change nothing about what is to be done, and
    neither does the order of its files and dependencies. Where the plan names no model, the
    operator may have one for each complexity, so this counts then.
    """
    agent = document.agent_of(task)
    return digest(
        {
            "name": task.name,
            "description": task.description,
            "target_files": sorted(set(task.target_files)),
            "depends_on": sorted(set(task.depends_on)),
            "checks": task.checks,
            "agent": agent,
            "model": None if agent in WITHOUT_MODEL else _model(document, task),
            "command": task.command,
            "script": task.script.model_dump(mode="json") if task.script else None,
        }
    )


def _model(document: PlanDocument, task: TaskDocument) -> str:
    return document.settings.model or f"the operator's for {task.complexity} complexity"


def task_hashes(document: PlanDocument) -> dict[str, str]:
    """Return the hash of each task by its key."""
    return {task.key: task_hash(document, task) for task in document.tasks()}


def input_hash(definition: str, commits: Iterable[str | None]) -> str:
    """Hash all that a result is made from: its task's hash and its dependencies' commits.

    A dependency that was done before the plan was executed has no commit.
    """
    return digest([definition, sorted(commit or "" for commit in commits)])


def results_that_hold(document: PlanDocument, results: Mapping[str, TaskResult]) -> set[str]:
    """Return the keys of the tasks of a valid plan that need not run (again).

    Those are the tasks that were done before, and those whose result was made from just what the
    document says, dependencies included.
    """
    tasks = {task.key: task for task in document.tasks()}
    commits: dict[str, str | None] = {}
    for key in topological_order({key: task.depends_on for key, task in tasks.items()}):
        task = tasks[key]
        result = results.get(key)
        if task.done:
            commits[key] = None
        elif result is not None and all(needed in commits for needed in task.depends_on):
            needs = [commits[needed] for needed in dict.fromkeys(task.depends_on)]
            if result.made_from == input_hash(task_hash(document, task), needs):
                commits[key] = result.commit
    return set(commits)
