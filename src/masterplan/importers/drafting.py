"""From what an importer has found to a plan document that keeps the rules of plans.

An importer reads one grammar and fills a `Draft` with words as they stand in the file. What is
wrong with them (an unsafe path, an unknown dependency, a name that is too long) is mended here in
one way for all formats, and each change is told with its line. What cannot be mended is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from masterplan.documents import (
    MAX_FILES,
    PlanDocument,
    document_of,
    validate_draft,
)
from masterplan.documents.rules import MAX_TASKS
from masterplan.documents.wording import quoted, shortened
from masterplan.errors import InvalidPlan, UnsafePath
from masterplan.graph import find_cycle
from masterplan.importers.marks import Mark, Notice
from masterplan.paths import check_target_path, colliding_paths, collision_key

MAX_NAME = 200
MAX_TEXT = 20_000
MAX_DEPENDENCIES = 200_000
"""As many as one plan may have in all; a wave of thousands after one of thousands has more."""
MAX_NOTICES = 1_000


@dataclass(slots=True)
class DraftTask:
    key: str
    name: str
    line: int
    done: bool = False
    details: str = ""
    files: list[str] = field(default_factory=list)
    depends_on: list[str] = field(default_factory=list)


@dataclass(slots=True)
class DraftMilestone:
    name: str
    description: str = ""
    tasks: list[DraftTask] = field(default_factory=list)


@dataclass(slots=True)
class DraftPhase:
    name: str
    description: str = ""
    milestones: list[DraftMilestone] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """What an importer has found."""

    title: str = ""
    description: str = ""
    phases: list[DraftPhase] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def tasks(self) -> Iterator[DraftTask]:
        for phase in self.phases:
            for milestone in phase.milestones:
                yield from milestone.tasks

    def say(self, line: int, message: str) -> None:
        self.notices.append(Notice(line, message))


@dataclass(frozen=True, slots=True)
class Imported:
    """A plan document that may have gaps, what was decided on the way to it, and its marks."""

    document: PlanDocument
    notices: list[Notice]
    marks: list[Mark]


def key_from(words: str, fallback: str) -> str:
    """Spell a name of another tool as a key; `fallback` where nothing is left of it."""
    spelled = re.sub(r"[^A-Za-z0-9._-]+", "-", words).lstrip("._-")[:100]
    return spelled or fallback


def finish(draft: Draft, *, title: str) -> Imported:
    """Make the document; `title` is taken where the file has none.

    Raises InvalidPlan where the file holds no task, names one twice or goes in a circle.
    """
    _refuse_unusable(draft)
    _mend_files(draft)
    _mend_dependencies(draft)
    document = document_of(
        {
            "title": _name(draft, 0, draft.title or title),
            "description": _text(draft, 0, draft.description),
            "phases": [
                {
                    "name": _name(draft, 0, phase.name),
                    "description": _text(draft, 0, phase.description),
                    "milestones": [
                        _milestone(draft, milestone)
                        for milestone in phase.milestones
                        if milestone.tasks
                    ],
                }
                for phase in draft.phases
                if any(milestone.tasks for milestone in phase.milestones)
            ],
        }
    )
    if problems := validate_draft(document):
        raise InvalidPlan(problems)
    return Imported(document, _sorted_notices(draft), draft.marks)


def _milestone(draft: Draft, milestone: DraftMilestone) -> dict[str, object]:
    return {
        "name": _name(draft, 0, milestone.name),
        "description": _text(draft, 0, milestone.description),
        "tasks": [_task(draft, task) for task in milestone.tasks],
    }


def _task(draft: Draft, task: DraftTask) -> dict[str, object]:
    name = _name(draft, task.line, task.name)
    details = task.details if len(task.name) <= MAX_NAME else f"{task.name}\n\n{task.details}"
    if not task.files and not task.done:
        draft.say(task.line, f"task {task.key} names no file; give it target_files to approve it")
    return {
        "key": task.key,
        "name": name,
        "description": _text(draft, task.line, details.strip("\n")),
        "target_files": task.files,
        "depends_on": task.depends_on,
        "done": task.done,
    }


def _sorted_notices(draft: Draft) -> list[Notice]:
    notices = sorted(dict.fromkeys(draft.notices), key=lambda notice: notice.line)
    more = len(notices) - MAX_NOTICES
    return notices[:MAX_NOTICES] + ([Notice(0, f"and {more:,} more")] if more > 0 else [])


def _name(draft: Draft, line: int, words: str) -> str:
    plain = "".join(
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in words[: 2 * MAX_NAME]
    ).strip()
    if len(words) <= MAX_NAME and plain:
        return plain
    if plain:
        draft.say(line, f"a name of {len(words):,} characters was cut to {MAX_NAME}")
        return plain[: MAX_NAME - 1].rstrip() + "…"
    return "Untitled"


def _text(draft: Draft, line: int, text: str) -> str:
    if len(text) <= MAX_TEXT:
        return text
    draft.say(line, f"a description of {len(text):,} characters was cut to {MAX_TEXT:,}")
    return text[: MAX_TEXT - 1] + "…"


def _refuse_unusable(draft: Draft) -> None:
    lines: dict[str, int] = {}
    problems: list[str] = []
    for task in draft.tasks():
        first = lines.setdefault(task.key, task.line)
        if first != task.line:
            problems.append(
                f"line {task.line}: task {task.key} stands in line {first} already; "
                "give each task a number of its own"
            )
    if not lines:
        problems = ["line 1: the file holds no task of this format"]
    elif len(lines) > MAX_TASKS:
        problems = [f"the file holds {len(lines):,} tasks and {MAX_TASKS:,} are allowed; split it"]
    if problems:
        raise InvalidPlan(shortened(problems))


def _mend_files(draft: Draft) -> None:
    for task in draft.tasks():
        task.files = [path for path in dict.fromkeys(task.files) if _is_target(draft, task, path)]
        if len(task.files) > MAX_FILES:
            draft.say(task.line, f"only the first {MAX_FILES:,} files of the task were taken")
            del task.files[MAX_FILES:]
    refused = dict(_refused_collisions({path for task in draft.tasks() for path in task.files}))
    for task in draft.tasks() if refused else ():
        for path in task.files:
            if path in refused:
                draft.say(task.line, f"{quoted(path)} was left out: {refused[path]}")
        task.files = [path for path in task.files if path not in refused]


def _is_target(draft: Draft, task: DraftTask, path: str) -> bool:
    reason = None
    if path.endswith("/"):
        reason = "it is a directory; name the files in it"
    elif re.search(r"[*?<>|{}\"]|\.\.\.|…", path):
        reason = "it is a pattern; name the files that it means"
    else:
        try:
            check_target_path(path)
        except UnsafePath as error:
            reason = error.reason
    if reason:
        draft.say(task.line, f"{quoted(path)} was left out: {reason}")
    return reason is None


def _refused_collisions(paths: set[str]) -> Iterator[tuple[str, str]]:
    for first, second in colliding_paths(paths):
        a, b = collision_key(first), collision_key(second)
        if a == b:
            yield second, f"it differs from {quoted(first)} only in how its letters are written"
        else:
            outer = first if len(a) < len(b) else second
            yield outer, "it is the directory of another file here"


def _mend_dependencies(draft: Draft) -> None:
    lines = {task.key: task.line for task in draft.tasks()}
    total = 0
    for task in draft.tasks():
        wanted = dict.fromkeys(task.depends_on)
        for key in wanted:
            if key not in lines:
                draft.say(task.line, f"{quoted(key)}, which task {task.key} needs, is no task here")
            elif key == task.key:
                draft.say(task.line, f"task {task.key} needs itself, which was left out")
        task.depends_on = [key for key in wanted if key in lines and key != task.key]
        total = limit_dependencies(total + len(task.depends_on))
    if cycle := find_cycle({task.key: task.depends_on for task in draft.tasks()}):
        where = " → ".join(f"{key} (line {lines[key]})" for key in cycle[:20])
        raise InvalidPlan(
            [
                f"line {lines[cycle[0]]}: tasks need each other in a circle: {where}; "
                "remove one of these dependencies"
            ]
        )


def limit_dependencies(count: int) -> int:
    """Return `count`. Raises InvalidPlan where a plan may not have as many dependencies."""
    if count > MAX_DEPENDENCIES:
        raise InvalidPlan(
            [
                f"the tasks have more than {MAX_DEPENDENCIES:,} dependencies on each other; "
                "split the file, or part its stages by a task that the next stage waits for"
            ]
        )
    return count
