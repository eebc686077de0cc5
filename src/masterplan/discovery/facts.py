"""What discovery finds out about a repository, as it is stored, shown and told to models."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, computed_field


class Fact(BaseModel):
    model_config = ConfigDict(frozen=True)


class Language(Fact):
    name: str
    percent: int
    """Share of the code's bytes."""
    files: int


class Purpose(StrEnum):
    TEST = "test"
    BUILD = "build"
    LINT = "lint"
    RUN = "run"


class ProjectCommand(Fact):
    """A command that the repository itself brings, and the file that says so."""

    purpose: Purpose
    command: str
    source: str
    runs_here: bool | None = None
    """Whether its program is there where checks run; None where nobody has looked."""


class Conventions(Fact):
    """How the code is written and laid out; None where that cannot be told."""

    indentation: str | None = None
    line_length: int | None = None
    tools: tuple[str, ...] = ()
    """Formatters, linters and type checkers that are configured."""
    tests: str | None = None
    """Where tests lie and how they are named, such as `tests/test_*.py`."""


class Excerpt(Fact):
    """A file's beginning or, of code, its interface."""

    path: str
    text: str


class LeftOut(Fact):
    """How many files were not looked into, by the reason."""

    secret: int = 0
    binary: int = 0
    generated: int = 0
    large: int = 0
    unread: int = 0
    """Text that did not fit into the limits of bytes, files and time."""


class RepositoryFacts(Fact):
    """A repository at one commit."""

    commit: str
    files: int
    """How many files there are, of those that `complete` let be counted."""
    complete: bool
    """False where there are more files than are listed at most."""
    languages: tuple[Language, ...]
    commands: tuple[ProjectCommand, ...]
    conventions: Conventions
    paths: tuple[str, ...]
    """Files worth naming, the most informative first; not all of a large repository."""
    interfaces: tuple[Excerpt, ...]
    """What other code can use of the key modules, the most used first."""
    documents: tuple[Excerpt, ...]
    """How the README and the guides for contributors begin."""
    left_out: LeftOut

    def command(self, purpose: Purpose) -> str | None:
        """Return the preferred command for a purpose that can be run, if there is any."""
        fit = (
            each.command
            for each in self.commands
            if each.purpose is purpose and each.runs_here is not False
        )
        return next(fit, None)

    def missing(self, purpose: Purpose) -> str | None:
        """Return the preferred command for a purpose where none can be run."""
        named = [each.command for each in self.commands if each.purpose is purpose]
        return named[0] if named and self.command(purpose) is None else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def summary(self) -> str:
        """Such as "Python 82%, Shell 18%, 41 files, tests: pytest"."""
        parts = [f"{each.name} {each.percent}%" for each in self.languages[:3]]
        more = "" if self.complete else "more than "
        parts.append(f"{more}{self.files} {'file' if self.files == 1 else 'files'}")
        if test := self.command(Purpose.TEST):
            parts.append(f"tests: {framework(test)}")
        elif missing := self.missing(Purpose.TEST):
            parts.append(f"tests: {framework(missing)}, not installed here")
        return ", ".join(parts)


def framework(command: str) -> str:
    """Name what runs the tests: the module that Python runs, else the whole command."""
    _, ran, module = command.partition("python -m ")
    return module.split()[0] if ran else command
