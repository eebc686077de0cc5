"""`execute`, `retry`, `pause`, `resume`, `budget` and `cancel`."""

from __future__ import annotations

from typing import Annotated

import typer

from masterplan.cli.commands.options import EXECUTE, AsJson, Detach, PlanWord, Stream

app = typer.Typer()


@app.command(rich_help_panel=EXECUTE)
def execute(
    plan: PlanWord, detach: Detach = False, stream: Stream = False, as_json: AsJson = False
) -> None:
    """Run an approved plan and watch it."""
    from masterplan.cli.following import Showing, execute_plan

    showing = Showing(as_json=as_json, stream=stream)
    raise typer.Exit(execute_plan(plan, detach=detach, showing=showing))


@app.command(rich_help_panel=EXECUTE)
def retry(
    plan: PlanWord,
    task: Annotated[
        str | None,
        typer.Argument(metavar="TASK", help="The task: its number (12 or '#12'), key or id."),
    ] = None,
    all_failed: Annotated[
        bool, typer.Option("--all-failed", help="Every failed task, instead of one.")
    ] = False,
    guidance: Annotated[
        str | None, typer.Option("--guidance", "-g", help="What the agent should do differently.")
    ] = None,
    detach: Detach = False,
    stream: Stream = False,
    as_json: AsJson = False,
) -> None:
    """Run a failed task again, or all of them, with what they had blocked.

    Where a task's retries are used up it gets one more. While the plan is paused it waits for
    `masterplan resume`.

    Examples:

        masterplan retry last 3 --guidance "use argparse, not sys.argv"

        masterplan retry last --all-failed
    """
    from masterplan.cli.following import Showing, retry_task
    from masterplan.cli.session import UsageMistake

    if all_failed == (task is not None):
        raise UsageMistake("Say what to retry: either a TASK, or every one with --all-failed.")
    showing = Showing(as_json=as_json, stream=stream)
    raise typer.Exit(retry_task(plan, task, guidance=guidance, detach=detach, showing=showing))


@app.command(rich_help_panel=EXECUTE)
def pause(plan: PlanWord, as_json: AsJson = False) -> None:
    """Start no more tasks of a plan; those that run go on to their end."""
    from masterplan.cli.plans import pause_plan

    pause_plan(plan, as_json=as_json)


@app.command(rich_help_panel=EXECUTE)
def resume(
    plan: PlanWord,
    budget_usd: Annotated[
        float | None, typer.Option(min=0.000001, help="What the plan may cost now, in US dollars.")
    ] = None,
    budget_tokens: Annotated[
        int | None, typer.Option(min=1, help="How many tokens the plan may use now.")
    ] = None,
    task: Annotated[
        str | None, typer.Option(help="Whose budget it is, where it is not the plan's.")
    ] = None,
    detach: Detach = False,
    stream: Stream = False,
    as_json: AsJson = False,
) -> None:
    """Let a paused plan go on, with a larger budget where it has spent one, and watch it.

    Example:

        masterplan resume last --budget-usd 10
    """
    from masterplan.cli.budget import Raised, dollars
    from masterplan.cli.following import Showing, resume_plan

    showing = Showing(as_json=as_json, stream=stream)
    raised = Raised(task=task, usd=dollars(budget_usd), tokens=budget_tokens)
    raise typer.Exit(resume_plan(plan, raised=raised, detach=detach, showing=showing))


@app.command(rich_help_panel=EXECUTE)
def budget(
    plan: PlanWord,
    usd: Annotated[
        float | None, typer.Option(min=0.000001, help="What it may cost now, in US dollars.")
    ] = None,
    tokens: Annotated[
        int | None, typer.Option(min=1, help="How many tokens it may use now.")
    ] = None,
    task: Annotated[
        str | None, typer.Option(help="Whose budget it is, where it is not the plan's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change what a plan may use, also while it runs; without an amount, say what it may.

    The approval stays. A plan that is paused goes on with `masterplan resume`.

    Examples:

        masterplan budget last

        masterplan budget last --usd 10 --tokens 2000000
    """
    from masterplan.cli.budget import Raised, change_budget, dollars

    change_budget(plan, Raised(task=task, usd=dollars(usd), tokens=tokens), as_json=as_json)


@app.command(rich_help_panel=EXECUTE)
def cancel(plan: PlanWord, as_json: AsJson = False) -> None:
    """End a plan for good, with whatever runs for it; what was published stays."""
    from masterplan.cli.plans import cancel_plan

    cancel_plan(plan, as_json=as_json)
