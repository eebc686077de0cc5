"""Shows what an attempt asked models, and what they answered."""

from __future__ import annotations

from rich.text import Text

from masterplan.cli import wire
from masterplan.cli.client import Client
from masterplan.cli.console import output, printable, say
from masterplan.cli.following import attempt_of
from masterplan.cli.selection import select_task
from masterplan.cli.session import ask_server, print_json


def show_prompts(word: str, task_word: str, *, number: int | None, as_json: bool) -> None:
    """Show what an attempt asked models, and what they answered."""

    async def work(client: Client) -> wire.ModelRequests:
        plan = await client.find_whole_plan(word)
        task = select_task(task_word, plan)
        attempt = await attempt_of(client, plan, task, number)
        return await client.model_requests(plan.masterplan_id, task.task_id, attempt.number)

    asked = ask_server(work, purpose="log")
    if as_json:
        print_json(asked)
        return
    if not asked.requests:
        say(output(), "This attempt has asked no model.")
    for request in asked.requests:
        _print_request(request)


def _print_request(request: wire.ModelRequest) -> None:
    cost = "cost unknown" if request.cost_usd is None else f"${request.cost_usd}"
    tokens = f"{request.tokens_input:,} tokens read, {request.tokens_output:,} written"
    console = output()
    console.rule(f"{request.ordinal}. {request.model}: {tokens}, {cost}", align="left")
    said = [*((message.role, message.text) for message in request.messages)]
    said.append(("answer", request.answer or request.error or "There is no answer yet."))
    for role, text in said:
        say(console, Text(role, style="bold"))
        console.print(Text(printable(text)))
        console.print()
