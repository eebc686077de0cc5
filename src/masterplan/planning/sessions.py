"""How a program is run and what it prints: in the person's words, or in a model's answer.

A session is one run: perhaps an input file, a command, the lines it prints.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from masterplan.llm.answers import WrongAnswer
from masterplan.planning.outline import ENTRY

INPUT = "input.txt"
_RUN = rf"python {ENTRY}"
_KEEPS = re.compile(
    r"\b(keep|store|save|remember)s?\b[^.`]*?\bin\b[^.`]*?(\bfiles?\b|`?\b\w+\.\w{2,4}\b)",
    re.IGNORECASE,
)
"""What is kept, and in which file: letters that keep their case are no such thing."""
_NAMES_A_FILE = re.compile(r"\b(file|files|document|csv|log)\b", re.IGNORECASE)

_STATED = re.compile(
    rf"`(?P<command>{_RUN} [^`\n]+)`\s+(?:prints|shows|writes|outputs|gives|answers)\s+"
    r"(?:`(?P<marked>[^`\n]+)`|\"(?P<quoted>[^\"\n]+)\"|(?P<word>[^\s`\"]+?)(?=[.,;:!?)]*(?:$|\n)|[.,;:!?)]+\s|\s+(?:and|or|but|while)\b))"
)
"""A run in the person's own words, such as: `python main.py 2 3` prints 5.

A bare word counts only where the phrase ends with it: `prints every title` tells of the output.
"""

_NAMED = re.compile(
    rf"`(?P<command>{_RUN} [^`\n]+)`(?P<prints>\s+(?:prints|shows|lists|writes|outputs|gives)\b)?"
)
"""Any run in the person's own words, and whether they say that it prints."""

_NO_OUTPUT = frozenset({"nothing", "everything", "something", "it", "them", "so", "help", "usage"})

MAX_LINES = 8
"""Lines of one run that become its check; more are read by nobody."""


class SessionIdea(BaseModel):
    input_text: Annotated[str, StringConstraints(max_length=120)]
    command: Annotated[str, StringConstraints(pattern=r"^python main\.py [^\n]{1,80}$")]
    prints: list[Annotated[str, StringConstraints(max_length=80)]] = Field(
        min_length=1, max_length=4
    )


