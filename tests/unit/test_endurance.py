"""Which errors are waited out, and that waiting ends when they do."""

from __future__ import annotations

import errno
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from masterplan.engine import endurance
from masterplan.engine.endurance import enduring, will_pass
from masterplan.errors import GitFailed

FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (FULL, True),
        (OSError(errno.EMFILE, "Too many open files"), True),
        (
            OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full")),
            True,
        ),
        (GitFailed("fast-import", exit_code=128, output="fatal: unable to write file"), True),
        (GitFailed("ls-tree", exit_code=128, output="fatal: not a git repository"), False),
        (FileNotFoundError(errno.ENOENT, "No such file"), False),
        (ValueError("wrong"), False),
    ],
)
def test_faults_of_the_machine_are_told_from_errors(error: Exception, passing: bool) -> None:
    assert will_pass(error) is passing


async def test_a_passing_fault_is_tried_again_until_it_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endurance, "FIRST_PAUSE_SECONDS", 0.001)
    faults = [FULL, FULL, FULL]

    async def write(text: str) -> str:
        if faults:
            raise faults.pop()
        return text

    assert await enduring(write, "done") == "done"


async def test_other_errors_are_raised_at_once() -> None:
    calls: list[int] = []

    async def fail() -> None:
        calls.append(1)
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await enduring(fail)
    assert calls == [1]
