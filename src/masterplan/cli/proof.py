"""The evidence for each task as it is told in a terminal: checks, what they prove, attempts."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from masterplan.cli import wire
from masterplan.cli.console import printable
from masterplan.lifecycle import TaskStatus


def proof_lines(task: wire.Task, proof: wire.Evidence | None) -> Iterator[Text]:
    """Say each check with what it came to in the latest attempt, and how many attempts there were.

    A check that has not been run yet is said alone. What a task that is to be run again came to
    before says nothing about the task as it is now.
    """
    waits = task.status in {TaskStatus.PENDING, TaskStatus.READY}
    results = {} if proof is None or waits else {check.command: check for check in proof.checks}
    for command in task.checks:
        line = Text.assemble(("check ", "dim"), printable(command))
        if check := results.get(command):
            line.append_text(Text.assemble("  ", (verdict_text(check), _verdict_style(check))))
        yield line
    if proof is not None and proof.attempts > 1:
        yield Text.assemble(("attempts ", "dim"), str(proof.attempts))


def verdict_text(check: wire.CheckVerdict) -> str:
    """Say what a check came to, and whether that proves anything."""
    if not check.passed:
        return "out of time" if check.timed_out else "failed"
    return "passed, but also passes without the work" if check.passed_on_base else "passed"


def _verdict_style(check: wire.CheckVerdict) -> str:
    if not check.passed:
        return "red"
    return "yellow" if check.passed_on_base else "green"


def proof_text(proof: wire.Evidence) -> str:
    """Sum up a task's evidence: `2 of 3 checks passed, 1 also without the work, 2 attempts`."""
    passed = sum(check.passed for check in proof.checks)
    empty = sum(bool(check.passed_on_base) for check in proof.checks)
    parts = [f"{passed} of {_counted(len(proof.checks), 'check')} passed"]
    if not proof.checks:
        parts = ["no check was run"]
    if empty:
        parts.append(f"{empty} also without the work")
    if proof.attempts > 1:
        parts.append(f"{proof.attempts} attempts")
    return ", ".join(parts)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
