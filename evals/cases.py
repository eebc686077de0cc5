"""What is asked of every arm, and what is looked for in the result.

A case is a YAML file in `cases/goals` or `cases/tasks`, named for its id. An arm is handed a
`Brief` of it, which holds what a person would have told it: the hidden checks and the reference are
not in there, so that no arm can pass them on to a model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

CASES = Path(__file__).parent / "cases"


class Level(StrEnum):
    GOAL = "goal"
    """Words from which a plan is made first."""
    TASK = "task"
    """One task of a plan: its files and checks are given."""


class Kind(StrEnum):
    ALGORITHM = "algorithm"
    BUG = "bug"
    DATA = "data"
    FORMAT = "format"
    FUNCTION = "function"
    LIBRARY = "library"
    MODULE = "module"
    PROGRAM = "program"
    REFACTORING = "refactoring"
    SERVICE = "service"


class Half(StrEnum):
    TUNING = "tuning"
    """May be looked at while prompts and planner are worked on."""
    HELD_OUT = "held_out"
    """Is only counted."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(_Part):
    """A hidden check, run in the root of the result; it holds where the exit code is 0."""

    name: str
    shell: str | None = None
    """A command for sh."""
    python: str | None = None
    """A Python program; `prelude.py` comes before it."""

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Check:
        if (self.shell is None) == (self.python is None):
            raise ValueError(f"the check {self.name!r} needs either shell or python")
        return self


class Mistake(_Part):
    """A way to break the reference that the hidden checks must notice."""

    file: str
    replace: str
    by: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What an arm is told of a case."""

    level: Level
    text: str
    files: tuple[str, ...]
    """What is to be written or changed. Of a goal only those arms use it that do not plan."""
    given: Mapping[str, str]
    checks: tuple[str, ...]
    """The visible checks of a task; a goal has none."""


class Case(_Part):
    """One thing to be built, and how to tell whether it was."""

    id: str
    level: Level
    kind: Kind
    half: Half
    text: str = Field(min_length=20)
    files: list[str] = Field(min_length=1)
    given: dict[str, str] = Field(default_factory=dict)
    """The files of the repository that the work begins with, where there is one."""
    checks: list[str] = Field(default_factory=list)
    hidden: list[Check] = Field(min_length=1)
    reference: dict[str, str] = Field(min_length=1)
    """Files that meet the goal; laid over the given ones."""
    mistakes: list[Mistake] = Field(default_factory=list)

    @property
    def brief(self) -> Brief:
        return Brief(self.level, self.text, tuple(self.files), self.given, tuple(self.checks))

    @property
    def solved(self) -> dict[str, str]:
        return {**self.given, **self.reference}

    def spoilt(self, mistake: Mistake) -> dict[str, str]:
        """The solution with a mistake in it. Raises ValueError where there is nothing to spoil."""
        text = self.solved[mistake.file]
        if text.count(mistake.replace) != 1:
            raise ValueError(f"{self.id}: {mistake.replace!r} is not once in {mistake.file}")
        return {**self.solved, mistake.file: text.replace(mistake.replace, mistake.by)}


class UnknownCase(ValueError):
    """A case that was asked for and is not there."""


def load_cases(folder: Path = CASES) -> list[Case]:
    """Read all cases, goals first. Raises pydantic's ValidationError for one that is malformed."""
    return list(_read(folder))


def chosen(cases: list[Case], *, names: Collection[str], half: Half | None) -> list[Case]:
    """Choose by id or kind, all where nothing is named. Raises UnknownCase."""
    known = {word for case in cases for word in (case.id, case.kind, case.level)}
    if unknown := sorted(set(names) - known):
        raise UnknownCase(
            f"There is no case, kind or level {', '.join(unknown)}. Known are: "
            f"{', '.join(sorted(known))}."
        )
    return [
        case
        for case in cases
        if (half is None or case.half is half)
        and (not names or not {case.id, case.kind, case.level}.isdisjoint(names))
    ]


def _read(folder: Path) -> Iterator[Case]:
    for level in Level:
        for path in sorted((folder / f"{level}s").glob("*.yaml")):
            fields = yaml.safe_load(path.read_text("utf-8"))
            yield Case.model_validate({"id": path.stem, "level": level, **fields})
