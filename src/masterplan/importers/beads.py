"""beads JSONL: one issue a line, with typed dependencies on other issues.

An issue that has children is a milestone of them. What blocks is a dependency; other links and
unknown fields stay in the file. A tombstone is no issue, nor is a memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, StrictInt, StrictStr, ValidationError

from masterplan.errors import InvalidPlan
from masterplan.importers.drafting import (
    Draft,
    DraftMilestone,
    DraftPhase,
    DraftTask,
    Imported,
    finish,
    key_from,
    limit_dependencies,
)
from masterplan.importers.json_places import JsonObject, read_json
from masterplan.importers.lines import split_lines
from masterplan.importers.marks import Mark, guard_of
from masterplan.importers.mentions import mentioned_files

CLOSED = "closed"
TOMBSTONE = "tombstone"
KNOWN = frozenset({"open", "in_progress", "blocked", "deferred", "pinned", "hooked", CLOSED})
BLOCKING = frozenset({"blocks", "conditional-blocks", "waits-for"})
HIERARCHY = "parent-child"


def _none_is_empty(value: object) -> object:
    return "" if value is None else value


Words = Annotated[StrictStr, BeforeValidator(_none_is_empty)]


_FILES = re.compile(r"^Files: `.*$", re.MULTILINE)


class Dependency(BaseModel):
    issue_id: Words = ""
    depends_on_id: StrictStr
    type: Words = "blocks"


class Issue(BaseModel):
    """An issue as the file has it; other fields stay in the file."""

    id: Words = ""
    title: StrictStr
    description: Words = ""
    design: Words = ""
    acceptance_criteria: Words = ""
    notes: Words = ""
    status: Words = "open"
    priority: StrictInt | None = None
    issue_type: Words = ""
    dependencies: list[Dependency] | None = None


@dataclass(slots=True)
class _Node:
    issue: Issue
    found: JsonObject
    line: int
    text: str
    key: str
    children: list[_Node] = field(default_factory=list)
    parent: _Node | None = None
    needs: list[str] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.issue.status == CLOSED


def looks_like(value: object) -> bool:
    """Tell whether a JSON value is one line of a beads file."""
    return isinstance(value, dict) and (
        "_type" in value or ("title" in value and "phases" not in value and "tasks" not in value)
    )


def import_text(text: str) -> Imported:
    """Read the file. Raises InvalidPlan."""
    reader = _Reader(Draft())
    for number, line, start in split_lines(text):
        if line.strip():
            reader.take(number, line, start)
    return finish(reader.end(), title="Imported issues")


@dataclass(slots=True)
class _Reader:
    draft: Draft
    nodes: list[_Node] = field(default_factory=list)

    def take(self, number: int, line: str, start: int) -> None:
        found = read_json(line, offset=start, line=number)
        if not isinstance(found, JsonObject):
            raise InvalidPlan([f"line {number}: an issue is an object, {{…}}"])
        if found.get("_type", "issue") != "issue":
            self.draft.say(number, f"{str(found['_type'])[:50]!r} is no issue and was left out")
            return
        try:
            issue = Issue.model_validate(found)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(step) for step in first["loc"])
            raise InvalidPlan(
                [f"line {number}: the issue's {where} is wrong: {first['msg']}"]
            ) from None
        if issue.status == TOMBSTONE:
            self.draft.say(number, f"{issue.id or 'the issue'} is a tombstone and was left out")
            return
        key = key_from(issue.id, f"issue-{number}")
        self.nodes.append(_Node(issue, found, number, line, key))

    def end(self) -> Draft:
        """Put together what was read."""
        by_id = {node.issue.id or node.key: node for node in self.nodes}
        self._link(by_id)
        self._count_leaves()
        phase = DraftPhase("Issues")
        milestones: dict[str, DraftMilestone] = {}
        total = 0
        for node in self.nodes:
            self._mark(node)
            if node.leaves != [node.key]:
                self._remark_rollup(node)
                continue
            parent = node.parent
            name = parent.key if parent else ""
            if name not in milestones:
                milestones[name] = DraftMilestone(
                    parent.issue.title if parent else "Issues",
                    _about(parent.issue) if parent else "",
                )
                phase.milestones.append(milestones[name])
            task = self._task(node, by_id)
            total = limit_dependencies(total + len(task.depends_on))
            milestones[name].tasks.append(task)
        self.draft.phases.append(phase)
        return self.draft

    def _link(self, by_id: dict[str, _Node]) -> None:
        for node in self.nodes:
            for dependency in node.issue.dependencies or ():
                waiting = by_id.get(dependency.issue_id, node)
                if dependency.type == HIERARCHY:
                    parent = by_id.get(dependency.depends_on_id)
                    if (
                        parent is None
                        or parent is waiting
                        or waiting.parent
                        or _in(parent, waiting)
                    ):
                        said = f"{dependency.depends_on_id[:50]!r} cannot hold {waiting.key}"
                        self.draft.say(node.line, said)
                    else:
                        waiting.parent = parent
                        parent.children.append(waiting)
                elif dependency.type in BLOCKING:
                    waiting.needs.append(dependency.depends_on_id)

    def _count_leaves(self) -> None:
        """Give each issue the tasks in it, to a leaf itself."""
        for node in self.nodes:
            if node.children:
                continue
            above: _Node | None = node
            depth = 0
            while above is not None and depth <= MAX_DEPTH:
                above.leaves.append(node.key)
                above, depth = above.parent, depth + 1

    def _task(self, node: _Node, by_id: dict[str, _Node]) -> DraftTask:
        issue = node.issue
        if issue.status not in KNOWN:
            self.draft.say(node.line, f"the status {issue.status[:50]!r} is unknown, so not done")
        task = DraftTask(node.key, issue.title, node.line, done=node.done)
        task.details = _about(issue)
        named = _FILES.search(issue.description)
        about = named[0] if named else f"{issue.title}\n{issue.description}\n{issue.design}"
        task.files = mentioned_files(f"{issue.title}\n{about}")
        if task.files and not named:
            said = f"taken as files of {node.key}: {', '.join(task.files[:5])}"
            self.draft.say(node.line, said)
        above: _Node | None = node
        while above is not None:
            for identifier in above.needs:
                found = by_id.get(identifier)
                if found is None:
                    task.depends_on.append(identifier)
                elif found is not above and not _in(node, found):
                    task.depends_on += found.leaves
                limit_dependencies(len(task.depends_on))
            above = above.parent
        return task

    def _mark(self, node: _Node) -> None:
        place = node.found.place
        start, end = place.status or (place.start + 1, place.start + 1)
        self.draft.marks.append(
            Mark(
                label=node.key,
                line=node.line,
                start=start,
                end=end,
                tick=f'"{CLOSED}"' if place.status else f'"status":"{CLOSED}",',
                blank='"open"',
                guard=guard_of(node.text),
                done=node.done,
                after=tuple(node.leaves),
            )
        )

    def _remark_rollup(self, node: _Node) -> None:
        if node.done and not all(child.done for child in node.children):
            self.draft.say(node.line, f"{node.key} is closed, but not all in it is")


MAX_DEPTH = 20
"""How deep issues may hold issues; deeper ones are taken for what they are, not for parts."""


def _in(inner: _Node, outer: _Node) -> bool:
    """Tell whether `inner` is held by `outer`, or so deep that nothing more goes into it."""
    depth = 0
    above: _Node | None = inner
    while above is not None:
        if above is outer or depth >= MAX_DEPTH:
            return True
        above, depth = above.parent, depth + 1
    return False


def _about(issue: Issue) -> str:
    parts = [
        issue.description,
        issue.design and f"Design: {issue.design}",
        issue.acceptance_criteria and f"Acceptance criteria:\n{issue.acceptance_criteria}",
        issue.notes and f"Notes: {issue.notes}",
        f"Priority: {issue.priority}" if issue.priority is not None else "",
    ]
    return "\n\n".join(part for part in parts if part)
