"""Which status a plan may have after requests that were made at the same time.

The requests took effect one after the other, in an order that nobody knows, and the plan may have
moved by itself in between. So every order is tried: one must explain all the answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import Enum, auto
from itertools import permutations

EDITABLE = ("draft", "rejected", "approved", "paused", "completed", "cancelled", "failed")
EFFECTS: dict[str, dict[str, str]] = {
    "approve": {"draft": "approved"},
    "reject": {"draft": "rejected"},
    "edit": dict.fromkeys(EDITABLE, "draft"),
    "execute": {"approved": "in_progress"},
    "pause": {"in_progress": "paused"},
    "resume": {"paused": "in_progress"},
    "cancel": {"in_progress": "cancelled", "paused": "cancelled"},
    "retry": {"in_progress": "in_progress", "paused": "paused", "completed": "in_progress"},
    "budget": {each: each for each in ("approved", "in_progress", "paused", "completed")},
}
"""What each request makes of the statuses in which it is granted."""
CONDITIONAL = {
    "retry": {"in_progress", "paused", "completed"},
    "resume": {"paused"},
    "edit": {"paused"},
}
"""Where a request may be refused as well: no such task has failed, a budget is spent, tasks run."""


class Outcome(Enum):
    GRANTED = auto()
    REFUSED = auto()
    UNKNOWN = auto()
    """The process died before it answered."""


Asked = tuple[str, Outcome]


def explained(before: str, asked: Sequence[Asked], *, may_pause: bool) -> set[str]:
    """Return the statuses that the plan may have now; none where no order explains the answers.

    `may_pause` tells whether the plan has a budget, which may pause it by itself.
    """
    found: set[str] = set()
    for order in set(permutations(asked)):
        statuses = _moved({before}, may_pause=may_pause)
        for action, outcome in order:
            statuses = _moved(set(_after(statuses, action, outcome)), may_pause=may_pause)
        found |= statuses
    return found


def _after(statuses: Collection[str], action: str, outcome: Outcome) -> Iterable[str]:
    effects = EFFECTS[action]
    for status in statuses:
        if outcome is not Outcome.REFUSED and status in effects:
            yield effects[status]
        if outcome is Outcome.UNKNOWN or (
            outcome is Outcome.REFUSED
            and (status not in effects or status in CONDITIONAL.get(action, ()))
        ):
            yield status


def _moved(statuses: set[str], *, may_pause: bool) -> set[str]:
    if "in_progress" not in statuses:
        return statuses
    return statuses | {"completed"} | ({"paused"} if may_pause else set())
