"""`edit`, `revise`, `comment`, `comments`, `revisions` and `restore`."""

from __future__ import annotations

from typing import Annotated

import typer

from masterplan.cli.commands.options import APPROVE, AsJson, PlanWord

app = typer.Typer()


@app.command(rich_help_panel=APPROVE)
def edit(
    plan: PlanWord,
    file: Annotated[
        str | None,
        typer.Option(
            "--file",
            "-f",
            help="The plan as it shall be; - is standard input. Without it your editor is opened.",
        ),
    ] = None,
    revision: Annotated[
        int | None,
        typer.Option(
            min=1, help="Only if this still is the plan's revision; an exported file says its own."
        ),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why; kept with the revision.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change a plan in your editor, or put a file in its place: its next revision, a draft.

    Also after its approval or execution: what is completed and untouched stays as it is, and only
    the rest runs once the draft is approved and executed. Where somebody has saved another revision
    since the text was made, nothing is overwritten and you keep your text.

    Examples:

        masterplan edit last

        masterplan export last --output plan.yaml

        masterplan edit last --file plan.yaml --reason "The tests were missing."
    """
    from masterplan.cli.editing import EditRequest
    from masterplan.cli.editing import edit_plan as edit_as_asked

    edit_as_asked(EditRequest(plan, file, revision, reason, as_json))


@app.command(rich_help_panel=APPROVE)
def revise(
    plan: PlanWord,
    feedback: Annotated[
        str | None, typer.Argument(metavar="[FEEDBACK]", help="What should be different.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let a model change a plan as FEEDBACK and the pending comments say, and show what differs.

    If nothing comes of it the plan stays as it was.
    """
    from masterplan.cli.reviewing import revise_plan

    revise_plan(plan, feedback, as_json=as_json)


@app.command(rich_help_panel=APPROVE)
def comment(
    plan: PlanWord,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What should be different.")],
    task: Annotated[
        str | None, typer.Option("--task", "-t", help="The task it is about: number, key or id.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Remark on a plan or a task; `masterplan revise` sends all remarks together."""
    from masterplan.cli.reviewing import add_comment

    add_comment(plan, text, task=task, as_json=as_json)


@app.command(rich_help_panel=APPROVE)
def comments(
    plan: PlanWord,
    withdraw: Annotated[
        str | None,
        typer.Option(metavar="COMMENT", help="Take one back that was not sent yet: its id."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the comments on a plan, those that were sent included."""
    from masterplan.cli.reviewing import list_comments, withdraw_comment

    if withdraw is None:
        list_comments(plan, as_json=as_json)
    else:
        withdraw_comment(plan, withdraw, as_json=as_json)


@app.command(rich_help_panel=APPROVE)
def revisions(plan: PlanWord, as_json: AsJson = False) -> None:
    """List the revisions of a plan: who wrote each, when and why. See `diff --revisions`."""
    from masterplan.cli.reviewing import list_revisions

    list_revisions(plan, as_json=as_json)


@app.command(rich_help_panel=APPROVE)
def restore(
    plan: PlanWord,
    number: Annotated[
        int, typer.Argument(metavar="REVISION", min=1, help="As `masterplan revisions` numbers it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Let a plan say again what an earlier REVISION said: its next revision, a draft.

    What was built for that revision counts again and is not run.
    """
    from masterplan.cli.reviewing import restore_revision

    restore_revision(plan, number, as_json=as_json)
