"""Shows what works here, and which models there are."""

from __future__ import annotations

from pydantic import TypeAdapter
from rich.table import Table
from rich.text import Text

from masterplan.cli.connection import load_settings
from masterplan.cli.console import draws, output, say
from masterplan.cli.interrupts import Farewell, run_interruptible
from masterplan.cli.model_fetch import fetch_model
from masterplan.llm.catalog import ModelStatus, available_models
from masterplan.llm.download import local_model_file
from masterplan.services.doctor import Finding, Verdict, examine, works

STYLES = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


def report_health(*, as_json: bool) -> int:
    """Print every check; return 1 where something that is needed fails."""
    settings = load_settings()
    findings = [*run_interruptible(examine(settings), Farewell()), _terminal()]
    if as_json:
        print(TypeAdapter(list[Finding]).dump_json(findings, indent=2).decode())
    else:
        _print_findings(findings)
    return 0 if works(findings) else 1


def _terminal() -> Finding:
    console = output()
    if draws(console):
        return Finding("terminal", Verdict.OK, f"{console.width} columns, drawn live")
    return Finding("terminal", Verdict.OK, "plain: no terminal, or NO_COLOR or TERM=dumb is set")


def _print_findings(findings: list[Finding]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        said = Text(finding.said)
        if finding.remedy:
            said.append(f"\n→ {finding.remedy}", style="bold")
        table.add_row(
            Text(finding.verdict.value, style=STYLES[finding.verdict]), Text(finding.name), said
        )
    output().print(table)
    ready = "Everything that is needed works." if works(findings) else "Something needed fails."
    say(output(), "\n", ready)


def list_models(*, as_json: bool) -> None:
    models = available_models(load_settings())
    if as_json:
        print(TypeAdapter(list[ModelStatus]).dump_json(models, indent=2).decode())
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("model", "usable", ""):
        table.add_column(column)
    for model in models:
        usable = Text("yes", "green") if model.usable else Text("no", "red")
        name = Text(model.name, style="bold" if model.default else "")
        table.add_row(name.append(" (default)" if model.default else ""), usable, model.reason)
    output().print(table)


def pull_model() -> None:
    """Fetch the embedded model, or say that it is here."""
    settings = load_settings()
    farewell = Farewell()
    farewell.say("What has arrived is kept; the same command goes on from there.")
    run_interruptible(fetch_model(settings), farewell)
    say(output(), f"The embedded model is here: {local_model_file(settings)}")
