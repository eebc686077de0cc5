"""The engines over a database and the units of work on them, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from masterplan.db import postgres, sqlite
from masterplan.db.signals import Channel, Signals
from masterplan.db.urls import database_url, is_sqlite

CHANGED_PLANS = "changed_plans"
"""Key of `session.info` that holds the ids of plans with new events in this unit of work."""

CHANGED_CONVERSATIONS = "changed_conversations"
"""Key likewise of the ids of conversations with changed messages."""

ConversationListener = Callable[[str], None]
CommitListener = Callable[[frozenset[str]], None]


class Database:
    """The engines and the units of work over them. `signals` is None where no other process is."""

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.signals: Signals | None
        if is_sqlite(self.url):
            self.writer = sqlite.writing_engine(self.url)
            self.reader = sqlite.reading_engine(self.url)
            self._vital = self.writer
            self.signals = None
        else:
            self.writer = postgres.writing_engine(self.url)
            self.reader = postgres.reading_engine(self.writer)
            self._vital = postgres.writing_engine(self.url, connections=1)
            self.signals = Signals(self.url)
            self.signals.on(Channel.COMMITS, self._hear_of_commit)
            self.signals.on(Channel.CONVERSATIONS, self._hear_of_conversation)
        self._write_sessions = async_sessionmaker(self.writer, expire_on_commit=False)
        self._read_sessions = async_sessionmaker(self.reader, expire_on_commit=False)
        self._vital_sessions = async_sessionmaker(self._vital, expire_on_commit=False)
        self._listeners: list[CommitListener] = []
        self._distant_listeners: list[CommitListener] = []
        self._conversation_listeners: list[ConversationListener] = []

    def on_commit(self, listener: CommitListener) -> None:
        """Call `listener` with the ids of the plans whose events a commit has just recorded."""
        self._listeners.append(listener)

    def on_commit_elsewhere(self, listener: CommitListener) -> None:
        """Call `listener` likewise after commits of other processes, as far as they are heard."""
        self._distant_listeners.append(listener)

    def on_conversation_change(self, listener: ConversationListener) -> None:
        """Call `listener` with a conversation's id after it changed, here or elsewhere."""
        self._conversation_listeners.append(listener)

    def on_reconnection(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever commits of others are heard again, as some were missed."""
        if self.signals is not None:
            self.signals.on_reconnection(listener)

    def notify_committed(self, plan_ids: frozenset[str]) -> None:
        """Tell the listeners, here and elsewhere, of a commit made outside of `unit_of_work`."""
        for listener in self._listeners:
            listener(plan_ids)
        if self.signals is not None:
            self.signals.tell_committed(plan_ids)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Database]:
        """Exchange signals with other processes while the block runs, then close."""
        try:
            if self.signals is None:
                yield self
            else:
                async with self.signals.running():
                    yield self
        finally:
            await self.close()

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """A session that commits at the end, or rolls back when the block raises."""
        session = self._write_sessions()
        try:
            async with session, session.begin():
                yield session
        finally:
            # Also where it was cut off while it committed: nobody knows then whether it has.
            self._tell_of_changes(session)

    @asynccontextmanager
    async def vital_unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """A unit of work that records no event and waits for no other one's connection.

        However many requests have taken all of the pool's connections, a lease must be renewed.
        """
        async with self._vital_sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for reading only: one consistent snapshot, no write lock."""
        async with self._read_sessions() as session:
            yield session

    async def close(self) -> None:
        await self.writer.dispose()
        await self.reader.dispose()
        await self._vital.dispose()

    def _tell_of_changes(self, session: AsyncSession) -> None:
        if changed := frozenset(session.info.get(CHANGED_PLANS, ())):
            self.notify_committed(changed)
        for conversation_id in session.info.get(CHANGED_CONVERSATIONS, ()):
            self._hear_of_conversation(conversation_id)
            if self.signals is not None:
                self.signals.send(Channel.CONVERSATIONS, conversation_id)

    def _hear_of_conversation(self, conversation_id: str) -> None:
        for listener in self._conversation_listeners:
            listener(conversation_id)

    def _hear_of_commit(self, plan_id: str) -> None:
        for listener in self._distant_listeners:
            listener(frozenset({plan_id}))
