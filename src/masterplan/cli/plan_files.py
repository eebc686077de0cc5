"""Reads, imports and exports plan files of every format."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from masterplan.cli import wire
from masterplan.cli.client import Client
from masterplan.cli.console import output, printable, remarks, say
from masterplan.cli.session import UsageMistake, ask_server, print_json
from masterplan.plan_formats import PlanFormat

STANDARD_INPUT = "-"
SYNC_PATIENCE_S = 10.0
"""How long the last tick of a finished plan's file is waited for."""
BASE = re.compile(r"\ufeff?# Revision ([0-9]{1,9}) of masterplan ([0-9a-f-]{36})\b")


@dataclass(frozen=True, slots=True)
class FileRequest:
    """A plan file as it was named on the command line."""

    name: str
    format: str = "auto"
    sync: bool = False
    """Whether the file itself is to be ticked as tasks complete."""


def read_plan_file(name: str) -> str:
    """Read a plan file, or standard input where the name is `-`, its line endings kept.

    Raises UsageMistake.
    """
    try:
        content = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
        return content.decode()
    except OSError as error:
        raise UsageMistake(f"Cannot read {name}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageMistake(f"{name} is no UTF-8 text (byte {error.start}).") from error


async def send_file(client: Client, file: FileRequest, text: str) -> wire.Imported:
    """Have the file stored as a draft."""
    named = file.name != STANDARD_INPUT
    return await client.import_text(
        text,
        format=file.format,
        name=Path(file.name).name[:255] if named else None,
        sync_path=_sync_path(file),
    )


def _sync_path(file: FileRequest) -> str | None:
    if not file.sync:
        return None
    if file.name == STANDARD_INPUT:
        raise UsageMistake("--sync needs a FILE that can be ticked; standard input is none.")
    path = Path(file.name)
    # The folder may be reached through a link, as /tmp is on macOS; the file itself may not.
    return str(path.parent.resolve() / path.name)


def import_plan(file: FileRequest, *, as_json: bool) -> None:
    text = read_plan_file(file.name)

    async def work(client: Client) -> wire.Imported:
        return await send_file(client, file, text)

    imported = ask_server(work, purpose="import")
    if as_json:
        print_json(imported)
        return
    console = output()
    for notice in imported.notices:
        say(console, printable(notice))
    plan = imported.masterplan
    short = plan.masterplan_id[:8]
    done = f", {plan.completed_tasks} of them done before" if plan.completed_tasks else ""
    count = "1 task" if plan.total_tasks == 1 else f"{plan.total_tasks:,} tasks"
    tasks = f"a draft of {count}{done}"
    say(console, f"Imported as {short}, {tasks}: {printable(plan.title)}")
    if file.sync:
        say(console, f"{file.name} is ticked as its tasks complete.")
    say(console, f"Read and approve it: masterplan approve {short}")


def export_plan(word: str, *, format: str, file: Path | None, as_json: bool) -> None:
    """Write a plan as a file of `format` to standard output or into `file`."""

    async def work(client: Client) -> wire.Exported:
        plan = await client.find_plan(word)
        exported = await client.export(plan.masterplan_id, format=format)
        return exported.model_copy(update={"text": _base_line_for(plan, exported) + exported.text})

    exported = ask_server(work, purpose="export")
    if as_json:
        print_json(exported)
        return
    for notice in exported.notices:
        say(remarks(), printable(notice))
    if file is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(exported.text.encode())
        sys.stdout.buffer.flush()
        return
    _write_new(file, exported.text)
    say(remarks(), f"Written to {file}.")


def base_line(plan_id: str, revision: int) -> str:
    """Say in a comment what a plan's text was made from; `edit` reads it again."""
    return f"# Revision {revision} of masterplan {plan_id}\n"


def base_of(text: str, plan_id: str) -> int | None:
    """Return the revision of this plan that a text says it was made from."""
    found = BASE.match(text)
    return int(found[1]) if found and found[2] == plan_id else None


def _base_line_for(plan: wire.PlanHead, exported: wire.Exported) -> str:
    """The line for a plan that is written here; a file of somebody's own stays as it was."""
    native = plan.source is not None and plan.source.format == PlanFormat.MASTERPLAN
    kept = native and not exported.notices
    if exported.format != PlanFormat.MASTERPLAN or kept or exported.text.startswith("{"):
        return ""
    return base_line(plan.masterplan_id, plan.revision)


def _write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet. Raises UsageMistake."""
    try:
        with file.open("xb") as opened:
            opened.write(text.encode())
    except FileExistsError:
        raise UsageMistake(f"{file} exists already; name another, or remove it.") from None
    except OSError as error:
        raise UsageMistake(f"Cannot write {file}: {os.strerror(error.errno or 0)}.") from error


async def tell_sync(client: Client, plan: wire.PlanHead) -> None:
    """Say what could not be ticked in the plan's own file, once the last tick is made."""
    try:
        async with asyncio.timeout(SYNC_PATIENCE_S):
            while plan.source and plan.source.sync_path and not _in_step(plan, plan.source):
                await asyncio.sleep(0.1)
                plan = await client.head(plan.masterplan_id)
    except TimeoutError:
        say(remarks(), "The plan's own file is not ticked yet.")
    for notice in plan.source.sync_notices if plan.source else ():
        say(remarks(), printable(notice))


def _in_step(plan: wire.PlanHead, source: wire.Source) -> bool:
    return source.synced_tasks == plan.completed_tasks
