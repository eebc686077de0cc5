"""Writes plans as the Markdown task lists of Agent OS, Spec Kit and Kiro.

A list holds less than a plan: where its order says more than the plan does, tasks wait for more
than they must, never for less. Text of the plan is written so that no line of it becomes a task.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from masterplan.documents import PlanDocument, TaskDocument
from masterplan.graph import topological_order
from masterplan.importers.mentions import mentioned_files
from masterplan.importers.ordering import (
    Part,
    dependencies_of,
    keys_fit,
    needed_parts,
    part_numbers,
    parts_of,
)
from masterplan.importers.spec_kit import Stage, stage_of

_ACTIVE = re.compile(
    r"(\s*)(#|[-*+] \[|```|~~~|<!--|---|\*\*|_|(?:[-*+] )?files?\s*:)", re.IGNORECASE
)
_PRIORITY = re.compile(r"Priority: (P[0-9])")


def write_agent_os(document: PlanDocument, done: Collection[str]) -> str:
    """Write task groups whose tasks follow one another."""
    parts = parts_of(document)
    numbers = part_numbers(parts)
    keep = keys_fit(document, r"[0-9]+\.[1-9][0-9]*")
    lines = [f"# Task Breakdown: {document.title}", ""]
    if document.description:
        lines += ["## Overview", *_plain(document.description), ""]
    lines += ["## Task List", ""]
    phase, count = "", 0
    for number, part in enumerate(parts, 1):
        if part.phase != phase or number == 1:
            phase, count = part.phase, count + 1
            priority = _PRIORITY.fullmatch(part.phase_description)
            level = f" ({priority[1]})" if priority else ""
            lines += [f"### GROUP {count}: {phase}{level}", ""]
        needed = needed_parts(part, numbers)
        lines += [
            f"#### Task Group {number}: {part.name}",
            f"**Dependencies:** {', '.join(f'Task Group {each}' for each in needed) or 'None'}",
            *_plain(part.description),
            "",
            f"- [{_box(part.tasks, done)}] {number}.0 Complete {part.name}",
        ]
        for ordinal, task in enumerate(part.tasks, 1):
            key = task.key if keep else f"{number}.{ordinal}"
            lines.append(f"  - [{_box([task], done)}] {key} {task.name}")
            lines += _files(task, indent="    ")
            lines += [f"    {line}".rstrip() for line in _plain(task.description)]
        lines.append("")
    return "\n".join(lines)


def write_kiro(document: PlanDocument, done: Collection[str]) -> str:
    """Write numbered tasks, with what each depends on where the order says something else."""
    parts = parts_of(document)
    keys = _kiro_keys(document, parts)
    title = "Implementation Plan"
    named = document.title and document.title != title
    lines = [f"# {title}: {document.title}" if named else f"# {title}", ""]
    barrier: set[str] = set()
    for number, part in enumerate(parts, 1):
        top = keys[part.tasks[0].key].partition(".")[0]
        lines.append(f"- [{_box(part.tasks, done)}] {top}. {part.name}")
        lines += [f"  {line}".rstrip() for line in _plain(part.description)]
        for task in part.tasks:
            lines.append(f"- [{_box([task], done)}] {keys[task.key]} {task.name}")
            lines += _files(task, indent="  ")
            lines += [f"  {line}".rstrip() for line in _plain(task.description)]
            if set(task.depends_on) != barrier:
                needed = ", ".join(keys[key] for key in task.depends_on) or "none"
                lines.append(f"  - _Depends: {needed}_")
            barrier = {task.key}
        if number < len(parts):
            lines.append("")
    return "\n".join(lines) + "\n"


def _kiro_keys(document: PlanDocument, parts: Sequence[Part]) -> dict[str, str]:
    tops = [{task.key.partition(".")[0] for task in part.tasks} for part in parts]
    alone = all(len(top) == 1 for top in tops) and len(set().union(*tops)) == len(tops)
    if alone and keys_fit(document, r"[0-9]+\.[0-9]+"):
        return {task.key: task.key for task in document.tasks()}
    return {
        task.key: f"{number}.{ordinal}"
        for number, part in enumerate(parts, 1)
        for ordinal, task in enumerate(part.tasks, 1)
    }


def write_spec_kit(document: PlanDocument, done: Collection[str]) -> str:
    """Write numbered tasks in phases, with what each depends on besides."""
    phases = _ordered_phases(document)
    names = [task.key for _, tasks in phases for task in tasks]
    keep = keys_fit(document, "T[0-9]{3,12}")
    keys = {key: key if keep else f"T{number:03}" for number, key in enumerate(names, 1)}
    lines = [f"# Tasks: {document.title}", ""]
    before: set[str] = set()
    ends: set[str] = set()
    stage = Stage.SETUP
    for number, (name, tasks) in enumerate(phases, 1):
        reached = stage_of(name, stories=False)
        if reached is not Stage.STORY or stage is not Stage.STORY:
            before, ends = ends or before, set()
        stage = reached
        lines += [f"## Phase {number}: {name}", ""]
        open_ends: set[str] = set()
        for task in tasks:
            follows = bool(open_ends) and open_ends <= set(task.depends_on)
            parallel = bool(open_ends) and not follows
            implied = open_ends if follows else before
            lines.append(_spec_kit_line(task, keys, implied, parallel=parallel, done=done))
            lines += [f"  {line}".rstrip() for line in _plain(task.description)]
            open_ends = (open_ends if parallel else set()) | {task.key}
        ends |= open_ends
        lines.append("")
    return "\n".join(lines)


def _spec_kit_line(
    task: TaskDocument,
    keys: dict[str, str],
    implied: set[str],
    *,
    parallel: bool,
    done: Collection[str],
) -> str:
    more = [keys[key] for key in task.depends_on if key not in implied]
    there = mentioned_files(task.name)
    files = [f"`{path}`" for path in task.target_files if path not in there]
    return "".join(
        [
            f"- [{_box([task], done)}] {keys[task.key]}",
            " [P]" if parallel else "",
            f" {task.name}",
            f" in {', '.join(files)}" if files else "",
            f" (depends on {', '.join(more)})" if more else "",
        ]
    )


def _ordered_phases(document: PlanDocument) -> list[tuple[str, list[TaskDocument]]]:
    """Return the phases with their tasks; one for all where a phase needs a later one."""
    order = topological_order(dependencies_of(document))
    position = {key: at for at, key in enumerate(order)}
    phases = [
        (
            phase.name,
            sorted(
                (task for milestone in phase.milestones for task in milestone.tasks),
                key=lambda task: position[task.key],
            ),
        )
        for phase in document.phases
    ]
    phases = [(name, tasks) for name, tasks in phases if tasks]
    home = {task.key: number for number, (_, tasks) in enumerate(phases) for task in tasks}
    if any(home[key] > home[task.key] for task in document.tasks() for key in task.depends_on):
        return [("Tasks", sorted(document.tasks(), key=lambda task: position[task.key]))]
    return phases


def _box(tasks: Sequence[TaskDocument], done: Collection[str]) -> str:
    return "x" if all(task.key in done for task in tasks) else " "


def _files(task: TaskDocument, *, indent: str) -> Iterator[str]:
    if task.target_files:
        label = "File" if len(task.target_files) == 1 else "Files"
        yield f"{indent}- {label}: {', '.join(f'`{path}`' for path in task.target_files)}"


def _plain(text: str) -> list[str]:
    """Return the lines of a text, those that would be more than text escaped."""
    lines = re.split(r"\r\n|\r|\n", text) if text else []
    return [
        _ACTIVE.sub(r"\1\\\2", line, count=1) if _ACTIVE.match(line) else line for line in lines
    ]
