"""What a person should know before approving a plan that could be run as it is.

Pure, like the rules, but nothing here refuses a plan. Only what the document decides by itself is
told, and each kind of remark about many tasks once, so that a warning is worth reading.
"""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Protocol

from masterplan.documents.own_tests import judged_by_own_tests
from masterplan.documents.wording import quoted
from masterplan.graph import parallel_write_conflicts, transitive_needs
from masterplan.paths import ancestors

MAX_WARNINGS = 100
"""As many as anybody reads."""

_NAMED_TASKS = 5
_PROSE = frozenset({"", ".md", ".rst", ".txt", ".adoc"})
"""Suffixes of files that are for people, so that no command can say whether they are right."""
_EXPLAINED_AGENTS = frozenset({"command", "scripted"})
"""Agents whose work is written down in the plan, whatever the description says."""

_ALWAYS_PASSES = re.compile(r"(true|:|exit 0)|.*(\|\||;)\s*(true|:|exit 0)", re.DOTALL)
_PLAIN_ECHO = re.compile(r"(echo|printf)\b[^|&;<>$`\n]*")
_COMPOUND = re.compile(r"[|&;<>$`\n*?(){}\[\]~]")
_INTERPRETERS = frozenset({"python", "python3", "sh", "bash", "node"})
_FILE_TESTS = frozenset({"-e", "-f", "-s", "-r", "-x"})


class WarningCode(StrEnum):
    """What a warning is about, for programs."""

    NO_FILES = "no_files"
    SHARED_FILE = "shared_file"
    NO_CHECK = "no_check"
    OWN_TESTS = "own_tests"
    CHECK_ALWAYS_PASSES = "check_always_passes"
    CHECK_FILE_MISSING = "check_file_missing"
    CHECK_FILE_LATER = "check_file_later"
    NO_DESCRIPTION = "no_description"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """One thing to look at before approving: in words, with the keys of the tasks it is about."""

    code: WarningCode
    message: str
    task_keys: tuple[str, ...] = ()


