"""`masterplan chat`: a conversation in the terminal, or through a pipe, that becomes a plan."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from masterplan.cli import chat_wire
from masterplan.cli.chat_screen import JsonScreen, Screen, TextScreen
from masterplan.cli.chat_turns import Conversing
from masterplan.cli.client import Client
from masterplan.cli.connection import Need, load_settings
from masterplan.cli.console import output, printable, say
from masterplan.cli.interrupts import Farewell
from masterplan.cli.model_fetch import ensure_model_to_plan
from masterplan.cli.running import absolute
from masterplan.cli.selection import select_conversation
from masterplan.cli.session import UsageMistake, ask_line, ask_server, print_json
from masterplan.errors import MasterplanError

LISTED = 50
PROMPT = ">"
FAILED = 1
WELCOME = "What do you want to have built? /help says what else there is."
HELP = """\
Say what you want to have built, and answer what is asked.
/masterplan         plan what was said so far
/masterplan GOAL    plan GOAL at once
/retry              have the last message answered again
/help               this
/quit               leave; the conversation is kept (also Ctrl-D)"""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What was asked for on the command line."""

    goal: str | None
    conversation: str | None
    model: str | None
    repository: str | None
    as_json: bool


def chat(request: ChatRequest) -> int:
    """Talk until the person leaves; return the exit code."""
    if request.goal is not None and not request.goal.strip():
        raise UsageMistake("The goal is empty: say in words what to build.")
    if request.conversation is not None and (request.model or request.repository):
        raise UsageMistake("--model and --repository are for a new conversation.")
    farewell = Farewell()

    async def work(client: Client) -> int:
        return await _converse(client, request, farewell)

    return ask_server(work, purpose="chat", need=Need.EXECUTION, farewell=farewell)


def list_conversations(*, as_json: bool) -> None:
    """List conversations, those that changed last coming first."""

    async def work(client: Client) -> chat_wire.ConversationPage:
        return await client.list_conversations(limit=LISTED)

    page = ask_server(work, purpose="chat")
    if as_json:
        print_json(page)
        return
    console = output()
    if not page.conversations:
        say(console, "There is no conversation yet. Begin one: masterplan chat")
        return
    console.print(_table(page, console))
    if page.total > len(page.conversations):
        say(console, f"{len(page.conversations)} of {page.total}.")


def _table(page: chat_wire.ConversationPage, console: Console) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("id", "changed"):
        table.add_column(name, no_wrap=True)
    table.add_column("title", no_wrap=console.is_terminal, overflow="ellipsis")
    for each in page.conversations:
        table.add_row(
            each.conversation_id[:8],
            f"{each.updated_at.astimezone():%Y-%m-%d %H:%M}",
            Text(printable(each.title or "Untitled")),
        )
    return table


async def _converse(client: Client, request: ChatRequest, farewell: Farewell) -> int:
    found = await _opened(client, request)
    await ensure_model_to_plan(load_settings(), found.model)
    short = found.conversation_id[:8]
    farewell.say(f"The conversation is kept: go on with `masterplan chat --conversation {short}`.")
    screen: Screen = JsonScreen() if request.as_json else TextScreen(output())
    conversing = Conversing(client, found, screen)
    await conversing.catch_up()
    if request.goal is None and not found.messages and sys.stdin.isatty():
        screen.tell(WELCOME)
    async for line in _lines(request):
        word = line.lower()
        if word in {"/quit", "/exit"}:
            break
        if word == "/help":
            screen.tell(HELP)
            continue
        try:
            await (conversing.retry() if word == "/retry" else conversing.say(line))
        except MasterplanError as refusal:
            if not sys.stdin.isatty():
                raise
            screen.complain(refusal.message)
    screen.tell(str(farewell.words()))
    return FAILED if conversing.failed and not sys.stdin.isatty() else 0


async def _opened(client: Client, request: ChatRequest) -> chat_wire.Conversation:
    if request.conversation is None:
        return await client.begin_conversation(
            model=request.model, repository=absolute(request.repository)
        )
    page = await client.list_conversations(limit=500)
    identifier = select_conversation(request.conversation, page.conversations)
    return await client.conversation(identifier)


async def _lines(request: ChatRequest) -> AsyncIterator[str]:
    """Give the goal, then what the person writes, line by line."""
    if request.goal is not None:
        yield request.goal
    while (line := await _next_line()) is not None:
        if line:
            yield line


async def _next_line() -> str | None:
    if sys.stdin.isatty():
        return await ask_line(PROMPT, output())
    line = await asyncio.to_thread(sys.stdin.readline)
    return line.strip() if line else None
