"""What a plan will take, from this installation's own history and the price list."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from masterplan import repository
from masterplan.db import Database
from masterplan.documents import PlanSettings, Script
from masterplan.forecast import Forecast, ForeseenTask, TaskOutcome, foresee
from masterplan.lifecycle import Complexity, TaskStatus
from masterplan.llm.catalog import LOCAL, ModelCapability, capability, task_model_name
from masterplan.models import MasterPlan, MasterPlanTask
from masterplan.repository import PastTask
from masterplan.services.assumptions import Effort, command_efforts, model_efforts
from masterplan.settings import Settings, TokenPrice

LATEST_ATTEMPTS = 2_000
"""How much of the history is read: what ran lately says most about what runs next."""
FEWEST_ALIKE = 5
"""As many past tasks as are needed before they are believed."""
NOT_LEFT = frozenset({TaskStatus.COMPLETED, TaskStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class PlanForecast:
    """What is left of a plan, foreseen at `max_parallel`."""

    max_parallel: int
    tasks: Sequence[MasterPlanTask]
    """The tasks that are left."""
    forecast: Forecast
    tasks_from_history: int
    """Tasks that are foreseen from past tasks like them; the rest from assumptions."""
    past_tasks: int
    """Past tasks that were looked at."""
    within_budget: float | None
    """Share of the simulated runs that stay within the budget; None where there is none."""


class ForecastService:
    """Reads in a session of its own, and computes outside of it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def forecast(self, plan_id: str, *, max_parallel: int | None = None) -> PlanForecast:
        """Foresee what is left of a plan, at its own `max_parallel` where none is given.

        Raises NotFound.
        """
        async with self._database.reading() as session:
            plan = await repository.get_plan_tree(session, plan_id)
            history = await repository.past_tasks(session, attempts=LATEST_ATTEMPTS)
        return await asyncio.to_thread(self._foresee, plan, history, max_parallel)

    def _foresee(
        self, plan: MasterPlan, history: Sequence[PastTask], max_parallel: int | None
    ) -> PlanForecast:
        settings = PlanSettings.model_validate(plan.settings)
        places = max_parallel or settings.max_parallel or self._settings.max_parallel
        left = [task for task in _tasks(plan) if task.status not in NOT_LEFT]
        choose = partial(task_model_name, self._settings, settings.model)
        experience = _Experience(
            choose,
            history,
            self._settings.model_prices,
            judge=partial(capability, self._settings),
        )
        basis = {task.id: experience.of(task) for task in left}
        forecast = foresee(
            {task.id: _foreseen(task, basis[task.id]) for task in left}, max_parallel=places
        )
        return PlanForecast(
            max_parallel=places,
            tasks=left,
            forecast=forecast,
            tasks_from_history=sum(found.from_history for found in basis.values()),
            past_tasks=len(history),
            within_budget=_within_budget(plan, forecast),
        )


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a task's forecast rests on."""

    outcomes: Sequence[TaskOutcome]
    from_history: bool
    alone: bool = False


class _Experience:
    """What past tasks took, by who did them; `choose` names the model of a task that asks one."""

    def __init__(
        self,
        choose: Callable[[Complexity], str],
        history: Sequence[PastTask],
        prices: Mapping[str, TokenPrice],
        *,
        judge: Callable[[str], ModelCapability],
    ) -> None:
        self._choose = choose
        self._judge = judge
        self._prices = prices
        self._alike: defaultdict[tuple[str | None, ...], list[Effort]] = defaultdict(list)
        self._found: dict[tuple[str, str, int], _Basis] = {}
        for past in history:
            effort = Effort(past.seconds, past.tokens_input, past.tokens_output)
            self._alike[past.agent, past.model].append(effort)
            self._alike[past.agent, past.model, past.complexity].append(effort)

    def of(self, task: MasterPlanTask) -> _Basis:
        """Find past tasks like this one, of its complexity if there are enough; else assume."""
        if task.agent == "scripted":
            return _Basis(_scripted(task), from_history=False)
        kind = (task.agent, task.complexity, task.max_retries)
        if kind not in self._found:
            self._found[kind] = self._find(*kind)
        return self._found[kind]

    def _find(self, agent: str, complexity: str, max_retries: int) -> _Basis:
        model = self._choose(Complexity(complexity)) if agent == "llm" else None
        for alike in ((agent, model, complexity), (agent, model)):
            if len(efforts := self._alike.get(alike, [])) >= FEWEST_ALIKE:
                return _Basis(_priced(efforts, model, self._prices), from_history=True)
        if model is None:
            return _Basis(_priced(command_efforts(), None, {}), from_history=False)
        efforts = model_efforts(self._judge(model), Complexity(complexity), max_retries=max_retries)
        # The embedded model's answers share the machine; the past has that in its times.
        outcomes = _priced(efforts, model, self._prices)
        return _Basis(outcomes, from_history=False, alone=model == LOCAL)


def _scripted(task: MasterPlanTask) -> list[TaskOutcome]:
    script = Script.model_validate(task.script or {})
    tries = min(script.fail_attempts, task.max_retries) + 1
    return [TaskOutcome(tries * script.duration_s)]


def _priced(
    efforts: Sequence[Effort], model: str | None, prices: Mapping[str, TokenPrice]
) -> list[TaskOutcome]:
    return [
        TaskOutcome(
            seconds=effort.seconds,
            tokens_input=effort.tokens_input,
            tokens_output=effort.tokens_output,
            usd=0.0 if model is None else _price(model, effort, prices),
        )
        for effort in efforts
    ]


def _price(model: str, effort: Effort, prices: Mapping[str, TokenPrice]) -> float | None:
    # The price list is slow to load, and few processes ask it.
    from masterplan.llm.pricing import Prices

    price = Prices(prices).cost_of_tokens(model, effort.tokens_input, effort.tokens_output)
    return None if price is None else float(price)


def _foreseen(task: MasterPlanTask, basis: _Basis) -> ForeseenTask:
    return ForeseenTask(task.depends_on_tasks, task.target_files, basis.outcomes, basis.alone)


def _within_budget(plan: MasterPlan, forecast: Forecast) -> float | None:
    if plan.budget_usd is None and plan.budget_tokens is None:
        return None
    usd_left = float("inf") if plan.budget_usd is None else float(plan.budget_usd - plan.cost_usd)
    tokens_used = plan.tokens_input + plan.tokens_output
    tokens_left = (
        float("inf") if plan.budget_tokens is None else float(plan.budget_tokens - tokens_used)
    )
    within = [
        run.usd <= usd_left and run.tokens_input + run.tokens_output <= tokens_left
        for run in forecast.runs
    ]
    return sum(within) / len(within)


def _tasks(plan: MasterPlan) -> list[MasterPlanTask]:
    return [
        task for phase in plan.phases for milestone in phase.milestones for task in milestone.tasks
    ]
