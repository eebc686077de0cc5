"""Writes an answer down while a model is still at it.

Its words are told at once to whoever looks on here, and stored a few times a second: that is what a
page which comes later, another process or the next start finds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from masterplan import repository
from masterplan.background import kept_running
from masterplan.db import Database
from masterplan.engine.endurance import enduring
from masterplan.events import MessageDelta
from masterplan.lifecycle import MessageStatus
from masterplan.models import Message
from masterplan.services.conversation_relay import ConversationPublisher

TELL_EVERY_S = 0.05
STORE_EVERY_S = 0.4


class Pen:
    """Writes one message; `write` is told all of its text so far."""

    def __init__(
        self, database: Database, publisher: ConversationPublisher, message: Message
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._message = message
        self._text = self._told = self._stored = ""
        self._waiting: str | None = None
        self._moved = asyncio.Event()
        self._store_at = 0.0

    def write(self, text: str) -> None:
        self._text = text
        self._moved.set()

    async def wait(self, reason: str | None) -> None:
        """Say what the answer waits for, or with None that it goes on."""
        if reason != self._waiting:
            self._waiting = reason
            await enduring(self._change, waiting_reason=reason)

    @asynccontextmanager
    async def moving(self) -> AsyncIterator[None]:
        """Tell and store what is written while the block runs."""
        async with kept_running(self._keep_up, name="pen"):
            yield

    async def _keep_up(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with suppress(TimeoutError):
                unsaved = self._text != self._stored
                async with asyncio.timeout_at(self._store_at if unsaved else None):
                    await self._moved.wait()
            self._moved.clear()
            await self._tell()
            if self._text != self._stored and loop.time() >= self._store_at:
                self._store_at = loop.time() + STORE_EVERY_S
                await self._store()
            await asyncio.sleep(TELL_EVERY_S)

    async def _tell(self) -> None:
        text = self._text
        if text == self._told:
            return
        offset = common_length(self._told, text)
        self._told = text
        await self._publisher.publish_delta(
            MessageDelta(
                conversation_id=self._message.conversation_id,
                message_id=self._message.id,
                offset=offset,
                text=text[offset:],
            )
        )

    async def _store(self) -> None:
        text = self._text
        await enduring(self._change, text=text)
        self._stored = text

    async def _change(self, **values: str | None) -> None:
        async with self._database.unit_of_work() as session:
            await repository.change_message(
                session, self._message, expected=MessageStatus.WRITING, **values
            )


def common_length(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    if other.startswith(one):
        return len(one)
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
