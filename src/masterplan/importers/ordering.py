"""A plan's tasks in an order that formats can hold in which order stands for dependency."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from masterplan.documents import PlanDocument, TaskDocument
from masterplan.graph import find_cycle, topological_order


@dataclass(frozen=True, slots=True)
class Part:
    """Tasks of one milestone that stand together, each after all it needs among them."""

    phase: str
    phase_description: str
    name: str
    description: str
    tasks: list[TaskDocument]


def dependencies_of(document: PlanDocument) -> dict[str, list[str]]:
    """Return what each task needs, by key, in the document's order."""
    return {task.key: task.depends_on for task in document.tasks()}


def parts_of(document: PlanDocument) -> list[Part]:
    """Return the milestones, or pieces of them where milestones need each other in a circle."""
    position = {key: at for at, key in enumerate(topological_order(dependencies_of(document)))}
    parts = [
        Part(
            phase.name,
            phase.description,
            milestone.name,
            milestone.description,
            sorted(milestone.tasks, key=lambda task: position[task.key]),
        )
        for phase in document.phases
        for milestone in phase.milestones
        if milestone.tasks
    ]
    if find_cycle(_needs_between(parts)):
        return list(_pieces(parts, position))
    return parts


def part_numbers(parts: list[Part]) -> dict[str, int]:
    """Return the number, from 1, of the part that each task stands in."""
    return {task.key: number for number, part in enumerate(parts, 1) for task in part.tasks}


def needed_parts(part: Part, numbers: dict[str, int]) -> list[int]:
    """Return the numbers of the other parts that tasks of this one need."""
    needed = {numbers[key] for task in part.tasks for key in task.depends_on}
    return sorted(needed - {numbers[part.tasks[0].key]})


def keys_fit(document: PlanDocument, pattern: str) -> bool:
    """Tell whether all keys are spelled as a format spells its numbers."""
    return all(re.fullmatch(pattern, task.key) for task in document.tasks())


def _needs_between(parts: list[Part]) -> dict[str, list[str]]:
    numbers = part_numbers(parts)
    return {
        str(number): [str(needed) for needed in needed_parts(part, numbers)]
        for number, part in enumerate(parts, 1)
    }


def _pieces(parts: list[Part], position: dict[str, int]) -> Iterator[Part]:
    home = {task.key: part for part in parts for task in part.tasks}
    tasks = sorted((task for part in parts for task in part.tasks), key=lambda t: position[t.key])
    run: list[TaskDocument] = []
    for task in tasks:
        if run and home[run[0].key] is not home[task.key]:
            yield _piece(home[run[0].key], run)
            run = []
        run.append(task)
    if run:
        yield _piece(home[run[0].key], run)


def _piece(part: Part, tasks: list[TaskDocument]) -> Part:
    return Part(part.phase, part.phase_description, part.name, part.description, tasks)
