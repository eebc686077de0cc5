"""The lines of a task list in Markdown, each with its place, so that a tick changes one character.

The formats are grammars of single lines (subtasks may stand unindented, numbers give the order), so
their lines are taken as they are rather than as the blocks that a Markdown parser makes of them;
only code fences and comments, whose lines are no tasks, are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from masterplan.errors import InvalidPlan

MAX_CHARACTERS = 10_000_000

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_FENCE = re.compile(r"\s*(?:[-*+] )?(`{3,}|~{3,})")
_CHECKBOX = re.compile(r"(\s*)[-*+] \[([^\]\[]{0,10})\](?![(\[:])(.*)")
_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its ending; `start` is where it begins in the whole text."""

    number: int
    """1 for the first line."""
    text: str
    start: int
    aside: bool = False
    """Whether it belongs to a code fence or a comment, and so holds no task."""

    @property
    def indent(self) -> int:
        """How far it is indented, a tab counting as four."""
        blank = self.text[: len(self.text) - len(self.text.lstrip(" \t"))]
        return len(blank.expandtabs(4))


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


class Marker(StrEnum):
    """What stands between the brackets of a checkbox."""

    OPEN = "open"
    DONE = "done"
    STARTED = "started"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Checkbox:
    """`- [x] words`: its marker, where the marker stands in the whole text, and what follows."""

    indent: int
    marker: Marker
    written: str
    start: int
    end: int
    words: str


def require_readable(text: str) -> None:
    """Refuse text that cannot be stored. Raises InvalidPlan with the line."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidPlan(
            [f"the file has {len(text):,} characters and {MAX_CHARACTERS:,} are allowed; split it"]
        )
    if found := re.search("[\0\ud800-\udfff]", text):
        raise InvalidPlan(
            [
                f"line {line_at(text, found.start())}: the character U+{ord(found[0]):04X} is not "
                "allowed; save the file as UTF-8 without it"
            ]
        )


def line_at(text: str, offset: int) -> int:
    """Return the number of the line in which the character at `offset` stands."""
    return len(re.findall(r"\r\n|\r|\n", text[:offset])) + 1


def split_lines(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield number, text and start of each line; a byte order mark belongs to no line."""
    position = 1 if text.startswith("\ufeff") else 0
    number = 0
    while position < len(text):
        found = _LINE.match(text, position)
        assert found is not None
        number += 1
        yield number, found[1], position
        position = found.end()


def read_lines(text: str) -> list[Line]:
    """Split Markdown into its lines, those of code fences and comments set aside."""
    lines: list[Line] = []
    fence = ""
    comment = False
    for number, line, start in split_lines(text):
        aside = bool(fence) or comment
        opening = _FENCE.match(line)
        if comment:
            comment = "-->" not in line
        elif fence:
            if opening and opening[1].startswith(fence) and not line.strip(" \t`~"):
                fence = ""
        elif opening:
            fence, aside = opening[1], True
        elif line.lstrip().startswith("<!--"):
            comment, aside = "-->" not in line, True
        lines.append(Line(number, line, start, aside))
    return lines


def heading_of(line: Line) -> Heading | None:
    found = None if line.aside else _HEADING.match(line.text)
    return Heading(len(found[1]), found[2].strip().rstrip("#").strip()) if found else None


def checkbox_of(line: Line) -> Checkbox | None:
    """Read a line as a checkbox; None where it is none."""
    found = None if line.aside else _CHECKBOX.match(line.text)
    if found is None:
        return None
    return Checkbox(
        indent=line.indent,
        marker=_marker(found[2]),
        written=found[2],
        start=line.start + found.start(2),
        end=line.start + found.end(2),
        words=found[3].strip(),
    )


def _marker(written: str) -> Marker:
    match written.strip():
        case "":
            return Marker.OPEN
        case "x" | "X":
            return Marker.DONE
        case "-":
            return Marker.STARTED
        case "~":
            return Marker.NOT_DONE
        case _:
            return Marker.UNKNOWN


def dedented(lines: Sequence[str]) -> str:
    """Join lines without their common indentation and without blank lines around them."""
    widths = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    width = min(widths, default=0)
    return "\n".join(line[width:].rstrip() for line in lines).strip("\n")
