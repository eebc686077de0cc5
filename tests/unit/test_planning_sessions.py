"""Sessions: how a program is run and what it prints."""

import subprocess
import sys
from pathlib import Path

import pytest

from masterplan.llm.answers import WrongAnswer
from masterplan.planning.session_tests import render_session_tests
from masterplan.planning.sessions import (
    Session,
    SessionIdea,
    UseIdea,
    hints,
    lines_apart,
    put_together,
    read_use,
    reads_file,
    stated_sessions,
    told_sessions,
)


def idea(command: str, *prints: str, input_text: str = "") -> SessionIdea:
    return SessionIdea(input_text=input_text, command=command, prints=list(prints))


def use_of(*ideas: SessionIdea) -> UseIdea:
    return UseIdea.model_construct(usage="python main.py NUMBER", sessions=list(ideas))


def test_runs_that_the_goal_states_are_found() -> None:
    goal = (
        "Converts: `python main.py 2024` prints MMXXIV, `python main.py 1 km` prints `1000.0 m` "
        'and `python main.py --hello` prints "Hello, you".'
    )

    assert stated_sessions(goal) == [
        Session("python main.py 2024", "", ("MMXXIV",)),
        Session("python main.py 1 km", "", ("1000.0 m",)),
        Session("python main.py --hello", "", ("Hello, you",)),
    ]


def test_a_bare_word_that_ends_its_phrase_is_what_is_printed() -> None:
    goal = (
        "`python main.py 1 2` prints 3, `python main.py 2.0 km` prints 1.24 or so "
        "and (`python main.py x` prints oops)"
    )

    assert [run.output for run in stated_sessions(goal)] == [("3",), ("1.24",), ("oops",)]


TODO = (
    "A todo list that keeps its items in todo.json: `python main.py add 'buy milk'` adds an item, "
    "`python main.py list` prints every open item, `python main.py done 1` ends one."
)


def test_runs_of_a_program_that_keeps_something_come_one_after_the_other(tmp_path: Path) -> None:
    [run] = told_sessions(TODO)

    assert run.before == ("python main.py add 'buy milk'",)
    assert (run.command, run.output) == ("python main.py list", ("buy milk",))
    assert run.transcript() == "$ python main.py add 'buy milk'\n$ python main.py list\nbuy milk"
    program = (
        "import argparse, pathlib\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('command')\n"
        "parser.add_argument('item', nargs='?')\n"
        "given, file = parser.parse_args(), pathlib.Path('todo.json')\n"
        "if given.command == 'add':\n    file.write_text(given.item)\n"
        "else:\n    print(file.read_text())\n"
    )
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_main.py").write_text(render_session_tests([run], uses=[]))
    (tmp_path / "main.py").write_text(program)
    assert passes(tmp_path)
    (tmp_path / "main.py").write_text(program.replace("print(", "repr("))
    assert not passes(tmp_path)


def test_a_stated_run_of_a_program_that_keeps_something_has_those_before_it() -> None:
    [run] = stated_sessions(TODO.replace("every open item", '"1 buy milk"'))

    assert run.before == ("python main.py add 'buy milk'",)


def test_a_program_that_keeps_nothing_is_run_afresh() -> None:
    assert told_sessions(TODO.replace("keeps", "reads")) == []


@pytest.mark.parametrize(
    "goal",
    [
        "A program.",
        "`python main.py 1; rm -rf /` prints 1",
        "`ls` prints 2",
        "`python main.py list` prints every title on its own line.",
        "`python main.py list` prints nothing, for nothing was added.",
        "`python main.py a b` prints 2 lines.",
    ],
)
def test_other_words_state_no_run(goal: str) -> None:
    assert stated_sessions(goal) == []


def test_input_text_is_kept_where_the_command_reads_it() -> None:
    run = idea("python main.py input.txt", "2 lines ", input_text="a\nb")

    assert read_use(use_of(run), needs_file=True).sessions == (
        Session("python main.py input.txt", "a\nb\n", ("2 lines",)),
    )


def test_a_program_that_reads_a_file_is_run_with_one() -> None:
    without = idea("python main.py 1", "2")
    run = idea("python main.py input.txt", "2", input_text="a")

    assert [each.command for each in read_use(use_of(without, run), needs_file=True).sessions] == [
        "python main.py input.txt"
    ]
    with pytest.raises(WrongAnswer, match="No run reads a file"):
        read_use(use_of(without), needs_file=True)


