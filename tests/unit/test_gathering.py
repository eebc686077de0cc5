"""Attempts that end at about the same time are settled together; who ends alone never waits."""

from __future__ import annotations

import asyncio

from masterplan.engine.gathering import MOST_S, Gathering


async def test_who_ends_alone_is_settled_at_once() -> None:
    settled: list[str] = []
    Gathering(settled.append).add("plan", others_follow=False)

    assert settled == ["plan"]


async def test_the_last_of_several_has_all_of_them_settled_once() -> None:
    settled: list[str] = []
    gathering = Gathering(settled.append)
    gathering.add("plan", others_follow=True)
    gathering.add("plan", others_follow=True)
    gathering.add("other plan", others_follow=True)
    assert settled == []
    gathering.add("plan", others_follow=False)
    assert settled == ["plan"]

    await asyncio.sleep(2 * MOST_S)
    assert settled == ["plan", "other plan"], "nobody waits for ever, and nobody is settled twice"


async def test_what_is_settled_for_another_reason_is_waited_for_no_more() -> None:
    settled: list[str] = []
    gathering = Gathering(settled.append)
    gathering.add("plan", others_follow=True)
    gathering.forget("plan")

    await asyncio.sleep(2 * MOST_S)
    assert settled == []
