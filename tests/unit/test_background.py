"""Work that is waited for however often whoever waits is cancelled."""

from __future__ import annotations

import asyncio
import threading

import pytest

from masterplan.background import to_its_end


async def test_work_is_returned_and_its_error_raised() -> None:
    async def divide(divisor: int) -> float:
        return 1 / divisor

    assert await to_its_end(asyncio.ensure_future(divide(2))) == 0.5
    with pytest.raises(ZeroDivisionError):
        await to_its_end(asyncio.ensure_future(divide(0)))


@pytest.mark.parametrize("fails", [False, True])
async def test_whoever_is_cancelled_again_and_again_stays_until_the_thread_has_ended(
    *, fails: bool
) -> None:
    may_end = threading.Event()
    ended = threading.Event()

    def work() -> None:
        assert may_end.wait(timeout=30)
        ended.set()
        if fails:
            raise OSError("nobody is there any more to be told")

    waiting = asyncio.create_task(to_its_end(asyncio.ensure_future(asyncio.to_thread(work))))
    for _ in range(3):
        await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.sleep(0)
    assert not waiting.done()

    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended.is_set()
