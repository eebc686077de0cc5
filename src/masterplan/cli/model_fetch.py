"""Brings the embedded model here before it is needed, with a progress bar."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from masterplan.cli import wire
from masterplan.cli.connection import load_settings
from masterplan.cli.console import draws, remarks, say
from masterplan.lifecycle import Complexity
from masterplan.llm.catalog import LOCAL, resolve_model_name, task_model_name
from masterplan.llm.download import ensure_model, local_model_file
from masterplan.llm.sources import DownloadProgress
from masterplan.settings import Settings

LLM_AGENT = "llm"
PLAIN_STEP_PERCENT = 10
HINT = (
    "The embedded model is small: it writes small modules well and plans poorly. "
    "Set a provider's key (ANTHROPIC_API_KEY, OPENAI_API_KEY, …) or --model for a larger one."
)


async def ensure_model_for(plan: wire.PlanDetail) -> None:
    """Fetch the embedded model where tasks of the plan are done by it."""
    settings = load_settings()
    asked = {
        task_model_name(settings, plan.settings.model, Complexity(task.complexity))
        for task in plan.tasks()
        if task.agent == LLM_AGENT
    }
    if LOCAL in asked and settings.local_model_url is None:
        await fetch_model(settings)


async def ensure_model_to_plan(settings: Settings, requested: str | None) -> None:
    """Fetch the embedded model where it shall plan, and say that a larger one plans better."""
    if _is_embedded(settings, requested):
        say(remarks(), HINT)
        await fetch_model(settings)


def _is_embedded(settings: Settings, requested: str | None) -> bool:
    return resolve_model_name(settings, requested) == LOCAL and settings.local_model_url is None


async def fetch_model(settings: Settings) -> None:
    """Fetch the embedded model with progress on standard error; at once if it is here."""
    if local_model_file(settings) is not None:
        return
    console = remarks()
    if not draws(console):
        await ensure_model(settings, progress=_PlainProgress(console).tell)
        return
    with _bar(console) as bar:
        task = bar.add_task("fetching the model", total=None)

        def tell(progress: DownloadProgress) -> None:
            bar.update(
                task,
                description=progress.message,
                completed=progress.bytes_done,
                total=progress.bytes_total,
            )

        await ensure_model(settings, progress=tell)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


class _PlainProgress:
    """Tells the download in a line per step, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: tuple[str, int] | None = None

    def tell(self, progress: DownloadProgress) -> None:
        percent = 100 * progress.bytes_done // max(progress.bytes_total, 1)
        step = (progress.message, percent // PLAIN_STEP_PERCENT)
        if step != self._told:
            self._told = step
            say(self._console, f"{progress.message} ({percent} %)")
