"""`watch`, `log` and `diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from masterplan.cli.commands.options import (
    WATCH,
    AsJson,
    AttemptNumber,
    PlanWord,
    Stream,
    TaskWord,
)

app = typer.Typer()


@app.command(rich_help_panel=WATCH)
def watch(plan: PlanWord, stream: Stream = False, as_json: AsJson = False) -> None:
    """Watch a plan live; one that was interrupted is resumed.

    With --json every event of the plan, from the first on, is one line.
    """
    from masterplan.cli.following import Showing, watch_plan

    raise typer.Exit(watch_plan(plan, Showing(as_json=as_json, stream=stream)))


@app.command(rich_help_panel=WATCH)
def log(
    plan: PlanWord,
    task: TaskWord,
    attempt: AttemptNumber = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the attempt ends.")
    ] = False,
    prompts: Annotated[
        bool, typer.Option("--prompts", help="Show what it asked models, and their answers.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what an attempt at a task wrote."""
    from masterplan.cli.following import show_log
    from masterplan.cli.prompts import show_prompts

    if prompts:
        show_prompts(plan, task, number=attempt, as_json=as_json)
        return
    show_log(plan, task, number=attempt, follow=follow, as_json=as_json)


@app.command(rich_help_panel=WATCH)
def diff(
    plan: PlanWord,
    task: Annotated[
        str | None,
        typer.Argument(metavar="[TASK]", help="The task: its number (12 or '#12'), key or id."),
    ] = None,
    attempt: AttemptNumber = None,
    revisions: Annotated[
        tuple[int, int] | None,
        typer.Option("--revisions", metavar="OLD NEW", help="Compare two revisions of the plan."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what an attempt at a task changed, or what differs between two revisions of the plan.

    Examples:

        masterplan diff last 3

        masterplan diff last --revisions 1 2
    """
    from masterplan.cli.following import show_diff
    from masterplan.cli.reviewing import show_revision_diff
    from masterplan.cli.session import UsageMistake

    if (task is None) == (revisions is None):
        raise UsageMistake("Say what to compare: either a TASK, or --revisions OLD NEW.")
    if revisions is not None:
        show_revision_diff(plan, *revisions, as_json=as_json)
    elif task is not None:
        show_diff(plan, task, number=attempt, as_json=as_json)
