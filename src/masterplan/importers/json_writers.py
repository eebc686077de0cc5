"""Writes plans as Task Master's `tasks.json` and as beads' JSONL, which hold every dependency."""

from __future__ import annotations

import json
from collections.abc import Collection

from masterplan.documents import MilestoneDocument, PlanDocument, TaskDocument
from masterplan.importers.mentions import mentioned_files

PLAIN = frozenset({"Tasks", "Issues"})
"""Milestones that stand for what is in none."""


def write_task_master(document: PlanDocument, done: Collection[str]) -> str:
    """Write one tag, since no dependency leaves one; milestones are tasks with subtasks."""
    ids = _task_master_ids(document)
    entries = [
        entry
        for phase in document.phases
        for milestone in phase.milestones
        for entry in _entries(milestone, ids, set(done))
    ]
    tags = {"master": {"tasks": entries, "metadata": {"description": document.title}}}
    return json.dumps(tags, indent=2, ensure_ascii=False) + "\n"


def _task_master_ids(document: PlanDocument) -> dict[str, tuple[int, int]]:
    """Number the tasks: a milestone and a place in it, 0 for a task of its own."""
    ids: dict[str, tuple[int, int]] = {}
    number = 0
    for phase in document.phases:
        for milestone in phase.milestones:
            if milestone.name in PLAIN:
                for task in milestone.tasks:
                    number += 1
                    ids[task.key] = (number, 0)
                continue
            number += 1
            ids |= {task.key: (number, place) for place, task in enumerate(milestone.tasks, 1)}
    return ids


def _entries(
    milestone: MilestoneDocument, ids: dict[str, tuple[int, int]], done: set[str]
) -> list[dict[str, object]]:
    entries = [_entry(task, ids, task.key in done) for task in milestone.tasks]
    if milestone.name in PLAIN or not milestone.tasks:
        return entries
    all_done = all(task.key in done for task in milestone.tasks)
    return [
        {
            "id": ids[milestone.tasks[0].key][0],
            "title": milestone.name,
            "description": milestone.description,
            "status": "done" if all_done else "pending",
            "dependencies": [],
            "subtasks": entries,
        }
    ]


def _entry(task: TaskDocument, ids: dict[str, tuple[int, int]], done: bool) -> dict[str, object]:
    number, place = ids[task.key]
    needed: list[int | str] = []
    for key in task.depends_on:
        other, inner = ids[key]
        if place and other == number:
            needed.append(inner)
        else:
            needed.append(f"{other}.{inner}" if inner else other)
    return {
        "id": place or number,
        "title": task.name,
        "description": task.description,
        "status": "done" if done else "pending",
        "dependencies": needed,
        "relevantFiles": [{"path": path, "action": "modify"} for path in task.target_files],
    }


def write_beads(document: PlanDocument, done: Collection[str]) -> str:
    """Write an issue for each task and, as an epic, for each milestone that is more than a list."""
    taken = {task.key for task in document.tasks()}
    issues: list[dict[str, object]] = []
    for phase in document.phases:
        for milestone in phase.milestones:
            epic = None
            if milestone.name not in PLAIN:
                epic = _free(f"epic-{len(issues) + 1}", taken)
                issues.append(_epic(epic, milestone, set(done)))
            issues += [_issue(task, epic, task.key in done) for task in milestone.tasks]
    return "".join(
        json.dumps(issue, ensure_ascii=False, separators=(",", ":")) + "\n" for issue in issues
    )


def _free(wanted: str, taken: set[str]) -> str:
    while wanted in taken:
        wanted += "-0"
    taken.add(wanted)
    return wanted


def _epic(key: str, milestone: MilestoneDocument, done: set[str]) -> dict[str, object]:
    closed = all(task.key in done for task in milestone.tasks)
    return {
        "id": key,
        "title": milestone.name,
        "description": milestone.description,
        "status": "closed" if closed else "open",
        "issue_type": "epic",
    }


def _issue(task: TaskDocument, epic: str | None, done: bool) -> dict[str, object]:
    there = mentioned_files(f"{task.name}\n{task.description}")
    files = [f"`{path}`" for path in task.target_files if path not in there]
    about = [task.description, f"Files: {', '.join(files)}" if files else ""]
    links = [(epic, "parent-child")] if epic else []
    links += [(key, "blocks") for key in task.depends_on]
    return {
        "id": task.key,
        "title": task.name,
        "description": "\n\n".join(text for text in about if text),
        "status": "closed" if done else "open",
        "issue_type": "task",
        "dependencies": [
            {"issue_id": task.key, "depends_on_id": key, "type": kind} for key, kind in links
        ],
    }
