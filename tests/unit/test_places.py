"""Who works in this process at the same time, and who comes next."""

from __future__ import annotations

import asyncio

import pytest

from masterplan.engine.places import Places
from masterplan.repository import RunningAttempt

PLAN, OTHER = "plan", "other"


def attempt(name: str) -> RunningAttempt:
    return RunningAttempt(name, 1)


async def settled() -> None:
    """Let everything go on that can."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_no_more_take_a_place_than_there_are() -> None:
    places = Places(2)
    assert [places.take(attempt(name), PLAN) for name in "abc"] == [True, True, False]
    assert places.take(attempt("a"), PLAN), "it has one already"


def test_who_steps_aside_makes_room_for_other_plans_but_not_for_more_of_its_own() -> None:
    places = Places(2)
    freed: list[None] = []
    places.on_free = lambda: freed.append(None)
    for name in "ab":
        places.take(attempt(name), PLAN)
    assert (places.left_for(PLAN), places.left_for(OTHER)) == (0, 0)

    places.step_aside(attempt("a"))

    assert (places.left_for(PLAN), places.left_for(OTHER)) == (0, 1)
    assert len(freed) == 1
    places.leave(attempt("a"))
    assert places.left_for(PLAN) == 1


async def test_those_who_come_back_are_served_in_their_order_before_anything_new() -> None:
    places = Places(1)
    places.take(attempt("busy"), OTHER)
    freed: list[None] = []
    places.on_free = lambda: freed.append(None)
    came: list[str] = []

    async def come_back(name: str) -> None:
        await places.enter(attempt(name), PLAN)
        came.append(name)

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(come_back(name))
        await settled()
        assert came == []
        for expected in (["a"], ["a", "b"], ["a", "b", "c"]):
            places.leave(attempt(came[-1] if came else "busy"))
            await settled()
            assert came == expected
    assert freed == [], "each place was passed on"


@pytest.mark.parametrize("served", [False, True], ids=["before its turn", "at its turn"])
async def test_who_is_cancelled_while_it_queues_holds_nothing(served: bool) -> None:
    places = Places(1)
    places.take(attempt("busy"), OTHER)
    queueing = asyncio.ensure_future(places.enter(attempt("late"), PLAN))
    await settled()

    if served:
        places.leave(attempt("busy"))
    queueing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await queueing
    places.leave(attempt("late"))
    places.leave(attempt("busy"))

    assert places.left_for(PLAN) == 1


async def test_closing_waits_for_those_who_work_and_not_for_those_who_wait() -> None:
    places = Places(2)
    for name in ("works", "waits"):
        places.take(attempt(name), PLAN)
    places.step_aside(attempt("waits"))
    closing = asyncio.ensure_future(places.close())
    coming_back = asyncio.ensure_future(places.enter(attempt("waits"), PLAN))
    await settled()
    assert not closing.done()

    places.leave(attempt("works"))

    await asyncio.wait_for(closing, timeout=5)
    assert not coming_back.done(), "nobody begins to work any more"
    coming_back.cancel()
