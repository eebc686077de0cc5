"""What the end of a run suggests to try."""

from __future__ import annotations

import pytest

from masterplan.cli.summary import RUNS_A_PROGRAM


@pytest.mark.parametrize(
    "check",
    ["python main.py --help", "python3 tool.py 3", "python -m unittest tests.test_main"],
)
def test_checks_that_run_a_program_can_be_tried(check: str) -> None:
    assert RUNS_A_PROGRAM.match(check)


@pytest.mark.parametrize(
    "check",
    ["test -s a.txt", "python -m py_compile a.py", 'python a.py | grep -x "Hello"', "rm -rf x"],
)
def test_other_checks_are_not_suggested(check: str) -> None:
    assert not RUNS_A_PROGRAM.match(check)
