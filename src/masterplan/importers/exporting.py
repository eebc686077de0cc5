"""Writes a plan back: into the text it came from, or as a text of its own in another format.

The text of an import stays as it is, byte for byte, but for the ticks of what has been done since.
Only where tasks were added, removed or renamed does the plan no longer fit into it, and is written
anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from masterplan.documents import PlanDocument, TaskDocument, dump_yaml
from masterplan.errors import InvalidPlan
from masterplan.importers import PlanFormat, import_plan
from masterplan.importers.drafting import Imported
from masterplan.importers.json_writers import write_beads, write_task_master
from masterplan.importers.markdown_writers import write_agent_os, write_kiro, write_spec_kit
from masterplan.importers.marks import Mark, Notice, Ticked, reopen, tick, untick

_WRITERS: Mapping[PlanFormat, Callable[[PlanDocument, Collection[str]], str]] = {
    PlanFormat.MASTERPLAN: lambda document, _: dump_yaml(document),
    PlanFormat.AGENT_OS: write_agent_os,
    PlanFormat.SPEC_KIT: write_spec_kit,
    PlanFormat.KIRO: write_kiro,
    PlanFormat.TASK_MASTER: write_task_master,
    PlanFormat.BEADS: write_beads,
}

REWRITTEN = "tasks were added, removed or renamed since the import, so the file is written anew"


@dataclass(frozen=True, slots=True)
class PlanFile:
    """The file that a plan was imported from."""

    format: PlanFormat
    text: str


def export_plan(
    document: PlanDocument,
    format: PlanFormat,
    *,
    done: Collection[str],
    source: PlanFile | None = None,
) -> Ticked:
    """Write the plan, of which the tasks with the keys `done` are done.

    With the file that it came from, in its format, that file with its ticks.
    """
    if source is not None and source.format is format:
        kept = _kept(document, source, done)
        if kept is not None:
            return kept
        return Ticked(_anew(document, source, done), [Notice(0, REWRITTEN)])
    return Ticked(_WRITERS[format](document, done), [])


def tick_again(
    text: str,
    source: PlanFile,
    *,
    done: Collection[str],
    ticked: Collection[str] = (),
    to_do: Collection[str] = (),
) -> Ticked:
    """Tick what is done in a text that may have changed since `source` was imported from it.

    `ticked` are the keys that the text was ticked for the last time; what of these is not done any
    more is to be done again, and its tick is taken back. `to_do` are the keys of the tasks that the
    plan does not take for done before, whatever `source` says. Raises InvalidPlan where the text is
    no longer of that format.
    """
    now = import_plan(text, source.format).marks
    base, then = _as_to_do(source, import_plan(source.text, source.format), to_do)
    reopened = set(ticked).difference(done)
    notices: list[Notice] = []
    if reopened:
        written = tick(base, then, imported=then, done=ticked).text
        back = untick(
            text,
            now,
            source=base,
            imported=then,
            written=import_plan(written, source.format).marks,
            keys=reopened,
        )
        text, notices = back.text, back.notices
        now = import_plan(text, source.format).marks
    forth = tick(text, now, imported=then, done=done)
    return Ticked(forth.text, [*notices, *forth.notices])


def _as_to_do(
    source: PlanFile, imported: Imported, to_do: Collection[str]
) -> tuple[str, Sequence[Mark]]:
    """Return the file as if what it says is done, and the plan takes for undone, were not done."""
    keys = {task.key for task in imported.document.tasks() if task.done}.intersection(to_do)
    if not keys:
        return source.text, imported.marks
    text = reopen(source.text, imported.marks, keys=keys)
    return text, import_plan(text, source.format).marks


def _kept(document: PlanDocument, source: PlanFile, done: Collection[str]) -> Ticked | None:
    try:
        imported = import_plan(source.text, source.format)
    except InvalidPlan:  # written by a version that read the format in another way
        return None
    if source.format is PlanFormat.MASTERPLAN:
        return Ticked(source.text, []) if imported.document == document else None
    if _outline(imported.document) != _outline(document):
        return None
    to_do = {task.key for task in document.tasks() if not task.done}
    text, marks = _as_to_do(source, imported, to_do)
    ticked = tick(text, marks, imported=marks, done=done)
    return Ticked(ticked.text, [*_edits(imported, document), *ticked.notices])


def _outline(document: PlanDocument) -> list[tuple[str, str]]:
    return [(task.key, task.name) for task in document.tasks()]


def _edits(imported: Imported, document: PlanDocument) -> Iterator[Notice]:
    """Say what was changed in the plan and has no place in the file's text."""
    for before, now in zip(imported.document.tasks(), document.tasks(), strict=True):
        if changed := _changed_fields(before, now):
            said = (
                f"task {now.key} was edited here ({', '.join(changed)}); the file keeps its words"
            )
            yield Notice(0, said)


def _changed_fields(before: TaskDocument, now: TaskDocument) -> list[str]:
    fields = TaskDocument.model_fields.keys() - {"done"}
    return sorted(name for name in fields if getattr(before, name) != getattr(now, name))


def _anew(document: PlanDocument, source: PlanFile, done: Collection[str]) -> str:
    is_json = source.text.lstrip("\ufeff \t\r\n").startswith("{")
    if source.format is PlanFormat.MASTERPLAN and is_json:
        value = document.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    return _WRITERS[source.format](document, done)
