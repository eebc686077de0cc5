"""Says what a plan will take, in a few lines, before somebody approves it."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from masterplan.cli import wire
from masterplan.cli.client import Client
from masterplan.cli.console import duration_text, output, printable, say
from masterplan.cli.session import ask_server, print_json

MAX_NUMBERS = 12
SMALL_USD = 0.1
"""What costs less is told in hundredths of a cent: it is not for nothing."""


def show_forecast(word: str, *, max_parallel: int | None, as_json: bool) -> None:
    """Print the forecast of a plan."""

    async def work(client: Client) -> tuple[wire.PlanDetail, wire.Forecast]:
        plan = await client.find_whole_plan(word)
        return plan, await client.forecast(plan.masterplan_id, max_parallel=max_parallel)

    plan, forecast = ask_server(work, purpose="forecast")
    if as_json:
        print_json(forecast)
    elif forecast.tasks == 0:
        say(output(), f"Nothing is left to do: {printable(plan.title)}")
    else:
        print_forecast(forecast, plan, output())


def print_forecast(forecast: wire.Forecast, plan: wire.PlanDetail, console: Console) -> None:
    """Print what is left of a plan, as ranges that hold eight times in ten."""
    console.print(Text(f"Forecast for {counted(forecast.tasks, 'task')}", style="bold"))
    for label, said in _lines(forecast, plan):
        console.print(Text.assemble((f"{label:<14}", "dim"), printable(said)))


def _lines(forecast: wire.Forecast, plan: wire.PlanDetail) -> list[tuple[str, str]]:
    path, numbers = forecast.critical_path, {t.task_id: t.task_number for t in plan.tasks()}
    named = " ".join(f"#{numbers[task]}" for task in path[:MAX_NUMBERS] if task in numbers)
    chain = f"{named} …" if len(path) > MAX_NUMBERS else named
    lines = [
        ("time", f"{clock_range(forecast.duration_s)} at {forecast.max_parallel} in parallel"),
        ("critical path", f"{clock_range(forecast.critical_path_s)}: {chain}"),
        ("width", f"up to {counted(forecast.parallel_width, 'task')} could run at a time"),
    ]
    if forecast.tokens_input.high + forecast.tokens_output.high > 0:
        read, written = forecast.tokens_input, forecast.tokens_output
        lines.append(("tokens", f"{count_range(read)} read, {count_range(written)} written"))
        lines.append(("cost", _cost(forecast)))
    if forecast.within_budget is not None:
        lines.append(("budget", f"suffices in {forecast.within_budget:.0%} of simulated runs"))
    return [*lines, ("rests on", _basis(forecast))]


def _cost(forecast: wire.Forecast) -> str:
    if forecast.cost_usd is None:
        return "unknown: the model has no published price"
    bounds = forecast.cost_usd.bounds()
    cents = 2 if max(bounds) >= SMALL_USD else 4
    low, likely, high = (f"{bound:.{cents}f}" for bound in bounds)
    known = f"{likely} USD" if low == high else f"{likely} USD ({low} to {high})"
    if forecast.unpriced_tasks:
        return f"{known}, and {counted(forecast.unpriced_tasks, 'task')} of unknown price"
    return known


def _basis(forecast: wire.Forecast) -> str:
    assumed = forecast.tasks - forecast.tasks_from_history
    if not assumed:
        return f"{counted(forecast.past_tasks, 'past task')} here"
    if not forecast.tasks_from_history:
        return "assumptions: too few tasks like these have run here"
    return f"past tasks here for {forecast.tasks_from_history}, assumptions for {assumed}"


def clock_range(seconds: wire.SecondsRange) -> str:
    """Write `4:10 (2:30 to 7:00)`, in minutes or hours; one figure where they are the same."""
    low, likely, high = (duration_text(bound) for bound in seconds.bounds())
    return likely if low == high else f"{likely} ({low} to {high})"


def count_range(tokens: wire.TokenRange) -> str:
    low, likely, high = (f"{bound:,}" for bound in tokens.bounds())
    return likely if low == high else f"{likely} ({low} to {high})"


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
