"""The task groups of an Agent OS file: their headings, and the order that they stand in."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from masterplan.importers.drafting import Draft, DraftMilestone, DraftPhase, limit_dependencies
from masterplan.importers.lines import Checkbox, Line

_PHASE = re.compile(r"(?:GROUP|Group|PHASE|Phase) [0-9]{1,9}\s*:\s*(.+)")
_PRIORITY = re.compile(r"(.*\S)\s*\((P[0-9])\)")
_RANGE = re.compile(r"([0-9]{1,9})(?:\s*(?:-|\u2013|to|through)\s*([0-9]{1,9}))?")


@dataclass(slots=True)
class Group:
    """A task group as it is read; `needs` is its line of dependencies."""

    number: int
    line: int
    milestone: DraftMilestone
    needs: str = ""
    rollup: tuple[Line, Checkbox, str] | None = None
    lead: list[str] = field(default_factory=list)


def phase_of(words: str) -> DraftPhase:
    """Read the heading of a phase: `GROUP 1: Name (P0)`, or a layer's name alone."""
    named = _PHASE.fullmatch(words)
    name = named[1] if named else words
    priority = _PRIORITY.fullmatch(name)
    if priority:
        return DraftPhase(priority[1], f"Priority: {priority[2]}")
    return DraftPhase(name)


def order_groups(draft: Draft, groups: Sequence[Group]) -> None:
    """Let the tasks of a group follow one another, and the first of them what its group needs."""
    tails = {
        group.number: group.milestone.tasks[-1].key for group in groups if group.milestone.tasks
    }
    numbers = sorted(tails)
    total = 0
    for group in groups:
        for before, task in pairwise(group.milestone.tasks):
            task.depends_on.append(before.key)
        for first in group.milestone.tasks[:1]:
            needed = _needed(draft, group, numbers)
            total = limit_dependencies(total + len(needed))
            first.depends_on += [tails[number] for number in needed]


def _needed(draft: Draft, group: Group, numbers: Sequence[int]) -> list[int]:
    needed: dict[int, None] = {}
    for found in _RANGE.finditer(group.needs):
        first, last = int(found[1]), int(found[2] or found[1])
        span = numbers[bisect_left(numbers, first) : bisect_right(numbers, last)]
        if not span:
            draft.say(group.line, f"there is no Task Group {found[0]} to depend on")
        needed.update(dict.fromkeys(span))
    needed.pop(group.number, None)
    return list(needed)
