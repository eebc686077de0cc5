"""What one attempt has come to so far: passed from step to step and settled at the end.

A report is what the durable engine checkpoints between steps, so it is plain data with a schema,
and an attempt that is resumed after a crash goes on from the last report.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt

from masterplan.lifecycle import FailureKind
from masterplan.repository import RunningAttempt

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Failure(BaseModel):
    """Why the attempt failed, in words for the agent and the person."""

    model_config = ConfigDict(frozen=True)
    kind: FailureKind
    message: str


class CheckResult(BaseModel):
    """The evidence of one check; durations in seconds.

    `passed_on_base` tells whether it passed without the attempt's work too: a check that did
    proves nothing about the work. It is None where the check failed and so was not tried there.
    """

    model_config = ConfigDict(frozen=True)
    command: str
    passed: bool
    exit_code: int
    timed_out: bool
    output_truncated: bool = False
    duration_s: float
    output_tail: str
    passed_on_base: bool | None = None


class Spending(BaseModel):
    """What the attempt has used besides the requests in the journal, which are counted there."""

    model_config = ConfigDict(frozen=True)
    model: str | None = None
    tokens_input: NonNegativeInt = 0
    tokens_output: NonNegativeInt = 0
    cost_usd: Decimal = Decimal(0)

    @property
    def is_some(self) -> bool:
        return bool(self.tokens_input or self.tokens_output or self.cost_usd)


class AttemptReport(BaseModel):
    """One attempt's way through work, proof and publication."""

    model_config = ConfigDict(frozen=True)
    plan_id: str
    task_id: str
    number: PositiveInt
    base_commit: str | None = None
    snapshot_commit: str | None = None
    commit: str | None = None
    output_files: tuple[str, ...] = ()
    """The declared files as the commit has them: without those the task deleted."""
    spending: Spending = Spending()
    check_results: tuple[CheckResult, ...] = ()
    has_checks: bool = True
    failure: Failure | None = None

    @property
    def attempt(self) -> RunningAttempt:
        return RunningAttempt(self.task_id, self.number)

    def failed(self, kind: FailureKind, message: str) -> AttemptReport:
        # Commands print whatever they like; what is stored and shown is text.
        readable = UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", message)
        return self.model_copy(update={"failure": Failure(kind=kind, message=readable)})