class UseIdea(BaseModel):
    usage: Annotated[str, StringConstraints(pattern=r"^python main\.py [^\n]{1,60}$")]
    sessions: list[SessionIdea] = Field(min_length=2, max_length=3)


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the program and the lines that it prints; no lines mean that it prints any."""

    command: str
    input_text: str
    output: tuple[str, ...]
    before: tuple[str, ...] = ()
    """Runs before it in the same directory, of a program that keeps something."""

    @property
    def shell(self) -> str:
        """All of it in one line for a shell, which prints what the last command prints."""
        return "".join([*(f"{each} > /dev/null; " for each in self.before), self.command])

    def transcript(self) -> str:
        given = [f"$ cat {INPUT}", *self.input_text.splitlines()] if self.input_text else []
        runs = [f"$ {each}" for each in (*self.before, self.command)]
        return "\n".join([*given, *runs, *self.output])

    def expecting(self, *output: str) -> Session:
        """The same run with other expectations; without any, it has to succeed and print."""
        return replace(self, output=output)


@dataclass(frozen=True, slots=True)
class Use:
    """How a person runs the program."""

    usage: str
    sessions: tuple[Session, ...]
    draft: str = ""
    """Text of a program with which all sessions work, if there is one."""


def reads_file(goal: str) -> bool:
    """Whether the goal speaks of a file that the program reads, not of one that it keeps."""
    return bool(_NAMES_A_FILE.search(goal)) and not _KEEPS.search(goal)


def stated_sessions(goal: str) -> list[Session]:
    """Find the runs that the goal itself states; no model is asked whether they hold."""
    return [
        Session(
            command=_one_line(each["command"]),
            input_text="",
            output=(each["marked"] or each["quoted"] or each["word"],),
            before=_named_before(goal, each.start()),
        )
        for each in _STATED.finditer(goal)
        if _is_plain(each["command"]) and each["word"] not in _NO_OUTPUT
    ]


def told_sessions(goal: str) -> list[Session]:
    """Find runs that show what the runs named before them have had the program keep.

    Such as: `python main.py add tea` adds an item, `python main.py list` prints every item. That
    it prints the words they were given is a guess, to be tried on a draft.
    """
    return [
        Session(_one_line(each["command"]), "", _words_of(before), before)
        for each in _NAMED.finditer(goal)
        if each["prints"] and (before := _named_before(goal, each.start()))
    ]


def _named_before(goal: str, place: int) -> tuple[str, ...]:
    if not _KEEPS.search(goal):
        return ()
    named = [each["command"] for each in _NAMED.finditer(goal, 0, place)]
    return tuple(dict.fromkeys(_one_line(each) for each in named if _is_plain(each)))


def _words_of(commands: Sequence[str]) -> tuple[str, ...]:
    """What the commands were told to keep: their arguments after the first, numbers apart."""
    words = [word for each in commands for word in shlex.split(each)[3:]]
    return tuple(dict.fromkeys(each for each in words if not _is_number(each)))


def _one_line(command: str) -> str:
    return " ".join(command.split())


def read_use(answer: UseIdea, *, needs_file: bool) -> Use:
    """Take the usable runs out of an answer. Raises WrongAnswer when there is none."""
    runs = [_session(idea, needs_file=needs_file) for idea in answer.sessions]
    usable = {
        each.command + each.input_text: each
        for each in runs
        if _is_plain(each.command) and bool(each.input_text) == needs_file
    }
    if not usable and needs_file:
        raise WrongAnswer(
            f"No run reads a file. Give its text as `input_text`, and {INPUT} in the `command`."
        )
    if not usable:
        raise WrongAnswer(
            f"No command is a plain run of the program. Write such as `{_RUN} 12`, without shell "
            "operators and placeholders."
        )
    return Use(" ".join(answer.usage.split()), tuple(usable.values()))


def hints(sessions: Sequence[Session]) -> list[str]:
    """Say what the runs have in common that a small model does not see from them."""
    return [*_mixed_arguments(sessions), *_decimals(sessions), *_file_names(sessions)]


def _mixed_arguments(sessions: Sequence[Session]) -> Iterator[str]:
    rows = [shlex.split(each.command)[2:] for each in sessions]
    for place, column in enumerate(zip(*rows, strict=False), start=1):
        if len({_is_number(word) for word in column}) == 2:
            yield (
                f"Argument {place} is sometimes a number and sometimes other text: read it as "
                "text, without `type=`, and decide by what it looks like which function to call."
            )


def _decimals(sessions: Sequence[Session]) -> Iterator[str]:
    lines = [line for each in sessions for line in each.output]
    numbers = [word for line in lines for word in line.split() if _is_number(word)]
    counts = {len(word.partition(".")[2]) for word in numbers}
    if len(numbers) > 1 and len(counts) == 1 and (count := counts.pop()):
        yield f'Numbers are printed with {count} decimals, as `f"{{value:.{count}f}}"` does.'


def _file_names(sessions: Sequence[Session]) -> Iterator[str]:
    if any(each.input_text for each in sessions):
        yield (
            f"{INPUT} is the name of a file: the program reads that file's text with "
            "`open(...).read()` and passes the text on, never the name."
        )


def lines_apart(sessions: Sequence[Session]) -> list[Session]:
    """Take sessions apart: each run by itself, then with each of its lines."""
    return [
        each.expecting(*output)
        for each in sessions
        for output in [(), *((line,) for line in each.output)]
    ]


def put_together(holding: Sequence[Session]) -> list[Session]:
    """Undo `lines_apart` for what holds: each run with the lines that it prints."""
    runs: dict[Session, list[str]] = {}
    for each in holding:
        runs.setdefault(each.expecting(), []).extend(each.output)
    return [run.expecting(*lines) for run, lines in runs.items()]


def printed_alike(
    sessions: Sequence[Session],
    one: Sequence[tuple[str, ...] | None],
    other: Sequence[tuple[str, ...] | None],
) -> list[Session]:
    """Expect what two programs print alike that were written without knowing of each other."""
    return [
        each.expecting(*filter(None, (line.strip() for line in lines)))
        for each, lines, again in zip(sessions, one, other, strict=True)
        if lines and lines == again and any(map(str.strip, lines)) and len(lines) <= MAX_LINES
    ]


def _session(idea: SessionIdea, *, needs_file: bool) -> Session:
    text = idea.input_text if needs_file and INPUT in idea.command else ""
    output = tuple(each.strip() for line in idea.prints for each in line.splitlines())
    command = _one_line(idea.command)
    return Session(command, text and text.rstrip("\n") + "\n", tuple(filter(None, output)))


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _is_plain(command: str) -> bool:
    """Whether it runs the program and nothing else, with real values."""
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    return words[:2] == _RUN.split() and not re.search(r"[;&|<>`$(){}\[\]]|\.\.\.", command)
