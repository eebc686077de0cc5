"""Executes and watches plans, and shows what single attempts wrote and changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial

from masterplan.cli import wire
from masterplan.cli.budget import Raised
from masterplan.cli.client import Client
from masterplan.cli.connection import Need
from masterplan.cli.console import output, printable, say
from masterplan.cli.interrupts import Farewell
from masterplan.cli.model_fetch import ensure_model_for
from masterplan.cli.plan_files import tell_sync
from masterplan.cli.progress import SETTLED, view_of
from masterplan.cli.selection import select_task
from masterplan.cli.session import (
    UsageMistake,
    ask_server,
    display_for,
    farewell_text,
    print_json,
)
from masterplan.cli.summary import exit_code, print_summary
from masterplan.cli.watching import Watch
from masterplan.errors import InvalidTransition, NotFound
from masterplan.lifecycle import AttemptStatus, PlanStatus

RESUMES = frozenset({PlanStatus.GENERATING, PlanStatus.IN_PROGRESS})
"""Plan statuses in which something happens as soon as an engine runs."""
LOG_POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Showing:
    """How a watched plan is shown."""

    as_json: bool
    stream: bool


async def watch_to_end(
    client: Client, plan: wire.PlanDetail, showing: Showing, farewell: Farewell
) -> wire.PlanDetail:
    """Watch the plan from the state `plan` on, until nothing more happens by itself.

    Returns its last state.
    """
    farewell.words = partial(farewell_text, plan, client)
    view = view_of(plan)
    if showing.as_json:
        # A program gets the whole story, whenever it begins to listen.
        view = replace(view, last_seq=0)
    display = display_for(output(), as_json=showing.as_json, stream=showing.stream)
    with display:
        await Watch(client, view, display).to_end()
    farewell.words = str
    return await client.plan_with_evidence(plan.masterplan_id)


def execute_plan(word: str, *, detach: bool, showing: Showing) -> int:
    farewell = Farewell()

    async def work(client: Client) -> int:
        plan = await client.find_whole_plan(word)
        if detach:
            _require_server(client)
        if plan.status is PlanStatus.APPROVED:
            await ensure_model_for(plan)
        started = await client.execute(plan.masterplan_id)
        if detach:
            _say_started(started, showing)
            return 0
        return await _finish(client, plan, showing, farewell)

    return ask_server(work, purpose="execute", need=Need.EXECUTION, farewell=farewell)


def resume_plan(word: str, *, raised: Raised, detach: bool, showing: Showing) -> int:
    """Let a paused plan go on, and watch it."""
    farewell = Farewell()

    async def work(client: Client) -> int:
        plan = await client.find_whole_plan(word)
        if detach:
            _require_server(client)
        resumed = await client.resume(plan.masterplan_id, budget=raised.body(plan))
        if detach:
            if showing.as_json:
                print_json(resumed)
            return 0
        return await _finish(client, plan, showing, farewell)

    return ask_server(work, purpose="resume", need=Need.EXECUTION, farewell=farewell)


def retry_task(
    word: str, task_word: str | None, *, guidance: str | None, detach: bool, showing: Showing
) -> int:
    """Run a failed task again, or every one of them where none is named, and watch."""
    farewell = Farewell()

    async def work(client: Client) -> int:
        plan = await client.find_whole_plan(word)
        task = select_task(task_word, plan) if task_word is not None else None
        paused = plan.status is PlanStatus.PAUSED
        if not paused:
            if detach:
                _require_server(client)
            await ensure_model_for(plan)
        retried = (
            await client.retry(plan.masterplan_id, task.task_id, guidance=guidance)
            if task is not None
            else await client.retry_all(plan.masterplan_id, guidance=guidance)
        )
        if (detach or paused) and showing.as_json:
            print_json(retried)
        elif paused:
            _say_retried_later(plan)
        if detach or paused:
            return 0
        return await _finish(client, plan, showing, farewell)

    return ask_server(work, purpose="retry", need=Need.EXECUTION, farewell=farewell)


def watch_plan(word: str, showing: Showing) -> int:
    """Watch a plan; one that was interrupted is resumed where no server runs it."""
    farewell = Farewell()

    async def look(client: Client) -> tuple[wire.PlanHead, bool]:
        return await client.find_plan(word), client.embedded

    async def watch(client: Client) -> int:
        return await _finish(client, await client.plan(plan.masterplan_id), showing, farewell)

    plan, nobody_runs_it = ask_server(look, purpose="watch")
    if nobody_runs_it and plan.status not in SETTLED | RESUMES:
        _refuse_to_wait(plan)
    need = Need.EXECUTION if plan.status in RESUMES else Need.RECORDS
    return ask_server(watch, purpose="watch", need=need, farewell=farewell)


async def _finish(
    client: Client, seen: wire.PlanDetail, showing: Showing, farewell: Farewell
) -> int:
    plan = await watch_to_end(client, seen, showing, farewell)
    if not showing.as_json:
        print_summary(plan, output())
        await tell_sync(client, plan)
    return exit_code(plan)


def _require_server(client: Client) -> None:
    if client.embedded:
        raise UsageMistake(
            "--detach needs a server that goes on running the plan, and none runs. "
            "Start one with `masterplan up`, or leave --detach out."
        )


def _refuse_to_wait(plan: wire.PlanHead) -> None:
    short = plan.masterplan_id[:8]
    remedies = {
        PlanStatus.DRAFT: f"approve it first: masterplan approve {short}",
        PlanStatus.APPROVED: f"start it: masterplan execute {short}",
        PlanStatus.PAUSED: f"let it go on: masterplan resume {short}",
    }
    raise InvalidTransition(
        "masterplan",
        short,
        current=plan.status,
        requested="watch",
        remedy=remedies.get(plan.status, "nothing runs it"),
    )


def _say_retried_later(plan: wire.PlanHead) -> None:
    resume = f"masterplan resume {plan.masterplan_id[:8]}"
    say(output(), f"It is tried again when the plan, which is paused, goes on: {resume}")


def _say_started(started: wire.Started, showing: Showing) -> None:
    if showing.as_json:
        print_json(started)
        return
    short = started.masterplan_id[:8]
    say(output(), f"Started {short}. Watch it: masterplan watch {short}")


def show_log(word: str, task_word: str, *, number: int | None, follow: bool, as_json: bool) -> None:
    async def work(client: Client) -> None:
        plan = await client.find_whole_plan(word)
        task = select_task(task_word, plan)
        attempt = await attempt_of(client, plan, task, number)
        # Where no server runs, no attempt goes on, whatever its record says.
        goes_on = follow and not client.embedded
        text = await _print_log(client, plan, task, attempt.number, quiet=as_json, follow=goes_on)
        if as_json:
            print_json(wire.AttemptText(task_id=task.task_id, attempt=attempt.number, text=text))

    ask_server(work, purpose="log")


async def _print_log(
    client: Client,
    plan: wire.PlanDetail,
    task: wire.Task,
    number: int,
    *,
    quiet: bool,
    follow: bool,
) -> str:
    """Print the log to its present end, or with `follow` until the attempt's end; return it."""
    text, offset, seq = "", 0, plan.last_seq
    while True:
        under_way = follow and await _is_under_way(client, plan, task, number)
        async for chunk in _log_chunks(client, plan, task, number, after=offset):
            offset, text = chunk.next_offset, text + chunk.text
            if not quiet:
                print(printable(chunk.text), end="", flush=True)
        if not under_way:
            return text
        for event in await client.events(plan.masterplan_id, after=seq, wait=LOG_POLL_S):
            seq = event.seq


