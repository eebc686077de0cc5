"""Arguments and options that several commands share, and the panels that group them in the help."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

PLAN = "Plan"
APPROVE = "Approve"
EXECUTE = "Execute"
WATCH = "Watch"
SETUP = "Setup"

PlanWord = Annotated[
    str,
    typer.Argument(metavar="ID", help="The plan: its id, the id's beginning, or `last`."),
]
TaskWord = Annotated[
    str,
    typer.Argument(metavar="TASK", help="The task: its number (12 or '#12'), its key or its id."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Stream = Annotated[
    bool, typer.Option("--stream", help="Show what models and commands write, as they write it.")
]
Detach = Annotated[
    bool, typer.Option("--detach", help="Do not watch; needs a running server (masterplan up).")
]
AttemptNumber = Annotated[
    int | None, typer.Option("--attempt", min=1, help="Which attempt; the latest by default.")
]
Sync = Annotated[bool, typer.Option("--sync", help="Tick the file itself as its tasks complete.")]


FileFormat = Annotated[
    Literal["auto", "masterplan", "agent_os", "spec_kit", "kiro", "task_master", "beads"],
    typer.Option("--format", help="How the file is written, where it cannot be told."),
]
