"""`chat`."""

from __future__ import annotations

from typing import Annotated

import typer

from masterplan.cli.commands.options import PLAN, AsJson

app = typer.Typer()


@app.command(rich_help_panel=PLAN)
def chat(
    goal: Annotated[
        str | None, typer.Argument(metavar="GOAL", help="What to build, as far as you know it.")
    ] = None,
    conversation: Annotated[
        str | None,
        typer.Option(
            "--conversation", "-c", help="Go on with this one: its id, its beginning, or `last`."
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="provider:model, or local for the embedded one.")
    ] = None,
    repository: Annotated[
        str | None, typer.Option(help="A git repository that the plan is to work on.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List conversations and end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find out in a conversation what is to be built, and have it planned.

    `/masterplan GOAL` makes a plan at once, `/masterplan` one of what was said; `/help` lists the
    other commands. Ctrl-C stops an answer; with nothing being written it ends the command.

    Where standard input is no terminal each of its lines is a message. With --json every message
    that is finished is one line. The exit code is 1 if the last answer failed.

    Examples:

        masterplan chat
        masterplan chat "a command line that keeps a reading list"
        masterplan chat --conversation last
    """
    from masterplan.cli.chatting import ChatRequest, list_conversations
    from masterplan.cli.chatting import chat as begin

    if list_:
        list_conversations(as_json=as_json)
        return
    request = ChatRequest(
        goal=goal,
        conversation=conversation,
        model=model,
        repository=repository,
        as_json=as_json,
    )
    raise typer.Exit(begin(request))
