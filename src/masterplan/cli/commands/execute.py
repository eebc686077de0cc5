"""`execute` and `retry`."""

from __future__ import annotations

from typing import Annotated

import typer

from masterplan.cli.commands.options import EXECUTE, AsJson, Detach, PlanWord, Stream, TaskWord

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
    task: TaskWord,
    guidance: Annotated[
        str | None, typer.Option("--guidance", "-g", help="What the agent should do differently.")
    ] = None,
    detach: Detach = False,
    stream: Stream = False,
    as_json: AsJson = False,
) -> None:
    """Run a failed task again, with what it had blocked.

    Example:

        masterplan retry last 3 --guidance "use argparse, not sys.argv"
    """
    from masterplan.cli.following import Showing, retry_task

    showing = Showing(as_json=as_json, stream=stream)
    raise typer.Exit(retry_task(plan, task, guidance=guidance, detach=detach, showing=showing))
