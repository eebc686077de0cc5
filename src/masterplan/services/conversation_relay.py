"""Tells what changes in conversations to whoever follows them.

What is told is a message's whole state with the conversation's version, never a step from one state
to the next: hearing it twice or late does no harm, and who was away asks for what changed after the
version that it knows. Only the words of an answer that is being written are told as they come; they
are lost with a connection, and the stored message holds them a moment later.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Protocol

from masterplan import repository
from masterplan.background import kept_running
from masterplan.db import Database
from masterplan.events import MessageDelta
from masterplan.models import Message

POLL_SECONDS = 2.0
"""How often other processes' changes are looked for, in case a signal was lost."""


class ConversationPublisher(Protocol):
    """Tells changes to the followers of a conversation that are connected to this process."""

    async def publish_message(self, message: Message) -> None: ...

    async def publish_delta(self, delta: MessageDelta) -> None: ...


class ConversationRelay:
    """Reads the messages that changed since it last looked and hands them to the publisher."""

    def __init__(self, database: Database, publisher: ConversationPublisher) -> None:
        self._database = database
        self._publisher = publisher
        self._told: dict[str, int] = {}
        """The version up to which each followed conversation was told."""
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._changed: set[str] = set()
        self._woken = asyncio.Event()
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._closing = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[ConversationRelay]:
        self._database.on_conversation_change(self._wake)
        async with kept_running(self._relay, name="conversation relay"):
            yield self

    async def subscribe(
        self,
        conversation_id: str,
        *,
        after: int,
        enter: Callable[[], Awaitable[None]],
    ) -> tuple[int, Sequence[Message]]:
        """Enter the room and return its version with what changed after the version `after`.

        What is told from then on comes after that version. Raises NotFound.
        """
        async with self._locks[conversation_id]:
            async with self._database.reading() as session:
                version = await repository.conversation_version(session, conversation_id)
                messages = await repository.messages_after(session, conversation_id, version=after)
            # Others in the room were told up to here at most: they may hear something twice.
            self._told[conversation_id] = min(self._told.get(conversation_id, version), version)
            await enter()
            return version, messages

    async def wait_for_change(self, conversation_id: str, *, after: int, seconds: float) -> None:
        """Return when the conversation's version is above `after`, or after so many seconds."""
        with self._noticing(conversation_id) as changed, suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._closing and not await self._is_beyond(conversation_id, after):
                    await changed.wait()
                    changed.clear()

    def release_waiters(self) -> None:
        """Let every `wait_for_change` return at once, from now on: the server is closing."""
        self._closing = True
        for waiters in self._waiting.values():
            for changed in waiters:
                changed.set()

    def _wake(self, conversation_id: str) -> None:
        for changed in self._waiting.get(conversation_id, ()):
            changed.set()
        if conversation_id in self._told:
            self._changed.add(conversation_id)
            self._woken.set()

    @contextmanager
    def _noticing(self, conversation_id: str) -> Iterator[asyncio.Event]:
        changed = asyncio.Event()
        self._waiting[conversation_id].add(changed)
        try:
            yield changed
        finally:
            self._waiting[conversation_id].discard(changed)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]

    async def _is_beyond(self, conversation_id: str, version: int) -> bool:
        async with self._database.reading() as session:
            versions = await repository.conversation_versions(session, [conversation_id])
        # One that was deleted meanwhile will not change any more.
        return versions.get(conversation_id, version + 1) > version

    async def _relay(self) -> None:
        while True:
            for conversation_id in list(self._changed):
                self._changed.discard(conversation_id)
                await self._tell_new(conversation_id)
            await self._sleep()

    async def _sleep(self) -> None:
        self._woken.clear()
        if self._changed:
            return
        # A file has one process, whose commits are all heard of.
        patience = POLL_SECONDS if self._database.signals is not None and self._told else None
        try:
            async with asyncio.timeout(patience):
                await self._woken.wait()
        except TimeoutError:
            await self._look()

    async def _look(self) -> None:
        async with self._database.reading() as session:
            versions = await repository.conversation_versions(session, list(self._told))
        self._changed |= {each for each, version in versions.items() if version > self._told[each]}

    async def _tell_new(self, conversation_id: str) -> None:
        async with self._locks[conversation_id]:
            async with self._database.reading() as session:
                messages = await repository.messages_after(
                    session, conversation_id, version=self._told[conversation_id]
                )
            for message in sorted(messages, key=lambda each: each.version):
                await self._publisher.publish_message(message)
                self._told[conversation_id] = message.version
