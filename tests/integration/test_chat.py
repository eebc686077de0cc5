"""Conversations: asked, answered and stored, with a model over real HTTP."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from masterplan.failpoints import Failpoint, Trigger
from support.chats import (
    CHATS,
    ask,
    begin_chat,
    chat_of,
    says,
    send,
    served_model,
    until_status,
)
from support.loopback_model import (
    KEY,
    MODEL,
    Answer,
    Beginning,
    Refusal,
    Step,
    scripted,
)
from support.plans import API, until
from support.process import Server, client_of_server, served

GREETING = says("What should it print?", "Which words?", goal="A greeting.")
GOAL = "Prints a greeting."


async def test_a_message_is_answered_and_kept(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(GREETING)) as asked:
        chat = await begin_chat(client, model=MODEL)
        sent = await send(client, chat, "I want a greeting.")
        assert sent["message"]["text"] == "I want a greeting."
        assert (sent["reply"]["role"], sent["reply"]["status"]) == ("assistant", "writing")
        answer = await until_status(client, chat, "complete")

    assert answer["text"] == "What should it print?"
    assert answer["questions"] == ["Which words?"]
    assert (answer["goal"], answer["ready"]) == ("A greeting.", False)
    detail = await chat_of(client, chat)
    assert detail["title"] == "I want a greeting."
    assert [each["role"] for each in detail["messages"]] == ["person", "assistant"]
    assert (detail["tokens_input"], detail["tokens_output"]) == (100, 10)
    assert Decimal(detail["cost_usd"]) > 0
    assert len(asked.seen) == 1


async def test_the_model_is_told_what_was_said_before(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(
        monkeypatch, scripted(GREETING, says("Good.", goal=GOAL, ready=True))
    ) as asked:
        chat = await begin_chat(client, model=MODEL)
        await ask(client, chat, "I want a greeting.")
        answer = await ask(client, chat, "Hello, world!")

    assert answer["ready"]
    for words in ("I want a greeting.", "Which words?", "Hello, world!"):
        assert words in asked.seen[1]


async def test_the_answer_is_stored_while_it_is_written(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(Beginning('{"reply": "Which words sh'))):
        chat = await begin_chat(client, model=MODEL)
        await send(client, chat, "I want a greeting.")
        written = await until_status(client, chat, "writing", text="Which words sh")
        assert written["text"] == "Which words sh"
        await client.post(f"{CHATS}/{chat}/stop")


async def test_a_stopped_answer_keeps_what_there_is_and_can_be_tried_again(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(Beginning('{"reply": "Which wo'), GREETING)):
        chat = await begin_chat(client, model=MODEL)
        await send(client, chat, "I want a greeting.")
        await until_status(client, chat, "writing", text="Which wo")
        busy = await client.post(f"{CHATS}/{chat}/messages", json={"text": "Well?"})
        stopped = await client.post(f"{CHATS}/{chat}/stop")
        again = await client.post(f"{CHATS}/{chat}/stop")
        retried = await client.post(f"{CHATS}/{chat}/retry")
        answer = await until_status(client, chat, "complete")

    assert busy.status_code == 400
    assert "wait for the answer or stop it" in busy.json()["error"]["message"]
    assert stopped.json()["messages"][-1]["status"] == "stopped"
    assert stopped.json()["messages"][-1]["text"] == "Which wo"
    assert (again.status_code, retried.status_code) == (400, 202)
    assert answer["text"] == "What should it print?"
    statuses = [each["status"] for each in (await chat_of(client, chat))["messages"]]
    assert statuses == ["complete", "stopped", "complete"]


async def test_a_message_that_is_sent_again_is_answered_once(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(GREETING)) as asked:
        chat = await begin_chat(client, model=MODEL)
        identifier = str(uuid4())
        first = await send(client, chat, "Hello", message_id=identifier)
        await until_status(client, chat, "complete")
        second = await send(client, chat, "Hello", message_id=identifier)

    assert second["reply"]["message_id"] == first["reply"]["message_id"]
    assert len((await chat_of(client, chat))["messages"]) == 2
    assert len(asked.seen) == 1


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Refusal(401), "refused the key: check it"),
        (Refusal(404), "see `masterplan models` for names"),
        (Answer("{}"), "three times in a row"),
    ],
    ids=["key", "unknown model", "bad answers"],
)
async def test_what_went_wrong_is_said_with_the_remedy(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, step: Step, words: str
) -> None:
    with served_model(monkeypatch, scripted(step)) as asked:
        chat = await begin_chat(client, model=MODEL)
        answer = await ask(client, chat, "I want a greeting.")

    assert answer["status"] == "failed"
    assert words in answer["error"]
    assert KEY not in answer["error"]
    assert len(asked.seen) == (3 if isinstance(step, Answer) else 1)


async def test_a_model_without_a_key_is_told_with_the_variable(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    chat = await begin_chat(client, model=MODEL)
    answer = await ask(client, chat, "I want a greeting.")
    assert answer["status"] == "failed"
    assert "OPENAI_API_KEY" in answer["error"]


async def test_a_quota_is_waited_for_and_told(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(Refusal(402, {"Retry-After": "3600"}))):
        chat = await begin_chat(client, model=MODEL)
        await send(client, chat, "I want a greeting.")
        waiting: dict[str, Any] = {}
        version = 0
        while not waiting.get("waiting_reason"):
            params = {"after": version, "wait": 5}
            detail = (await client.get(f"{CHATS}/{chat}", params=params)).json()
            version, waiting = detail["version"], detail["messages"][-1]
        stopped = (await client.post(f"{CHATS}/{chat}/stop")).json()["messages"][-1]

    assert "quota" in waiting["waiting_reason"]
    assert (stopped["status"], stopped["waiting_reason"]) == ("stopped", None)


async def test_the_command_begins_a_plan_with_what_was_said(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(GREETING, Refusal(401))):
        chat = await begin_chat(client, model=MODEL)
        await ask(client, chat, "`python main.py Ada` prints `Hello, Ada!`")
        sent = await send(client, chat, "/masterplan A greeting for a name.")
        plan_id = sent["reply"]["masterplan_id"]
        plan = (await client.get(f"{API}/{plan_id}")).json()
        await until(client, plan_id, "failed")
        await begin_chat(client)

    found = (await client.get(CHATS, params={"masterplan_id": plan_id})).json()
    assert [each["conversation_id"] for each in found["conversations"]] == [chat]
    assert sent["reply"]["role"] == "plan"
    assert plan["goal"].startswith("A greeting for a name.")
    assert "`python main.py Ada` prints `Hello, Ada!`" in plan["goal"]
    told = (await chat_of(client, chat))["messages"][-1]["plan"]
    assert (told["masterplan_id"], told["status"]) == (plan_id, "failed")
    assert "refused the key" in told["failure_reason"]


async def test_a_person_who_agrees_to_the_goal_gets_a_plan(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = says("Shall I?", goal=GOAL, ready=True)
    assent = says("I plan it.", goal=GOAL, ready=True, agreed=True)
    with served_model(monkeypatch, scripted(proposal, assent, Refusal(401))):
        chat = await begin_chat(client, model=MODEL)
        assert (await ask(client, chat, GOAL))["ready"]
        await send(client, chat, "Yes, go ahead.")
        message = await until_status(client, chat, "complete")
        while message["role"] != "plan":
            message = await until_status(client, chat, "complete")
        plan = (await client.get(f"{API}/{message['masterplan_id']}")).json()

    assert plan["goal"] == GOAL
    roles = [each["role"] for each in (await chat_of(client, chat))["messages"]]
    assert roles == ["person", "assistant", "person", "assistant", "plan"]


async def test_a_plan_needs_a_goal(client: httpx.AsyncClient) -> None:
    chat = await begin_chat(client)
    refused = await client.post(f"{CHATS}/{chat}/messages", json={"text": "/masterplan"})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "nothing_to_plan"


async def test_a_mistyped_command_is_refused_and_not_answered(client: httpx.AsyncClient) -> None:
    chat = await begin_chat(client)
    refused = await client.post(f"{CHATS}/{chat}/messages", json={"text": "/masterplna a list"})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "unknown_command"
    assert (await chat_of(client, chat))["messages"] == []


async def test_conversations_are_listed_searched_renamed_and_deleted(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(GREETING)):
        first = await begin_chat(client, title="Roman numerals")
        second = await begin_chat(client, model=MODEL)
        await ask(client, second, "A reading list.")

    page = (await client.get(CHATS, params={"limit": 1})).json()
    assert (page["total"], len(page["conversations"])) == (2, 1)
    assert page["conversations"][0]["conversation_id"] == second
    found = (await client.get(CHATS, params={"q": "reading"})).json()["conversations"]
    assert [each["conversation_id"] for each in found] == [second]
    renamed = await client.patch(f"{CHATS}/{first}", json={"title": "Numerals"})
    assert renamed.json()["title"] == "Numerals"
    assert (await client.delete(f"{CHATS}/{first}")).status_code == 204
    assert (await client.get(f"{CHATS}/{first}")).status_code == 404
    assert (await client.delete(f"{CHATS}/{first}")).status_code == 404


async def test_a_deleted_conversation_ends_its_answer(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(Beginning('{"reply": "Which wo'))):
        chat = await begin_chat(client, model=MODEL)
        await send(client, chat, "I want a greeting.")
        await until_status(client, chat, "writing", text="Which wo")
        assert (await client.delete(f"{CHATS}/{chat}")).status_code == 204
    assert (await client.get(CHATS)).json()["total"] == 0


async def test_an_answer_is_written_on_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(Beginning('{"reply": "What sh'), GREETING)) as asked:
        async with served(tmp_path / "data") as (server, client):
            chat = await begin_chat(client, model=MODEL)
            await send(client, chat, "I want a greeting.")
            await until_status(client, chat, "writing", text="What sh")
            server.kill()
            server.start()
            await server.ready(client)
            answer = await until_status(client, chat, "complete")

    assert answer["text"] == "What should it print?"
    assert len(asked.seen) == 2


async def test_an_answer_that_the_model_had_given_is_not_paid_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_model(monkeypatch, scripted(GREETING)) as asked:
        server = Server(tmp_path / "data")
        server.start(failpoint=Trigger(Failpoint.ANSWER_KEPT))
        try:
            async with client_of_server(server) as client:
                await server.ready(client)
                chat = await begin_chat(client, model=MODEL)
                with suppress(httpx.TransportError):
                    await send(client, chat, "I want a greeting.")
                await server.death(within=30)
                server.start()
                await server.ready(client)
                answer = await until_status(client, chat, "complete")
                detail = await chat_of(client, chat)
        finally:
            server.close()

    assert answer["text"] == "What should it print?"
    assert len(asked.seen) == 1
    assert detail["tokens_input"] == 100
