"""A plan as a person reads it before approving: its tree with files, dependencies and checks."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from masterplan.cli import wire
from masterplan.cli.console import TASK_STYLES, plan_status_text, printable, task_sign
from masterplan.cli.foreseeing import print_forecast
from masterplan.cli.layout import first_line
from masterplan.cli.proof import proof_lines
from masterplan.lifecycle import TaskStatus

MAX_NUMBERS = 10
UNCHANGED = frozenset({TaskStatus.PENDING, TaskStatus.READY})


def print_plan(plan: wire.PlanDetail, console: Console) -> None:
    """Print the whole plan."""
    console.print(_heading(plan))
    goal = f"Goal: {plan.goal}" if plan.goal else ""
    for text in (plan.description, goal, _repository(plan)):
        if text:
            console.print(Text(printable(text.strip()), style="dim"))
    known = _Known(
        numbers={task.task_id: task.task_number for task in plan.tasks()},
        evidence={proof.task_id: proof for proof in plan.evidence},
    )
    for number, phase in enumerate(plan.phases, start=1):
        console.print(_phase_tree(number, phase, known, console))
    _print_warnings(plan, console)
    if plan.forecast and plan.forecast.tasks:
        print_forecast(plan.forecast, plan, console)
    for task in plan.tasks():
        if task.waiting_reason and task.waiting_since:
            since = f"{task.waiting_since.astimezone():%H:%M}"
            said = f"#{task.task_number} waits since {since}: {task.waiting_reason}"
            console.print(Text(printable(said), style="yellow"))
    if plan.pause_reason:
        console.print(Text(printable(plan.pause_reason), style="yellow"))
    if reason := plan.failure_reason or plan.rejection_reason:
        console.print(Text(printable(reason), style="red"))


def _repository(plan: wire.PlanDetail) -> str:
    if plan.repository is None:
        return ""
    found = f" ({plan.discovery.summary})" if plan.discovery else ""
    return f"Repository: {plan.repository}{found}"


@dataclass(frozen=True, slots=True)
class _Known:
    """What is said of a task beside its own words, by its id."""

    numbers: dict[str, int]
    evidence: dict[str, wire.Evidence]


def _print_warnings(plan: wire.PlanDetail, console: Console) -> None:
    if not plan.warnings:
        return
    count = len(plan.warnings)
    console.print(
        Text(f"{count} {'warning' if count == 1 else 'warnings'} before you approve", style="bold")
    )
    numbers = {task.key: task.task_number for task in plan.tasks()}
    for warning in plan.warnings:
        tasks = " ".join(f"#{numbers[key]}" for key in warning.task_keys[:MAX_NUMBERS])
        more = " …" if len(warning.task_keys) > MAX_NUMBERS else ""
        line = Text("! ", style="yellow")
        line.append(printable(warning.message))
        line.append(f"  {tasks}{more}" if tasks else "", style="dim")
        console.print(line)


def _heading(plan: wire.PlanDetail) -> Text:
    heading = Text(printable(plan.title), style="bold")
    heading.append("  ")
    heading.append_text(plan_status_text(plan.status, plan.outcome))
    heading.append(f"  {plan.masterplan_id}  revision {plan.revision}", style="dim")
    return heading


def _phase_tree(number: int, phase: wire.Phase, known: _Known, console: Console) -> Tree:
    tree = Tree(Text(f"{number}. {printable(phase.name)}", style="bold"), guide_style="dim")
    for milestone in phase.milestones:
        branch = tree.add(Text(printable(milestone.name)))
        for task in milestone.tasks:
            _add_task(branch, task, known, console)
    return tree


def _add_task(branch: Tree, task: wire.Task, known: _Known, console: Console) -> None:
    style = TASK_STYLES[task.status]
    head = Text()
    head.append(f"{task_sign(task.status, console)} ", style=style)
    head.append(f"#{task.task_number} ", style="dim")
    head.append(printable(task.name))
    head.append(f"  {task.key}", style="dim")
    if task.status not in UNCHANGED:
        head.append(f"  {task.status.value}", style=style)
    node = branch.add(head)
    for label, said in _facts(task, known.numbers):
        node.add(Text.assemble((f"{label} ", "dim"), printable(said)))
    proof = known.evidence.get(task.task_id)
    for line in proof_lines(task, proof):
        node.add(line)
    if task.last_error and task.status is TaskStatus.FAILED:
        node.add(Text(printable(first_line(task.last_error)), style="red"))


def _facts(task: wire.Task, numbers: dict[str, int]) -> list[tuple[str, str]]:
    after = ", ".join(f"#{numbers[task_id]}" for task_id in task.depends_on_tasks)
    blocker = f"#{numbers[task.blocked_by]}" if task.blocked_by in numbers else ""
    facts = [
        ("files", ", ".join(task.target_files)),
        ("after", after),
        ("runs", task.command or ""),
        ("blocked by", blocker),
    ]
    return [(label, said) for label, said in facts if said]
