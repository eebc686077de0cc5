"""Kiro `.kiro/specs/*/tasks.md` and its relative cc-sdd: numbered checkboxes, nested by number.

Only what has no subtasks is a task; the others are their milestones. The order of the file is the
dependency, unless a task says `(P)` or `_Depends: 1.2_`, or a footer lists waves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from masterplan.importers.drafting import (
    Draft,
    DraftMilestone,
    DraftPhase,
    DraftTask,
    Imported,
    finish,
    limit_dependencies,
)
from masterplan.importers.kiro_waves import read_waves
from masterplan.importers.lines import (
    Checkbox,
    Line,
    Marker,
    checkbox_of,
    dedented,
    heading_of,
    read_lines,
)
from masterplan.importers.marks import checkbox_mark
from masterplan.importers.mentions import mentioned_files, quoted_paths

TITLE = "Implementation Plan"
FOOTER = "Task Dependency Graph"

_NUMBERED = re.compile(r"(\*?)\s*([0-9]{1,9}(?:\.[0-9]{1,9}){0,8})\.?\s+(.+)")
_PARALLEL = re.compile(r"\(P\) |^\(P\)|\(P\)$")
_DEPENDS = re.compile(r"_Depends:([^_]{1,2000})_")
_FILES = re.compile(r"\s*[-*+] Files?: `")
_NOTE = re.compile(r"^(\s*(?:[-*+] )?)_([A-Z][a-z]+: [^_]*)_\s*$")
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,8}")


@dataclass(slots=True)
class _Item:
    """A checkbox, which is a task where no other is nested in it."""

    number: str
    words: str
    line: Line
    box: Checkbox
    optional: bool
    parallel: bool
    details: list[str] = field(default_factory=list)
    needs: list[str] | None = None
    leaves: list[str] = field(default_factory=list)
    """Numbers of the tasks in it, its own where it is one."""


def looks_like(lines: Sequence[Line]) -> bool:
    """Tell whether these are the lines of a Kiro file."""
    boxes = (checkbox_of(line) for line in lines)
    return any(box and _NUMBERED.fullmatch(box.words) for box in boxes)


def import_text(text: str) -> Imported:
    """Read the file. Raises InvalidPlan."""
    reader = _Reader()
    for line in read_lines(text):
        reader.take(line)
    return finish(reader.end(), title=TITLE)


@dataclass(slots=True)
class _Reader:
    draft: Draft = field(default_factory=Draft)
    items: list[_Item] = field(default_factory=list)
    in_item: bool = False
    in_footer: bool = False
    footer_line: int = 0
    footer: list[str] = field(default_factory=list)
    unnumbered: list[_Item] = field(default_factory=list)

    def take(self, line: Line) -> None:
        heading = heading_of(line)
        if heading:
            self.in_item, self.in_footer = False, heading.text == FOOTER
            self.footer_line = line.number if self.in_footer else self.footer_line
            if heading.level == 1 and not self.draft.title:
                named = heading.text.removeprefix(TITLE).strip(" :-\u2013\u2014")
                self.draft.title = named or heading.text
        elif self.in_footer:
            self.footer += [line.text] if line.aside else []
        elif box := checkbox_of(line):
            self._take_checkbox(line, box)
        elif self.in_item and (not line.text.strip() or line.indent > 0):
            self.items[-1].details.append(line.text)
        elif line.text.strip():
            self.in_item = False

    def _take_checkbox(self, line: Line, box: Checkbox) -> None:
        found = _NUMBERED.fullmatch(box.words)
        number, words = (found[2], found[3]) if found else ("", box.words.lstrip("* "))
        item = _Item(
            number,
            _PARALLEL.sub("", words).strip() or words,
            line,
            box,
            optional=box.words.startswith("*"),
            parallel=bool(_PARALLEL.search(words)),
        )
        if not found:
            self.unnumbered.append(item)
        self.items.append(item)
        self.in_item = True

    def end(self) -> Draft:
        """Put together what was read."""
        self._number_the_rest()
        self._nest()
        for item in self.items:
            self._close(item)
        self._order(self._arrange())
        return self.draft

    def _number_the_rest(self) -> None:
        """Give lines without a number the next one of their level that nobody has."""
        used = {item.number for item in self.items}
        unnumbered = {id(item) for item in self.unnumbered}
        last: dict[str, int] = {}
        given: dict[str, int] = {}
        top = ""
        for item in self.items:
            if id(item) in unnumbered:
                parent = f"{top}." if item.box.indent and top else ""
                ordinal = max(last.get(parent, 0), given.get(parent, 0)) + 1
                while f"{parent}{ordinal}" in used:
                    ordinal += 1
                given[parent] = ordinal
                item.number = f"{parent}{ordinal}"
                used.add(item.number)
                self.draft.say(
                    item.line.number, f"the task has no number and is called {item.number}"
                )
            head, dot, tail = item.number.rpartition(".")
            last[f"{head}{dot}"] = int(tail)
            top = item.number.partition(".")[0]

    def _nest(self) -> None:
        by_number = {item.number: item for item in self.items}
        inner = {
            parent for item in self.items for parent in _above(item.number) if parent in by_number
        }
        for item in self.items:
            if item.number in inner:
                continue
            item.leaves.append(item.number)
            for parent in _above(item.number):
                if parent in by_number:
                    by_number[parent].leaves.append(item.number)

    def _close(self, item: _Item) -> None:
        if item.box.marker not in (Marker.OPEN, Marker.DONE):
            said = f"[{item.box.written}] is no [x], so task {item.number} is not done"
            self.draft.say(item.line.number, said)
        found = _DEPENDS.findall("\n".join(item.details))
        if found:
            item.needs = _NUMBER.findall(" ".join(found))
        self.draft.marks.append(
            checkbox_mark(item.number, item.line, item.box, after=tuple(item.leaves))
        )

    def _task(self, item: _Item) -> DraftTask:
        task = DraftTask(item.number, item.words, item.line.number)
        task.done = item.box.marker is Marker.DONE
        task.details = dedented(_readable(item.details))
        named_files = [line for line in item.details if _FILES.match(line)]
        task.files = quoted_paths("\n".join(named_files))
        if not named_files:
            task.files = mentioned_files("\n".join([item.words, *item.details]))
        if task.files and not named_files:
            named = ", ".join(task.files[:5])
            self.draft.say(item.line.number, f"taken as files of task {task.key}: {named}")
        if item.optional:
            task.details = f"Optional.\n{task.details}"
            self.draft.say(item.line.number, f"task {task.key} is optional: nothing waits for it")
        return task

    def _order(self, tasks: dict[str, DraftTask]) -> None:
        by_number = {item.number: item for item in self.items}
        waves = self._waves({number: item.leaves for number, item in by_number.items()})
        barrier: list[str] = []
        beside: list[str] = []
        total = 0
        for item in self.items:
            if item.number not in tasks:
                continue
            if item.number in waves:
                needs = waves[item.number]
            elif item.needs is not None:
                needs = [leaf for number in item.needs for leaf in _leaves(by_number, number)]
            else:
                needs = barrier if item.parallel or not beside else beside
            total = limit_dependencies(total + len(needs))
            tasks[item.number].depends_on = list(needs)
            if item.parallel and not item.optional:
                beside.append(item.number)
            elif not item.optional:
                barrier, beside = [item.number], []

    def _waves(self, leaves: Mapping[str, list[str]]) -> dict[str, list[str]]:
        if not self.footer_line:
            return {}
        waits = read_waves(self.footer, leaves)
        if waits is None:
            said = "the dependency graph cannot be read, so the order of the file decides"
            self.draft.say(self.footer_line, said)
        return waits or {}

    def _arrange(self) -> dict[str, DraftTask]:
        """Make a milestone of each top number; return the tasks by their numbers."""
        phase = DraftPhase(self.draft.title or TITLE)
        milestones: dict[str, DraftMilestone] = {}
        tasks: dict[str, DraftTask] = {}
        for item in self.items:
            top = item.number.partition(".")[0]
            milestone = milestones.get(top)
            if milestone is None:
                is_top = item.number == top
                milestone = DraftMilestone(item.words if is_top else f"Part {top}")
                milestones[top] = milestone
                phase.milestones.append(milestone)
                if is_top and item.leaves != [top]:
                    milestone.description = dedented(_readable(item.details))
            if item.leaves == [item.number] or not item.leaves:
                tasks[item.number] = self._task(item)
                milestone.tasks.append(tasks[item.number])
        for item in self.items:
            ticked = item.number not in tasks and item.box.marker is Marker.DONE
            if ticked and not all(tasks[leaf].done for leaf in item.leaves):
                said = f"{item.number} is ticked, but not all of its tasks are"
                self.draft.say(item.line.number, said)
        self.draft.phases.append(phase)
        return tasks


def _above(number: str) -> list[str]:
    parts = number.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def _leaves(by_number: dict[str, _Item], number: str) -> list[str]:
    item = by_number.get(number)
    return item.leaves if item else [number]


def _readable(details: Sequence[str]) -> list[str]:
    """Take the underscores off `_Requirements: 1.1_`; what `_Depends` says is said elsewhere."""
    kept = (line for line in details if not (_DEPENDS.search(line) or _FILES.match(line)))
    return [_NOTE.sub(r"\1\2", line) for line in kept]
