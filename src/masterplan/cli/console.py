"""The terminal: what it can show, and the words, signs and colours that statuses have in it."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

from masterplan.lifecycle import PlanOutcome, PlanStatus, TaskStatus

PIPE_COLUMNS = 160
"""Width of tables and trees that go into a pipe or a file."""

TASK_STYLES = {
    TaskStatus.PENDING: "bright_black",
    TaskStatus.READY: "blue",
    TaskStatus.IN_PROGRESS: "yellow",
    TaskStatus.VALIDATING: "magenta",
    TaskStatus.COMPLETED: "green",
    TaskStatus.FAILED: "red",
    TaskStatus.SKIPPED: "bright_black",
    TaskStatus.CANCELLED: "bright_black",
}
TASK_SIGNS = {
    TaskStatus.PENDING: "○",
    TaskStatus.READY: "◌",
    TaskStatus.IN_PROGRESS: "●",
    TaskStatus.VALIDATING: "◆",
    TaskStatus.COMPLETED: "✓",
    TaskStatus.FAILED: "✗",
    TaskStatus.SKIPPED: "↷",
    TaskStatus.CANCELLED: "⊘",
}
PLAN_STYLES = {
    PlanStatus.GENERATING: "magenta",
    PlanStatus.DRAFT: "cyan",
    PlanStatus.APPROVED: "blue",
    PlanStatus.REJECTED: "red",
    PlanStatus.IN_PROGRESS: "yellow",
    PlanStatus.PAUSED: "bright_black",
    PlanStatus.COMPLETED: "green",
    PlanStatus.FAILED: "red",
    PlanStatus.CANCELLED: "bright_black",
}
OUTCOME_STYLES = {
    PlanOutcome.SUCCEEDED: "green",
    PlanOutcome.PARTIAL: "yellow",
    PlanOutcome.FAILED: "red",
}
_PLAIN_SIGNS = {
    TaskStatus.PENDING: ".",
    TaskStatus.READY: "o",
    TaskStatus.IN_PROGRESS: ">",
    TaskStatus.VALIDATING: "?",
    TaskStatus.COMPLETED: "+",
    TaskStatus.FAILED: "x",
    TaskStatus.SKIPPED: "-",
    TaskStatus.CANCELLED: "-",
}


def output() -> Console:
    """The console of standard output: what was asked for."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_COLUMNS)


def remarks() -> Console:
    """The console of standard error: what is said beside it."""
    return Console(
        stderr=True, highlight=False, width=None if sys.stderr.isatty() else PIPE_COLUMNS
    )


def say(console: Console, *parts: str | Text) -> None:
    """Print a line as it is; where it is too long the terminal wraps it, so it can be copied."""
    console.print(Text.assemble(*parts), soft_wrap=True)


def draws(console: Console) -> bool:
    """Tell whether the console is a terminal on which lines can be drawn over, in colour."""
    return console.is_terminal and not console.is_dumb_terminal and not console.no_color


def task_sign(status: TaskStatus, console: Console) -> str:
    """Return the sign of a status, one column wide, in the characters that the terminal has."""
    return TASK_SIGNS[status] if console.encoding.startswith("utf") else _PLAIN_SIGNS[status]


def plan_status_text(status: PlanStatus, outcome: PlanOutcome | None = None) -> Text:
    """Say a plan's status, or how it ended, in its colour."""
    if status is PlanStatus.COMPLETED and outcome is not None:
        return Text(outcome.value, style=OUTCOME_STYLES[outcome])
    return Text(status.value, style=PLAN_STYLES[status])


def printable(text: str) -> str:
    """Make text of a model, a command or a plan harmless to print: no control characters.

    Escape sequences in it could otherwise rewrite what the terminal shows.
    """
    return "".join(
        character if character in "\n\t" or character.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
    )


def duration_text(seconds: float) -> str:
    """Say a duration as 0:07, 12:34 or 1:02:03."""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
