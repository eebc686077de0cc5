"""`masterplan run`: the whole journey in one command, from a goal to checked code."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from masterplan.cli import wire
from masterplan.cli.client import Client
from masterplan.cli.connection import Need, load_settings
from masterplan.cli.console import output, printable, remarks, say
from masterplan.cli.following import Showing, watch_to_end
from masterplan.cli.interrupts import Farewell
from masterplan.cli.model_fetch import ensure_model_for, ensure_model_to_plan
from masterplan.cli.plan_files import FileRequest, read_plan_file, send_file, tell_sync
from masterplan.cli.plan_tree import print_plan
from masterplan.cli.progress import view_of
from masterplan.cli.session import UsageMistake, ask, ask_server, display_for, require_terminal
from masterplan.cli.summary import REJECTED, branch_of, exit_code, print_summary, repository_of
from masterplan.cli.watching import Watch
from masterplan.errors import MasterplanError
from masterplan.lifecycle import PlanStatus

QUESTION = "Approve and run this plan? [y]es, [n]o, [r]eject with a reason:"
KEPT = 1


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What was asked for on the command line."""

    goal: str | None
    file: FileRequest | None
    assume_yes: bool
    model: str | None
    repository: str | None
    output: Path | None
    showing: Showing


def run(request: RunRequest) -> int:
    """Plan, ask, execute, sum up; return the exit code."""
    _refuse_contradictions(request)
    farewell = Farewell()

    async def work(client: Client) -> int:
        return await _journey(client, request, farewell)

    return ask_server(work, purpose="run", need=Need.EXECUTION, farewell=farewell)


def _refuse_contradictions(request: RunRequest) -> None:
    if (request.goal is None) == (request.file is None):
        raise UsageMistake("Say what to build: either a GOAL in words, or a plan with --file.")
    if request.goal is not None and not request.goal.strip():
        raise UsageMistake("The goal is empty: say in words what to build.")
    if request.showing.as_json and not request.assume_yes:
        raise UsageMistake("--json asks no questions: give --yes with it.")
    folder = request.output
    if folder is not None and folder.exists() and not _is_empty_directory(folder):
        raise UsageMistake(
            f"Cannot put the result into {folder}: it is not an empty directory. Name another."
        )


def _is_empty_directory(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


async def _journey(client: Client, request: RunRequest, farewell: Farewell) -> int:
    plan = await _drafted(client, request, farewell)
    short = plan.masterplan_id[:8]
    farewell.say(f"The draft is kept: approve it with `masterplan approve {short}`.")
    if not request.assume_yes:
        plan = await client.plan_to_review(plan.masterplan_id)
        print_plan(plan, output())
        if (code := await _decided(client, plan)) is not None:
            return code
    approved = await client.approve(plan.masterplan_id, plan_hash=plan.plan_hash)
    farewell.say(f"The plan is approved: run it with `masterplan execute {short}`.")
    await ensure_model_for(plan)
    await client.execute(plan.masterplan_id)
    ended = await watch_to_end(client, approved, request.showing, farewell)
    taken = await _check_out(ended, request.output)
    if not request.showing.as_json:
        print_summary(ended, output(), output=taken)
        await tell_sync(client, ended)
    return exit_code(ended)


async def _drafted(client: Client, request: RunRequest, farewell: Farewell) -> wire.PlanDetail:
    if request.file is not None:
        text = read_plan_file(request.file.name)
        return await _imported(client, request.file, text, request)
    assert request.goal is not None
    farewell.say("Nothing was planned yet; what was fetched is kept.")
    await ensure_model_to_plan(load_settings(), request.model)
    plan = await client.generate(
        request.goal,
        repository=absolute(request.repository),
        settings={"model": request.model} if request.model else {},
    )
    farewell.say(f"Planning is not lost: `masterplan watch {plan.masterplan_id[:8]}` goes on.")
    return await generated(client, plan, request.showing)


async def _imported(
    client: Client, file: FileRequest, text: str, request: RunRequest
) -> wire.PlanDetail:
    """Store the file's plan, then change what the command line overrides."""
    imported = await send_file(client, file, text)
    for notice in () if request.showing.as_json else imported.notices:
        say(remarks(), printable(notice))
    plan = imported.masterplan
    if not (request.model or request.repository):
        return plan
    native = await client.export(plan.masterplan_id, format="masterplan")
    document = _overridden(native.text, request)
    return await client.edit(plan.masterplan_id, document, plan_hash=plan.plan_hash)


def _overridden(text: str, request: RunRequest) -> dict[str, Any]:
    from masterplan.documents import load_draft

    document = load_draft(text)
    if request.model:
        settings = document.settings.model_copy(update={"model": request.model})
        document = document.model_copy(update={"settings": settings})
    if request.repository:
        document = document.model_copy(update={"repository": absolute(request.repository)})
    return document.model_dump(mode="json", exclude_defaults=True)


def absolute(repository: str | None) -> str | None:
    """Make a path independent of where the server was started; a URL stays as it is."""
    if repository is not None and Path(repository).expanduser().exists():
        return str(Path(repository).expanduser().resolve())
    return repository


async def generated(client: Client, plan: wire.PlanDetail, showing: Showing) -> wire.PlanDetail:
    """Watch the plan being made, and return the draft.

    Raises MasterplanError with the reason where none was made.
    """
    display = display_for(output(), as_json=showing.as_json, stream=False)
    with display:
        view = await Watch(
            client,
            view_of(plan),
            display,
            until=lambda view: view.status is not PlanStatus.GENERATING,
        ).to_end()
    drafted = await client.plan(plan.masterplan_id)
    if drafted.status is not PlanStatus.DRAFT:
        reason = drafted.failure_reason or view.reason or "no reason was given"
        raise MasterplanError(f"No plan was made: {printable(reason)}")
    return drafted


async def _decided(client: Client, plan: wire.PlanDetail) -> int | None:
    """Ask the person; return None for go on, else the exit code."""
    short = plan.masterplan_id[:8]
    kept = f"The draft {short} is kept: `masterplan approve {short}`, then `masterplan execute`."
    require_terminal("Whether to run the plan", f"{kept} Or give --yes.")
    while True:
        word, _, reason = (await ask(QUESTION, output())).partition(" ")
        match word.lower():
            case "y" | "yes":
                return None
            case "n" | "no":
                say(output(), kept)
                return REJECTED
            case "r" | "reject":
                reason = reason or await ask("Why?", output())
                await client.reject(plan.masterplan_id, reason=reason or None)
                say(output(), f"Rejected {short}.")
                return REJECTED


async def _check_out(plan: wire.PlanDetail, folder: Path | None) -> Path | None:
    """Clone the result into `folder`; return it, or None where there is nothing to clone."""
    repository = repository_of(plan)
    if folder is None or repository is None or not plan.completed_tasks:
        return None
    clone = await asyncio.create_subprocess_exec(
        *("git", "clone", "--quiet", "--branch", branch_of(plan), str(repository), str(folder)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await clone.communicate()
    if clone.returncode:
        reason = complaint.decode(errors="replace").strip()
        say(remarks(), f"The result could not be put into {folder}: {reason}")
        return None
    return folder