async def _log_chunks(
    client: Client, plan: wire.PlanDetail, task: wire.Task, number: int, *, after: int
) -> AsyncIterator[wire.LogChunk]:
    while True:
        chunk = await client.log(plan.masterplan_id, task.task_id, number, after=after)
        if not chunk.text:
            return
        yield chunk
        after = chunk.next_offset


async def _is_under_way(
    client: Client, plan: wire.PlanDetail, task: wire.Task, number: int
) -> bool:
    attempts = await client.attempts(plan.masterplan_id, task.task_id)
    return any(
        attempt.number == number and attempt.status == AttemptStatus.IN_PROGRESS
        for attempt in attempts
    )


def show_diff(word: str, task_word: str, *, number: int | None, as_json: bool) -> None:
    async def work(client: Client) -> wire.AttemptText:
        plan = await client.find_whole_plan(word)
        task = select_task(task_word, plan)
        attempt = await attempt_of(client, plan, task, number)
        text = await client.diff(plan.masterplan_id, task.task_id, attempt.number)
        return wire.AttemptText(task_id=task.task_id, attempt=attempt.number, text=text)

    diff = ask_server(work, purpose="diff")
    if as_json:
        print_json(diff)
    else:
        print_diff(diff.text)


def print_diff(text: str) -> None:
    """Print a diff, coloured where the terminal shows colours."""
    from rich.syntax import Syntax

    console = output()
    if console.is_terminal and not console.no_color:
        console.print(Syntax(printable(text), "diff", background_color="default", word_wrap=True))
    else:
        print(text, end="")


async def attempt_of(
    client: Client, plan: wire.PlanDetail, task: wire.Task, number: int | None
) -> wire.Attempt:
    """Return the attempt of that number, the latest where none is given. Raises NotFound."""
    attempts = await client.attempts(plan.masterplan_id, task.task_id)
    wanted = [attempt for attempt in attempts if number in (None, attempt.number)]
    if not wanted:
        said = f"#{task.task_number} {task.key}"
        raise NotFound("attempt", f"{number} of task {said}" if number else f"of task {said} yet")
    return max(wanted, key=lambda attempt: attempt.number)
