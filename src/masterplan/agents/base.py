"""The contract between the engine and whoever does a task's work.

The engine prepares a directory that holds the merged results of the task's dependencies, calls
`TaskAgent.run`, and afterwards looks only at the files: what the agent says is never proof.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from masterplan.lifecycle import Complexity, FailureKind
from masterplan.llm.journal import ModelJournal, Unjournaled

LogWriter = Callable[[str], None]
"""Appends text to the attempt's log; what is written is shown live."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the task's checks say of files that were tried."""

    failing: int
    """How many of them do not pass."""
    message: str
    """Which these are, and the end of what each printed."""


TryOut = Callable[[Mapping[str, str]], Awaitable[Verdict]]
"""Runs the task's checks on these files, path to text, laid over what the attempt began with.

Raises UnsafePath where one of them cannot be written.
"""


@dataclass(frozen=True, slots=True)
class TaskBrief:
    """A task as an agent sees it."""

    key: str
    name: str
    description: str
    target_files: tuple[str, ...]
    checks: tuple[str, ...]
    complexity: Complexity
    command: str | None = None
    script: dict[str, object] | None = None
    """What a scripted agent shall do, as the plan document states it."""


@dataclass(frozen=True, slots=True)
class PreviousFailure:
    """How the attempt before this one failed, for the agent to learn from."""

    kind: FailureKind
    message: str
    """The error and the tail of the failing check's output."""
    files: dict[str, str] = field(default_factory=dict)
    """What that attempt had written: path to text."""


@dataclass(frozen=True, slots=True)
class AgentContext:
    """All that an agent gets to do one attempt at one task."""

    task: TaskBrief
    goal: str
    outline: str
    """The plan in a few lines: phases, milestones, tasks, with the files of each."""
    directory: Path
    """The attempt's own directory, holding all dependencies' results; write here."""
    current_files: dict[str, str]
    """Current text of those target files that exist already: path to text."""
    dependency_files: dict[str, str]
    """Text of the files that the task's dependencies produced: path to text."""
    attempt: int
    """1 for the first attempt."""
    model: str | None
    """`provider:model` or `local`; None for agents that use none."""
    previous_failure: PreviousFailure | None
    guidance: str | None
    """What a person said when asking for this retry."""
    network: bool
    """Whether the plan's approved policy grants the sandbox network access."""
    log: LogWriter
    house_rules: str = ""
    """How code is written and tested in the repository that the plan changes, in a few lines."""
    related_files: dict[str, str] = field(default_factory=dict)
    """Text of the repository's files that the task builds on: path to text."""
    tries: int = 1
    """Which try this is, not counting attempts that were interrupted through no fault of theirs."""
    journal: ModelJournal = field(default_factory=Unjournaled)
    """Keeps the requests to models: whatever asks one must ask through it."""
    try_out: TryOut | None = None
    """Lets the agent try its work; None where the task has no checks."""


@dataclass(frozen=True, slots=True)
class AgentResult:
    """What an agent says of its work, which is in the directory."""

    summary: str
    model: str | None = None
    tokens_input: int = 0
    """As the agent counted; what an attempt costs is told by the journal."""
    tokens_output: int = 0


class AgentFailure(Exception):
    """The agent could not do the task; `kind` decides whether another attempt makes sense.

    What it had done by then is carried along, so that a failed attempt's model is known too.
    """

    def __init__(self, kind: FailureKind, message: str, *, spent: AgentResult | None = None):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.spent = spent


class TaskAgent(Protocol):
    """Does one attempt at one task in its directory.

    Raises AgentFailure where it cannot. Cancellation (asyncio.CancelledError) ends whatever it
    started.
    """

    needs_project: bool
    """Whether its directory holds the whole project, or only the files that its task names and
    those that the task's dependencies produced."""

    async def run(self, context: AgentContext) -> AgentResult: ...
