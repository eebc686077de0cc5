"""Which tasks are proven by nothing but tests that they write themselves.

Whoever writes the code and its tests decides what the code is to do, so such proof says little.
Only what the words of the checks decide is told: one that may be something else counts as such.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Protocol

from masterplan.graph import topological_order
from masterplan.paths import is_test

_TEST_RUN = re.compile(
    r"(python3? -m )?(pytest|unittest)\b[^;|&]*"
    r"|(npm|pnpm|yarn|bun|deno|go|cargo|make|mvn|gradle|\./gradlew) (run )?test\b[^;|&]*"
    r"|node --test\b[^;|&]*|(npx )?(vitest|jest|mocha)\b[^;|&]*|rspec\b[^;|&]*"
)
_SAYS_NOTHING_OF_BEHAVIOUR = re.compile(
    r"(python3? -m )?(py_compile|compileall|ruff|mypy|pyright|flake8|pylint)\b[^;|&]*"
    r"|(npx )?(eslint|tsc|prettier)\b[^;|&]*|(go (vet|build)|cargo (check|build|clippy))\b[^;|&]*"
    r"|test -[efsrx] [^;|&]*|true"
)
_NO_CODE = frozenset({".md", ".rst", ".txt", ".adoc", ".toml", ".json", ".yaml", ".yml", ".cfg"})


class TestedTask(Protocol):
    """The part of a task that is looked at."""

    @property
    def key(self) -> str: ...
    @property
    def target_files(self) -> Sequence[str]: ...
    @property
    def checks(self) -> Sequence[str]: ...


def judged_by_own_tests(
    tasks: Sequence[TestedTask],
    dependencies: Mapping[str, Collection[str]],
    *,
    tests_before: bool,
) -> list[str]:
    """Return the keys of such tasks, in their order.

    A command that names no tests runs all there are: of the tasks before, and of the repository
    where it brings some (`tests_before`).
    """
    testing = {task.key for task in tasks if any(map(is_test, task.target_files))}
    suspects = [task for task in tasks if task.key in testing and _tests_own_code(task)]
    if not suspects:
        return []
    writers = {name: task.key for task in tasks for name in _test_names(task)}
    after_tests = _after(testing, dependencies)
    found: list[str] = []
    for task in suspects:
        named = {writers[name] for check in task.checks for name in _words(check) & writers.keys()}
        runs_others = tests_before or task.key in after_tests
        if named == {task.key} or not (named or runs_others):
            found.append(task.key)
    return found


def _tests_own_code(task: TestedTask) -> bool:
    parts = [part.strip() for check in task.checks for part in check.split("&&")]
    telling = [part for part in parts if not _SAYS_NOTHING_OF_BEHAVIOUR.fullmatch(part)]
    return (
        any(map(_is_code, task.target_files))
        and bool(telling)
        and all(map(_TEST_RUN.fullmatch, telling))
    )


def _is_code(path: str) -> bool:
    name = PurePosixPath(path)
    return not is_test(path) and name.suffix not in _NO_CODE and name.name != "__init__.py"


def _test_names(task: TestedTask) -> Iterator[str]:
    """Give the names by which commands call the task's tests: paths and dotted modules."""
    for path in filter(is_test, task.target_files):
        yield path
        yield path.removesuffix(".py").replace("/", ".")


def _words(check: str) -> set[str]:
    """Split a command; of `a/test_b.py::c` and `a.test_b.C` the parts that name a file as well."""
    words = {word.strip("'\"").removeprefix("./").partition("::")[0] for word in check.split()}
    dotted = [word.split(".") for word in words if "/" not in word]
    return words | {".".join(parts[:end]) for parts in dotted for end in range(1, len(parts))}


def _after(keys: Collection[str], dependencies: Mapping[str, Collection[str]]) -> set[str]:
    """Return all that come after one of the keys, however far."""
    after: set[str] = set()
    for key in topological_order(dependencies):
        if any(each in keys or each in after for each in dependencies[key]):
            after.add(key)
    return after
