"""What is said when a plan has ended: how, what it took, where the code is, what can be done."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.text import Text

from masterplan.cli import wire
from masterplan.cli.console import (
    TASK_STYLES,
    duration_text,
    plan_status_text,
    printable,
    say,
    task_sign,
)
from masterplan.cli.layout import first_line
from masterplan.cli.proof import proof_text
from masterplan.lifecycle import PlanOutcome, PlanStatus, TaskStatus

SHOWN_FAILURES = 5
SHOWN_PROOFS = 20
RUNS_A_PROGRAM = re.compile(r"python3? (-m unittest\b|\S+\.py\b)[^|&;<>\n]*$")
SUCCESS, FAILURE, REJECTED = 0, 1, 3


def exit_code(plan: wire.PlanDetail) -> int:
    """Return 0 where all tasks completed, 3 for a rejected plan, else 1."""
    if plan.status is PlanStatus.REJECTED:
        return REJECTED
    return SUCCESS if plan.outcome is PlanOutcome.SUCCEEDED else FAILURE


def repository_of(plan: wire.PlanDetail) -> Path | None:
    """Return the bare repository that holds the result, once there is a workspace."""
    return Path(plan.workspace_path) / "repository.git" if plan.workspace_path else None


def branch_of(plan: wire.PlanDetail) -> str:
    return plan.branch or f"masterplan/{plan.masterplan_id[:8]}"


def print_summary(plan: wire.PlanDetail, console: Console, *, output: Path | None = None) -> None:
    """Print the end of a plan; `output` is where its result was checked out."""
    short = plan.masterplan_id[:8]
    console.print()
    say(console, _outcome_line(plan))
    _print_proof(plan, console)
    for task in _failed(plan)[:SHOWN_FAILURES]:
        said = f"  #{task.task_number} {task.name}: {first_line(task.last_error or 'failed')}"
        say(console, Text(printable(said), style="red"))
    if plan.failure_reason:
        say(console, Text(printable(plan.failure_reason), style="red"))
    for label, said in (*_places(plan, output), *_next_steps(plan, short)):
        say(console, Text(f"  {label:<9}", style="dim"), said)


def _print_proof(plan: wire.PlanDetail, console: Console) -> None:
    """Print what proves each task; of a large plan only the tasks whose proof is incomplete."""
    tasks = {task.task_id: task for task in plan.tasks()}
    proofs = [proof for proof in plan.evidence if proof.task_id in tasks]
    shown = proofs if len(proofs) <= SHOWN_PROOFS else list(filter(_is_doubtful, proofs))
    for proof in sorted(shown, key=lambda proof: tasks[proof.task_id].task_number)[:SHOWN_PROOFS]:
        task = tasks[proof.task_id]
        sign = Text(f"  {task_sign(task.status, console)} ", style=TASK_STYLES[task.status])
        named = f"#{task.task_number} {printable(task.name)}: "
        style = "yellow" if _is_doubtful(proof) else "dim"
        say(console, sign, named, Text(proof_text(proof), style=style))


def _is_doubtful(proof: wire.Evidence) -> bool:
    return not proof.checks or any(
        check.passed_on_base or not check.passed for check in proof.checks
    )


def _outcome_line(plan: wire.PlanDetail) -> Text:
    line = plan_status_text(plan.status, plan.outcome)
    line.stylize("bold")
    line.append(f": {plan.completed_tasks} of {plan.total_tasks} tasks completed", style="not bold")
    for count, word in ((plan.failed_tasks, "failed"), (plan.skipped_tasks, "skipped")):
        if count:
            line.append(f", {count} {word}")
    if plan.started_at and plan.completed_at:
        seconds = (plan.completed_at - plan.started_at).total_seconds()
        line.append(f" in {duration_text(seconds)}")
    line.append(_cost(plan), style="dim")
    return line


def _cost(plan: wire.PlanDetail) -> str:
    tokens = plan.tokens_input + plan.tokens_output
    if not tokens:
        return ""
    return f"  ({tokens:,} tokens{_price(plan)})"


def _price(plan: wire.PlanDetail) -> str:
    known = price_text(plan.cost_usd) if plan.cost_usd else ""
    if not plan.unpriced_requests:
        return f", {known}" if known else ""
    return f", {known} and requests of unknown cost" if known else ", cost unknown"


def price_text(amount: Decimal) -> str:
    """Say an amount in US dollars, small ones too."""
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.4f}"


def _failed(plan: wire.PlanDetail) -> list[wire.Task]:
    return [task for task in plan.tasks() if task.status is TaskStatus.FAILED]


def _places(plan: wire.PlanDetail, output: Path | None) -> list[tuple[str, str]]:
    repository = repository_of(plan)
    if repository is None or not plan.completed_tasks:
        return []
    branch = branch_of(plan)
    if output is not None:
        folder = shlex.quote(str(output))
        places = [("code", str(output)), ("history", f"git -C {folder} log")]
        command = command_to_try(plan.tasks())
        return [*places, ("try it", f"cd {folder} && {command}")] if command else places
    clone = shlex.join(["git", "clone", "-b", branch, str(repository), "DIR"])
    return [("code", f"branch {branch} of {repository}"), ("take it", clone)]


def command_to_try(tasks: Iterable[wire.Task]) -> str | None:
    """Choose what a person would run first: the latest proven check that runs a program."""
    proven = [task.checks for task in tasks if task.status is TaskStatus.COMPLETED]
    runs = [check for checks in proven for check in checks if RUNS_A_PROGRAM.match(check)]
    if not runs:
        return None
    # Debian has no `python`.
    return re.sub(r"^python\b", "python3", runs[-1])


def _next_steps(plan: wire.PlanDetail, short: str) -> list[tuple[str, str]]:
    failed = _failed(plan)
    if not failed:
        task = next(plan.tasks(), None)
        return [("look", f"masterplan diff {short} {task.task_number}")] if task else []
    number = failed[0].task_number
    return [
        ("why", f"masterplan log {short} {number}"),
        ("retry", f'masterplan retry {short} {number} --guidance "…"'),
    ]
