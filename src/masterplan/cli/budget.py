"""A budget that a person raises on the command line."""

from __future__ import annotations

from dataclasses import dataclass

from masterplan.cli import wire
from masterplan.cli.selection import select_task
from masterplan.cli.session import UsageMistake


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
                raise UsageMistake("--task needs --budget-usd or --budget-tokens with it.")
            return {}
        task = select_task(self.task, plan).task_id if self.task is not None else None
        given = {"budget_usd": self.usd, "budget_tokens": self.tokens, "task_id": task}
        return {name: value for name, value in given.items() if value is not None}
