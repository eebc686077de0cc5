"""Planning changes of an existing repository in one small step, for models that plan poorly.

The model says which files change, how, and by what command that can be seen, which is tried.
Order, dependencies and checks follow without it; a name that can only mean a file that exists is
put right. What the person wrote is told word for word: a model's summary of it loses what counts.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from masterplan.discovery.facts import Purpose, RepositoryFacts
from masterplan.discovery.secrets import is_secret_name
from masterplan.discovery.telling import tell
from masterplan.documents import (
    MilestoneDocument,
    PhaseDocument,
    PlanDocument,
    PlanSettings,
    TaskDocument,
)
from masterplan.errors import UnsafePath
from masterplan.lifecycle import Complexity
from masterplan.llm.answers import WrongAnswer
from masterplan.llm.asking import Interview
from masterplan.llm.catalog import ModelCapability
from masterplan.paths import check_target_path
from masterplan.planning.generation import PlanningPhase, ProgressReport
from masterplan.planning.prompts import render
from masterplan.planning.proofs import PlannedChange, Rehearsal, rehearse
from masterplan.workspace.sandbox import Sandbox

MAX_CHANGES = 5
_SILENT = frozenset({"echo", "true", "ls", "cat", "cd", "git", ":"})
"""Commands that succeed whatever was built."""
UNPROVEN = (
    "Mind before you approve: no command could be confirmed that shows the goal reached, so the "
    "checks prove only that nothing else broke. State a call with its result in the goal, or add a "
    "check."
)

ReadTexts = Callable[[], Awaitable[Mapping[str, str] | None]]
"""Reads the text files of the repository; None where they are too many to be tried on."""

Short = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=600)]


class Changes(BaseModel):
    """What a goal changes in a repository; `proof` is empty where it could tell nothing."""

    title: Short
    summary: Words
    files: list[Name] = Field(min_length=1, max_length=MAX_CHANGES)
    proof: Annotated[str, StringConstraints(min_length=1, max_length=400)]


async def plan_changes(
    goal: str,
    facts: RepositoryFacts,
    *,
    read_texts: ReadTexts | None,
    interview: Interview,
    sandbox: Sandbox,
    settings: PlanSettings,
    report: ProgressReport,
) -> PlanDocument:
    """Ask for the changes and make the plan. Raises what the interview raises.

    Where the repository's files can be read, the commands that are to prove it are tried first.
    """
    await report(PlanningPhase.PLAN, 10, "Choosing the files to change", 0)
    question = render(
        "repository_changes",
        goal=goal,
        repository=tell(facts, goal=goal, capability=ModelCapability.SMALL),
        example=_example(facts),
    )
    wanted = await interview.fill_in(question, Changes, lambda answer: read_changes(answer, facts))
    count, files = len(wanted.files), ", ".join(wanted.files)
    texts = await read_texts() if read_texts is not None else None
    stated = [wanted.proof] if wanted.proof else []
    rehearsed = Rehearsal(tuple(wanted.files), {wanted.files[-1]: stated} if stated else {})
    if texts is not None:
        message = f"Changes {files}; looking for commands that prove it, on a draft"
        await report(PlanningPhase.REHEARSAL, 40, message, count)
        rehearsed = await rehearse(
            goal,
            _planned(goal, wanted, facts),
            texts,
            stated=stated,
            interview=interview,
            sandbox=sandbox,
        )
        kept = sum(map(len, rehearsed.proofs.values()))
        message = f"Commands that fail now and hold on a draft, and are kept: {kept}"
        await report(PlanningPhase.REHEARSAL, 90, message, len(rehearsed.files))
    wanted = wanted.model_copy(update={"files": list(rehearsed.files)})
    return assemble_changes(goal, wanted, facts, proofs=rehearsed.proofs, settings=settings)


def read_changes(answer: Changes, facts: RepositoryFacts) -> Changes:
    """Put the answer right where that is beyond doubt. Raises WrongAnswer where it is not."""
    files = list(dict.fromkeys(existing_path(each, facts) for each in answer.files))
    for path in files:
        _refuse_unfit(path)
    proof = answer.proof.strip() if is_telling(answer.proof) else ""
    return answer.model_copy(update={"files": files, "proof": proof})


def existing_path(name: str, facts: RepositoryFacts) -> str:
    """Return the one existing file that a name can mean, else the name as a new file's path."""
    path = name.strip().strip("`").removeprefix("./").lstrip("/")
    if path in facts.paths:
        return path
    alike = [each for each in facts.paths if each.endswith(f"/{path}")]
    return alike[0] if len(alike) == 1 and not _in_every_folder(path) else path


