"""Watches a plan to its end: follows its events, reads its running attempts' logs, shows both.

Events are taken in the order of their numbers from wherever the last view ended, so a connection
that is lost and found again neither misses nor doubles any.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from masterplan.cli import wire, wire_events
from masterplan.cli.client import Client
from masterplan.cli.http_client import RequestRefusedError
from masterplan.cli.progress import PlanView, apply, with_log
from masterplan.lifecycle import RUNNING

LONG_POLL_S = 20.0
RECONNECT_S = 0.5
LOG_POLL_S = 0.5
TICK_S = 0.2
KEPT_LOG_LINES = 200
SERVER_TROUBLE = 500
NOT_FOUND = 404
TROUBLE_LIMIT = 5
"""Answers in a row that blame the server before its message is taken for final."""


class Display:
    """Shows what happens, while it is entered; the base shows nothing."""

    reads_logs = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End what `__enter__` began."""

    def show_start(self, view: PlanView) -> None:
        """Show where the plan stands when the watching begins."""

    def show_event(self, view: PlanView, event: wire_events.Event) -> None:
        """Show an event; `view` includes it."""

    def show_log(self, view: PlanView, task_id: str, lines: list[str]) -> None:
        """Show whole lines that an attempt of the task wrote."""

    def show_notice(self, text: str) -> None:
        """Say something about the connection; an empty text takes the last notice back."""

    def tick(self, view: PlanView) -> None:
        """Called some times a second."""


@dataclass(slots=True)
class _LogReader:
    """Where the reading of one attempt's log stands."""

    task_id: str
    number: int
    offset: int = 0
    rest: str = ""

    def take(self, chunk: wire.LogChunk) -> list[str]:
        """Add a chunk and return the lines that it ends."""
        self.offset = chunk.next_offset
        *lines, self.rest = (self.rest + chunk.text).split("\n")
        return lines


class Watch:
    """One watching of one plan, from `view` on."""

    def __init__(
        self,
        client: Client,
        view: PlanView,
        display: Display,
        *,
        until: Callable[[PlanView], bool] = lambda view: view.settled,
    ) -> None:
        self.view = view
        self._until = until
        self._client = client
        self._display = display
        self._readers: dict[tuple[str, int], _LogReader] = {}

    async def to_end(self) -> PlanView:
        """Watch until the end, by default until nothing more happens by itself; return the view."""
        self._display.show_start(self.view)
        try:
            async with asyncio.TaskGroup() as group:
                beside = [group.create_task(work) for work in (self._tick(), self._read_logs())]
                await self._follow()
                for task in beside:
                    task.cancel()
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        if self._display.reads_logs:
            await self._read_logs_once()
        self._display.tick(self.view)
        return self.view

    async def _follow(self) -> None:
        while True:
            settled = self._until(self.view)
            events = await self._next_events(wait=0 if settled else LONG_POLL_S)
            if settled and not events:
                return
            for event in events:
                self._take(event)

    def _take(self, event: wire_events.Event) -> None:
        changed = apply(self.view, event)
        if changed is not self.view:
            self.view = changed
            self._display.show_event(changed, event)

    async def _next_events(self, *, wait: float) -> list[wire_events.Event]:
        trouble = 0
        while True:
            try:
                events = await self._client.events(
                    self.view.plan_id, after=self.view.last_seq, wait=wait
                )
            except httpx.TransportError:
                await self._reconnect()
            except RequestRefusedError as refusal:
                trouble += 1
                if refusal.status_code < SERVER_TROUBLE or trouble >= TROUBLE_LIMIT:
                    raise
                await self._reconnect()
            else:
                self._display.show_notice("")
                return events

    async def _reconnect(self) -> None:
        found = self._client.relocate()
        self._display.show_notice(
            "Connection lost; reconnecting."
            if found
            else "The server has stopped; waiting for it to return. "
            f"Or Ctrl-C and `masterplan watch {self.view.plan_id[:8]}`, which goes on by itself.",
        )
        await asyncio.sleep(RECONNECT_S)

    async def _tick(self) -> None:
        while True:
            self._display.tick(self.view)
            await asyncio.sleep(TICK_S)

    async def _read_logs(self) -> None:
        while self._display.reads_logs:
            await self._read_logs_once()
            await asyncio.sleep(LOG_POLL_S)

    async def _read_logs_once(self) -> None:
        running = {
            (task.task_id, task.attempt): _LogReader(task.task_id, task.attempt)
            for task in self.view.running()
            if task.attempt
        }
        # Attempts that have ended since are read once more: what they wrote last counts most.
        for key, reader in {**running, **self._readers}.items():
            await self._read(reader)
            self._readers[key] = reader
            if key not in running:
                del self._readers[key]

    async def _read(self, reader: _LogReader) -> None:
        try:
            chunk = await self._client.log(
                self.view.plan_id, reader.task_id, reader.number, after=reader.offset
            )
        except httpx.TransportError:
            return
        except RequestRefusedError as refusal:
            if refusal.status_code == NOT_FOUND or refusal.status_code >= SERVER_TROUBLE:
                return
            raise
        if not chunk.text:
            return
        lines = reader.take(chunk)
        if not self._is_under_way(reader) and reader.rest:
            lines, reader.rest = [*lines, reader.rest], ""
        said = [line for line in (*lines, reader.rest) if line.strip()]
        self.view = with_log(
            self.view,
            reader.task_id,
            lines=lines,
            last_line=said[-1].strip() if said and self._is_under_way(reader) else "",
            keep=KEPT_LOG_LINES,
        )
        self._display.show_log(self.view, reader.task_id, lines)

    def _is_under_way(self, reader: _LogReader) -> bool:
        task = self.view.tasks[reader.task_id]
        return task.status in RUNNING and task.attempt == reader.number
