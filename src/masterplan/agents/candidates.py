"""In which ways a model is asked for a task's files until they fulfil the task's checks.

A small model that sees what it wrote wrong mostly writes it again, word for word; asked afresh and
more freely, it often gets it right (arXiv:2306.09896 finds the same of self-repair). So within one
attempt it is asked several times, and its files are tried. A large model is asked once: it is
right or learns from the failure that the attempt after is told of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from masterplan.llm.asking import Sampling
from masterplan.llm.catalog import ModelCapability

SMALL_MAX_TOKENS = 2048


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask for the files."""

    sampling: Sampling
    repairs: bool
    """Whether the model is shown what failed, and how; else it begins afresh."""


def ways(ability: ModelCapability, *, tries: int) -> Sequence[Way]:
    """List how to ask within the attempt of that number, in turn, until the checks pass.

    A small model is most often right at a low temperature, so it begins there; after a failed
    attempt it is first asked to mend that, which is also when it reads what a person adds.
    """
    if ability is ModelCapability.LARGE:
        return [Way(Sampling(), repairs=True)]
    if tries == 1:
        return [_way(0.1), _way(0.7), _way(0.5, repairs=True)]
    return [_way(0.5, repairs=True), _way(0.8), _way(0.8)]


def _way(temperature: float, *, repairs: bool = False) -> Way:
    sampling = Sampling(temperature=temperature, max_tokens=SMALL_MAX_TOKENS)
    return Way(sampling, repairs)
