"""Examples: from a model's assertions to tests that hold them."""

import subprocess
import sys
from pathlib import Path

import pytest

from masterplan.llm.answers import WrongAnswer
from masterplan.planning.examples import (
    Example,
    read_examples,
    render_tests,
    select_examples,
)
from masterplan.planning.outline import Function, Module

ROMAN = Module(
    "roman.py",
    "Numerals.",
    (
        Function("", "to_roman", "def to_roman(number: int) -> str", "The numeral."),
        Function("", "ratio", "def ratio(number: int) -> float", "A third."),
    ),
)
ACCOUNT = Module(
    "account.py",
    "Accounts.",
    (
        Function("Account", "__init__", "def __init__(self) -> None", "Empty."),
        Function("Account", "add", "def add(self, amount: int) -> int", "The balance."),
    ),
)


def fenced(code: str) -> str:
    return f"```python\n{code}\n```"


def test_each_assertion_is_an_example() -> None:
    answer = fenced("assert to_roman(4) == 'IV'\nassert ratio(1) == 0.33\nassert to_roman(4)=='IV'")

    assert read_examples(answer, ROMAN) == [
        Example("to_roman", ("assert to_roman(4) == 'IV'",)),
        Example("ratio", ("assert ratio(1) == 0.33",)),
    ]


def test_a_paragraph_with_an_object_is_one_example() -> None:
    answer = fenced("a = Account()\na.add(2)\nassert a.add(3) == 5\n\nb = Account()\nb.add(1)")

    assert read_examples(answer, ACCOUNT) == [
        Example("add", ("a = Account()", "a.add(2)", "assert a.add(3) == 5"))
    ]


def test_a_story_over_paragraphs_is_read_as_one_and_as_several() -> None:
    answer = fenced("a = Account()\n\nassert a.add(3) == 3\n\nassert a.add(1) == 4")

    assert read_examples(answer, ACCOUNT) == [
        Example("add", ("a = Account()", "assert a.add(3) == 3")),
        Example("add", ("a = Account()", "assert a.add(1) == 4")),
        Example("add", ("a = Account()", "a.add(3)", "assert a.add(1) == 4")),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "with raises(ValueError):\n    to_roman(0)",
        "with pytest.raises(ValueError, match='low'):\n    to_roman(0)",
        "with self.assertRaises(ValueError) as caught:\n    text = to_roman(0)",
        "try:\n    to_roman(0)\nexcept ValueError:\n    pass\nelse:\n    assert False",
        "try:\n    to_roman(0)\n    assert False\nexcept ValueError as e:\n    print(e)",
    ],
)
def test_an_error_that_is_due_is_an_example(code: str) -> None:
    (example,) = read_examples(fenced(code), ROMAN)

    assert example == Example("to_roman", ("with raises(ValueError):\n    to_roman(0)",))
    assert "with self.assertRaises(ValueError):\n            to_roman(0)" in render_tests(
        ROMAN, [example]
    )


def test_a_call_that_must_not_raise_is_no_example() -> None:
    code = "try:\n    to_roman(0)\nexcept ValueError:\n    assert False"

    with pytest.raises(WrongAnswer):
        read_examples(fenced(code), ROMAN)


def test_of_an_answer_that_is_cut_off_the_rest_is_read() -> None:
    answer = "```python\nassert to_roman(1) == 'I'\n\ntry:\n    to_roman(0)\nexcept"

    assert read_examples(answer, ROMAN) == [Example("to_roman", ("assert to_roman(1) == 'I'",))]


@pytest.mark.parametrize(
    "line",
    [
        "assert open('/etc/passwd').read() == to_roman(1)",
        "assert __import__('os').system('id') == to_roman(1)",
        "assert to_roman.__globals__ == 1",
        "assert other(1) == to_roman(1)",
        "assert True",
        "assert 1 == 1",
        "while True: to_roman(1)",
    ],
)
def test_lines_that_are_no_plain_use_of_the_module_are_left_out(line: str) -> None:
    answer = fenced(f"{line}\n\nassert to_roman(1) == 'I'")

    assert read_examples(answer, ROMAN) == [Example("to_roman", ("assert to_roman(1) == 'I'",))]


@pytest.mark.parametrize("answer", ["none", fenced("to_roman("), fenced("to_roman(1)")])
def test_an_answer_without_examples_goes_back(answer: str) -> None:
    with pytest.raises(WrongAnswer):
        read_examples(answer, ROMAN)


def test_examples_are_spread_over_their_subjects() -> None:
    examples = [Example("f", (f"assert f({n}) == {n}",)) for n in range(9)]
    examples.append(Example("g", ("assert g() == 1",)))

    chosen = [each.statements[0] for each in select_examples(examples, most=3)]

    assert chosen == [
        "assert f(0) == 0",
        "assert f(4) == 4",
        "assert f(8) == 8",
        "assert g() == 1",
    ]


def test_rendered_tests_pass_on_right_code_and_fail_on_wrong_or_missing_code(
    tmp_path: Path,
) -> None:
    examples = [
        Example("to_roman", ("assert to_roman(4) == 'IV'",)),
        Example("ratio", ("assert ratio(1) == 0.33",)),
    ]
    right = "def to_roman(number):\n    return 'IV'\ndef ratio(number):\n    return number / 3\n"
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_roman.py").write_text(render_tests(ROMAN, examples))

    assert not passes(tmp_path)
    (tmp_path / "roman.py").write_text(right)
    assert passes(tmp_path)
    (tmp_path / "roman.py").write_text(right.replace("IV", "IIII"))
    assert not passes(tmp_path)
    (tmp_path / "roman.py").write_text(right.replace("to_roman(number)", "to_roman(value)"))
    assert not passes(tmp_path)


def test_a_module_may_have_functions_that_are_named_as_python_s_own(tmp_path: Path) -> None:
    listing = Function("", "list", "def list(items: str) -> str", "The items.")
    module = Module("roman.py", "Lists.", (listing,))
    (tmp_path / "roman.py").write_text("def list(items):\n    return items\n")
    (tmp_path / "tests").mkdir()
    tests = render_tests(module, [Example("list", ("assert list('a') == 'a'",))])
    (tmp_path / "tests" / "test_roman.py").write_text(tests)

    assert passes(tmp_path)


def passes(directory: Path) -> bool:
    command = [sys.executable, "-B", "-m", "unittest", "tests.test_roman"]
    return subprocess.run(command, cwd=directory, capture_output=True).returncode == 0
