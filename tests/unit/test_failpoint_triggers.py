"""A failpoint ends the process group at the asked passing, and only where it is armed."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from pydantic import ValidationError

from masterplan import failpoints
from masterplan.failpoints import Failpoint, Trigger
from masterplan.settings import Settings

PASSING = """
from masterplan import failpoints
from masterplan.failpoints import Failpoint, Trigger
import subprocess, sys

child = subprocess.Popen(["sleep", "300"], stdout=sys.stdout)
failpoints.arm(Trigger(Failpoint.AFTER_PUBLISH, 3))
for number in range(1, 5):
    print(number, flush=True)
    failpoints.reach(Failpoint.BEFORE_PUBLISH)
    failpoints.reach(Failpoint.AFTER_PUBLISH)
"""


def test_process_and_its_group_die_at_the_third_passing() -> None:
    # The pipe is read to its end: it ends only when the child that holds it is dead as well.
    result = subprocess.run(
        [sys.executable, "-c", PASSING],
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
        timeout=60,
    )

    assert result.returncode == -signal.SIGKILL
    assert result.stdout.split() == ["1", "2", "3"]
    assert result.stderr == "failpoint after-publish:3 reached\n"


def test_unarmed_failpoints_let_everybody_pass() -> None:
    failpoints.arm(None)
    for point in Failpoint:
        failpoints.reach(point)


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("after-publish", Trigger(Failpoint.AFTER_PUBLISH, 1)),
        ("before-settle:12", Trigger(Failpoint.BEFORE_SETTLE, 12)),
    ],
)
def test_setting_names_a_failpoint(
    monkeypatch: pytest.MonkeyPatch, text: str, trigger: Trigger
) -> None:
    monkeypatch.setenv("MASTERPLAN_FAILPOINT", text)
    assert Settings().failpoint == trigger


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("after-lunch", "there is no failpoint 'after-lunch'; use one of database-migrated, "),
        ("after-publish:0", "the passing of a failpoint is 1, 2, 3 …, not '0'"),
        ("after-publish:x", "the passing of a failpoint is 1, 2, 3 …, not 'x'"),
    ],
)
def test_setting_that_names_none_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Settings(failpoint=text)
