"""Takes small goals from words to checked code with the embedded model and says how often it works.

For each run: was a plan made, how many tasks were proven at the first attempt and after retries,
did the checks hold that no model has seen, and what did it take. The engine is left out, so that
what is measured is planning and coding; checks run in the same sandbox.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from masterplan.agents.base import (
    AgentContext,
    AgentFailure,
    AgentResult,
    PreviousFailure,
    TaskAgent,
    TaskBrief,
)
from masterplan.agents.command_agent import CommandAgent
from masterplan.agents.llm_agent import LlmAgent
from masterplan.documents import PlanDocument, PlanSettings, TaskDocument, dump_yaml
from masterplan.lifecycle import FailureKind, decide_retry
from masterplan.llm.catalog import LOCAL, capability
from masterplan.llm.language_models import LanguageModels
from masterplan.planning.generation import GenerationProgress, PlanningFailed, Spending
from masterplan.planning.planner_agent import PlannerAgent
from masterplan.settings import Settings
from masterplan.workspace.process import Limits
from masterplan.workspace.sandbox import Sandbox, probe

LIMITS = Limits(wall_s=120)


@dataclass(slots=True)
class Outcome:
    """What came of one run."""

    goal: str
    planned: str = "no"
    tasks: int = 0
    first: int = 0
    retried: int = 0
    hidden: str = "-"
    plan_s: float = 0
    code_s: float = 0
    spent: list[tuple[int, int]] = field(default_factory=list)

    def row(self) -> list[str]:
        tokens_in = sum(each[0] for each in self.spent)
        tokens_out = sum(each[1] for each in self.spent)
        return [
            self.goal,
            self.planned,
            f"{self.first}+{self.retried}/{self.tasks}",
            self.hidden,
            f"{self.plan_s:.0f}+{self.code_s:.0f}",
            f"{tokens_in}/{tokens_out}",
        ]


@dataclass(frozen=True, slots=True)
class Bench:
    """What every run needs."""

    models: LanguageModels
    sandbox: Sandbox
    model: str
    console: Console

    def agent(self, task: TaskDocument) -> TaskAgent:
        if task.agent == "command":
            return CommandAgent(self.sandbox, limits=LIMITS)
        return LlmAgent(self.models)


async def try_goal(bench: Bench, name: str, goal: str, hidden: list[str], keep: Path) -> Outcome:
    """Plan one goal, build it in `keep`, and look at it with the hidden checks."""
    outcome = Outcome(name)
    await asyncio.to_thread(keep.mkdir, parents=True)
    started = time.monotonic()
    document = await _plan(bench, goal, outcome)
    outcome.plan_s = time.monotonic() - started
    if document is None:
        return outcome
    keep.with_suffix(".yaml").write_text(dump_yaml(document), encoding="utf-8")
    started = time.monotonic()
    tasks = list(document.tasks())
    outcome.tasks = len(tasks)
    for task in tasks:
        if not await _prove(bench, document, task, keep, outcome):
            break
    outcome.code_s = time.monotonic() - started
    held = [not await _failing(bench, keep, [check]) for check in hidden]
    outcome.hidden = f"{sum(held)}/{len(held)}"
    return outcome


async def _plan(bench: Bench, goal: str, outcome: Outcome) -> PlanDocument | None:
    async def say(progress: GenerationProgress) -> None:
        bench.console.print(f"  {progress.percent:3}% {progress.message}", markup=False)

    try:
        planned = await PlannerAgent(bench.sandbox).plan(
            goal,
            model=await bench.models.get(bench.model),
            capability=capability(bench.model),
            settings=PlanSettings(),
            progress=say,
        )
    except PlanningFailed as failed:
        bench.console.print(f"  {failed.message}", markup=False)
        _count(outcome, failed.spent)
        return None
    outcome.planned = "yes"
    _count(outcome, planned.spent)
    return planned.document


def _count(outcome: Outcome, spent: Spending | AgentResult | None) -> None:
    if spent is not None:
        outcome.spent.append((spent.tokens_input, spent.tokens_output))


async def _prove(
    bench: Bench, document: PlanDocument, task: TaskDocument, root: Path, outcome: Outcome
) -> bool:
    """Attempt the task until its checks hold or its retries are used up."""
    previous: PreviousFailure | None = None
    for attempt in range(1, task.max_retries + 2):
        context = _context(bench, document, task, root, attempt, previous)
        try:
            _count(outcome, await bench.agent(task).run(context))
            kind, problem = FailureKind.CHECKS, await _failing(bench, root, task.checks)
        except AgentFailure as failure:
            _count(outcome, failure.spent)
            kind, problem = failure.kind, failure.message
        verdict = "failed" if problem else "proven"
        bench.console.print(f"  {task.key}: attempt {attempt} {verdict}")
        if not problem:
            outcome.first += attempt == 1
            outcome.retried += attempt > 1
            return True
        bench.console.print(problem[-600:], markup=False, style="dim")
        if not decide_retry(kind, retry_count=attempt - 1, max_retries=task.max_retries).retry:
            return False
        previous = PreviousFailure(kind, problem, _texts(root, task.target_files))
    return False


def _context(
    bench: Bench,
    document: PlanDocument,
    task: TaskDocument,
    root: Path,
    attempt: int,
    previous: PreviousFailure | None,
) -> AgentContext:
    targets = {each.key: each.target_files for each in document.tasks()}
    dependencies = [path for key in task.depends_on for path in targets[key]]
    return AgentContext(
        task=TaskBrief(
            key=task.key,
            name=task.name,
            description=task.description,
            target_files=tuple(task.target_files),
            checks=tuple(task.checks),
            complexity=task.complexity,
            command=task.command,
        ),
        goal=document.goal,
        outline="\n".join(f"- {each.name}" for each in document.tasks()),
        directory=root,
        current_files={},
        dependency_files=_texts(root, dependencies),
        attempt=attempt,
        model=bench.model,
        previous_failure=previous,
        guidance=None,
        network=False,
        log=lambda _: None,
    )


def _texts(root: Path, paths: list[str]) -> dict[str, str]:
    return {path: (root / path).read_text("utf-8") for path in paths if (root / path).is_file()}


async def _failing(bench: Bench, root: Path, checks: list[str]) -> str:
    """Run the checks; the command and output of the first that fails, or an empty text."""
    for check in checks:
        result = await bench.sandbox.run(
            ["sh", "-c", check],
            directory=root,
            network=False,
            limits=LIMITS,
            on_output=None,
            extra_env={},
        )
        if result.exit_code != 0:
            return f"$ {check}\n{result.output_tail}"
    return ""


async def main() -> int:
    """Run the chosen goals and print the table; exit code 1 when anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("goals", nargs="*", help="names in goals.yaml; all when none is given")
    parser.add_argument("--runs", type=int, default=1, help="how often each goal is tried")
    parser.add_argument("--model", default=LOCAL)
    parser.add_argument("--keep", type=Path, help="directory for plans and code")
    options = parser.parse_args()
    known = yaml.safe_load(Path(__file__).with_name("goals.yaml").read_text("utf-8"))
    settings = Settings()
    keep = options.keep or Path(tempfile.mkdtemp(prefix="masterplan-eval-"))
    console = Console()
    outcomes: list[Outcome] = []
    async with LanguageModels(settings) as models:
        bench = Bench(models, await probe(settings.sandbox), options.model, console)
        for run in range(1, options.runs + 1):
            for name in options.goals or known:
                console.print(f"{name}, run {run}")
                outcomes.append(
                    await try_goal(bench, name, **known[name], keep=keep / f"{name}-{run}")
                )
                console.print("  " + "  ".join(outcomes[-1].row()), markup=False)
    console.print(_table(outcomes), f"Plans and code: {keep}")
    return int(any(each.first + each.retried < each.tasks or not each.tasks for each in outcomes))


def _table(outcomes: list[Outcome]) -> Table:
    table = Table("goal", "plan", "tasks first+retried", "hidden", "seconds", "tokens in/out")
    for each in outcomes:
        table.add_row(*each.row())
    return table


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