class WarnedTask(Protocol):
    """The part of a task that warnings look at."""

    @property
    def key(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def target_files(self) -> Sequence[str]: ...
    @property
    def depends_on(self) -> Sequence[str]: ...
    @property
    def checks(self) -> Sequence[str]: ...
    @property
    def agent(self) -> str | None: ...
    @property
    def done(self) -> bool: ...


def warnings_about(
    tasks: Sequence[WarnedTask], *, default_agent: str, network: bool, has_repository: bool
) -> list[PlanWarning]:
    """Find what a person should know of tasks that can be run, the gravest first.

    What was done before the plan is not run, and so nothing is said of it.
    """
    dependencies = {task.key: tuple(task.depends_on) for task in tasks}
    ahead = [task for task in tasks if not task.done]
    begins_empty = not has_repository and len(ahead) == len(tasks)
    found = [
        *_without_files(ahead),
        *_shared_files(ahead, dependencies),
        *(_missing(ahead, dependencies) if begins_empty else []),
        *_empty_checks(ahead),
        *_unchecked(ahead),
        *_own_tests(ahead, dependencies, default_agent, tests_before=not begins_empty),
        *_undescribed(ahead, default_agent),
        *_network(network=network),
    ]
    return found[:MAX_WARNINGS]


def _without_files(tasks: Sequence[WarnedTask]) -> Iterator[PlanWarning]:
    keys = [task.key for task in tasks if not task.target_files]
    if keys:
        yield PlanWarning(
            WarningCode.NO_FILES,
            f"{_tasks(keys)} no target_files, so the plan cannot be approved yet. Name each file "
            "that may be created or changed.",
            tuple(keys),
        )


def _shared_files(
    tasks: Sequence[WarnedTask], dependencies: Mapping[str, Collection[str]]
) -> Iterator[PlanWarning]:
    targets = {task.key: task.target_files for task in tasks}
    shared: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for conflict in parallel_write_conflicts(dependencies, targets):
        shared[conflict.first, conflict.second].append(conflict.target)
    for (first, second), files in shared.items():
        yield PlanWarning(
            WarningCode.SHARED_FILE,
            f"Tasks {first} and {second} both write {_listed(files)} and neither waits for the "
            f"other: which comes first is left to chance. Let one depend on the other.",
            (first, second),
        )


def _missing(
    tasks: Sequence[WarnedTask], dependencies: Mapping[str, Collection[str]]
) -> Iterator[PlanWarning]:
    """Compare the files that checks name with those that tasks write; the workspace is empty."""
    writers: defaultdict[str, set[str]] = defaultdict(set)
    for task in tasks:
        for target in task.target_files:
            writers[target].add(task.key)
    directories = {directory for target in writers for directory in ancestors(target)}
    foreign = [
        (task.key, check, path)
        for task in tasks
        for check in task.checks
        if (path := needed_file(check))
        and path not in task.target_files
        and path.rstrip("/") not in directories
    ]
    if not foreign:
        return
    needs = transitive_needs(dependencies)
    for key, check, named in foreign:
        others = writers.get(named, ())
        if not others:
            yield _file_missing(key, check, named)
        elif not any(needs(key, other) for other in others):
            yield _file_later(key, check, named, min(others))


def _file_missing(key: str, check: str, path: str) -> PlanWarning:
    return PlanWarning(
        WarningCode.CHECK_FILE_MISSING,
        f"Task {key} has the check {quoted(check)}, but no task writes {path}: it can only fail. "
        "Name the file in target_files, or correct the check.",
        (key,),
    )


def _file_later(key: str, check: str, path: str, writer: str) -> PlanWarning:
    return PlanWarning(
        WarningCode.CHECK_FILE_LATER,
        f"Task {key} has the check {quoted(check)}, but {path} is written by task {writer}, for "
        f"which it does not wait. Let {key} depend on {writer}.",
        (key, writer),
    )


def needed_file(check: str) -> str | None:
    """Name the file without which a check cannot pass, where its words alone decide that.

    Only single plain commands do: an interpreter with a script, or a test for a file.
    """
    if _COMPOUND.search(check):
        return None
    try:
        words = shlex.split(check)
    except ValueError:
        return None
    match words:
        case [program, script, *_] if program in _INTERPRETERS and not script.startswith("-"):
            path = script
        case ["test", operator, operand] if operator in _FILE_TESTS:
            path = operand
        case _:
            return None
    plain = path.removeprefix("./")
    return plain if plain and not plain.startswith(("/", "../")) else None


def _empty_checks(tasks: Sequence[WarnedTask]) -> Iterator[PlanWarning]:
    for task in tasks:
        for check in filter(always_passes, task.checks):
            yield PlanWarning(
                WarningCode.CHECK_ALWAYS_PASSES,
                f"Task {task.key} has the check {quoted(check)}, which passes whatever was built. "
                "Write one that fails without the work.",
                (task.key,),
            )


def always_passes(check: str) -> bool:
    """Tell whether a check's words alone show that it cannot fail."""
    text = check.strip()
    return bool(_ALWAYS_PASSES.fullmatch(text) or _PLAIN_ECHO.fullmatch(text))


def _unchecked(tasks: Sequence[WarnedTask]) -> Iterator[PlanWarning]:
    keys = [task.key for task in tasks if not task.checks and not _is_prose(task)]
    if keys:
        yield PlanWarning(
            WarningCode.NO_CHECK,
            f"{_tasks(keys)} no check, so whatever is built counts as done. Add a command that "
            "fails without the work.",
            tuple(keys),
        )


def _own_tests(
    tasks: Sequence[WarnedTask],
    dependencies: Mapping[str, Collection[str]],
    default_agent: str,
    *,
    tests_before: bool,
) -> Iterator[PlanWarning]:
    """What the plan writes down itself is approved with it, tests as well."""
    found = set(judged_by_own_tests(tasks, dependencies, tests_before=tests_before))
    keys = [
        task.key
        for task in tasks
        if task.key in found and (task.agent or default_agent) not in _EXPLAINED_AGENTS
    ]
    if keys:
        proven = "is proven only by tests that it writes itself"
        if len(keys) > 1:
            proven = "are proven only by tests that they write themselves"
        yield PlanWarning(
            WarningCode.OWN_TESTS,
            f"{_subject(keys)} {proven}: whoever writes the code decides what it has to do. Let a "
            "task before write the tests, or add a command whose result you know.",
            tuple(keys),
        )


def _is_prose(task: WarnedTask) -> bool:
    # Of a task without files nothing is known; that is said already.
    return all(PurePosixPath(path).suffix.lower() in _PROSE for path in task.target_files)


def _undescribed(tasks: Sequence[WarnedTask], default_agent: str) -> Iterator[PlanWarning]:
    keys = [
        task.key
        for task in tasks
        if not task.description.strip() and (task.agent or default_agent) not in _EXPLAINED_AGENTS
    ]
    if keys:
        yield PlanWarning(
            WarningCode.NO_DESCRIPTION,
            f"{_tasks(keys)} no description, so the agent gets the name alone. Say what to build.",
            tuple(keys),
        )


def _network(*, network: bool) -> Iterator[PlanWarning]:
    if network:
        yield PlanWarning(
            WarningCode.NETWORK,
            "Commands and checks of this plan may reach the network. Set network: false in its "
            "settings unless they must.",
        )


def _tasks(keys: Sequence[str]) -> str:
    return f"{_subject(keys)} {'has' if len(keys) == 1 else 'have'}"


def _subject(keys: Sequence[str]) -> str:
    return f"Task {keys[0]}" if len(keys) == 1 else f"Tasks {_listed(keys)}"


def _listed(names: Sequence[str]) -> str:
    if len(names) > _NAMED_TASKS:
        return f"{', '.join(names[:_NAMED_TASKS])} and {len(names) - _NAMED_TASKS} more"
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
