"""Spec Kit `tasks.md`: tasks `T001` in phases, `[P]` for those that need not wait.

Setup comes first, then the foundation, then the user stories beside each other, then the rest. In
a phase a task without `[P]` follows the earlier ones; `(depends on T012)` says more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from masterplan.importers.drafting import (
    Draft,
    DraftMilestone,
    DraftPhase,
    DraftTask,
    Imported,
    finish,
    limit_dependencies,
)
from masterplan.importers.lines import (
    Checkbox,
    Heading,
    Line,
    Marker,
    checkbox_of,
    dedented,
    heading_of,
    read_lines,
)
from masterplan.importers.marks import checkbox_mark
from masterplan.importers.mentions import mentioned_files

_TASK = re.compile(r"(T[0-9]{3,12})((?: \[[^\]]{1,20}\])*) (.+)")
_STORY = re.compile(r"US[0-9]{1,6}")
_PHASE = re.compile(r"Phase [0-9.]{1,12}\s*[:\-\u2013\u2014]\s*(.+)", re.IGNORECASE)
_NEEDS = re.compile(r"\(\s*depends on ([^()]{1,2000})\)", re.IGNORECASE)
_ID = re.compile(r"T[0-9]{3,12}")
_LABEL = re.compile(r"\*\*(Goal|Independent Test|Checkpoint|Purpose)\*\*\s*:?\s*(.*)")


class Stage(IntEnum):
    """Where a phase stands: each stage waits for those before it."""

    SETUP = 0
    FOUNDATION = 1
    STORY = 2
    POLISH = 3


@dataclass(slots=True)
class _Member:
    task: DraftTask
    parallel: bool
    needs: list[str]


@dataclass(slots=True)
class _Part:
    """A phase with its tasks in order."""

    phase: DraftPhase
    line: int
    prose: list[str] = field(default_factory=list)
    members: list[_Member] = field(default_factory=list)
    stories: bool = False


def looks_like(lines: Sequence[Line]) -> bool:
    """Tell whether these are the lines of a Spec Kit file."""
    boxes = (checkbox_of(line) for line in lines)
    return any(box and _TASK.fullmatch(box.words) for box in boxes)


def import_text(text: str) -> Imported:
    """Read the file. Raises InvalidPlan."""
    reader = _Reader()
    for line in read_lines(text):
        reader.take(line)
    return finish(reader.end(), title="Imported tasks")


@dataclass(slots=True)
class _Reader:
    draft: Draft = field(default_factory=Draft)
    parts: list[_Part] = field(default_factory=list)
    heading: Heading = field(default_factory=lambda: Heading(2, "Tasks"))
    heading_line: int = 0
    prose: list[str] = field(default_factory=list)
    part: _Part | None = None
    task: DraftTask | None = None
    task_indent: int = 0
    details: list[str] = field(default_factory=list)

    def take(self, line: Line) -> None:
        if heading := heading_of(line):
            self._end_task()
            self._take_heading(line, heading)
        elif (box := checkbox_of(line)) and (found := _TASK.fullmatch(box.words)):
            self._end_task()
            self._take_task(line, box, found)
        elif self.task is not None and line.text.strip() and line.indent > self.task_indent:
            self.details.append(line.text)
        elif (label := _LABEL.match(line.text)) and not line.aside:
            self._end_task()
            self.prose.append(f"{label[1]}: {label[2].strip()}")
        elif box is not None:
            self._end_task()
            self.draft.say(line.number, "a checkbox without a task number (T001) was left out")

    def _take_heading(self, line: Line, heading: Heading) -> None:
        if heading.level == 1:
            self.draft.title = self.draft.title or heading.text.removeprefix("Tasks:").strip()
        elif heading.level == 2:
            self.heading, self.heading_line = heading, line.number
            self.prose, self.part = [], None

    def _take_task(self, line: Line, box: Checkbox, found: re.Match[str]) -> None:
        key, tags, words = found[1], re.findall(r"\[([^\]]+)\]", found[2]), found[3].strip()
        part = self._open_part()
        part.stories = part.stories or any(_STORY.fullmatch(tag) for tag in tags)
        for tag in tags:
            if tag != "P" and not _STORY.fullmatch(tag):
                self.draft.say(line.number, f"[{tag}] is neither [P] nor a story, and says nothing")
        if box.marker not in (Marker.OPEN, Marker.DONE):
            self.draft.say(line.number, f"[{box.written}] is no [x], so task {key} is not done")
        needs = [key for group in _NEEDS.findall(words) for key in _ID.findall(group)]
        name = _NEEDS.sub("", words).strip()
        self.task = DraftTask(key, name or words, line.number, done=box.marker is Marker.DONE)
        self.task.files = mentioned_files(name)
        self.task_indent = box.indent
        part.phase.milestones[0].tasks.append(self.task)
        part.members.append(_Member(self.task, "P" in tags, needs))
        self.draft.marks.append(checkbox_mark(key, line, box, after=(key,)))

    def _open_part(self) -> _Part:
        if self.part is None:
            named = _PHASE.fullmatch(self.heading.text)
            name = named[1] if named else self.heading.text
            phase = DraftPhase(name, milestones=[DraftMilestone(name)])
            self.part = _Part(phase, self.heading_line, prose=self.prose)
            self.parts.append(self.part)
            self.draft.phases.append(phase)
        return self.part

    def _end_task(self) -> None:
        if self.task is not None:
            self.task.details = dedented(self.details)
        self.task, self.details = None, []

    def end(self) -> Draft:
        """Put together what was read."""
        self._end_task()
        for part in self.parts:
            part.phase.description = "\n".join(line for line in part.prose if line)
        self._order()
        return self.draft

    def _order(self) -> None:
        before: list[str] = []
        ends: list[str] = []
        stage = Stage.SETUP
        total = 0
        for part in self.parts:
            reached = stage_of(part.phase.name, stories=part.stories)
            if reached is not Stage.STORY or stage is not Stage.STORY:
                before, ends = ends or before, []
            stage = reached
            ends += _order_part(part, before)
            total += sum(len(member.task.depends_on) for member in part.members)
            limit_dependencies(total)


def stage_of(name: str, *, stories: bool) -> Stage:
    """Tell from a phase's name and its tasks which stage it is."""
    lowered = name.lower()
    if stories or "user stor" in lowered:
        return Stage.STORY
    if "setup" in lowered:
        return Stage.SETUP
    return Stage.FOUNDATION if "foundation" in lowered else Stage.POLISH


def _order_part(part: _Part, before: Sequence[str]) -> list[str]:
    """Give the tasks of a phase their dependencies; return those that its end waits for."""
    open_ends: list[str] = []
    total = 0
    for member in part.members:
        waits = list(open_ends) if not member.parallel and open_ends else list(before)
        member.task.depends_on = [*waits, *member.needs]
        total = limit_dependencies(total + len(member.task.depends_on))
        if not member.parallel:
            open_ends = []
        open_ends.append(member.task.key)
    return open_ends
