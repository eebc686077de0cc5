"""The plan document: what people, models and other tools write, and what an approval is bound to.

The models say which shapes exist; `plan_rules` says which of them can be run; `document_text`
reads the text. Everything here is pure: a document in, a document, a text or a list of problems
out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from masterplan.documents.digest import digest
from masterplan.documents.problems import describe
from masterplan.documents.rules import MAX_TASKS, plan_gaps, plan_problems
from masterplan.documents.text import Reading, read_text
from masterplan.documents.warnings import PlanWarning, warnings_about
from masterplan.documents.wording import shortened
from masterplan.documents.writer import write_yaml
from masterplan.errors import InvalidPlan
from masterplan.lifecycle import Complexity

MAX_FILES = 1_000
"""As many files as one task may name."""

KEY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"


_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Approving is reading: a command must not read as another one (CVE-2021-42574)."""


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "holds a NUL character; remove it")
    return text


def _as_it_reads(text: str) -> str:
    """Refuse what makes a line be shown in another order than the one it is run in."""
    if _REORDERING.search(text):
        raise PydanticCustomError(
            "reordering",
            "holds a character that reorders what is shown (U+202A to U+202E, U+2066 to U+2069); "
            "remove it",
        )
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "is blank; write at least one word")
    return text


def _one_line(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        raise PydanticCustomError(
            "control", "holds a line break or another control character; write one plain line"
        )
    return text


def _no_option(text: str) -> str:
    if text.startswith("-"):
        raise PydanticCustomError("option", "starts with a hyphen; name a path or a URL")
    return text


def _plain_amount(amount: Decimal) -> Decimal:
    """Give equal amounts one spelling, so that 5, 5.0 and 5.00 have one hash."""
    return Decimal(f"{amount.normalize():f}")


Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_not_blank),
    AfterValidator(_one_line),
]
Text = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_without_nul)]
Shell = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4_000),
    AfterValidator(_not_blank),
    AfterValidator(_without_nul),
    AfterValidator(_as_it_reads),
]
Repository = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2_000),
    AfterValidator(_not_blank),
    AfterValidator(_one_line),
    AfterValidator(_no_option),
]
FilePath = Annotated[str, StringConstraints(max_length=1_000)]
FileText = Annotated[str, StringConstraints(max_length=1_000_000), AfterValidator(_without_nul)]
Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]
Amount = Annotated[
    Decimal,
    Field(gt=0, le=1_000_000, decimal_places=6, allow_inf_nan=False),
    AfterValidator(_plain_amount),
]

