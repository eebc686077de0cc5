"""Budgets on the command line: what a plan or a task may use, and what a person raises that to."""

from __future__ import annotations

from dataclasses import dataclass

from masterplan.budgets import Budget, amount
from masterplan.cli import wire
from masterplan.cli.client import Client
from masterplan.cli.console import output, say
from masterplan.cli.selection import select_task
from masterplan.cli.session import UsageMistake, ask_server, print_json
from masterplan.lifecycle import PlanStatus


@dataclass(frozen=True, slots=True)
class Raised:
    """What a budget is raised to: the plan's, or that of a task."""

    task: str | None
    usd: str | None
    tokens: int | None

    def body(self, plan: wire.PlanDetail) -> dict[str, str | int]:
        """Return the request's body. Raises UsageMistake where a task has no amount."""
        if self.usd is None and self.tokens is None:
            if self.task is not None:
                raise UsageMistake("--task needs an amount with it, in US dollars or in tokens.")
            return {}
        task = select_task(self.task, plan).task_id if self.task is not None else None
        given = {"budget_usd": self.usd, "budget_tokens": self.tokens, "task_id": task}
        return {name: value for name, value in given.items() if value is not None}


def dollars(given: float | None) -> str | None:
    """Write an option's amount as the API takes it, to a millionth."""
    return None if given is None else f"{given:.6f}"


def change_budget(word: str, raised: Raised, *, as_json: bool) -> None:
    """Change what a plan or one of its tasks may use; without an amount, say what it is."""

    async def work(client: Client) -> wire.PlanDetail:
        plan = await client.find_whole_plan(word)
        body = raised.body(plan)
        return await client.change_budget(plan.masterplan_id, body) if body else plan

    plan = ask_server(work, purpose="budget")
    if as_json:
        print_json(plan)
        return
    if raised.task is None:
        say(output(), _standing(plan.masterplan_id[:8], plan))
    else:
        task = select_task(raised.task, plan)
        say(output(), _standing(f"task #{task.task_number}", task))
    if plan.status is PlanStatus.PAUSED:
        say(output(), f"It is paused. Go on: masterplan resume {plan.masterplan_id[:8]}")


def _standing(whose: str, spender: wire.PlanHead | wire.Task) -> str:
    budget = Budget(spender.budget_usd, spender.budget_tokens)
    tokens = spender.tokens_input + spender.tokens_output
    return f"Budget of {whose}: {budget}; {amount(spender.cost_usd)} USD, {tokens:,} tokens spent."
