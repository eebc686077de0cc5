"""The `masterplan` command: its groups of commands, and what went wrong in one sentence."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from masterplan.cli.commands import approve, chat, execute, plan, review, setup, watch
from masterplan.cli.interrupts import InterruptedCommand
from masterplan.errors import MasterplanError

FAILURE, USAGE = 1, 2

app = typer.Typer(
    name="masterplan",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (plan, chat, approve, review, execute, watch, setup):
    app.add_typer(group.app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"masterplan {version('masterplan')}")
        raise typer.Exit


@app.callback()
def masterplan(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print it and exit."
        ),
    ] = False,
) -> None:
    """A goal becomes a plan, you approve it, agents build it, every task is proven.

        masterplan run "a command line that keeps a todo list" --output todo

    Commands talk to the server of the data directory if one runs (masterplan up), else they do the
    work themselves. `ID` is a plan's id, its beginning, or `last`.
    """


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = typer.main.get_command(app).main(prog_name="masterplan", standalone_mode=False)
    except typer.TyperException as mistake:
        message = mistake.format_message()
        hint = "" if "\n" in message or not message else " See masterplan --help."
        code = _complain(message + hint, mistake.exit_code)
    except typer.Abort:
        code = _complain("Aborted.", FAILURE)
    except InterruptedCommand as interruption:
        interruption.leave()
    except MasterplanError as error:
        code = _complain(error.message, USAGE if error.code == "usage" else FAILURE)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(message: str, code: int) -> int:
    if message:
        print(f"Error: {message}", file=sys.stderr)
    return code
