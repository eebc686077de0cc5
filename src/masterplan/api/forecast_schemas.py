"""What the API answers about the time, tokens and money that a plan will take."""

from __future__ import annotations

from pydantic import BaseModel

from masterplan.api.schemas import Money


class SecondsRange(BaseModel):
    low: float
    likely: float
    high: float


class TokenRange(BaseModel):
    low: int
    likely: int
    high: int


class MoneyRange(BaseModel):
    low: Money
    likely: Money
    high: Money


class ForecastView(BaseModel):
    """What the tasks that are left will take; eight in ten simulated runs lie in each range.

    `critical_path` names task ids in order, `parallel_width` is the most tasks that could run at
    a time, `cost_usd` leaves out `unpriced_tasks` and is null where no price is known,
    `within_budget` is the share of the runs that stay within the budget, null where there is none.
    `tasks_from_history` rest on this installation's `past_tasks`, the others on assumptions.
    """

    max_parallel: int
    tasks: int
    critical_path: list[str]
    critical_path_s: SecondsRange
    parallel_width: int
    duration_s: SecondsRange
    tokens_input: TokenRange
    tokens_output: TokenRange
    cost_usd: MoneyRange | None
    unpriced_tasks: int
    within_budget: float | None
    tasks_from_history: int
    past_tasks: int
