"""Keeps what is said about a plan's problems short enough to be read.

A plan document comes from anywhere: it may have a million problems, or one about a value of a
million characters.
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_PROBLEMS = 100
"""As many as anybody reads; a count stands for the rest."""

MAX_QUOTED = 100
"""Of a longer value only the beginning is repeated."""


def shortened(problems: Sequence[str], *, total: int | None = None) -> list[str]:
    """Cut a list of problems to MAX_PROBLEMS and a line that counts the rest of `total`."""
    more = (len(problems) if total is None else total) - MAX_PROBLEMS
    rest = [f"and {more:,} more problems; mend these first"] if more > 0 else []
    return [*problems[:MAX_PROBLEMS], *rest]


def quoted(text: str) -> str:
    """Repeat a value in quotes, its control characters escaped and its length bounded."""
    return repr(text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 3] + "...")
