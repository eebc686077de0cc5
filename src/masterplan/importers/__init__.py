"""Plans as other tools write them: text in, a plan document and what was decided on the way out.

Everything here is pure. Each module reads one format and says where it may be ticked; `exporting`
writes a plan back into the text it came from, or as a text of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from masterplan.documents import find_gaps, load_draft
from masterplan.errors import InvalidPlan
from masterplan.importers import agent_os, beads, kiro, spec_kit, task_master
from masterplan.importers.drafting import Imported
from masterplan.importers.json_places import read_json
from masterplan.importers.lines import read_lines, require_readable, split_lines
from masterplan.importers.marks import Mark, Notice, Ticked, tick
from masterplan.plan_formats import PlanFormat

__all__ = [
    "Imported",
    "Mark",
    "Notice",
    "PlanFormat",
    "Ticked",
    "detect_format",
    "import_plan",
    "tick",
]


def _import_native(text: str) -> Imported:
    document = load_draft(text)
    return Imported(document, [Notice(0, gap) for gap in find_gaps(document)], [])


_IMPORTERS: Mapping[PlanFormat, Callable[[str], Imported]] = {
    PlanFormat.MASTERPLAN: _import_native,
    PlanFormat.AGENT_OS: agent_os.import_text,
    PlanFormat.SPEC_KIT: spec_kit.import_text,
    PlanFormat.KIRO: kiro.import_text,
    PlanFormat.TASK_MASTER: task_master.import_text,
    PlanFormat.BEADS: beads.import_text,
}

_MARKDOWN = {
    PlanFormat.SPEC_KIT: spec_kit.looks_like,
    PlanFormat.AGENT_OS: agent_os.looks_like,
    PlanFormat.KIRO: kiro.looks_like,
}


def import_plan(text: str, format: PlanFormat) -> Imported:
    """Read a plan file of this format.

    Raises InvalidPlan with what is wrong, and in which line.
    """
    require_readable(text)
    return _IMPORTERS[format](text)


def detect_format(text: str) -> PlanFormat:
    """Tell how a plan file is written. Raises InvalidPlan where it is none of the formats."""
    require_readable(text)
    first = next((line for _, line, _ in split_lines(text) if line.strip()), "")
    if first.lstrip().startswith("{"):
        return _json_format(text, first)
    lines = read_lines(text)
    if any(line.text.startswith(("phases:", '"phases"', "'phases'")) for line in lines):
        return PlanFormat.MASTERPLAN
    for format, looks_like in _MARKDOWN.items():
        if looks_like(lines):
            return format
    if first.partition(":")[0].strip("\"' ") in _NATIVE_FIRST or first.startswith(
        ("---", "%", "#")
    ):
        return PlanFormat.MASTERPLAN
    raise InvalidPlan(
        [
            "line 1: this is no plan that Masterplan knows: neither YAML or JSON with phases, nor "
            "a task list of Agent OS, Spec Kit, Kiro, Task Master or beads"
        ]
    )


_NATIVE_FIRST = {"title", "description", "goal", "repository", "settings"}


def _json_format(text: str, first: str) -> PlanFormat:
    try:
        value = read_json(text.removeprefix("\ufeff"))
    except InvalidPlan:
        value = None
    if task_master.looks_like(value):
        return PlanFormat.TASK_MASTER
    if value is None:
        try:
            value = read_json(first)
        except InvalidPlan:
            return PlanFormat.MASTERPLAN
    return PlanFormat.BEADS if beads.looks_like(value) else PlanFormat.MASTERPLAN
