"""The three ways in which a watched plan is shown: drawn, told line by line, or as JSON lines."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from rich.console import Console

from masterplan.cli import wire_events
from masterplan.cli.console import printable, say
from masterplan.cli.live import LivePicture
from masterplan.cli.plain import event_line, start_line
from masterplan.cli.progress import PlanView
from masterplan.cli.watching import Display


class LiveDisplay(Display):
    """Draws the plan over itself, when something changed and once a second for the clocks."""

    reads_logs = True

    def __init__(self, console: Console, *, stream: bool) -> None:
        self._picture = LivePicture(console, stream=stream)
        self._notice = ""
        self._drawn: tuple[object, ...] = ()

    def __enter__(self) -> Self:
        self._picture.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._picture.__exit__(kind, error, traceback)

    def show_notice(self, text: str) -> None:
        self._notice = text

    def tick(self, view: PlanView) -> None:
        now = datetime.now(UTC)
        state = (view, self._notice, int(now.timestamp()))
        # Identity, not equality: comparing large plans would cost more than drawing them.
        if state[0] is not (self._drawn or (None,))[0] or state[1:] != self._drawn[1:]:
            self._drawn = state
            self._picture.draw(view, now=now, notice=self._notice)


class PlainDisplay(Display):
    """Prints a line per event and, where asked for, what the attempts write."""

    def __init__(self, console: Console, *, stream: bool) -> None:
        self._console = console
        self._notice = ""
        self.reads_logs = stream

    def show_start(self, view: PlanView) -> None:
        self._say(start_line(view))

    def show_event(self, view: PlanView, event: wire_events.Event) -> None:
        if line := event_line(view, event):
            self._say(line)

    def show_log(self, view: PlanView, task_id: str, lines: list[str]) -> None:
        for line in lines:
            self._say(f"#{view.tasks[task_id].number} | {printable(line)}")

    def show_notice(self, text: str) -> None:
        if text and text != self._notice:
            self._say(text)
        self._notice = text

    def _say(self, line: str) -> None:
        say(self._console, line)


class JsonDisplay(Display):
    """Prints every event as one line of JSON on standard output."""

    def show_event(self, view: PlanView, event: wire_events.Event) -> None:  # noqa: ARG002
        sys.stdout.write(event.model_dump_json() + "\n")
        sys.stdout.flush()
