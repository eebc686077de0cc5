"""Notices when a model's text goes round in circles.

A small model at a low temperature may write the same lines until its limit, which takes minutes and
can never be used. Real code repeats lines too, but not a long one every other line.
"""

from __future__ import annotations

RECENT_LINES = 16
MOST_ALIKE = 8
SHORTEST_LINE = 24
"""Characters; shorter lines, such as closing brackets, are repeated in good code."""


def goes_in_circles(text: str) -> bool:
    """Whether half of the latest lines are one and the same long line."""
    # The last one is still being written.
    lines = [line.strip() for line in text.splitlines()[:-1] if line.strip()][-RECENT_LINES:]
    return any(lines.count(line) >= MOST_ALIKE for line in set(lines) if len(line) >= SHORTEST_LINE)
