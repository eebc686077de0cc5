"""How long to wait before a model is asked again that could not be had.

Waiting is not failing: a rate limit, an overloaded provider or a lost network says nothing about
the task. The pauses grow and are drawn at random (exponential backoff with full jitter, as the AWS
architecture blog describes it), so that many tasks do not come back at once; where the provider
says how long to wait, that is waited at least. There is no last try: whoever finds it too long
cancels the plan.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic_ai.exceptions import ModelAPIError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_never
from tenacity.wait import wait_random_exponential

from masterplan.llm.failures import will_pass

Result = TypeVar("Result")

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
LONGEST_ASKED_PAUSE_S = 6 * 3600.0
"""What a provider may ask for at most; after that it is asked again whatever it said."""

OnWait = Callable[[BaseException, float], Awaitable[None]]
"""Told what stands in the way, and for how many seconds it is waited."""

_backoff = wait_random_exponential(multiplier=FIRST_PAUSE_S, max=LONGEST_PAUSE_S)


async def until_it_passes(ask: Callable[[], Awaitable[Result]], *, on_wait: OnWait) -> Result:
    """Call `ask` until it does not fail for a reason that passes; other errors are raised."""

    async def before_sleep(state: RetryCallState) -> None:
        await on_wait(_error(state), state.upcoming_sleep)

    retrying = AsyncRetrying(
        retry=retry_if_exception(will_pass),
        wait=pause,
        stop=stop_never,
        before_sleep=before_sleep,
        reraise=True,
    )
    return await retrying(ask)


def pause(state: RetryCallState) -> float:
    """Return how many seconds to wait before the next try."""
    drawn = _backoff(state)
    error = _error(state)
    asked = error.retry_after if isinstance(error, ModelAPIError) else None
    if asked is None:
        return drawn
    # Jitter on top: everybody was told the same moment.
    return min(asked, LONGEST_ASKED_PAUSE_S) + min(drawn, FIRST_PAUSE_S)


def _error(state: RetryCallState) -> BaseException:
    assert state.outcome is not None
    error = state.outcome.exception()
    assert error is not None
    return error
