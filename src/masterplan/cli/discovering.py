"""`masterplan discover`: what a planner would be told of a repository, and no planning."""

from __future__ import annotations

import tempfile
from pathlib import Path

from masterplan.cli.connection import load_settings
from masterplan.cli.console import output, printable, remarks, say
from masterplan.cli.interrupts import Farewell, run_interruptible
from masterplan.cli.session import print_json
from masterplan.discovery.facts import LeftOut, RepositoryFacts
from masterplan.discovery.source import discover
from masterplan.discovery.telling import tell
from masterplan.llm.catalog import capability, resolve_model_name


def show_repository(repository: str, *, goal: str, model: str | None, as_json: bool) -> None:
    """Print it. Raises UnusableRepository where no plan could work on the repository."""
    settings = load_settings()
    name = resolve_model_name(settings, model)
    facts = run_interruptible(_look(repository), Farewell())
    if as_json:
        print_json(facts)
        return
    told = tell(facts, goal=goal, capability=capability(settings, name))
    # It is read by people and by pipes alike, so no line is broken.
    say(output(), "\n".join(map(printable, told.splitlines())))
    if left := left_out_text(facts.left_out):
        say(remarks(), f"Left out: {left}")
    say(remarks(), f"So it is told to {name}; --json prints all that was found.")


async def _look(repository: str) -> RepositoryFacts:
    with tempfile.TemporaryDirectory() as place:
        return await discover(repository, place=Path(place))


def left_out_text(left: LeftOut) -> str:
    """Say which files were not looked into; empty where all were."""
    named = [
        (left.secret, "with secrets"),
        (left.binary, "binary"),
        (left.generated, "generated"),
        (left.large, "too large"),
        (left.unread, "beyond what is read"),
    ]
    return ", ".join(f"{count} {reason}" for count, reason in named if count)
