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
    """The characters from `start` to `end` of the text give way to `tick`, or to `blank`."""
    tick: str
    blank: str
    """What stands there where it is not done."""
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
        blank=" ",
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
    ticks: list[tuple[int, int, str]] = []
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
            ticks.append((mark.start, mark.end, mark.tick))
    return Ticked(_replaced(text, ticks), notices)


def reopen(text: str, marks: Sequence[Mark], *, keys: Collection[str]) -> str:
    """Write what a text would be if the tasks of these keys had never been done."""
    opened = [mark for mark in marks if mark.done and any(key in keys for key in mark.after)]
    return _replaced(text, [(mark.start, mark.end, mark.blank) for mark in opened])


def untick(
    text: str,
    marks: Sequence[Mark],
    *,
    source: str,
    imported: Sequence[Mark],
    written: Sequence[Mark],
    keys: Collection[str],
) -> Ticked:
    """Take back in `text` the ticks of the tasks with these keys.

    `imported` are the marks of `source`, and `written` those that it has with the ticks that were
    made: only where the words around a tick still are as they were written is it taken back.
    """
    there = dict(_numbered(marks))
    ticked = dict(_numbered(written))
    notices: list[Notice] = []
    changes: list[tuple[int, int, str]] = []
    for identity, known in _numbered(imported):
        mark = there.get(identity)
        if known.done or mark is None or not mark.done or not any(k in keys for k in known.after):
            continue
        start = mark.start - known.tick.find(text[mark.start : mark.end])
        end = start + len(known.tick)
        if mark.guard == ticked[identity].guard and text[start:end] == known.tick:
            changes.append((start, end, source[known.start : known.end]))
        else:
            said = f"{known.label} is to be done again, but was changed meanwhile: its tick stays"
            notices.append(Notice(mark.line, said))
    return Ticked(_replaced(text, changes), notices)


def _numbered(marks: Sequence[Mark]) -> Iterator[tuple[tuple[str, int], Mark]]:
    """Tell marks of one label apart by their order: a file may name two tasks alike."""
    seen: Counter[str] = Counter()
    for mark in marks:
        seen[mark.label] += 1
        yield (mark.label, seen[mark.label]), mark


def _replaced(text: str, changes: Sequence[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    position = 0
    for start, end, instead in sorted(changes):
        parts += [text[position:start], instead]
        position = end
    return "".join([*parts, text[position:]])
