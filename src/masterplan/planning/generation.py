"""What planning reports while it runs, what it ends with, and how it fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from masterplan.documents import PlanDocument
from masterplan.errors import MasterplanError


class PlanningPhase(StrEnum):
    DISCOVERY = "discovery"
    INTERFACES = "interfaces"
    EXAMPLES = "examples"
    REHEARSAL = "rehearsal"
    PLAN = "plan"
    REVISION = "revision"
    VALIDATION = "validation"


@dataclass(frozen=True, slots=True)
class GenerationProgress:
    """What planning has done by now."""

    phase: PlanningPhase
    percent: int
    message: str
    tasks_so_far: int


ProgressReport = Callable[[PlanningPhase, int, str, int], Awaitable[None]]
"""Told the phase, the percentage, what has happened and the number of tasks so far."""

ProgressListener = Callable[[GenerationProgress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Spending:
    """What the questions of a planning have used."""

    requests: int = 0
    tokens_input: int = 0
    tokens_output: int = 0


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A plan that can be run, and what it took to make it."""

    document: PlanDocument
    spent: Spending
    model: str | None = None
    """The model that was asked, as `provider:model` or `local`."""


ANOTHER_GOAL = "Say the goal in other words, make it smaller, or use a larger model."
ANOTHER_REQUEST = "Say in other words what to change, change it by hand, or use a larger model."
ANOTHER_TIME = "Then ask again."


class PlanningFailed(MasterplanError):
    """The model did not come to a plan that can be run."""

    code = "planning_failed"
    status = 502
    outcome = "No plan came of the goal"

    def __init__(
        self, reasons: Sequence[str], *, spent: Spending, remedy: str = ANOTHER_GOAL
    ) -> None:
        self.reasons = list(reasons)
        self.spent = spent
        super().__init__(
            f"{self.outcome}: {'; '.join(each.rstrip('.') for each in reasons)}. {remedy}",
            details={"reasons": self.reasons},
        )


class RevisionFailed(PlanningFailed):
    """The model did not come to a revision that can be run; the plan stays as it was."""

    outcome = "No revision came of it"