def assemble_changes(
    goal: str,
    wanted: Changes,
    facts: RepositoryFacts,
    *,
    proofs: Mapping[str, Sequence[str]],
    settings: PlanSettings,
) -> PlanDocument:
    """Make a plan of one task per file, one after the other, with what proves it, by file."""
    tasks: list[TaskDocument] = []
    for number, each in enumerate(_planned(goal, wanted, facts), start=1):
        tasks.append(
            TaskDocument(
                key=f"change-{number}",
                name=f"{_verb(each.file, facts)} {each.file}"[:200],
                description=each.description,
                target_files=[each.file],
                depends_on=[task.key for task in tasks],
                complexity=Complexity.MEDIUM if each.file in facts.paths else Complexity.LOW,
                checks=_checks(each.file, facts, proofs=proofs.get(each.file, ())),
                max_retries=3,
            )
        )
    milestone = MilestoneDocument(name="Changes", tasks=tasks)
    return PlanDocument(
        title=" ".join(wanted.title.split()),
        description="\n\n".join([wanted.summary, *([] if proofs else [UNPROVEN])]),
        goal=goal,
        settings=settings,
        phases=[PhaseDocument(name="Change", milestones=[milestone])],
    )


def _planned(goal: str, wanted: Changes, facts: RepositoryFacts) -> list[PlannedChange]:
    return [
        PlannedChange(
            file,
            render(
                "change_task",
                what=f"{_verb(file, facts)} the file",
                file=file,
                goal=goal,
                part=_part(file, wanted.files),
            ),
        )
        for file in wanted.files
    ]


def _part(file: str, files: Sequence[str]) -> str:
    others = [each for each in files if each != file]
    if not others:
        return ""
    done = f"{', '.join(others)} {'is' if len(others) == 1 else 'are'} done by another task"
    return f"Here only what of it belongs into {file} is done: {done}."


def _checks(file: str, facts: RepositoryFacts, *, proofs: Sequence[str]) -> list[str]:
    """That the file is sound, the repository's tests, and what proves the goal."""
    checks = [f"python -m py_compile {shlex.quote(file)}"] if file.endswith(".py") else []
    checks += [test] if (test := facts.command(Purpose.TEST)) else []
    checks += proofs
    return list(dict.fromkeys(checks)) or [f"test -s {shlex.quote(file)}"]


def _verb(file: str, facts: RepositoryFacts) -> str:
    return "Change" if file in facts.paths else "Write"


def _in_every_folder(path: str) -> bool:
    return PurePosixPath(path).stem in ("__init__", "index", "mod", "conftest", "README")


def _refuse_unfit(path: str) -> None:
    try:
        check_target_path(path)
    except UnsafePath as error:
        raise WrongAnswer(f"{error.message} Name a file by its path in the repository.") from error
    if is_secret_name(path):
        raise WrongAnswer(f"{path} is a file for secrets, which no plan may change; leave it out.")


def is_telling(proof: str) -> bool:
    """Whether a shell command could fail today: one line, and Python that asserts something."""
    try:
        words = shlex.split(proof)
    except ValueError:  # its quotes are not closed
        return False
    if not words or "\n" in proof.strip():
        return False
    code = _python_code(words)
    return words[0] not in _SILENT if code is None else _asserts(code)


def _python_code(words: Sequence[str]) -> str | None:
    if len(words) > 2 and re.fullmatch(r"python[\d.]*", words[0]) and words[1] == "-c":
        return words[2]
    return None


def _asserts(code: str) -> bool:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    telling = (ast.Assert, ast.Import, ast.ImportFrom, ast.Raise)
    return any(isinstance(node, telling) for node in ast.walk(tree))


def _example(facts: RepositoryFacts) -> str:
    first = next((each.name for each in facts.languages), "Python")
    if first == "Python":
        return '`python -c "from shop.prices import total; assert total([1, 2]) == 3"`.'
    return f"`{facts.command(Purpose.TEST) or 'grep -q name src/file'}`."
