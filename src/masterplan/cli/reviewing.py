"""Reviews plans in the terminal: their revisions, comments on them, and asking for changes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from masterplan.cli import wire
from masterplan.cli.client import Client
from masterplan.cli.connection import Need
from masterplan.cli.console import output, printable, say
from masterplan.cli.editing import say_draft
from masterplan.cli.interrupts import Farewell
from masterplan.cli.progress import view_of
from masterplan.cli.selection import select_comment, select_task
from masterplan.cli.session import UsageMistake, ask_server, display_for, print_json
from masterplan.cli.watching import Watch
from masterplan.cli.wire_review import (
    Comment,
    CommentList,
    FieldChange,
    RevisionDiff,
    RevisionList,
    TaskChange,
)
from masterplan.errors import MasterplanError
from masterplan.lifecycle import PlanStatus

SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}
STYLES = {"added": "green", "removed": "red", "changed": "yellow", "moved": "dim"}


def list_revisions(word: str, *, as_json: bool) -> None:
    async def work(client: Client) -> RevisionList:
        plan = await client.find_plan(word)
        return await client.revisions(plan.masterplan_id)

    found = ask_server(work, purpose="revisions")
    if as_json:
        print_json(found)
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("revision", "status", "made", "author", "why"):
        table.add_column(heading, no_wrap=heading != "why")
    for each in found.revisions:
        current = each.number == found.current
        table.add_row(
            str(each.number),
            "current" if current else each.status,
            f"{each.created_at.astimezone():%Y-%m-%d %H:%M}",
            Text(printable(each.author)),
            Text(printable(each.error or each.reason or "")),
        )
    output().print(table)


def restore_revision(word: str, number: int, *, as_json: bool) -> None:
    """Let a plan say what an earlier revision said, and say what that leaves to be done."""

    async def work(client: Client) -> wire.PlanDetail:
        plan = await client.find_plan(word)
        return await client.restore(plan.masterplan_id, number, plan_hash=plan.plan_hash)

    plan = ask_server(work, purpose="restore")
    if as_json:
        print_json(plan)
    else:
        say_draft(plan)


def show_revision_diff(word: str, old: int, new: int, *, as_json: bool) -> None:
    """Show what differs between two revisions, per task and field."""

    async def work(client: Client) -> RevisionDiff:
        plan = await client.find_plan(word)
        return await client.revision_diff(plan.masterplan_id, old, new)

    _print_revision_diff(ask_server(work, purpose="diff"), as_json=as_json)


def _print_revision_diff(found: RevisionDiff, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    console = output()
    if not (found.diff.fields or found.diff.tasks):
        say(console, f"Revisions {found.old} and {found.new} say the same.")
    for change in found.diff.fields:
        for line in field_lines(change, indent=""):
            console.print(line, soft_wrap=True)
    for task in found.diff.tasks:
        for line in task_lines(task):
            console.print(line, soft_wrap=True)


def task_lines(task: TaskChange) -> Iterator[Text]:
    """Tell what became of one task: a line for it, then each field before and after."""
    heading = f"{SIGNS.get(task.kind, '~')} {task.key}  {printable(task.name)}"
    yield Text(heading, style=STYLES.get(task.kind, ""))
    if task.old_place and task.new_place:
        from_, to = task.old_place, task.new_place
        yield Text(
            f"    {printable(from_.milestone)} #{from_.number} → "
            f"{printable(to.milestone)} #{to.number}",
            style="dim",
        )
    for change in task.fields:
        yield from field_lines(change, indent="    ")


def field_lines(change: FieldChange, *, indent: str) -> Iterator[Text]:
    """Tell a field's value before and after, each of its lines with a sign."""
    yield Text(f"{indent}{change.field}", style="dim")
    for sign, value, style in (("-", change.old, "red"), ("+", change.new, "green")):
        for line in _lines(value):
            yield Text(f"{indent}  {sign} {printable(line)}", style=style)


