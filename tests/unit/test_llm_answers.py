"""Reading a model's answer."""

import pytest

from masterplan.llm.answers import WrongAnswer, closed, code_blocks, files_in, only_block


def test_files_are_taken_by_the_line_above_their_block() -> None:
    answer = "`a.py`:\n```python\nA = 1\n```\nand\n**src/b.txt**\n```\nhello\n```\n"

    assert files_in(answer, ["a.py", "src/b.txt"]) == {"a.py": "A = 1\n", "src/b.txt": "hello\n"}


def test_files_are_taken_by_their_info_line() -> None:
    assert files_in("```python a.py\nA = 1\n```", ["a.py"]) == {"a.py": "A = 1\n"}


def test_a_single_block_needs_no_name_for_a_single_target() -> None:
    assert files_in("Here you are:\n```python\nA = 1\n```", ["a.py"]) == {"a.py": "A = 1\n"}


def test_of_several_blocks_without_a_name_a_single_target_is_the_longest() -> None:
    answer = "Corrected:\n```python\nA = 1\nB = 2\n```\nIt is used so:\n```python\nprint(A)\n```"

    assert files_in(answer, ["a.py"]) == {"a.py": "A = 1\nB = 2\n"}


def test_blocks_of_other_files_are_left_out() -> None:
    answer = "a.py\n```python\nA = 1\n```\nother/a.py\n```\nx\n```\n/etc/passwd\n```\nx\n```\n"

    assert files_in(answer, ["a.py"]) == {"a.py": "A = 1\n"}


def test_a_path_is_not_taken_for_the_end_of_a_longer_one() -> None:
    answer = "src/main.py\n```\nS = 1\n```\nmain.py\n```\nM = 1\n```\n"

    assert files_in(answer, ["main.py", "src/main.py"]) == {
        "src/main.py": "S = 1\n",
        "main.py": "M = 1\n",
    }


def test_a_longer_fence_may_hold_a_shorter_one() -> None:
    answer = "README.md\n````\n```sh\nls\n```\n````\n"

    assert files_in(answer, ["README.md"]) == {"README.md": "```sh\nls\n```\n"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I cannot do that.", "no code block for a.py"),
        ("```python\nA = 1\n", "not closed"),
        ("```python\ndef f(:\n```", "not valid Python, line 1"),
        ("a.py\n```\nA = 1\n```\na.py\n```\nA = 2\n```", "given twice"),
    ],
)
def test_unusable_answers_are_refused_with_the_reason(answer: str, reason: str) -> None:
    with pytest.raises(WrongAnswer, match=reason):
        files_in(answer, ["a.py"])


def test_an_answer_without_a_block_is_refused() -> None:
    with pytest.raises(WrongAnswer, match="no code block"):
        only_block("nothing")


def test_a_cut_off_block_loses_its_last_line() -> None:
    assert only_block(closed("```\nassert f(1) == 1\nassert f(2")) == "assert f(1) == 1\n"


def test_a_whole_answer_stays_as_it_is() -> None:
    answer = "```\nA\n```\n"

    assert closed(answer) == answer
    assert [block.text for block in code_blocks(answer)] == ["A\n"]
