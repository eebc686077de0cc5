"""Commands that prove a change of a repository, found by trying them.

A small model gets some of what it expects wrong, and a wrong command fails right code for ever. A
command is kept when it fails on the repository as it is and succeeds on a draft of the change,
written without having seen it, as for the examples of new modules (`rehearsal`).
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from pydantic_ai.exceptions import UnexpectedModelBehavior

from masterplan.discovery.interfaces import interface_of
from masterplan.llm.answers import WrongAnswer, closed, files_in, only_block
from masterplan.llm.asking import Interview, Sampling
from masterplan.planning.examples import statements_in, stories_in
from masterplan.planning.prompts import render
from masterplan.planning.rehearsal import passing_commands
from masterplan.workspace.sandbox import Sandbox

MAX_PROOFS = 4
"""Commands that become checks of one task; more say little more and are read by a person."""
MAX_TRIED = 16
"""Commands that are tried."""
MAX_LENGTH = 400
"""Characters of one."""
_SNIPPETS = Sampling(temperature=0.1, max_tokens=300)
_DRAFTS = tuple(Sampling(temperature=each, max_tokens=2048) for each in (0.1, 0.7, 0.7))
_IMPORT = re.compile(r"(from [\w.]+ )?import [\w., ]+$")


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A file that is changed, and what its author is told."""

    file: str
    description: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What trying a change has shown."""

    files: tuple[str, ...]
    """Those of its files that a draft did change."""
    proofs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Commands that fail now and hold on the draft, by the file with which they begin to hold."""


async def rehearse(
    goal: str,
    changes: Sequence[PlannedChange],
    texts: Mapping[str, str],
    *,
    stated: Sequence[str],
    interview: Interview,
    sandbox: Sandbox,
) -> Rehearsal:
    """Try the `stated` commands and others on drafts; keep what the best draft shows.

    `texts` are the repository's files. Raises what the interview raises, unusable answers apart.
    """
    commands = list(dict.fromkeys([*stated, *await _snippets(goal, changes, texts, interview)]))
    hold_today = await passing_commands(sandbox, texts, commands)
    telling = [each for each, holds in zip(commands, hold_today, strict=True) if not holds]
    best: dict[str, list[str]] = {}
    best_files: list[str] = []
    touched: set[str] = set()
    for sampling in _DRAFTS if telling else _DRAFTS[:1]:
        draft = await _draft(changes, texts, interview, sampling)
        files = [path for path, text in draft.items() if text != texts.get(path)]
        touched |= set(files)
        shown = await _first_held(telling, {path: draft[path] for path in files}, texts, sandbox)
        if _count(shown) > _count(best):
            best, best_files = shown, files
        if 2 * _count(best) > len(telling):
            break
    if not best:
        all_files = tuple(each.file for each in changes)
        return Rehearsal(tuple(each for each in all_files if each in touched) or all_files)
    return Rehearsal(tuple(best_files), _fewer(best))


async def _first_held(
    commands: Sequence[str], draft: Mapping[str, str], texts: Mapping[str, str], sandbox: Sandbox
) -> dict[str, list[str]]:
    """Return the commands that hold on the draft, by the file with which they begin to hold."""
    first: dict[str, str] = {}
    present = dict(texts)
    held: set[str] = set()
    for path, text in draft.items():
        present[path] = text
        hold = await passing_commands(sandbox, present, commands)
        held = {each for each, holds in zip(commands, hold, strict=True) if holds}
        for each in held:
            first.setdefault(each, path)
    found: dict[str, list[str]] = {}
    for each in commands:
        if each in held:
            found.setdefault(first[each], []).append(each)
    return found


def _count(proofs: Mapping[str, Sequence[str]]) -> int:
    return sum(map(len, proofs.values()))


def _fewer(proofs: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {path: commands[:MAX_PROOFS] for path, commands in proofs.items()}


def read_snippets(answer: str, *, imports: Sequence[str]) -> list[str]:
    """Read Python that asserts, a paragraph each, as commands of one line with these imports.

    Raises WrongAnswer where there is none.
    """
    code = only_block(closed(answer))
    own = [line.strip() for line in code.splitlines() if _IMPORT.match(line)]
    needed = list(dict.fromkeys([*imports, *own]))
    commands = [
        f"python -c {shlex.quote('; '.join([*needed, *map(ast.unparse, story)]))}"
        for story in stories_in(code)
        if isinstance(story[-1], ast.Assert)
    ]
    fitting = [each for each in dict.fromkeys(commands) if len(each) <= MAX_LENGTH]
    if not needed or not fitting:
        raise WrongAnswer("Import what is to be used, and assert something of it.")
    return fitting[:MAX_TRIED]


def _beginning(line: str) -> str:
    """Show how a case may begin, with a name that is there: any other would be copied."""
    name = line.rpartition(" ")[2]
    return f"{name.lower()} = {name}()" if name[0].isupper() else f"assert {name}("


def import_of(path: str, text: str) -> str | None:
    """Write the import of all that a Python file offers; None where it offers nothing."""
    module = path.removesuffix(".py").removesuffix("/__init__").split("/")
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    names = [each.name for each in statements_in(text) if isinstance(each, kinds)]
    public = [name for name in names if not name.startswith("_")]
    if not path.endswith(".py") or not public or not all(map(str.isidentifier, module)):
        return None
    return f"from {'.'.join(module)} import {', '.join(public)}"


async def _snippets(
    goal: str, changes: Sequence[PlannedChange], texts: Mapping[str, str], interview: Interview
) -> list[str]:
    files = [each.file for each in changes if each.file in texts]
    imports = [line for file in files if (line := import_of(file, texts[file]))]
    if not imports:
        return []
    # Shown the whole text, a small model writes that again instead of using it.
    shown = [interface_of(file, texts[file]) for file in files if file.endswith(".py")]
    question = render(
        "repository_examples",
        goal=goal,
        imports="\n".join(imports),
        interfaces="\n\n".join(shown),
        beginning=_beginning(imports[0]),
    )
    read = partial(read_snippets, imports=imports)
    try:
        return await interview.ask(question, read, sampling=_SNIPPETS, corrections=0)
    except UnexpectedModelBehavior:
        return []


async def _draft(
    changes: Sequence[PlannedChange],
    texts: Mapping[str, str],
    interview: Interview,
    sampling: Sampling,
) -> dict[str, str]:
    """Write the files as an agent would, one after the other, as far as the model can."""
    draft: dict[str, str] = {}
    for each in changes:
        present = {**texts, **draft}
        shown = [other.file for other in changes if other.file in present]
        parts = [each.description, *(_as_it_is(path, present) for path in shown)]
        parts.append(f"Answer with the whole file `{each.file}` in one code block only.")
        with suppress(UnexpectedModelBehavior):
            draft |= await interview.ask(
                "\n\n".join(parts),
                partial(files_in, targets=[each.file]),
                sampling=sampling,
                corrections=0,
            )
    return draft


def _as_it_is(path: str, texts: Mapping[str, str]) -> str:
    return f"{path} as it is now:\n\n```\n{texts[path].rstrip()}\n```"
