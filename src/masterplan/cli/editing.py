"""Edits a plan as a file: one that the person has, or one that their editor is opened on.

A plan that is exported says which revision it is, so that whoever edits for long overwrites nothing
that was saved meanwhile: they are told, and keep their text.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from masterplan.cli import wire
from masterplan.cli.client import Client
from masterplan.cli.console import output, say
from masterplan.cli.plan_files import base_line, base_of, read_plan_file
from masterplan.cli.session import ask_server, print_json, require_terminal
from masterplan.documents import PlanDocument, dump_yaml, load_draft
from masterplan.errors import MasterplanError


@dataclass(frozen=True, slots=True)
class EditRequest:
    """What was asked for on the command line."""

    word: str
    file: str | None
    """None opens an editor."""
    revision: int | None
    reason: str | None
    as_json: bool


class Overtaken(MasterplanError):
    """The plan is not the one that the text was made from."""

    code = "overtaken"
    status = 400

    def __init__(self, plan_id: str, *, base: int, current: int) -> None:
        short = plan_id[:8]
        super().__init__(
            f"Masterplan {short} is at revision {current}, and the text was made from revision "
            f"{base}: nothing was overwritten. See `masterplan diff {short} --revisions {base} "
            f"{current}`, take over what is new, then edit with --revision {current}.",
            details={"id": plan_id, "base": base, "current": current},
        )


def edit_plan(request: EditRequest) -> None:
    """Make a plan's next revision. Raises MasterplanError where it cannot be, the text kept."""
    if request.file is None:
        _edit_in_editor(request)
    else:
        _tell(_put(request, read_plan_file(request.file)), as_json=request.as_json)


def _edit_in_editor(request: EditRequest) -> None:
    require_terminal("An editor", "Give the plan as it shall be with --file.")

    async def read(client: Client) -> tuple[str, str]:
        plan = await client.find_plan(request.word)
        found = await client.document(plan.masterplan_id)
        text = dump_yaml(PlanDocument.model_validate(found.document))
        return plan.masterplan_id, base_line(plan.masterplan_id, found.revision) + text

    plan_id, text = ask_server(read, purpose="edit")
    file = _new_file(text, prefix=f"masterplan-{plan_id[:8]}-")
    try:
        click.edit(filename=str(file))
    except click.ClickException as error:
        file.unlink()
        raise MasterplanError(f"No editor could be used: {error.message}.") from error
    try:
        plan = _put(request, read_plan_file(str(file)))
    except MasterplanError as error:
        said = f"{error.message} Your text is kept: `masterplan edit {plan_id[:8]} --file {file}`."
        raise MasterplanError(said) from error
    file.unlink()
    _tell(plan, as_json=request.as_json)


def _new_file(text: str, *, prefix: str) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=prefix, suffix=".yaml", text=True)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    return Path(name)


def _put(request: EditRequest, text: str) -> wire.PlanDetail | None:
    """Put a text in the place of the plan; None where it says what the plan says already."""

    async def work(client: Client) -> wire.PlanDetail | None:
        plan = await client.find_plan(request.word)
        read = await client.document(plan.masterplan_id)
        base = request.revision or base_of(text, plan.masterplan_id) or read.revision
        if base != read.revision:
            raise Overtaken(plan.masterplan_id, base=base, current=read.revision)
        document = load_draft(text)
        if document == PlanDocument.model_validate(read.document):
            return None
        return await client.edit(
            plan.masterplan_id,
            document.model_dump(mode="json", exclude_defaults=True),
            plan_hash=read.plan_hash,
            reason=request.reason,
        )

    return ask_server(work, purpose="edit")


def _tell(plan: wire.PlanDetail | None, *, as_json: bool) -> None:
    if plan is None:
        say(output(), "Nothing was changed: that is what the plan says already.")
    elif as_json:
        print_json(plan)
    else:
        say_draft(plan)


def say_draft(plan: wire.PlanDetail) -> None:
    """Say what a new revision leaves to be done."""
    console, short = output(), plan.masterplan_id[:8]
    done = plan.completed_tasks
    left = plan.total_tasks - done
    kept = f" {_tasks(done)} {'stays' if done == 1 else 'stay'} completed;" if done else ""
    run = f"{_tasks(left)} {'is' if left == 1 else 'are'} to be run."
    say(console, f"Revision {plan.revision} of {short} is a draft.{kept} {run}")
    say(console, f"Read and approve it: masterplan approve {short}")


def _tasks(count: int) -> str:
    return f"{count:,} task" if count == 1 else f"{count:,} tasks"
