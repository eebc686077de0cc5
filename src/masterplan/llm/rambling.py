"""Notices when there is nothing more to come of a small model's answer, though it goes on.

It may write the same lines until its limit, which takes minutes and can never be used; and it likes
to explain at length the code that it has written, which nobody reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

RECENT_LINES = 16
MOST_ALIKE = 8
SHORTEST_LINE = 24
"""Characters; shorter lines, such as closing brackets, are repeated in good code."""
TIMES_AROUND, LONGEST_CIRCLE, LEAST_CIRCLE = 3, 40, 160
"""How often the same lines come before they are a circle, of how many lines and characters."""
LONGEST_EPILOGUE = 400
"""Characters of prose behind code; whoever means to show more code has begun it by then."""

_FENCE = re.compile(r"^(`{3,}|~{3,})", re.MULTILINE)


def rambles(text: str) -> bool:
    """Whether an answer may end here."""
    return goes_in_circles(text) or explains_at_length(text)


def goes_in_circles(text: str) -> bool:
    """Whether half of the latest lines are one long line, or they are the same few in turn."""
    # The last one is still being written.
    lines = [line.strip() for line in text.splitlines()[:-1] if line.strip()]
    recent = lines[-RECENT_LINES:]
    return any(
        recent.count(line) >= MOST_ALIKE for line in set(recent) if len(line) >= SHORTEST_LINE
    ) or any(_are_in_turn(lines, count) for count in range(2, LONGEST_CIRCLE + 1))


def _are_in_turn(lines: Sequence[str], count: int) -> bool:
    circle = lines[-count:]
    return sum(map(len, circle)) >= LEAST_CIRCLE and (
        lines[-count * TIMES_AROUND :] == list(circle) * TIMES_AROUND
    )


def explains_at_length(text: str) -> bool:
    """Whether much prose has followed a closed block of code."""
    fences = list(_FENCE.finditer(text))
    if not fences or len(fences) % 2:
        return False
    return len(text) - fences[-1].end() > LONGEST_EPILOGUE
