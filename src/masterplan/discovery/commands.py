"""Which commands a repository brings to test, build, check and run it.

They are read, never guessed from habit alone: each names the file that says so. What comes first is
what a check would use.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from masterplan.discovery.facts import ProjectCommand, Purpose
from masterplan.discovery.selection import is_generated_name, is_manifest, is_pipeline
from masterplan.paths import is_test

_WORDS = {
    Purpose.TEST: re.compile(r"\b(py)?tests?\b|\bunittest\b|\bspec\b"),
    Purpose.LINT: re.compile(r"\b(lint|check|ruff|mypy|eslint|clippy|vet)\b"),
    Purpose.BUILD: re.compile(r"\bbuild\b|\bcompile\b"),
}
_TARGETS = {
    "test": Purpose.TEST,
    "tests": Purpose.TEST,
    "check": Purpose.LINT,
    "lint": Purpose.LINT,
    "build": Purpose.BUILD,
    "run": Purpose.RUN,
    "start": Purpose.RUN,
}
_TOOLCHAINS: Mapping[str, Mapping[Purpose, str]] = {
    "Cargo.toml": {Purpose.TEST: "cargo test", Purpose.BUILD: "cargo build"},
    "go.mod": {Purpose.TEST: "go test ./...", Purpose.BUILD: "go build ./..."},
    "pom.xml": {Purpose.TEST: "mvn test", Purpose.BUILD: "mvn package"},
    "build.gradle": {Purpose.TEST: "gradle test", Purpose.BUILD: "gradle build"},
    "build.gradle.kts": {Purpose.TEST: "gradle test", Purpose.BUILD: "gradle build"},
    "mix.exs": {Purpose.TEST: "mix test", Purpose.BUILD: "mix compile"},
}
_PACKAGE_MANAGERS = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun"}
_MAKE_TARGET = re.compile(r"^([A-Za-z][\w.-]*)[ \t]*:(?![:=])", re.MULTILINE)
_PIPELINE_STEP = re.compile(r"^[ \t]*(?:-[ \t]*)?run:[ \t]*([^|>\s].*)$", re.MULTILINE)
_NOTHING_SPECIFIED = "no test specified"
MAX_COMMANDS = 20
MAX_LENGTH = 200


def find_commands(paths: Iterable[str], texts: Mapping[str, str]) -> tuple[ProjectCommand, ...]:
    """Find the commands; `texts` holds the files that were read."""
    present = frozenset(paths)
    found = [
        *_of_python(present, texts),
        *_of_toolchains(present),
        *_of_package(present, texts),
        *_of_makefile(texts),
        *_of_pipelines(texts),
    ]
    unique: dict[str, ProjectCommand] = {}
    for each in found:
        if len(each.command) <= MAX_LENGTH:
            unique.setdefault(each.command, each)
    return tuple(unique.values())[:MAX_COMMANDS]


def read_toml(text: str) -> dict[str, Any]:
    """Read a TOML file; empty where it is none."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _of_python(present: frozenset[str], texts: Mapping[str, str]) -> Iterator[ProjectCommand]:
    tests = sorted(
        path
        for path in present
        if is_test(path) and path.endswith(".py") and not is_generated_name(path)
    )
    for path, text in texts.items():
        if _speaks_of_pytest(path, text):
            yield ProjectCommand(
                purpose=Purpose.TEST,
                command=f"{_import_path(present, texts)}python -m pytest",
                source=path,
            )
            return
    if tests:
        folder = PurePosixPath(tests[0]).parent
        is_package = folder == PurePosixPath() or f"{folder}/__init__.py" in present
        where = "" if is_package else f" discover -s {folder}"
        yield ProjectCommand(
            purpose=Purpose.TEST,
            command=f"{_import_path(present, texts)}python -m unittest{where}",
            source=tests[0],
        )


def _speaks_of_pytest(path: str, text: str) -> bool:
    if PurePosixPath(path).name == "conftest.py" or path == "pytest.ini":
        return True
    if is_test(path) and path.endswith(".py"):
        return bool(re.search(r"^\s*(import pytest|from pytest import)", text, re.MULTILINE))
    return is_manifest(path) and bool(re.search(r"\bpytest\b", text))


def _import_path(present: frozenset[str], texts: Mapping[str, str]) -> str:
    """Say where the packages lie, since nothing is installed where checks run."""
    configured = read_toml(texts.get("pyproject.toml", "")).get("tool", {}).get("pytest", {})
    if configured.get("ini_options", {}).get("pythonpath"):
        return ""
    packages = re.compile(r"src/([^/]+/__init__\.py|[^/]+\.py)$")
    return "PYTHONPATH=src " if any(map(packages.match, present)) else ""


def _of_toolchains(present: frozenset[str]) -> Iterator[ProjectCommand]:
    for source, commands in _TOOLCHAINS.items():
        if source in present:
            for purpose, command in commands.items():
                yield ProjectCommand(purpose=purpose, command=command, source=source)


def _of_package(present: frozenset[str], texts: Mapping[str, str]) -> Iterator[ProjectCommand]:
    try:
        package = json.loads(texts.get("package.json", "{}"))
    except (json.JSONDecodeError, RecursionError):
        return
    scripts = package.get("scripts") if isinstance(package, dict) else None
    if not isinstance(scripts, dict):
        return
    manager = next((name for lock, name in _PACKAGE_MANAGERS.items() if lock in present), "npm")
    for name, script in scripts.items():
        purpose = _TARGETS.get(name)
        if purpose and _NOTHING_SPECIFIED not in str(script):
            word = name if name in ("test", "start") else f"run {name}"
            yield ProjectCommand(
                purpose=purpose, command=f"{manager} {word}", source="package.json"
            )


def _of_makefile(texts: Mapping[str, str]) -> Iterator[ProjectCommand]:
    for source in ("Makefile", "GNUmakefile"):
        for target in dict.fromkeys(_MAKE_TARGET.findall(texts.get(source, ""))):
            if purpose := _TARGETS.get(target):
                yield ProjectCommand(purpose=purpose, command=f"make {target}", source=source)


def _of_pipelines(texts: Mapping[str, str]) -> Iterator[ProjectCommand]:
    for path in filter(is_pipeline, texts):
        for command in map(str.strip, _PIPELINE_STEP.findall(texts[path])):
            for purpose, words in _WORDS.items():
                if words.search(command):
                    yield ProjectCommand(purpose=purpose, command=command, source=path)
                    break
