"""What tasks are taken to need where no past task says it: the outcomes a forecast draws from.

The figures for small models come from the goals of `evals/` built with the embedded model on two
cores (some 60 tokens read and 8 written a second); those for large ones are the order of magnitude
of hosted models. A wide range is honest here, and past tasks take their place soon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from masterplan.lifecycle import Complexity
from masterplan.llm.catalog import ModelCapability

ATTEMPTS = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)
"""How often tasks are attempted: seven in ten once."""
SIZES = (0.4, 0.7, 1.0, 1.5, 2.5)
"""How far tasks of one complexity differ in size."""
COMMAND_SECONDS = (1.0, 3.0, 10.0, 30.0, 120.0)
"""How long shell commands take."""
OVERHEAD_SECONDS = 2.0
"""The checks of an attempt, and what is around them."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What a task took in time and tokens, before any price."""

    seconds: float
    tokens_input: int = 0
    tokens_output: int = 0


@dataclass(frozen=True, slots=True)
class _Pace:
    """Seconds before an answer begins, and tokens per second."""

    latency: float
    reading: float
    writing: float

    def seconds(self, tokens_input: float, tokens_output: float) -> float:
        return self.latency + tokens_input / self.reading + tokens_output / self.writing


_PACES = {
    ModelCapability.SMALL: _Pace(latency=1, reading=60, writing=8),
    ModelCapability.LARGE: _Pace(latency=3, reading=5_000, writing=60),
}
_TOKENS = {
    ModelCapability.SMALL: {
        Complexity.LOW: (400, 250),
        Complexity.MEDIUM: (600, 400),
        Complexity.HIGH: (900, 600),
        Complexity.CRITICAL: (1_200, 800),
    },
    ModelCapability.LARGE: {
        Complexity.LOW: (2_000, 700),
        Complexity.MEDIUM: (4_000, 1_800),
        Complexity.HIGH: (8_000, 4_000),
        Complexity.CRITICAL: (12_000, 7_000),
    },
}


def model_efforts(
    capability: ModelCapability, complexity: Complexity, *, max_retries: int
) -> list[Effort]:
    """List what a task that a model does may take, each as likely as the others."""
    tokens_input, tokens_output = _TOKENS[capability][complexity]
    pace = _PACES[capability]
    return [
        Effort(
            seconds=tries
            * (pace.seconds(tokens_input * size, tokens_output * size) + OVERHEAD_SECONDS),
            tokens_input=round(tries * tokens_input * size),
            tokens_output=round(tries * tokens_output * size),
        )
        for tries in _tries(max_retries)
        for size in SIZES
    ]


def command_efforts() -> list[Effort]:
    """List what a shell command and its checks may take."""
    return [Effort(seconds + OVERHEAD_SECONDS) for seconds in COMMAND_SECONDS]


def _tries(max_retries: int) -> Sequence[int]:
    return [min(tries, max_retries + 1) for tries in ATTEMPTS]
