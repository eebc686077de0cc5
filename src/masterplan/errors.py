"""Everything Masterplan refuses or fails at, in one small hierarchy.

An error stores what it is about, builds its own message and knows how it is told to the outside:
a stable `code`, an HTTP `status` and `details` that a program can read. Messages say what, which
one, and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar


class MasterplanError(Exception):
    """The base of every error that is meant to be shown to a person."""

    code: ClassVar[str] = "masterplan_error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, object] = dict(details or {})


class NotFound(MasterplanError):
    """An id that names nothing."""

    code = "not_found"
    status = 404

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(
            f"There is no {kind} {identifier}.", details={"kind": kind, "id": identifier}
        )


class InvalidTransition(MasterplanError):
    """A change of status that the lifecycle does not allow."""

    code = "invalid_transition"
    status = 400

    def __init__(
        self, kind: str, identifier: str, *, current: str, requested: str, remedy: str = ""
    ) -> None:
        message = f"Cannot {requested} {kind} {identifier}: its status is {current}"
        super().__init__(
            f"{message}, {remedy}." if remedy else f"{message}.",
            details={"kind": kind, "id": identifier, "status": current, "requested": requested},
        )


class PlanHashMismatch(MasterplanError):
    """The plan is no longer the one that was read."""

    code = "plan_hash_mismatch"
    status = 400

    def __init__(self, plan_id: str, *, expected: str, current: str, requested: str) -> None:
        super().__init__(
            f"Cannot {requested} masterplan {plan_id}: it has changed since you read it "
            f"(its hash differs). Read it again, then {requested}.",
            details={"id": plan_id, "expected": expected, "current": current},
        )


class Problem(str):
    """What is wrong with a plan, as a sentence that knows the task and the field it is about."""

    __slots__ = ("field", "task")

    def __new__(cls, message: str, *, task: str | None, field: str | None = None) -> Problem:
        problem = super().__new__(cls, message)
        problem.task = task
        problem.field = field
        return problem

    task: str | None
    """The task's key; None where it is about the plan."""
    field: str | None


class InvalidPlan(MasterplanError):
    """A plan document that cannot be run, with every problem found in it.

    The details name the task and field of each problem that has them, for a form to show it there.
    """

    code = "invalid_plan"
    status = 422

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(
            "The plan is not valid: " + "; ".join(self.problems),
            details={
                "problems": self.problems,
                "fields": [
                    {"task": problem.task, "field": problem.field, "message": str(problem)}
                    for problem in self.problems
                    if isinstance(problem, Problem)
                ],
            },
        )


class PlanIncomplete(MasterplanError):
    """A draft that lacks something without which it cannot be executed."""

    code = "plan_incomplete"
    status = 400

    def __init__(self, plan_id: str, gaps: Sequence[str]) -> None:
        self.gaps = list(gaps)
        super().__init__(
            f"Cannot approve masterplan {plan_id} yet: {' '.join(self.gaps)} "
            "Edit the plan, then approve it.",
            details={"id": plan_id, "gaps": self.gaps},
        )


class NothingToRevise(MasterplanError):
    """A revision that a model cannot be asked for."""

    code = "nothing_to_revise"
    status = 400

    def __init__(self, plan_id: str, reason: str) -> None:
        super().__init__(f"Cannot revise masterplan {plan_id}: {reason}", details={"id": plan_id})


class CannotSync(MasterplanError):
    """A file that cannot be kept in step with its plan."""

    code = "cannot_sync"
    status = 422

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path} was left alone: {reason}.", details={"path": path, "reason": reason}
        )


class UnsafePath(MasterplanError):
    """A path that could leave the workspace or means different files on different systems."""

    code = "unsafe_path"
    status = 422

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"Unsafe path {path!r}: {reason}.", details={"path": path})


class Unavailable(MasterplanError):
    """Something this needs does not work here; the message names the remedy."""

    code = "unavailable"
    status = 503


class DataDirectoryInUse(Unavailable):
    """Another process owns the data directory."""

    code = "data_directory_in_use"

    def __init__(self, path: str, *, owner: str) -> None:
        super().__init__(
            f"The data directory {path} is in use by {owner}. End that process, or set "
            "MASTERPLAN_DATA_DIR to another directory.",
            details={"path": path, "owner": owner},
        )


class BudgetSpent(MasterplanError):
    """A budget is used up; the message says which, and how to go on."""

    code = "budget_spent"
    status = 400


class UnusableRepository(MasterplanError):
    """A repository that a plan names but that cannot be worked on; the message has the remedy."""

    code = "unusable_repository"
    status = 422


class ContractBroken(MasterplanError):
    """An agent changed files that its task does not declare."""

    code = "contract_broken"
    status = 500

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = list(paths)
        super().__init__(
            "The agent changed files outside of the task's target_files: "
            + ", ".join(self.paths)
            + ". Only the declared files may change.",
            details={"paths": self.paths},
        )


class UnreadableFile(MasterplanError):
    """A file of a workspace whose text cannot be shown."""

    code = "unreadable_file"
    status = 422

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"Cannot read {path!r} as text: {reason}.", details={"path": path})


class TargetConflict(MasterplanError):
    """Target files that somebody else changed after the attempt had begun."""

    code = "target_conflict"
    status = 409

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = list(paths)
        super().__init__(
            "Cannot publish: these target files changed after the attempt had begun: "
            + ", ".join(self.paths)
            + ". Retry the task so that it starts from the current files.",
            details={"paths": self.paths},
        )


class AttemptRevoked(MasterplanError):
    """An attempt that was taken away from its worker wanted to publish."""

    code = "attempt_revoked"
    status = 409

    def __init__(self, operation: str) -> None:
        super().__init__(
            f"The attempt {operation} was taken over from this worker and publishes nothing.",
            details={"operation": operation},
        )


class GitFailed(MasterplanError):
    """A git command that did not do what it must; the message carries what git said."""

    code = "git_failed"
    status = 500

    def __init__(self, command: str, *, exit_code: int, output: str) -> None:
        self.exit_code = exit_code
        self.output = output
        super().__init__(
            f"git {command} failed with exit code {exit_code}: {output or 'it said nothing'}",
            details={"command": command, "exit_code": exit_code},
        )