def test_lines_that_hold_are_put_together_again() -> None:
    runs = [Session("python main.py 1", "", ("a", "b")), Session("python main.py 2", "", ("c",))]

    apart = lines_apart(runs)

    assert put_together(apart) == runs
    assert put_together([each for each in apart if each.output not in [("b",), ("c",)]]) == [
        Session("python main.py 1", "", ("a",)),
        Session("python main.py 2", "", ()),
    ]


@pytest.mark.parametrize(
    "command",
    [
        "python main.py $HOME",
        "python main.py [NUMBER]",
        "python main.py 1 && ls",
        "python main.py 'unclosed",
        "python other.py 1",
    ],
)
def test_commands_that_are_no_plain_run_go_back(command: str) -> None:
    with pytest.raises(WrongAnswer, match="plain run"):
        read_use(
            use_of(SessionIdea.model_construct(input_text="", command=command, prints=["1"])),
            needs_file=False,
        )


def test_a_transcript_shows_the_input_the_command_and_the_output() -> None:
    assert Session("python main.py input.txt", "a\nb\n", ("2",)).transcript() == (
        "$ cat input.txt\na\nb\n$ python main.py input.txt\n2"
    )


def test_rendered_tests_tell_right_programs_from_wrong_and_missing_ones(tmp_path: Path) -> None:
    sessions = [
        Session("python main.py input.txt", "a\nb\n", ("lines: 2",)),
        Session("python main.py input.txt", "a\n", ()),
    ]
    right = (
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('file')\n"
        "print('lines:  ', len(open(parser.parse_args().file).readlines()))\n"
    )
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_main.py").write_text(render_session_tests(sessions, uses=[]))

    assert not passes(tmp_path)
    (tmp_path / "main.py").write_text(right)
    assert passes(tmp_path)
    (tmp_path / "main.py").write_text(right.replace("lines:", "words:"))
    assert not passes(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["main.py", "tests"]


def passes(directory: Path) -> bool:
    command = [sys.executable, "-B", "-W", "ignore", "-m", "unittest", "tests.test_main"]
    return subprocess.run(command, cwd=directory, capture_output=True).returncode == 0


def test_a_program_that_takes_the_name_for_the_text_fails(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    session = Session("python main.py input.txt", "a\nb\n", ())
    (tmp_path / "tests" / "test_main.py").write_text(render_session_tests([session], uses=[]))
    program = (
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('file')\n"
        "text = parser.parse_args().file\nprint(len(text))\n"
    )

    (tmp_path / "main.py").write_text(program)
    assert not passes(tmp_path)
    (tmp_path / "main.py").write_text(program.replace("len(text)", "len(open(text).read())"))
    assert passes(tmp_path)


def test_a_program_that_does_not_import_its_modules_fails(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_main.py").write_text(render_session_tests([], uses=["words"]))
    (tmp_path / "words.py").write_text("")
    program = "import argparse\nargparse.ArgumentParser().parse_args()\n"

    (tmp_path / "main.py").write_text(program)
    assert not passes(tmp_path)
    (tmp_path / "main.py").write_text(f"import words\n{program}")
    assert passes(tmp_path)


def test_a_place_that_holds_numbers_and_words_is_pointed_out() -> None:
    numeral = [Session("python main.py 4", "", ("IV",)), Session("python main.py IV", "", ("4",))]

    [hint] = hints(numeral)

    assert hint.startswith("Argument 1 is sometimes a number")


def test_the_number_of_decimals_is_pointed_out() -> None:
    lengths = [
        Session("python main.py 10 km mi", "", ("6.21 mi",)),
        Session("python main.py 1 km m", "", ("1000.00",)),
    ]

    assert hints(lengths) == ['Numbers are printed with 2 decimals, as `f"{value:.2f}"` does.']
    assert hints([*lengths, Session("python main.py 1 m km", "", ("0.001",))]) == []


def test_a_file_of_rows_is_changed_to_one_of_rows() -> None:
    rows = Session("python main.py input.txt", "name,units\ntea,5\nmilk,2\n", ("tea",))
    words = Session("python main.py input.txt", "so many words\n", ("3",))

    assert "input_text='name,units\\ntea,5\\n')" in render_session_tests([rows], uses=())
    assert "input_text='so many words\\nmore words" in render_session_tests([words], uses=())


@pytest.mark.parametrize(
    ("goal", "reads"),
    [
        ("Counts the words of a text file.", True),
        ("A todo list that keeps its items in the file todo.json.", False),
        ("Doubles numbers.", False),
        ("Encodes a text file; its letters keep their case.", True),
    ],
)
def test_a_file_that_a_program_keeps_is_not_given_to_it(goal: str, reads: bool) -> None:
    assert reads_file(goal) == reads
