"""Forecasts: ranges that a simulated run falls into, and the same bounds as any schedule has."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterplan.forecast import Forecast, ForeseenTask, Range, TaskOutcome, foresee


def task(
    seconds: float, *needed: str, files: tuple[str, ...] = (), alone: bool = False
) -> ForeseenTask:
    outcomes = [TaskOutcome(seconds, tokens_input=100, tokens_output=10, usd=0.5)]
    return ForeseenTask(needed, files, outcomes, alone)


def always(amount: float) -> Range:
    return Range(amount, amount, amount)


DIAMOND = {
    "base": task(1),
    "left": task(2, "base"),
    "right": task(5, "base"),
    "top": task(1, "left", "right"),
}


def test_certain_tasks_give_a_certain_forecast() -> None:
    forecast = foresee(DIAMOND, max_parallel=4)

    assert forecast == Forecast(
        critical_path=["base", "right", "top"],
        critical_path_seconds=always(7),
        parallel_width=2,
        seconds=always(7),
        tokens_input=always(400),
        tokens_output=always(40),
        usd=always(2.0),
        unpriced_tasks=0,
        runs=forecast.runs,
    )


def test_fewer_places_take_longer() -> None:
    assert foresee(DIAMOND, max_parallel=1).seconds == always(9)


def test_tasks_that_write_one_file_take_turns() -> None:
    sharing = {"a": task(3, files=("x.py",)), "b": task(4, files=("x.py",))}

    forecast = foresee(sharing, max_parallel=8)

    assert (forecast.seconds, forecast.parallel_width) == (always(7), 1)


def test_tasks_that_share_a_resource_take_turns() -> None:
    sharing = {"a": task(3, alone=True), "b": task(4, alone=True), "c": task(5)}

    assert foresee(sharing, max_parallel=8).seconds == always(7)


def test_what_is_done_already_is_waited_for_by_nobody() -> None:
    assert foresee({"b": task(2, "done before")}, max_parallel=1).critical_path == ["b"]


def test_a_plan_with_nothing_left_takes_nothing() -> None:
    forecast = foresee({}, max_parallel=4)

    assert (forecast.critical_path, forecast.seconds, forecast.usd) == ([], always(0), always(0))


def test_an_unknown_price_is_counted_and_never_taken_for_nothing() -> None:
    unknown = ForeseenTask((), (), [TaskOutcome(1, usd=None)])

    both = foresee({"a": task(1), "b": unknown}, max_parallel=1)
    neither = foresee({"b": unknown}, max_parallel=1)

    assert (both.usd, both.unpriced_tasks) == (always(0.5), 1)
    assert (neither.usd, neither.unpriced_tasks) == (None, 1)


def test_outcomes_that_differ_give_a_range_and_the_same_one_each_time() -> None:
    unsure = {f"t{n}": ForeseenTask((), (), [TaskOutcome(1), TaskOutcome(9)]) for n in range(6)}

    forecast = foresee(unsure, max_parallel=1)

    assert 6 <= forecast.seconds.low < forecast.seconds.likely < forecast.seconds.high <= 54
    assert forecast == foresee(unsure, max_parallel=1)


@st.composite
def plans(draw: st.DrawFn) -> dict[str, ForeseenTask]:
    tasks: dict[str, ForeseenTask] = {}
    for number in range(draw(st.integers(1, 12))):
        needed = draw(st.sets(st.sampled_from(sorted(tasks)))) if tasks else set()
        files = draw(st.sets(st.sampled_from(["a.py", "b.py"]), max_size=1))
        tasks[f"t{number}"] = ForeseenTask(
            needed, files, [TaskOutcome(draw(st.integers(0, 50)))], draw(st.booleans())
        )
    return tasks


@given(plans(), st.integers(1, 6))
def test_no_schedule_beats_its_bounds(tasks: dict[str, ForeseenTask], places: int) -> None:
    forecast = foresee(tasks, max_parallel=places)

    work = sum(task.outcomes[0].seconds for task in tasks.values())
    critical = forecast.critical_path_seconds.likely
    assert max(critical, work / places) - 1e-9 <= forecast.seconds.likely <= work
    chain = forecast.critical_path
    assert critical == pytest.approx(sum(tasks[key].outcomes[0].seconds for key in chain))
    assert 1 <= forecast.parallel_width <= len(tasks)


def test_ten_thousand_tasks_are_foreseen_in_seconds() -> None:
    wide = {"first": task(1)} | {f"t{n}": task(n % 7, "first") for n in range(5_000)}
    deep = {"d0": task(1)} | {f"d{n}": task(1, f"d{n - 1}") for n in range(1, 5_000)}

    started = time.process_time()
    forecast = foresee(wide | deep, max_parallel=16)

    assert (forecast.parallel_width, len(forecast.critical_path)) == (5_001, 5_000)
    assert time.process_time() - started < 30
