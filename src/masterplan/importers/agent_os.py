"""Agent OS `tasks.md`: task groups with numbered tasks, their files named under `File:`.

The tasks of a group follow one another; a group follows what its `**Dependencies:**` line names.
Checkboxes under acceptance criteria and success metrics are no tasks but text of their milestone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from masterplan.importers.agent_os_groups import Group, order_groups, phase_of
from masterplan.importers.drafting import (
    Draft,
    DraftMilestone,
    DraftPhase,
    DraftTask,
    Imported,
    finish,
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
from masterplan.importers.mentions import mentioned_files, quoted_paths

TITLE = "Task Breakdown"
METRICS = "Success Metrics"
OVERVIEW = "Overview"

_GROUP = re.compile(r"Task Group ([0-9]{1,9})\s*:?\s*(.*)")
_LABEL = re.compile(r"\*\*([^*]{1,60}?):\*\*\s*(.*)")
_NUMBERED = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})\.?\s+(.+)")
_FILES = re.compile(r"\s*(?:[-*+] )?\**files?\s*:\**(.*)", re.IGNORECASE)
_FILES_BELOW = re.compile(r"\s*[-*+] [^:`]{0,60}\bfiles? to [^:`]{1,60}:\s*", re.IGNORECASE)
_ITEM = re.compile(r"\s*[-*+] ")


def looks_like(lines: Sequence[Line]) -> bool:
    """Tell whether these are the lines of an Agent OS file."""
    headings = [heading for line in lines if (heading := heading_of(line))]
    return any(_GROUP.match(found.text) or found.text.startswith(TITLE) for found in headings)


def import_text(text: str) -> Imported:
    """Read the file. Raises InvalidPlan."""
    reader = _Reader()
    for line in read_lines(text):
        reader.take(line)
    return finish(reader.end(), title="Imported task breakdown")


@dataclass(slots=True)
class _Reader:
    draft: Draft = field(default_factory=Draft)
    phase: DraftPhase | None = None
    groups: list[Group] = field(default_factory=list)
    overview: list[str] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    prose: list[str] | None = None
    """Where lines that are no tasks go at present; None where they are no part of the plan."""
    section: str = ""
    in_group: bool = False
    accepting: bool = False
    task: DraftTask | None = None
    task_indent: int = 0
    details: list[tuple[Line, str]] = field(default_factory=list)

    def take(self, line: Line) -> None:
        if heading := heading_of(line):
            self._end_task()
            self._take_heading(line, heading)
        elif self.in_group and line.text.strip() == "---":
            self._end_task()
            self.in_group = self.accepting = False
            self.prose = None
        elif self.in_group and (label := _LABEL.match(line.text)) and not line.aside:
            self._end_task()
            self._take_label(label[1], label[2], line)
        elif self.in_group and not self.accepting and (box := checkbox_of(line)):
            self._take_checkbox(line, box)
        elif self.task is not None and (not line.text.strip() or line.indent > self.task_indent):
            self.details.append((line, line.text))
        elif self.prose is not None:
            self.prose.append(_without_box(line))

    def _take_heading(self, line: Line, heading: Heading) -> None:
        self.accepting = False
        group = _GROUP.match(heading.text)
        if group and heading.level >= 3:
            self._open_group(line, int(group[1]), group[2])
            return
        self.in_group = False
        if heading.level > 2 and self.section == METRICS:
            self.metrics.append(f"{heading.text}:")
            return
        self.prose = None
        if heading.level == 1 and not self.draft.title:
            self.draft.title = heading.text.removeprefix(TITLE).lstrip(": ")
        elif heading.level == 3:
            self.phase = phase_of(heading.text)
            self.in_group = not self.section or "task" in self.section.lower()
        elif heading.level == 2:
            self.section, self.phase = heading.text, None
            self.prose = {METRICS: self.metrics, OVERVIEW: self.overview}.get(heading.text)

    def _open_group(self, line: Line, number: int, name: str) -> None:
        if self.phase is None:
            self.phase = DraftPhase(name or "Tasks")
        if self.phase is not self._last_phase():
            self.draft.phases.append(self.phase)
        group = Group(number, line.number, DraftMilestone(name or f"Task Group {number}"))
        self.phase.milestones.append(group.milestone)
        self.groups.append(group)
        self.in_group = True
        self.prose = group.lead

    def _group(self, line: Line) -> Group:
        """The group that a checkbox belongs to; one for its heading where that names none."""
        if not self.groups or self.phase is None or self.phase is not self._last_phase():
            name = self.phase.name if self.phase else "Tasks"
            self._open_group(
                line, max((group.number for group in self.groups), default=0) + 1, name
            )
        return self.groups[-1]

    def _last_phase(self) -> DraftPhase | None:
        return self.draft.phases[-1] if self.draft.phases else None

    def _take_label(self, name: str, rest: str, line: Line) -> None:
        group = self._group(line)
        self.accepting = name.lower().startswith("acceptance")
        if name.lower() == "dependencies":
            group.needs = rest
        else:
            group.lead.append(f"{name}: {rest}".rstrip())
        self.prose = group.lead

    def _take_checkbox(self, line: Line, box: Checkbox) -> None:
        numbered = _NUMBERED.fullmatch(box.words)
        if self.task is not None and box.indent > self.task_indent:
            self.details.append((line, line.text))
            return
        self._end_task()
        group = self._group(line)
        if numbered and int(numbered[2]) == 0:
            group.rollup = (line, box, numbered[3])
            return
        key = f"{numbered[1]}.{numbered[2]}" if numbered else self._free_key(group)
        if not numbered:
            self.draft.say(line.number, f"the task has no number and is called {key}")
        if box.marker not in (Marker.OPEN, Marker.DONE):
            self.draft.say(line.number, f"[{box.written}] is no [x], so task {key} is not done")
        self.task = DraftTask(key, numbered[3] if numbered else box.words, line.number)
        self.task.done = box.marker is Marker.DONE
        self.task_indent = box.indent
        group.milestone.tasks.append(self.task)
        self.draft.marks.append(checkbox_mark(key, line, box, after=(key,)))

    def _free_key(self, group: Group) -> str:
        numbers = [task.key.rpartition(".")[2] for task in group.milestone.tasks[-1:]]
        return f"{group.number}.{int(numbers[0]) + 1 if numbers else 1}"

    def _end_task(self) -> None:
        if self.task is not None:
            rest = self._take_files(self.task)
            self.task.details = dedented(rest)
        self.task, self.details = None, []

    def _take_files(self, task: DraftTask) -> list[str]:
        """Give the task the files that its details name; return the details that name none."""
        rest: list[str] = []
        below = -1
        for line, text in self.details:
            named = _FILES.fullmatch(text)
            if named and not line.aside:
                found = self._files_after(line, named[1])
                task.files += found
                # A list may follow, beneath the bullet or beside words without one.
                below = -1 if found else line.indent - (_ITEM.match(text) is None)
                continue
            if below >= 0 and line.indent > below and _ITEM.match(text):
                task.files += quoted_paths(text)[:1]
            elif text.strip():
                below = line.indent if _FILES_BELOW.fullmatch(text) else -1
                if below >= 0:
                    self.draft.say(line.number, f"the files below were taken for task {task.key}")
            rest.append(text)
        return rest

    def _files_after(self, line: Line, words: str) -> list[str]:
        if paths := quoted_paths(words):
            return paths
        if guessed := mentioned_files(words):
            self.draft.say(line.number, f"taken as files: {', '.join(guessed[:10])}")
        return guessed

    def end(self) -> Draft:
        """Put together what was read."""
        self._end_task()
        metrics = dedented(self.metrics)
        parts = [dedented(self.overview), metrics and f"{METRICS}:\n{metrics}"]
        self.draft.description = "\n\n".join(part for part in parts if part)
        for group in self.groups:
            group.milestone.description = dedented(group.lead)
            self._close_rollup(group)
        order_groups(self.draft, self.groups)
        return self.draft

    def _close_rollup(self, group: Group) -> None:
        if group.rollup is None:
            return
        line, box, name = group.rollup
        tasks = group.milestone.tasks
        label = f"{group.number}.0"
        if not tasks:
            self.draft.say(line.number, f"the group has no tasks, so {label} is one")
            tasks.append(DraftTask(label, name, line.number, done=box.marker is Marker.DONE))
        elif box.marker is Marker.DONE and not all(task.done for task in tasks):
            self.draft.say(line.number, f"{label} is ticked, but not all of its tasks are")
        after = tuple(task.key for task in tasks)
        self.draft.marks.append(checkbox_mark(label, line, box, after=after))


def _without_box(line: Line) -> str:
    box = checkbox_of(line)
    return f"{' ' * box.indent}- {box.words}" if box else line.text
