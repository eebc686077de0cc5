"""Which plans can be run: the rules that no single field of a plan document can tell.

Pure: a plan in, a list of problems out, each naming the task and saying what to change. What they
refuse would otherwise be found by a run that has already cost money.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Protocol

from masterplan.documents.wording import quoted
from masterplan.errors import Problem, UnsafePath
from masterplan.graph import find_cycle
from masterplan.paths import check_target_path, colliding_paths

MAX_TASKS = 10_000
MAX_COMPARISON = 20_000_000
"""Bound on looking for the key that was meant, in pairs of characters: about a second's work."""


class PlannedScript(Protocol):
    """The part of a script that the rules look at."""

    @property
    def files(self) -> Mapping[str, str]: ...
    @property
    def stray_files(self) -> Mapping[str, str]: ...


class WritingTask(Protocol):
    """The part of a task that says what it may write."""

    @property
    def key(self) -> str: ...
    @property
    def target_files(self) -> Sequence[str]: ...
    @property
    def done(self) -> bool: ...


class PlannedTask(WritingTask, Protocol):
    """The part of a task that the rules look at."""

    @property
    def depends_on(self) -> Sequence[str]: ...
    @property
    def agent(self) -> str | None: ...
    @property
    def command(self) -> str | None: ...
    @property
    def script(self) -> PlannedScript | None: ...


def plan_gaps(tasks: Iterable[WritingTask]) -> list[str]:
    """Find what a draft may still lack, but not a plan that is approved; empty if nothing."""
    return [
        Problem(
            f"Task {task.key} has no target_files; name each file that it may create or change.",
            task=task.key,
            field="target_files",
        )
        for task in tasks
        if not task.target_files and not task.done
    ]


def plan_problems(tasks: Sequence[PlannedTask], *, default_agent: str) -> list[str]:
    """Find everything that makes these tasks wrong, gaps aside; empty if nothing does."""
    if not tasks:
        return ["The plan has no tasks; add at least one."]
    if len(tasks) > MAX_TASKS:
        return [
            f"The plan has {len(tasks):,} tasks and {MAX_TASKS:,} are allowed; "
            "split it into several plans."
        ]
    return [
        *_repeated_keys(tasks),
        *_wrong_dependencies(tasks),
        *_cycle(tasks),
        *(problem for task in tasks for problem in _wrong_targets(task)),
        *_collisions(tasks),
        *(problem for task in tasks for problem in _wrong_work(task, default_agent)),
    ]


def _repeated(values: Iterable[str]) -> dict[str, int]:
    return {value: count for value, count in Counter(values).items() if count > 1}


def _repeated_keys(tasks: Sequence[PlannedTask]) -> Iterator[str]:
    for key, count in _repeated(task.key for task in tasks).items():
        yield f"The key {key} names {count} tasks; give each task a key of its own."


def _wrong_dependencies(tasks: Sequence[PlannedTask]) -> Iterator[str]:
    keys = dict.fromkeys(task.key for task in tasks)
    length, budget = sum(map(len, keys)), MAX_COMPARISON
    for task in tasks:
        for dependency, count in Counter(task.depends_on).items():
            if dependency == task.key:
                yield Problem(
                    f"Task {task.key} depends on itself; remove {task.key} from its depends_on.",
                    task=task.key,
                    field="depends_on",
                )
            elif dependency not in keys:
                budget -= length * len(dependency)
                remedy = _instead(dependency, keys if budget >= 0 else ())
                yield Problem(
                    f"Task {task.key} depends on {dependency}, which is no task here; {remedy}",
                    task=task.key,
                    field="depends_on",
                )
            if count > 1:
                yield Problem(
                    f"Task {task.key} depends on {dependency} {count} times; once will do.",
                    task=task.key,
                    field="depends_on",
                )


def _instead(key: str, keys: Iterable[str]) -> str:
    close = get_close_matches(key, keys, n=1)
    return f"did you mean {close[0]}?" if close else "use the key of a task, or remove it."


def _cycle(tasks: Sequence[PlannedTask]) -> Iterator[str]:
    keys = dict.fromkeys(task.key for task in tasks)
    needed: dict[str, list[str]] = {key: [] for key in keys}
    for task in tasks:
        needed[task.key] += [key for key in task.depends_on if key in keys and key != task.key]
    if cycle := find_cycle(needed):
        yield Problem(
            f"Tasks depend on each other in a circle: {' → '.join(cycle)} (each needs the next); "
            "remove one of these dependencies.",
            task=cycle[0],
            field="depends_on",
        )


def _wrong_targets(task: PlannedTask) -> Iterator[str]:
    for path, count in _repeated(task.target_files).items():
        yield Problem(
            f"Task {task.key} names {quoted(path)} {count} times in target_files; once will do.",
            task=task.key,
            field="target_files",
        )
    for path in dict.fromkeys(task.target_files):
        if reason := _unsafe(path):
            yield Problem(
                f"Task {task.key} has the target file {quoted(path)}: {reason}.",
                task=task.key,
                field="target_files",
            )


def _unsafe(path: str) -> str | None:
    try:
        check_target_path(path)
    except UnsafePath as error:
        return error.reason
    return None


def _collisions(tasks: Sequence[PlannedTask]) -> Iterator[str]:
    owner = {path: task.key for task in reversed(tasks) for path in task.target_files}
    for first, second in colliding_paths(owner):
        yield Problem(
            f"The target files {quoted(first)} (task {owner[first]}) and {quoted(second)} (task "
            f"{owner[second]}) cannot both exist on every system; spell them alike if one file is "
            "meant, else rename one.",
            task=owner[second],
            field="target_files",
        )


def _wrong_work(task: PlannedTask, default_agent: str) -> Iterator[str]:
    agent = task.agent or default_agent
    if agent == "command" and task.command is None:
        yield Problem(
            f"Task {task.key} has the agent command and no command; say what sh shall run.",
            task=task.key,
            field="command",
        )
    if agent != "command" and task.command is not None:
        yield Problem(
            f"Task {task.key} has a command but agent {agent}; set agent: command or remove it.",
            task=task.key,
            field="command",
        )
    if task.script is None:
        return
    if agent != "scripted":
        yield Problem(
            f"Task {task.key} has a script but agent {agent}; set agent: scripted or remove it.",
            task=task.key,
            field="agent",
        )
    yield from _wrong_script(task, task.script)


def _wrong_script(task: PlannedTask, script: PlannedScript) -> Iterator[str]:
    targets = set(task.target_files)
    for path in script.files:
        if path not in targets:
            yield (
                f"Task {task.key} has a script that writes {quoted(path)}, which is none of its "
                "target_files; add it there, or move it to stray_files."
            )
    for path in script.stray_files:
        if path in targets:
            yield f"Task {task.key} has {quoted(path)} in stray_files and target_files; remove one."
        elif reason := _unsafe(path):
            yield f"Task {task.key} has the stray file {quoted(path)}: {reason}."
