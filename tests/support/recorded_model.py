"""A model whose answers were recorded: serves OpenAI's chat API from a cassette, on the loopback.

The product reaches it through MASTERPLAN_LOCAL_MODEL_URL, as it would any server of a model. A
question that was not recorded is refused, so that a changed prompt shows. With an upstream it asks
that and keeps the answer; scripts/record_answers.py makes cassettes so.

    python tests/support/recorded_model.py CASSETTE PORT

prints its base URL; port 0 takes a free one. A test paces it with PUT /gate
{"open": N}: N more answers, then the questions wait; null opens it for good.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import socket
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

ASKED = ("messages", "response_format", "temperature", "max_tokens", "seed")
"""What of a request decides its answer."""
DURATION = re.compile(r"\b\d+\.\d+s\b")
"""How long a test took: the only thing in a prompt that differs from run to run."""
PIECE = 24
"""Characters of an answer that are streamed at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said to one question."""

    text: str
    finish_reason: str
    tokens_input: int
    tokens_output: int


class Cassette:
    """Recorded answers by question, in a file that a person can read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        stored = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self._stored: dict[str, dict[str, Any]] = stored

    def find(self, question: dict[str, Any]) -> Answer | None:
        stored = self._stored.get(key_of(question))
        return Answer(**stored["answer"]) if stored else None

    def keep(self, question: dict[str, Any], answer: Answer) -> None:
        asked = question["messages"][-1]["content"]
        self._stored[key_of(question)] = {"asked": asked, "answer": asdict(answer)}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self._stored, indent=2, ensure_ascii=False)
        self._path.write_text(f"{text}\n", "utf-8")


def key_of(question: dict[str, Any]) -> str:
    """Name a question by all that decides its answer."""
    told = json.dumps({name: question.get(name) for name in ASKED}, sort_keys=True)
    return hashlib.sha256(DURATION.sub("…s", told).encode()).hexdigest()[:16]


class Gate:
    """Lets a number of answers through; None lets all through."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._changed = asyncio.Condition()

    async def open(self, answers: int | None) -> None:
        async with self._changed:
            self._left = answers
            self._changed.notify_all()

    async def passed(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._left is None or self._left > 0)
            if self._left is not None:
                self._left -= 1


class RecordedModel:
    """Answers from a cassette, and from an upstream what the cassette does not hold."""

    def __init__(self, cassette: Cassette, upstream: httpx.AsyncClient | None = None) -> None:
        self._cassette = cassette
        self._upstream = upstream
        self._gate = Gate()

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self.complete, methods=["POST"]),
                Route("/gate", self.set_gate, methods=["PUT"]),
            ]
        )

    async def set_gate(self, request: Request) -> Response:
        await self._gate.open((await request.json())["open"])
        return Response(status_code=204)

    async def complete(self, request: Request) -> Response:
        question = await request.json()
        await self._gate.passed()
        answer = self._cassette.find(question)
        if answer is None and self._upstream is not None:
            answer = await ask(self._upstream, question)
            self._cassette.keep(question, answer)
        if answer is None:
            return unknown(question)
        if question.get("stream"):
            return StreamingResponse(streamed(answer), media_type="text/event-stream")
        return JSONResponse(whole(answer))


async def ask(upstream: httpx.AsyncClient, question: dict[str, Any]) -> Answer:
    """Put a question to the real model, without streaming. Raises httpx.HTTPStatusError."""
    plain = {name: each for name, each in question.items() if name != "stream_options"}
    response = await upstream.post("/chat/completions", json={**plain, "stream": False})
    response.raise_for_status()
    said = response.json()
    choice, usage = said["choices"][0], said["usage"]
    return Answer(
        text=choice["message"]["content"] or "",
        finish_reason=choice["finish_reason"],
        tokens_input=usage["prompt_tokens"],
        tokens_output=usage["completion_tokens"],
    )


def unknown(question: dict[str, Any]) -> Response:
    message = (
        f"No answer was recorded to this question ({key_of(question)}): prompts have changed "
        f"since. Run `make record-answers`. It ends: {str(question['messages'][-1])[-300:]}"
    )
    error = {"message": message, "type": "not_recorded", "code": None}
    # The client's library would ask again by itself.
    headers = {"x-should-retry": "false"}
    return JSONResponse({"error": error}, status_code=500, headers=headers)


def whole(answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text}
    choice = {"index": 0, "message": message, "finish_reason": answer.finish_reason}
    return {**_frame("chat.completion"), "choices": [choice], "usage": _usage(answer)}


async def streamed(answer: Answer) -> AsyncIterator[str]:
    frame = _frame("chat.completion.chunk")
    for start in range(0, len(answer.text), PIECE):
        delta = {"role": "assistant", "content": answer.text[start : start + PIECE]}
        yield _event({**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    end = {"index": 0, "delta": {}, "finish_reason": answer.finish_reason}
    yield _event({**frame, "choices": [end]})
    yield _event({**frame, "choices": [], "usage": _usage(answer)})
    yield "data: [DONE]\n\n"


def _event(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk)}\n\n"


def _frame(kind: str) -> dict[str, Any]:
    return {"id": "recorded", "object": kind, "created": int(time.time()), "model": "recorded"}


def _usage(answer: Answer) -> dict[str, int]:
    return {
        "prompt_tokens": answer.tokens_input,
        "completion_tokens": answer.tokens_output,
        "total_tokens": answer.tokens_input + answer.tokens_output,
    }


class Serving(uvicorn.Server):
    """The model behind a port of the loopback that is free or named.

    `base_url` is known once it has started.
    """

    def __init__(self, model: RecordedModel, *, port: int = 0) -> None:
        super().__init__(uvicorn.Config(model.application(), port=port, log_level="error"))
        self._listening = asyncio.Event()

    @property
    def base_url(self) -> str:
        port = self.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/v1"

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()

    async def listening(self) -> str:
        """Return the base URL as soon as there is one."""
        await self._listening.wait()
        return self.base_url


async def main(cassette: Path, port: int) -> None:
    server = Serving(RecordedModel(Cassette(cassette)), port=port)
    serving = asyncio.create_task(server.serve())
    sys.stdout.write(f"{await server.listening()}\n")
    sys.stdout.flush()
    await serving


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