Tokens = Annotated[int, Field(ge=1, le=1_000_000_000_000, strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Script(_Part):
    """What the scripted agent does with a task, for rehearsals and tests."""

    files: dict[FilePath, FileText] = Field(default_factory=dict, max_length=MAX_FILES)
    """Text to write into target files; a target that is not named gets a line naming the task."""
    stray_files: dict[FilePath, FileText] = Field(default_factory=dict, max_length=MAX_FILES)
    """Text to write outside of the task's target_files, on purpose."""
    fail_attempts: int = Field(default=0, ge=0, le=1_000, strict=True)
    """How many attempts fail before one does its work."""
    permanent: bool = Field(default=False, strict=True)
    """Fail in a way that no further attempt can mend."""
    message: Text = "The script says that this attempt fails."
    """What a failing attempt says."""
    duration_s: float = Field(default=0, ge=0, le=86_400, allow_inf_nan=False)
    """How long an attempt takes, in seconds."""


class TaskDocument(_Part):
    """One piece of work: what to build, in which files, after what, and how it is proven."""

    key: Key
    """Names the task in the plan, and stays across revisions."""
    name: Line
    description: Text = ""
    """What to build, in full."""
    target_files: list[FilePath] = Field(max_length=MAX_FILES)
    """The files that the task may create or change, relative to the repository's root."""
    depends_on: list[Key] = Field(default_factory=list, max_length=MAX_TASKS)
    """Keys of the tasks whose results this one needs."""
    complexity: Complexity = Complexity.MEDIUM
    checks: list[Shell] = Field(default_factory=list, max_length=100)
    """Shell commands that all succeed when the task is done."""
    max_retries: int = Field(default=2, ge=0, le=20, strict=True)
    """How many further attempts may follow a failed one."""
    agent: Key | None = None
    """Who does the task; the plan's setting where none is named."""
    command: Shell | None = None
    """With agent command: what sh runs in the attempt's directory."""
    script: Script | None = None
    """With agent scripted: what it does."""
    done: bool = Field(default=False, strict=True)
    """Done before the plan is executed: it is not run, and what depends on it need not wait."""
    budget_usd: Amount | None = None
    """What the task's attempts together may cost, in US dollars."""
    budget_tokens: Tokens | None = None
    """How many tokens the task's attempts together may use."""


class MilestoneDocument(_Part):
    """Tasks that together reach something that can be shown."""

    name: Line
    description: Text = ""
    tasks: list[TaskDocument]


class PhaseDocument(_Part):
    """A stage of the plan."""

    name: Line
    description: Text = ""
    milestones: list[MilestoneDocument]


class PlanSettings(_Part):
    """How the plan is executed; part of what is approved."""

    agent: Key = "llm"
    """Who does the tasks that name no agent."""
    model: Line | None = None
    """`provider:model` or `local`; the operator's setting where none is named."""
    max_parallel: int | None = Field(default=None, ge=1, le=256, strict=True)
    """Most tasks that run at the same time; the operator's setting where none is named."""
    budget_usd: Amount | None = None
    """What the plan's model requests together may cost, in US dollars."""
    budget_tokens: Tokens | None = None
    """How many tokens the plan's model requests together may use."""
    network: bool = Field(default=False, strict=True)
    """Whether commands and checks may reach the network."""


class PlanDocument(_Part):
    """A whole plan: phases, milestones and tasks."""

    title: Line
    description: Text = ""
    goal: Text = ""
    """The words that the plan came from."""
    repository: Repository | None = None
    """Path or URL of a git repository to work on a branch of; a new one where none is named."""
    settings: PlanSettings = Field(default_factory=PlanSettings)
    phases: list[PhaseDocument]

    def tasks(self) -> Iterator[TaskDocument]:
        """Yield the tasks in the document's order."""
        for phase in self.phases:
            for milestone in phase.milestones:
                yield from milestone.tasks

    def agent_of(self, task: TaskDocument) -> str:
        """Name the agent that does `task`."""
        return task.agent or self.settings.agent


_FIELDS = {
    "": list(PlanDocument.model_fields),
    "settings": list(PlanSettings.model_fields),
    "phases": list(PhaseDocument.model_fields),
    "milestones": list(MilestoneDocument.model_fields),
    "tasks": list(TaskDocument.model_fields),
    "script": list(Script.model_fields),
}
"""The fields of each part, by the field that holds it, to suggest from for a misspelt one."""


def parse_document(text: str) -> PlanDocument:
    """Read a plan document from YAML or JSON, without asking whether it can be run.

    Raises InvalidPlan with every problem of its shape, each with its task or path and its line.
    """
    return _shaped(read_text(text))


def document_of(value: object) -> PlanDocument:
    """Read a plan document from plain values, as `parse_document` does from text."""
    return _shaped(Reading(value))


def validate_plan(document: PlanDocument) -> list[str]:
    """Say everything that keeps the plan from being run; an empty list if nothing does."""
    return shortened([*_problems(document), *plan_gaps(document.tasks())])


def validate_draft(document: PlanDocument) -> list[str]:
    """Say everything that is wrong with the plan; `find_gaps` says what is not there yet."""
    return shortened(_problems(document))


def find_gaps(document: PlanDocument) -> list[str]:
    """Say what a draft lacks before it can be approved; an empty list if nothing."""
    return shortened(plan_gaps(document.tasks()))


def _problems(document: PlanDocument) -> list[str]:
    return plan_problems(list(document.tasks()), default_agent=document.settings.agent)


def plan_warnings(document: PlanDocument) -> list[PlanWarning]:
    """Find what a person should know before approving a plan that can be run."""
    return warnings_about(
        list(document.tasks()),
        default_agent=document.settings.agent,
        network=document.settings.network,
        has_repository=document.repository is not None,
    )


def load_document(text: str) -> PlanDocument:
    """Read a plan document that can be run. Raises InvalidPlan with every problem found."""
    return _without(validate_plan, parse_document(text))


def load_draft(text: str) -> PlanDocument:
    """Read a plan document that may have gaps. Raises InvalidPlan with every problem found."""
    return _without(validate_draft, parse_document(text))


def _without(find: Callable[[PlanDocument], list[str]], document: PlanDocument) -> PlanDocument:
    if problems := find(document):
        raise InvalidPlan(problems)
    return document


def _shaped(reading: Reading) -> PlanDocument:
    try:
        return PlanDocument.model_validate(reading.value)
    except ValidationError as error:
        problems = describe(error.errors(include_url=False), reading, fields=_FIELDS)
    raise InvalidPlan(problems)


def plan_hash(document: PlanDocument) -> str:
    """Return the hash that an approval is bound to: `sha256:` and 64 hexadecimal digits.

    It covers every field with its default filled in, so it does not depend on spelling, order of
    keys or format, and a changed default voids approvals given before it.
    """
    return digest(document.model_dump(mode="json"))


def dump_yaml(document: PlanDocument) -> str:
    """Write the document as YAML, defaults left out, that `parse_document` reads back exactly."""
    return write_yaml(document.model_dump(mode="json", exclude_defaults=True))


def json_schema() -> dict[str, object]:
    """Return the JSON Schema (2020-12) of plan documents."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **PlanDocument.model_json_schema(mode="validation"),
    }
