"""Verdicts of a rehearsal."""

from masterplan.planning.rehearsal import read_verdicts


def test_each_line_is_the_exit_code_of_a_test() -> None:
    assert read_verdicts("0\n1\n124\n0\n", count=4) == [True, False, False, True]


def test_tests_that_were_not_reached_have_not_passed() -> None:
    assert read_verdicts("0\n", count=3) == [True, False, False]
    assert read_verdicts("", count=2) == [False, False]
