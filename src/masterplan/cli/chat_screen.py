"""How a conversation is shown: as words in a terminal or a pipe, or as JSON lines."""

from __future__ import annotations

from typing import Protocol

from rich.console import Console
from rich.text import Text

from masterplan.cli import chat_wire, wire
from masterplan.cli.console import draws, printable, remarks, say
from masterplan.cli.following import Showing
from masterplan.cli.plan_tree import print_plan
from masterplan.lifecycle import MessageRole, MessageStatus


class Screen(Protocol):
    """Shows what is said."""

    @property
    def showing(self) -> Showing:
        """How a plan is to be shown while it is made."""
        ...

    def show_past(self, message: chat_wire.Message) -> None:
        """Show a message of earlier."""
        ...

    def show_said(self, message: chat_wire.Message) -> None:
        """Show what the person has just said."""
        ...

    def show_writing(self, message: chat_wire.Message) -> None:
        """Show how far an answer is."""
        ...

    def show_end(self, message: chat_wire.Message) -> None:
        """Show an answer that is finished."""
        ...

    def show_draft(self, message: chat_wire.Message, plan: wire.PlanDetail) -> None:
        """Show the plan that was made."""
        ...

    def tell(self, text: str) -> None:
        """Say something beside the conversation."""
        ...

    def complain(self, text: str) -> None:
        """Say that something went wrong."""
        ...


class JsonScreen:
    """One line per message that is finished."""

    showing = Showing(as_json=True, stream=False)

    def show_past(self, message: chat_wire.Message) -> None:
        """What is past was printed when it happened."""

    def show_said(self, message: chat_wire.Message) -> None:
        print(message.model_dump_json(), flush=True)

    def show_writing(self, message: chat_wire.Message) -> None:
        """Unfinished: not a line yet."""

    def show_end(self, message: chat_wire.Message) -> None:
        print(message.model_dump_json(), flush=True)

    def show_draft(self, message: chat_wire.Message, plan: wire.PlanDetail) -> None:  # noqa: ARG002
        print(plan.model_dump_json(), flush=True)

    def tell(self, text: str) -> None:
        """Words are for people."""

    def complain(self, text: str) -> None:
        say(remarks(), text)


class TextScreen:
    """Words; in a terminal an answer is shown while it is written."""

    showing = Showing(as_json=False, stream=False)

    def __init__(self, console: Console) -> None:
        self._console = console
        self._streams = draws(console)
        self._shown = ""
        self._waiting: str | None = None

    def show_past(self, message: chat_wire.Message) -> None:
        if message.role is MessageRole.PERSON:
            say(self._console, Text(f"> {printable(message.text)}", style="dim"))
        elif message.role is MessageRole.PLAN:
            say(self._console, f"Plan {(message.masterplan_id or 'deleted')[:8]} was begun.")
        elif message.status is not MessageStatus.WRITING:
            self.show_end(message)

    def show_said(self, message: chat_wire.Message) -> None:
        if not self._console.is_terminal:
            say(self._console, f"> {printable(message.text)}")

    def show_writing(self, message: chat_wire.Message) -> None:
        if message.waiting_reason != self._waiting:
            self._waiting = message.waiting_reason
            if message.waiting_reason:
                say(remarks(), Text(printable(message.waiting_reason), style="dim"))
        if self._streams:
            self._print_new(message.text)

    def show_end(self, message: chat_wire.Message) -> None:
        self._print_new(message.text)
        if self._shown:
            self._console.print()
        self._shown, self._waiting = "", None
        for number, question in enumerate(message.questions, start=1):
            say(self._console, f"  {number}. {printable(question)}")
        if message.ready and message.goal:
            say(self._console, Text("Goal: ", style="bold"), printable(message.goal))
            say(self._console, Text("/masterplan has it planned; or say what to change.", "dim"))
        if message.status is MessageStatus.STOPPED:
            say(self._console, Text("Stopped. /retry has it answered again.", "dim"))
        if message.status is MessageStatus.FAILED:
            self.complain(f"{message.error} /retry tries again.")

    def show_draft(self, message: chat_wire.Message, plan: wire.PlanDetail) -> None:  # noqa: ARG002
        print_plan(plan, self._console)
        short = plan.masterplan_id[:8]
        say(
            self._console,
            f"The draft is ready: approve it with `masterplan approve {short}`, then run it with "
            f"`masterplan execute {short}`. Or say here what should be different.",
        )

    def tell(self, text: str) -> None:
        if self._shown:
            self._console.print()
            self._shown = ""
        say(self._console, text)

    def complain(self, text: str) -> None:
        say(remarks(), Text(printable(text), style="red"))

    def _print_new(self, text: str) -> None:
        said = printable(text)
        if not said.startswith(self._shown):
            # The model was asked again, and says it otherwise.
            self._console.print()
            self._shown = ""
        self._console.print(Text(said[len(self._shown) :]), end="", soft_wrap=True)
        self._shown = said
