"""The model that the state machine of the lifecycle is judged by must itself refuse."""

from __future__ import annotations

import pytest

from support.lifecycle_model import Asked, Outcome, explained

YES, NO, UNKNOWN = Outcome.GRANTED, Outcome.REFUSED, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        ("draft", [("approve", YES)], {"approved"}),
        ("draft", [("approve", YES), ("approve", YES)], set()),
        ("draft", [("approve", NO), ("reject", NO)], set()),
        ("draft", [("approve", NO), ("reject", YES)], {"rejected"}),
        ("draft", [("execute", YES), ("approve", YES)], {"in_progress", "completed"}),
        ("in_progress", [("pause", YES), ("cancel", YES)], {"cancelled"}),
        ("in_progress", [("cancel", NO)], {"completed"}),
        ("cancelled", [("resume", YES)], set()),
        ("paused", [("resume", UNKNOWN)], {"paused", "in_progress", "completed"}),
        ("paused", [("cancel", NO)], set()),
    ],
)
def test_only_what_some_order_explains_is_accepted(
    before: str, asked: list[Asked], after: set[str]
) -> None:
    assert explained(before, asked, may_pause=False) == after
