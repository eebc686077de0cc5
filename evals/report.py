"""Makes one table of what was measured, with how sure one can be of each share."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from evals.cases import Level
from evals.records import Record

Z = 1.96
"""Standard deviations of the normal distribution around 95 % of it."""

HEADINGS = (
    "half, level",
    "arm",
    "valid plan",
    "tasks proven: first try",
    "with retries",
    "all hidden checks held",
    "hidden checks",
    "tokens in / out a case",
    "seconds a case",
)


def wilson(held: int, of: int) -> tuple[float, float]:
    """The score interval of a share at 95 % (Wilson 1927), which suits small counts."""
    if of == 0:
        return 0.0, 1.0
    share, square = held / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    reach = Z * math.sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def share(held: int, of: int) -> str:
    """Say a share, such as `7/10 (40-89 %)`."""
    if of == 0:
        return "-"
    low, high = wilson(held, of)
    return f"{held}/{of} ({100 * low:.0f}-{100 * high:.0f} %)"


def table(records: Sequence[Record], skipped: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of the table in Markdown; `skipped` are arms with the reasons."""
    yield f"| {' | '.join(HEADINGS)} |"
    yield f"|{'---|' * len(HEADINGS)}"
    # Tuning before held-out, goals before tasks, Masterplan first.
    ordered = sorted(records, key=lambda each: (each.half, each.level, each.arm), reverse=True)
    ordered.sort(key=lambda each: (each.half != "tuning", each.level))
    for (half, level, arm), group in groupby(
        ordered, key=lambda each: (each.half, each.level, each.arm)
    ):
        yield f"| {half}, {level}s | {arm} | {' | '.join(_cells(list(group)))} |"
    for arm, reason in skipped.items():
        yield f"\n{arm} was skipped: {reason}"


def _cells(group: Sequence[Record]) -> Iterator[str]:
    plans = [each for each in group if each.level is Level.GOAL and each.planned is not None]
    tasks = sum(each.tasks for each in group)
    first = sum(each.first for each in group)
    checks = [held for each in group for held in each.hidden.values()]
    yield share(sum(each.planned is True for each in plans), len(plans))
    yield share(first, tasks)
    yield share(first + sum(each.retried for each in group), tasks)
    yield share(sum(each.passed for each in group), len(group))
    yield share(sum(checks), len(checks))
    tokens = (
        statistics.mean(each.tokens_input for each in group),
        statistics.mean(each.tokens_output for each in group),
    )
    yield f"{tokens[0]:,.0f} / {tokens[1]:,.0f}"
    late = sum(each.timed_out for each in group)
    median = f"{statistics.median(each.seconds for each in group):.0f}"
    yield f"{median} ({late} not in time)" if late else median
