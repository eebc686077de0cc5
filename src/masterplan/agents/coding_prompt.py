"""What a coding model is told of a task, and how its files are asked for.

A small model is distracted by whatever it does not need, and pays for each token in seconds: it
gets its own task, the interfaces it builds on, and what went wrong before. A large one gets the
plan around it and whole files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import PurePosixPath
from typing import assert_never

from masterplan.agents.base import AgentContext, PreviousFailure
from masterplan.discovery.interfaces import interface_of, outline_of
from masterplan.llm.catalog import ModelCapability

FAILURE_TAIL = {ModelCapability.SMALL: 1_500, ModelCapability.LARGE: 20_000}
"""Characters of a failing check's output; its end says most."""
DEPENDENCY_LIMIT = 200_000
"""Characters of other files that a large model is shown in all."""

RELATED_LIMIT = {ModelCapability.SMALL: 3_000, ModelCapability.LARGE: 60_000}
"""Characters of the repository's other files that a model is shown in all."""

WHOLE_LIMIT = 3_000
"""Characters of a file that a small model is still shown as a whole."""

_SAYS_LITTLE = re.compile(r"-m\s+(unittest|pytest|py_compile)\b|--help\b")


def instructions(capability: ModelCapability, context: AgentContext) -> str:
    """Return the standing instructions for a model."""
    name = str(capability)
    if capability is ModelCapability.SMALL and context.house_rules:
        name = "small_repository"
    return files("masterplan.agents.prompts").joinpath(f"{name}.md").read_text("utf-8").strip()


def question(context: AgentContext, capability: ModelCapability) -> str:
    """Say what to do, on what ground, and in what form to answer."""
    match capability:
        case ModelCapability.SMALL:
            parts = _narrow(context)
        case ModelCapability.LARGE:
            parts = _wide(context)
        case _:
            assert_never(capability)
    return "\n\n".join(part for part in parts if part)


def _narrow(context: AgentContext) -> Iterator[str]:
    yield context.task.description or context.task.name
    if not context.task.description:
        yield f"It is part of: {context.goal}"
    yield _commands(context)
    yield _made_before(context)
    yield _ways(context)
    related = {path: text for path, text in context.related_files.items() if not _is_test(path)}
    named = {
        path: text
        for path, text in _within_length(related).items()
        if PurePosixPath(path).name in context.task.description
    }
    yield _shown("Files that it speaks of, as they are now:", named)
    yield _shown(
        "Files of the repository that it builds on, of which you see the interfaces:",
        _outlines(
            {path: text for path, text in related.items() if path not in named},
            RELATED_LIMIT[ModelCapability.SMALL],
        ),
    )
    tests = {path: text for path, text in context.related_files.items() if _is_test(path)}
    yield _shown("These tests must pass afterwards:", _within_length(tests))
    failure = context.previous_failure
    if failure is not None and context.guidance:
        yield from _failure(failure, ModelCapability.SMALL)
    else:
        yield _shown("The file as it is now:", context.current_files)
        yield _mistake(failure) if failure is not None else ""
    yield _guidance(context)
    yield _form(context)


def _made_before(context: AgentContext) -> str:
    """Show what tasks before this one have made: of modules that it is told of, nothing more."""
    made = {
        path: text
        for path, text in context.dependency_files.items()
        if not _is_test(path) and path not in context.current_files
    }
    if context.house_rules:
        return _shown(
            "Tasks before this one have made:",
            {path: interface_of(path, text) for path, text in made.items()} | _within_length(made),
        )
    return _shown(
        "It uses these files, of which you see the interfaces:",
        {
            path: interface_of(path, text)
            for path, text in made.items()
            if PurePosixPath(path).name not in context.task.description
        },
    )


def _mistake(failure: PreviousFailure) -> str:
    """Say what failed without the code: a small model that sees its code writes it again."""
    tail = failure.message.strip()[-FAILURE_TAIL[ModelCapability.SMALL] :]
    return f"Other code for this has failed so, do not make the same mistake:\n\n```\n{tail}\n```"


def _commands(context: AgentContext) -> str:
    """Show the checks that say something themselves; tests are known by what they hold."""
    telling = [
        check
        for check in context.task.checks
        if not _SAYS_LITTLE.search(check) and check not in context.task.description
    ]
    if not telling:
        return ""
    return "These commands must succeed afterwards:\n\n```sh\n" + "\n".join(telling) + "\n```"


def _wide(context: AgentContext) -> Iterator[str]:
    yield f"The goal: {context.goal}"
    yield f"The plan:\n{context.outline}"
    yield f"Your task, {context.task.key}: {context.task.name}\n\n{context.task.description}"
    yield "Its checks:\n" + "\n".join(f"- `{check}`" for check in context.task.checks)
    yield _shown("Files that it builds on:", _within(context.dependency_files, DEPENDENCY_LIMIT))
    yield _ways(context)
    yield _shown(
        "Files of the repository that it builds on:",
        _within(context.related_files, RELATED_LIMIT[ModelCapability.LARGE]),
    )
    yield _shown("The files to change, as they are now:", context.current_files)
    if context.previous_failure is not None:
        yield from _failure(context.previous_failure, ModelCapability.LARGE)
    yield _guidance(context)
    yield _form(context)


def _failure(failure: PreviousFailure, capability: ModelCapability) -> Iterator[str]:
    yield _shown("An earlier attempt wrote:", failure.files)
    tail = failure.message.strip()[-FAILURE_TAIL[capability] :]
    yield f"It failed:\n\n```\n{tail}\n```\n\nFind the mistake and write it right."


def _ways(context: AgentContext) -> str:
    return f"How things are done there:\n{context.house_rules}" if context.house_rules else ""


def _outlines(texts: Mapping[str, str], limit: int) -> dict[str, str]:
    """Show outlines while they fit."""
    fitting: dict[str, str] = {}
    for path, text in texts.items():
        outline = outline_of(path, text)
        if outline and len(outline) <= limit:
            fitting[path] = outline
            limit -= len(outline)
    return fitting


def _within_length(texts: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in texts.items() if len(text) <= WHOLE_LIMIT}


def _guidance(context: AgentContext) -> str:
    return f"A person adds: {context.guidance}" if context.guidance else ""


def _form(context: AgentContext) -> str:
    targets = context.task.target_files
    if len(targets) == 1:
        return f"Answer with the whole file `{targets[0]}` in one code block only."
    return (
        "Answer with one code block per file, each the whole file, the line above it naming the "
        f"file: {', '.join(targets)}."
    )


def _shown(heading: str, shown: Mapping[str, str]) -> str:
    if not shown:
        return ""
    return "\n\n".join([heading, *(_block(path, text) for path, text in shown.items())])


def _block(path: str, text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{path}\n{fence}\n{text.rstrip()}\n{fence}"


def _within(shown: Mapping[str, str], limit: int) -> dict[str, str]:
    """Show whole files while they fit, then interfaces."""
    fitting: dict[str, str] = {}
    for path, text in shown.items():
        limit -= len(text)
        fitting[path] = text if limit > 0 else interface_of(path, text)
    return fitting


def _is_test(path: str) -> bool:
    return PurePosixPath(path).name.startswith("test_") or "tests" in PurePosixPath(path).parts
