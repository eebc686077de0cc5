"""`run`, `import`, `export`, `list` and `show`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from masterplan.cli.commands.options import (
    PLAN,
    AsJson,
    FileFormat,
    PlanWord,
    Stream,
    Sync,
)
from masterplan.lifecycle import PlanStatus
from masterplan.plan_formats import PlanFormat

app = typer.Typer()


@app.command(rich_help_panel=PLAN)
def run(
    goal: Annotated[str | None, typer.Argument(metavar="GOAL", help="What to build.")] = None,
    file: Annotated[
        str | None,
        typer.Option(
            "--file", "-f", help="A plan file of any known format instead of a goal; - is stdin."
        ),
    ] = None,
    format: FileFormat = "auto",
    sync: Sync = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Approve the plan without asking.")
    ] = False,
    model: Annotated[
        str | None, typer.Option(help="provider:model, or local for the embedded one.")
    ] = None,
    repository: Annotated[
        str | None, typer.Option(help="A git repository to work on a branch of.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Put the finished code into this folder.")
    ] = None,
    stream: Stream = False,
    as_json: AsJson = False,
) -> None:
    """Take a goal all the way: plan it, ask you, build it, prove it.

    The exit code is 0 if all tasks completed, 1 if some failed, 2 for a mistake on the command
    line, 3 if you did not approve, 130 if it was interrupted.

    Examples:

        masterplan run "a command line that keeps a todo list" --output todo
        masterplan run --file plan.yaml --yes

        masterplan run --file .kiro/specs/shop/tasks.md --sync
    """
    from masterplan.cli.following import Showing
    from masterplan.cli.plan_files import FileRequest
    from masterplan.cli.running import RunRequest
    from masterplan.cli.running import run as run_request

    request = RunRequest(
        goal=goal,
        file=FileRequest(file, format, sync) if file is not None else None,
        assume_yes=yes,
        model=model,
        repository=repository,
        output=output,
        showing=Showing(as_json=as_json, stream=stream),
    )
    raise typer.Exit(run_request(request))


@app.command("import", rich_help_panel=PLAN)
def import_file(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A plan file of any known format; - is stdin.")
    ],
    format: FileFormat = "auto",
    sync: Sync = False,
    as_json: AsJson = False,
) -> None:
    """Store a plan file as a draft, to be read and approved.

    Known are plans in YAML or JSON, and the task lists of Agent OS, Spec Kit, Kiro, cc-sdd,
    Task Master and beads.
    """
    from masterplan.cli.plan_files import FileRequest, import_plan

    import_plan(FileRequest(file, format, sync), as_json=as_json)


@app.command(rich_help_panel=PLAN)
def export(
    plan: PlanWord,
    format: Annotated[PlanFormat, typer.Option(help="How to write it.")] = PlanFormat.MASTERPLAN,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A new file instead of standard output.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a plan as a file; in the format it came in, that file with its ticks."""
    from masterplan.cli.plan_files import export_plan

    export_plan(plan, format=format, file=output, as_json=as_json)


@app.command(rich_help_panel=PLAN)
def discover(
    repository: Annotated[
        str, typer.Argument(metavar="REPOSITORY", help="A git repository's folder or URL.")
    ] = ".",
    goal: Annotated[
        str, typer.Option(help="What is to be built: a small model is told what this is about.")
    ] = "",
    model: Annotated[
        str | None, typer.Option(help="provider:model, or local for the embedded one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the planner would be told of an existing repository.

    Its latest commit is read, nothing is run or changed, and files that may hold secrets are
    left out.
    """
    from masterplan.cli.discovering import show_repository

    show_repository(repository, goal=goal, model=model, as_json=as_json)


@app.command("list", rich_help_panel=PLAN)
def list_(
    status: Annotated[PlanStatus | None, typer.Option(help="Only plans in this status.")] = None,
    query: Annotated[
        str | None, typer.Option("--query", "-q", help="Only plans with this in title or goal.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List plans, the newest first."""
    from masterplan.cli.plans import list_plans

    list_plans(status=status, query=query, limit=limit, as_json=as_json)


@app.command(rich_help_panel=PLAN)
def show(plan: PlanWord, as_json: AsJson = False) -> None:
    """Show a plan: phases, milestones, tasks with their files, dependencies and checks."""
    from masterplan.cli.plans import show_plan

    show_plan(plan, as_json=as_json)


@app.command(rich_help_panel=PLAN)
def forecast(
    plan: PlanWord,
    max_parallel: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="Tasks at a time, instead of the plan's setting."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a plan will take: time, tokens and money as ranges, and its critical path.

    Rests on past tasks of this installation where there are enough that are alike, and on
    assumptions where not; eight in ten simulated runs lie within each range.
    """
    from masterplan.cli.foreseeing import show_forecast

    show_forecast(plan, max_parallel=max_parallel, as_json=as_json)
