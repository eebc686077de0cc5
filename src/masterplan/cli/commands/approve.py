"""`approve` and `reject`."""

from __future__ import annotations

from typing import Annotated

import typer

from masterplan.cli.commands.options import APPROVE, AsJson, PlanWord

app = typer.Typer()


@app.command(rich_help_panel=APPROVE)
def approve(
    plan: PlanWord,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Approve without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read a draft and approve exactly what you read."""
    from masterplan.cli.plans import approve_plan

    raise typer.Exit(approve_plan(plan, assume_yes=yes, as_json=as_json))


@app.command(rich_help_panel=APPROVE)
def reject(
    plan: PlanWord,
    reason: Annotated[str | None, typer.Option(help="Why; kept with the plan.")] = None,
    as_json: AsJson = False,
) -> None:
    """Reject a draft, with a reason."""
    from masterplan.cli.plans import reject_plan

    reject_plan(plan, reason=reason, as_json=as_json)