def _lines(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [line for each in value for line in _lines(each)]
    return value.splitlines() if isinstance(value, str) else [json.dumps(value)]


def add_comment(word: str, text: str, *, task: str | None, as_json: bool) -> None:
    if not text.strip():
        raise UsageMistake("The comment is empty: say what should be different.")

    async def work(client: Client) -> Comment:
        if task is None:
            plan_id = (await client.find_plan(word)).masterplan_id
            return await client.comment(plan_id, text=text, task_key=None)
        plan = await client.find_whole_plan(word)
        key = select_task(task, plan).key
        return await client.comment(plan.masterplan_id, text=text, task_key=key)

    comment = ask_server(work, purpose="comment")
    if as_json:
        print_json(comment)
    else:
        say(output(), f"Noted. Send it with all others: masterplan revise {word}")


def list_comments(word: str, *, as_json: bool) -> None:
    async def work(client: Client) -> CommentList:
        return await client.comments((await client.find_plan(word)).masterplan_id)

    found = ask_server(work, purpose="comments")
    if as_json:
        print_json(found)
        return
    if not found.comments:
        say(output(), "There is no comment on it yet.")
    for each in found.comments:
        about = f"{each.task_key}: " if each.task_key else ""
        sent = f"sent for revision {each.sent_in}" if each.sent_in else "to be sent"
        written = f"{printable(each.author)}, {each.created_at.astimezone():%Y-%m-%d %H:%M}, {sent}"
        line = Text(f"{each.comment_id[:8]}  {printable(about + each.text)}  ")
        say(output(), line, Text(f"({written})", style="dim"))


def withdraw_comment(word: str, prefix: str, *, as_json: bool) -> None:
    """Take back a comment that was not sent yet."""

    async def work(client: Client) -> Comment:
        plan = await client.find_plan(word)
        comment = select_comment(prefix, (await client.comments(plan.masterplan_id)).comments)
        await client.withdraw(plan.masterplan_id, comment.comment_id)
        return comment

    comment = ask_server(work, purpose="comments")
    if as_json:
        print_json(comment)
    else:
        say(output(), f"Withdrawn: {printable(comment.text)}")


def revise_plan(word: str, feedback: str | None, *, as_json: bool) -> None:
    """Have a model revise a plan, watch it, and show what differs. Raises MasterplanError."""
    if feedback is not None and not feedback.strip():
        raise UsageMistake("The feedback is empty: say what should be different.")
    farewell = Farewell()

    async def work(client: Client) -> tuple[wire.PlanDetail, RevisionDiff]:
        before = await client.find_plan(word)
        plan = await client.revise(
            before.masterplan_id, feedback=feedback, plan_hash=before.plan_hash
        )
        farewell.say(f"It is not lost: `masterplan watch {plan.masterplan_id[:8]}` goes on.")
        return await _revised(client, before, plan, as_json=as_json)

    plan, diff = ask_server(work, purpose="revise", need=Need.EXECUTION, farewell=farewell)
    _print_revision_diff(diff, as_json=as_json)
    if not as_json:
        say_draft(plan)


async def _revised(
    client: Client, before: wire.PlanHead, plan: wire.PlanDetail, *, as_json: bool
) -> tuple[wire.PlanDetail, RevisionDiff]:
    if not as_json:
        with display_for(output(), as_json=False, stream=False) as display:
            await Watch(
                client,
                view_of(plan),
                display,
                until=lambda view: view.status is not PlanStatus.GENERATING,
            ).to_end()
    else:
        seen = plan.last_seq
        while plan.status is PlanStatus.GENERATING:
            for event in await client.events(plan.masterplan_id, after=seen, wait=20):
                seen = event.seq
            plan = await client.plan(plan.masterplan_id)
    plan = await client.plan(plan.masterplan_id)
    if plan.revision == before.revision:
        latest = (await client.revisions(plan.masterplan_id)).revisions[0]
        raise MasterplanError(f"No revision was made: {printable(latest.error or 'it was ended')}")
    diff = await client.revision_diff(plan.masterplan_id, before.revision, plan.revision)
    return plan, diff
