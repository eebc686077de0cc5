"""Makes room: lists or removes what plans that ended long ago do not need."""

from __future__ import annotations

from rich.table import Table

from masterplan.cli import wire
from masterplan.cli.client import Client
from masterplan.cli.connection import Need
from masterplan.cli.console import output, printable, say
from masterplan.cli.session import ask_server, print_json

MEGABYTE = 1_000_000


def list_prunable(*, older_than_days: int, as_json: bool) -> None:
    """Print what `prune_old` would remove."""

    async def work(client: Client) -> wire.Pruned:
        return await client.prunable(older_than_days=older_than_days)

    found = ask_server(work, purpose="prune", need=Need.EXECUTION)
    _print(found, said="could be removed", as_json=as_json)


def prune_old(*, older_than_days: int, as_json: bool) -> None:
    """Remove logs, unpublished attempts and old prompts, and print of which plans."""

    async def work(client: Client) -> wire.Pruned:
        return await client.prune(older_than_days=older_than_days)

    pruned = ask_server(work, purpose="prune", need=Need.EXECUTION)
    _print(pruned, said="removed", as_json=as_json)


def _print(pruned: wire.Pruned, *, said: str, as_json: bool) -> None:
    if as_json:
        print_json(pruned)
        return
    console = output()
    if pruned.plans:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("id", "ended", "MB", "title"):
            table.add_column(column, justify="right" if column == "MB" else "left")
        for plan in pruned.plans:
            day, size = f"{plan.ended_at:%Y-%m-%d}", f"{plan.bytes / MEGABYTE:.1f}"
            table.add_row(plan.masterplan_id[:8], day, size, printable(plan.title))
        console.print(table)
    size = f"{pruned.bytes / MEGABYTE:.1f} MB of logs, directories and prompts"
    say(console, f"{size} {said} ({len(pruned.plans)} ended plans).")
