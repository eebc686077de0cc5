"""A person's turn and what follows it, through lost connections and a server that starts again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

import httpx

from masterplan.cli import chat_wire
from masterplan.cli.chat_screen import Screen
from masterplan.cli.client import Client
from masterplan.cli.http_client import RequestRefusedError
from masterplan.cli.interrupts import interruptions_heard
from masterplan.cli.running import generated
from masterplan.lifecycle import MessageRole, MessageStatus

LONG_POLL_S = 20.0
RECONNECT_S = 0.5
AWAY = "The server cannot be reached; it is waited for, and nothing is lost. Ctrl-C leaves."

Result = TypeVar("Result")


class Conversing:
    """One conversation, from its state at the time on."""

    def __init__(
        self, client: Client, conversation: chat_wire.Conversation, screen: Screen
    ) -> None:
        self._client = client
        self._id = conversation.conversation_id
        self._known = conversation
        self._screen = screen
        self.failed = False
        """Whether the last thing that was asked for could not be done."""

    async def catch_up(self) -> None:
        """Show what was said before, and finish an answer that is still being written."""
        for message in self._known.messages:
            self._screen.show_past(message)
        last = self._known.messages[-1] if self._known.messages else None
        if last is not None and last.status is MessageStatus.WRITING:
            await self._follow(last)

    async def say(self, text: str) -> None:
        """Say something and show what follows. Raises RequestRefusedError."""
        message_id = str(uuid4())
        sent = await self._patiently(
            lambda: self._client.send_message(self._id, text, message_id=message_id)
        )
        self._screen.show_said(sent.message)
        await self._follow(sent.reply)

    async def retry(self) -> None:
        """Have the last message answered again. Raises RequestRefusedError."""
        await self._follow(await self._client.retry_answer(self._id))

    async def _follow(self, reply: chat_wire.Message) -> None:
        if reply.role is not MessageRole.PLAN:
            following = await self._written(reply.ordinal)
            for message in following:
                if message.role is MessageRole.PLAN:
                    reply = message
        if reply.role is MessageRole.PLAN:
            await self._planned(reply)

    async def _written(self, ordinal: int) -> list[chat_wire.Message]:
        """Show the answer while it is written; return it with what came of it."""
        interrupted = asyncio.Event()
        with interruptions_heard(interrupted.set):
            while True:
                messages = await self._next(ordinal, interrupted)
                answer = next((each for each in messages if each.ordinal == ordinal), None)
                if answer is None:
                    continue
                if answer.status is not MessageStatus.WRITING:
                    self._screen.show_end(answer)
                    self.failed = answer.status is MessageStatus.FAILED
                    return messages
                self._screen.show_writing(answer)

    async def _next(self, ordinal: int, interrupted: asyncio.Event) -> list[chat_wire.Message]:
        """Return what changed, from the answer of that number on; stop it where interrupted."""
        change = asyncio.ensure_future(self._patiently(self._changed))
        stop = asyncio.ensure_future(interrupted.wait())
        try:
            await asyncio.wait({change, stop}, return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                interrupted.clear()
                await self._stop()
            self._known = await change
        finally:
            stop.cancel()
            change.cancel()
        return [each for each in self._known.messages if each.ordinal >= ordinal]

    async def _stop(self) -> None:
        """Stop the answer; where nobody is there to stop it, leave as Ctrl-C does elsewhere."""
        try:
            await self._client.stop_answer(self._id)
        except RequestRefusedError:
            return  # It was finished at that very moment.
        except httpx.TransportError:
            raise asyncio.CancelledError from None

    async def _changed(self) -> chat_wire.Conversation:
        return await self._client.conversation(
            self._id, after=self._known.version, wait=LONG_POLL_S
        )

    async def _planned(self, message: chat_wire.Message) -> None:
        assert message.masterplan_id is not None
        self.failed = True
        plan = await self._client.plan(message.masterplan_id)
        draft = await generated(self._client, plan, self._screen.showing)
        self.failed = False
        self._screen.show_draft(message, draft)

    async def _patiently(self, ask: Callable[[], Awaitable[Result]]) -> Result:
        """Ask until the server can be reached, wherever it is by then."""
        told = False
        while True:
            try:
                return await ask()
            except httpx.TransportError:
                if self._client.embedded:
                    raise
                if not told:
                    self._screen.tell(AWAY)
                    told = True
                self._client.relocate()
                await asyncio.sleep(RECONNECT_S)
