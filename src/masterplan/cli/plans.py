"""Makes, lists and shows plans, and carries a person's decision on them."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from masterplan.cli import wire
from masterplan.cli.client import Client, TaskScope
from masterplan.cli.console import output, plan_status_text, printable, say
from masterplan.cli.interrupts import Farewell, run_interruptible
from masterplan.cli.plan_tree import print_plan
from masterplan.cli.session import ask, ask_server, print_json, require_terminal
from masterplan.lifecycle import PlanStatus

QUESTION = "Approve this plan? [y/n]"


def list_plans(*, status: PlanStatus | None, query: str | None, limit: int, as_json: bool) -> None:
    async def work(client: Client) -> wire.PlanPage:
        return await client.list_plans(status=status, query=query, limit=limit)

    page = ask_server(work, purpose="list")
    if as_json:
        print_json(page)
        return
    console = output()
    if not page.masterplans:
        found = "No masterplan matches." if status or query else "There is no masterplan yet."
        say(console, f"{found} Make one: masterplan run GOAL")
        return
    console.print(_plan_table(page, console))
    if page.total > len(page.masterplans):
        say(console, f"{len(page.masterplans)} of {page.total}; see --limit.")


def _plan_table(page: wire.PlanPage, console: Console) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("id", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("tasks", justify="right", no_wrap=True)
    table.add_column("made", no_wrap=True)
    # A pipe gets whole titles; a terminal gets one row per plan.
    table.add_column("title", no_wrap=console.is_terminal, overflow="ellipsis")
    for plan in page.masterplans:
        table.add_row(
            plan.masterplan_id[:8],
            plan_status_text(plan.status, plan.outcome),
            f"{plan.completed_tasks}/{plan.total_tasks}",
            f"{plan.created_at.astimezone():%Y-%m-%d %H:%M}",
            Text(printable(plan.title)),
        )
    return table


def show_plan(word: str, *, as_json: bool) -> None:
    async def work(client: Client) -> wire.PlanDetail:
        found = await client.find_plan(word)
        return await client.plan_with_evidence(found.masterplan_id)

    plan = ask_server(work, purpose="show")
    if as_json:
        print_json(plan)
    else:
        print_plan(plan, output())


def approve_plan(word: str, *, assume_yes: bool, as_json: bool) -> int:
    """Approve what was shown, exactly: the hash of the plan that was read goes along."""

    async def read(client: Client) -> wire.PlanHead:
        found = await client.find_plan(word)
        if assume_yes or found.status is not PlanStatus.DRAFT:
            return found
        return await client.plan_to_review(found.masterplan_id)

    plan = ask_server(read, purpose="approve")
    if isinstance(plan, wire.PlanDetail):
        require_terminal("Whether to approve the plan", "Give --yes to approve it unread.")
        print_plan(plan, output())
        # Nothing is locked while a person thinks.
        if not run_interruptible(_asked_yes(), Farewell()):
            say(output(), "Left as a draft.")
            return 1

    async def approve(client: Client) -> wire.PlanDetail:
        return await client.approve(
            plan.masterplan_id, plan_hash=plan.plan_hash, tasks=_printed(as_json)
        )

    _say_decision(ask_server(approve, purpose="approve"), as_json=as_json)
    return 0


async def _asked_yes() -> bool:
    return (await ask(QUESTION, output())).lower() in {"y", "yes"}


def reject_plan(word: str, *, reason: str | None, as_json: bool) -> None:
    async def work(client: Client) -> wire.PlanDetail:
        plan = await client.find_plan(word)
        return await client.reject(plan.masterplan_id, reason=reason, tasks=_printed(as_json))

    _say_decision(ask_server(work, purpose="reject"), as_json=as_json)


def pause_plan(word: str, *, as_json: bool) -> None:
    async def work(client: Client) -> wire.PlanDetail:
        plan = await client.find_plan(word)
        return await client.pause(plan.masterplan_id, tasks=_printed(as_json))

    _say_decision(ask_server(work, purpose="pause"), as_json=as_json)


def cancel_plan(word: str, *, as_json: bool) -> None:
    async def work(client: Client) -> wire.PlanDetail:
        plan = await client.find_plan(word)
        return await client.cancel(plan.masterplan_id, tasks=_printed(as_json))

    _say_decision(ask_server(work, purpose="cancel"), as_json=as_json)


def _printed(as_json: bool) -> TaskScope:
    """Return how much of the tasks is printed of a plan that was decided upon."""
    return "all" if as_json else "none"


def _say_decision(plan: wire.PlanDetail, *, as_json: bool) -> None:
    if as_json:
        print_json(plan)
        return
    console, short = output(), plan.masterplan_id[:8]
    say(console, f"{plan.status.value.capitalize()} {short}: {printable(plan.title)}")
    if plan.status is PlanStatus.APPROVED:
        say(console, f"Run it: masterplan execute {short}")
    if plan.status is PlanStatus.PAUSED:
        say(console, f"What runs goes on to its end. Go on: masterplan resume {short}")
