"""`up`, `worker`, `doctor`, `prune`, `models` and `model pull`."""

from __future__ import annotations

from typing import Annotated

import typer

from masterplan.cli.commands.options import SETUP, AsJson

app = typer.Typer()
model_app = typer.Typer(help="The embedded model.", no_args_is_help=True)
app.add_typer(model_app, name="model", rich_help_panel=SETUP)


@app.command(rich_help_panel=SETUP)
def up(
    host: Annotated[str | None, typer.Option(help="Address to bind; 127.0.0.1 by default.")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 8000 by default, 0: a free one."),
    ] = None,
) -> None:
    """Run the server: plans go on in it while terminals come and go."""
    from masterplan.cli.server import serve

    serve(host=host, port=port)


@app.command(rich_help_panel=SETUP)
def worker(
    max_parallel: Annotated[
        int | None, typer.Option(min=1, max=256, help="Most tasks at the same time.")
    ] = None,
    grace: Annotated[
        float | None,
        typer.Option(
            min=0, metavar="SECONDS", help="How long SIGTERM lets running tasks finish; 30."
        ),
    ] = None,
) -> None:
    """Run tasks beside `masterplan up`, on this machine or another one.

    Needs the server's PostgreSQL database in MASTERPLAN_DATABASE_URL and a data directory of its
    own in MASTERPLAN_DATA_DIR. SIGTERM or Ctrl-C: nothing more is started, what runs may finish
    within the grace time, and what then remains is handed over. A second one: at once.
    """
    from masterplan.cli.worker import work

    work(max_parallel=max_parallel, grace=grace)


@app.command(rich_help_panel=SETUP)
def doctor(as_json: AsJson = False) -> None:
    """Check what works here and say how to mend what does not."""
    from masterplan.cli.setup_report import report_health

    raise typer.Exit(report_health(as_json=as_json))


@app.command(rich_help_panel=SETUP)
def prune(
    older_than: Annotated[
        int, typer.Option(min=0, metavar="DAYS", help="Only plans that ended so long ago.")
    ] = 30,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove logs, prompts and unpublished attempts of plans that ended long ago.

    Prompts of planning and of chats that are as old go too.
    The plans themselves, their events, the evidence of their checks and their branches stay.
    """
    from masterplan.cli.pruning import list_prunable, prune_old

    show = list_prunable if dry_run else prune_old
    show(older_than_days=older_than, as_json=as_json)


@app.command(rich_help_panel=SETUP)
def models(as_json: AsJson = False) -> None:
    """List the language models that can be used."""
    from masterplan.cli.setup_report import list_models

    list_models(as_json=as_json)


@model_app.command("pull")
def pull() -> None:
    """Fetch the embedded model (1.1 GB), going on where an earlier try ended."""
    from masterplan.cli.setup_report import pull_model

    pull_model()
