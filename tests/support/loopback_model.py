"""An OpenAI-compatible model on the loopback that counts, waits, refuses and breaks as told.

A test gives it a script: what to do with each request, in the order of their arrival. Answers are
streamed, as from a real provider.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

KEY = "sk-canary-3f9a1c77d2e84b06"
MODEL = "openai-chat:gpt-4o-mini"
"""A name that has a published price, so that costs can be told."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its text, the arguments where a tool is offered, and what it used."""

    text: str
    tokens_input: int = 100
    tokens_output: int = 10


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP error."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "No."


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing is answered until the client goes away or the server is released."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of an answer; no more comes until the client goes away."""

    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """The connection is closed amid the answer."""

    text: str = "```python\n# half of"


Step = Answer | Beginning | Refusal | Hang | Break


class ModelServer:
    """The server; `behave` decides on each request by its body."""

    def __init__(self, behave: Callable[[dict[str, Any]], Step]) -> None:
        self._behave = behave
        self._lock = threading.Lock()
        self._released = threading.Event()
        self.seen: list[str] = []
        """The messages of each request that arrived, as one text."""
        self.answered: list[str] = []
        """Of each request that was answered in full, and so would be paid for."""
        handler = type("Handler", (_Handler,), {"server_of": self})
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @contextmanager
    def running(self) -> Iterator[ModelServer]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self._released.set()
            self._http.shutdown()
            self._http.server_close()
            thread.join()

    def decide(self, body: dict[str, Any]) -> tuple[str, Step]:
        messages = json.dumps(body["messages"])
        with self._lock:
            self.seen.append(messages)
            return messages, self._behave(body)

    def wait_for_release(self) -> None:
        self._released.wait(60)


def scripted(*steps: Step) -> Callable[[dict[str, Any]], Step]:
    """Take one step after the other; the last is repeated."""
    left = list(steps)

    def behave(_: dict[str, Any]) -> Step:
        return left.pop(0) if len(left) > 1 else left[0]

    return behave


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: ModelServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        messages, step = self.server_of.decide(body)
        try:
            match step:
                case Answer():
                    self._stream(step, tools=body.get("tools") or [])
                    self.server_of.answered.append(messages)
                case Beginning():
                    self._begin()
                    self._say(step.text, tools=body.get("tools") or [])
                    self.server_of.wait_for_release()
                    self.close_connection = True
                case Refusal():
                    self._refuse(step)
                case Hang():
                    self.server_of.wait_for_release()
                    self.close_connection = True
                case Break():
                    self._begin()
                    self._send({"delta": {"role": "assistant", "content": step.text}})
                    self.close_connection = True
        except ConnectionError:
            self.close_connection = True

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _chunk(self, text: str) -> None:
        data = f"data: {text}\n\n".encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _send(self, choice: dict[str, Any], **more: Any) -> None:
        self._chunk(
            json.dumps(
                {
                    "id": "chatcmpl-1",
                    "object": "chat.completion.chunk",
                    "created": 1,
                    "model": "gpt-4o-mini",
                    "choices": [{"index": 0, "finish_reason": None, **choice}],
                    **more,
                }
            )
        )

    def _stream(self, answer: Answer, *, tools: list[dict[str, Any]]) -> None:
        self._begin()
        half = len(answer.text) // 2
        for number, piece in enumerate((answer.text[:half], answer.text[half:])):
            self._say(piece, tools=tools, number=number)
        usage = {
            "prompt_tokens": answer.tokens_input,
            "completion_tokens": answer.tokens_output,
            "total_tokens": answer.tokens_input + answer.tokens_output,
        }
        finish = "tool_calls" if tools else "stop"
        self._send({"delta": {}, "finish_reason": finish}, usage=usage)
        self._chunk("[DONE]")
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _say(self, piece: str, *, tools: list[dict[str, Any]], number: int = 0) -> None:
        said = _call(tools[0], piece, number=number) if tools else {"content": piece}
        self._send({"delta": {"role": "assistant", **said}})

    def _refuse(self, refusal: Refusal) -> None:
        body = json.dumps({"error": {"message": refusal.message, "type": None, "code": None}})
        self.send_response(refusal.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in refusal.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


def _call(tool: dict[str, Any], arguments: str, *, number: int) -> dict[str, Any]:
    """A piece of a tool call; only the first names the tool."""
    call: dict[str, Any] = {"index": 0, "function": {"arguments": arguments}}
    if number == 0:
        call |= {"id": "call_1", "type": "function"}
        call["function"]["name"] = tool["function"]["name"]
    return {"tool_calls": [call]}
