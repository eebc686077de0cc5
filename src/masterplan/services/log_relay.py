"""Carries live log text between the processes of a shared database.

A worker has no sockets: what its agents print is signalled to the processes that have. Signals may
be lost, so this is for watching alone; the text itself is copied to the database (`log_copies`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from masterplan.db.signals import Channel, Signals
from masterplan.engine.attempt_log import LogBroadcast
from masterplan.events import MessageDelta, Publisher, RecordedEvent, TaskLogged
from masterplan.models import Message

PIECE_CHARACTERS = 1_500
"""Short enough for a signal, however much of it must be escaped."""


class NobodyWatches:
    """The publisher of a process that serves nobody."""

    async def publish(self, event: RecordedEvent) -> None:
        """Events are told by the processes that are watched, from the database."""

    async def publish_log(self, log: TaskLogged) -> None:
        """Nobody here to tell."""

    async def publish_message(self, message: Message) -> None:
        """Nobody here to tell."""

    async def publish_delta(self, delta: MessageDelta) -> None:
        """Nobody here to tell; what is written is stored a few times a second."""


class SignallingPublisher:
    """Tells log text to whoever watches here, and signals it to all other processes."""

    def __init__(self, publisher: Publisher, signals: Signals) -> None:
        self._publisher = publisher
        self._signals = signals

    async def publish(self, event: RecordedEvent) -> None:
        await self._publisher.publish(event)

    async def publish_log(self, log: TaskLogged) -> None:
        await self._publisher.publish_log(log)
        for piece in _pieces(log):
            self._signals.send(Channel.LOGS, piece.model_dump_json())


@asynccontextmanager
async def relayed_logs(signals: Signals, publisher: Publisher) -> AsyncIterator[None]:
    """Publish what other processes signal while the block runs."""
    heard = LogBroadcast(publisher)
    signals.on(Channel.LOGS, lambda content: heard.put(TaskLogged.model_validate_json(content)))
    async with heard.running():
        yield


def _pieces(log: TaskLogged) -> Iterator[TaskLogged]:
    offset = log.offset
    for start in range(0, len(log.text), PIECE_CHARACTERS):
        text = log.text[start : start + PIECE_CHARACTERS]
        yield log.model_copy(update={"offset": offset, "text": text})
        offset += len(text.encode(errors="replace"))
