"""Named moments between any two effects, at which a test lets the whole process die.

A crash at a random moment seldom hits the gap of microseconds between two effects, and that gap is
where a mistake would be. Each gap has a name here; `MASTERPLAN_FAILPOINT=after-publish:3` ends the
process group by SIGKILL at the third passing of one of them. Unarmed, a failpoint costs a look at
one variable. The idea is that of FreeBSD's fail(9) and TiKV's fail-rs.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from enum import StrEnum


class Failpoint(StrEnum):
    """The gaps, in the order in which a plan's life passes them."""

    DATABASE_MIGRATED = "database-migrated"
    LEFTOVERS_SWEPT = "leftovers-swept"
    RESUME_BEGUN = "resume-begun"
    RESUME_ENDED = "resume-ended"
    GENERATION_COMMITTED = "generation-committed"
    GENERATION_BEGUN = "generation-begun"
    GENERATION_PROGRESSED = "generation-progressed"
    REQUEST_NOTED = "request-noted"
    ANSWER_KEPT = "answer-kept"
    GENERATION_PLANNED = "generation-planned"
    GENERATION_KEPT = "generation-kept"
    MESSAGE_SENT = "message-sent"
    ANSWER_WRITTEN = "answer-written"
    ANSWER_FINISHED = "answer-finished"
    WORKSPACE_STORED = "workspace-stored"
    WORKSPACE_MADE = "workspace-made"
    EXECUTE_COMMITTED = "execute-committed"
    CLAIM_COMMITTED = "claim-committed"
    WORKFLOW_STARTED = "workflow-started"
    ATTEMPT_BEGUN = "attempt-begun"
    CHECKED_OUT = "checked-out"
    AGENT_WROTE = "agent-wrote"
    AGENT_ENDED = "agent-ended"
    SNAPSHOT_KEPT = "snapshot-kept"
    ATTEMPT_CLEARED = "attempt-cleared"
    WORK_RECORDED = "work-recorded"
    VALIDATION_COMMITTED = "validation-committed"
    PROOF_CHECKED_OUT = "proof-checked-out"
    CHECK_ENDED = "check-ended"
    PROOF_RECORDED = "proof-recorded"
    BEFORE_PUBLISH = "before-publish"
    AFTER_PUBLISH = "after-publish"
    BEFORE_SETTLE = "before-settle"
    AFTER_SETTLE = "after-settle"
    BEFORE_BROADCAST = "before-broadcast"
    AFTER_BROADCAST = "after-broadcast"
    RETRY_COMMITTED = "retry-committed"
    RESUME_COMMITTED = "resume-committed"
    CANCEL_COMMITTED = "cancel-committed"
    CANCEL_RECORDED = "cancel-recorded"
    CANCEL_ENDED = "cancel-ended"
    PRUNE_BEGUN = "prune-begun"
    PRUNE_FILES_REMOVED = "prune-files-removed"
    PRUNE_ATTEMPTS_FORGOTTEN = "prune-attempts-forgotten"
    PRUNE_RECORDED = "prune-recorded"


@dataclass(frozen=True, slots=True)
class Trigger:
    """Where to die, and at which passing."""

    point: Failpoint
    passing: int = 1

    @classmethod
    def parse(cls, text: str) -> Trigger:
        """Read `NAME` or `NAME:PASSING`. Raises ValueError naming what there is."""
        name, _, passing = text.partition(":")
        if name not in set(Failpoint):
            raise ValueError(f"there is no failpoint {name!r}; use one of {', '.join(Failpoint)}")
        if passing and not (passing.isdecimal() and int(passing) > 0):
            raise ValueError(f"the passing of a failpoint is 1, 2, 3 …, not {passing!r}")
        return cls(Failpoint(name), int(passing or 1))

    def __str__(self) -> str:
        return f"{self.point}:{self.passing}"


_armed: Trigger | None = None
_passings = 0


def arm(trigger: Trigger | None) -> None:
    """Die where the trigger says, from now on; None disarms."""
    global _armed, _passings  # one process dies once
    _armed, _passings = trigger, 0


def reach(point: Failpoint) -> None:
    """Pass a failpoint: die here if it is the armed one and its time has come."""
    global _passings
    if _armed is None or _armed.point is not point:
        return
    _passings += 1
    if _passings == _armed.passing:
        os.write(2, f"failpoint {_armed} reached\n".encode())
        os.killpg(0, signal.SIGKILL)
