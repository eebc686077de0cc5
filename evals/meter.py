"""Stands between the arms and the model's server, and counts what each case takes.

One count for all arms, from the server's own figures, however an arm asks: no arm has to be
believed. Each case gets an address of its own, which ends with it, so that a request that an arm
leaves behind neither counts for the next case nor keeps the model busy.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

TIMEOUT = httpx.Timeout(1_800, connect=10)
SOCKET = "model.sock"


@dataclass(slots=True)
class Tally:
    """What was asked at one address."""

    url: str
    """For clients of OpenAI's chat API; it wants no key."""
    requests: int = 0
    tokens_input: int = 0
    tokens_output: int = 0

    def count(self, usage: dict[str, Any]) -> None:
        self.tokens_input += usage["prompt_tokens"]
        self.tokens_output += usage["completion_tokens"]


class ModelLost(Exception):
    """The model's server cannot be reached: what an arm did meanwhile says nothing of the arm."""


class Meter:
    """Forwards questions to a model's server, see `metering`."""

    def __init__(self, upstream: httpx.AsyncClient, base_url: str, socket_path: Path) -> None:
        self._upstream = upstream
        self._base_url = base_url
        self._tallies: dict[str, Tally] = {}
        self.socket_path = socket_path
        """Where the same is served on a socket in the file system."""
        self._lost: httpx.TransportError | None = None

    @contextmanager
    def counted(self) -> Iterator[Tally]:
        """Open an address for the block's time.

        Raises ModelLost at its end where the model's server did not answer in between.
        """
        word = secrets.token_urlsafe(12)
        self._tallies[word] = tally = Tally(f"{self._base_url}/{word}/v1")
        try:
            yield tally
        finally:
            del self._tallies[word]
        if self._lost is not None:
            raise ModelLost(f"The model's server is gone: {self._lost!r}. Run the same again.")

    def application(self) -> Starlette:
        complete = Route("/{word}/v1/chat/completions", self._complete, methods=["POST"])
        return Starlette(routes=[complete])

    async def _complete(self, request: Request) -> Response:
        tally = self._tallies.get(request.path_params["word"])
        if tally is None:
            return JSONResponse({"error": {"message": "This case has ended."}}, status_code=410)
        question = await request.json()
        tally.requests += 1
        try:
            if question.get("stream"):
                return await self._streamed(question, tally)
            return await self._whole(question, tally)
        except httpx.TransportError as error:
            self._lost = error
            return JSONResponse({"error": {"message": repr(error)}}, status_code=503)

    async def _whole(self, question: dict[str, Any], tally: Tally) -> Response:
        answer = await self._upstream.post("chat/completions", json=question)
        if answer.is_success:
            tally.count(answer.json()["usage"])
        return _same(answer)

    async def _streamed(self, question: dict[str, Any], tally: Tally) -> Response:
        # Else the server does not say how many tokens it were.
        question["stream_options"] = {"include_usage": True}
        asked = self._upstream.build_request("POST", "chat/completions", json=question)
        answer = await self._upstream.send(asked, stream=True)
        if not answer.is_success:
            await answer.aread()
            return _same(answer)

        async def passed_on() -> AsyncIterator[str]:
            pieces = 0
            try:
                async for line in answer.aiter_lines():
                    pieces += line.startswith("data: {")
                    if usage := _usage_in(line):
                        tally.count(usage)
                        pieces = 0
                    yield f"{line}\n"
            except httpx.TransportError as error:
                self._lost = error
            finally:
                # Where the arm has gone away, this has the server stop. It tells no figures then,
                # but every piece was a token.
                tally.tokens_output += pieces
                await answer.aclose()

        return StreamingResponse(passed_on(), media_type="text/event-stream")


@asynccontextmanager
async def metering(url: str, *, key: str, folder: Path) -> AsyncIterator[Meter]:
    """Serve a meter of the model at `url` on a loopback port, and on a socket in `folder`."""
    path = folder / SOCKET
    with socket.create_server(("127.0.0.1", 0)) as listener, _unix_listener(path) as unix:
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(
            base_url=f"{url}/", headers=headers, timeout=TIMEOUT, trust_env=False
        ) as upstream:
            meter = Meter(upstream, f"http://127.0.0.1:{listener.getsockname()[1]}", path)
            config = uvicorn.Config(
                meter.application(),
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
            async with _serving(_Server(config), [listener, unix]):
                yield meter


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals are for whoever runs the evaluation.
        yield


@asynccontextmanager
async def _serving(server: uvicorn.Server, listeners: list[socket.socket]) -> AsyncIterator[None]:
    task = asyncio.create_task(server.serve(sockets=listeners))
    try:
        yield
    finally:
        server.should_exit = True
        await task


def _unix_listener(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    return listener


def _usage_in(line: str) -> dict[str, Any] | None:
    if not line.startswith("data: {"):
        return None
    usage: dict[str, Any] | None = json.loads(line.removeprefix("data: ")).get("usage")
    return usage


def _same(answer: httpx.Response) -> Response:
    return Response(
        answer.content,
        status_code=answer.status_code,
        media_type=answer.headers.get("Content-Type"),
    )
