"""Where a file says that something is done, and how that is written without touching anything else.

A tick replaces the characters of one mark. It is guarded by a hash of the words around the mark:
where somebody has changed them since the import, they are left alone and a notice says so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from masterplan.importers.lines import Checkbox, Line, Marker


@dataclass(frozen=True, slots=True)
class Notice:
    """What an import inferred or left out; `line` is 0 where it concerns the whole file."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a file says whether something is done, and what to write there when it is."""

    label: str
    """Names it in its file."""
    line: int
    start: int
    end: int
    """The characters from `start` to `end` of the text give way to `tick`."""
    tick: str
    guard: str
    """Hash of the words around it: where it differs, somebody has changed them."""
    done: bool
    after: tuple[str, ...]
    """Keys of the tasks that must all be done first: its own, or those of a roll-up."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """A text with its ticks, and what could not be ticked."""

    text: str
    notices: list[Notice]


def guard_of(words: str) -> str:
    """Hash the words around a mark."""
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def checkbox_mark(label: str, line: Line, box: Checkbox, *, after: tuple[str, ...]) -> Mark:
    """Return the mark of a checkbox, guarded by its whole line."""
    return Mark(
        label=label,
        line=line.number,
        start=box.start,
        end=box.end,
        tick="x",
        guard=guard_of(line.text),
        done=box.marker is Marker.DONE,
        after=after,
    )


def tick(
    text: str, marks: Sequence[Mark], *, imported: Sequence[Mark], done: Collection[str]
) -> Ticked:
    """Tick in `text`, whose marks are `marks`, what is done by now and was not when imported."""
    there = dict(_numbered(marks))
    before = {mark.label for mark in imported if mark.done}
    notices: list[Notice] = []
    ticks: list[Mark] = []
    for identity, known in _numbered(imported):
        news = known.after and not before.issuperset(known.after)
        if known.done or not news or not all(key in done for key in known.after):
            continue
        mark = there.get(identity)
        if mark is None:
            notices.append(Notice(known.line, f"{known.label} is gone, so it was not ticked"))
        elif mark.done:
            continue
        elif mark.guard != known.guard:
            notices.append(
                Notice(mark.line, f"{known.label} was changed meanwhile, so it was left alone")
            )
        else:
            ticks.append(mark)
    return Ticked(_replaced(text, ticks), notices)


def _numbered(marks: Sequence[Mark]) -> Iterator[tuple[tuple[str, int], Mark]]:
    """Tell marks of one label apart by their order: a file may name two tasks alike."""
    seen: Counter[str] = Counter()
    for mark in marks:
        seen[mark.label] += 1
        yield (mark.label, seen[mark.label]), mark


def _replaced(text: str, ticks: Sequence[Mark]) -> str:
    parts: list[str] = []
    position = 0
    for mark in sorted(ticks, key=lambda mark: mark.start):
        parts += [text[position : mark.start], mark.tick]
        position = mark.end
    return "".join([*parts, text[position:]])
