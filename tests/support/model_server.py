"""A model server on the loopback that answers every request with the same small plan, or words.

It speaks as much of OpenAI's protocol as is needed, so that planning runs as it does with a
provider: through its client, over a socket.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from support.plans import plan_of, writes

TURN = {
    "reply": "Hello it is.",
    "questions": [],
    "goal": "say hello",
    "ready": True,
    "agreed": False,
    "repository": "",
}
"""What is said in a conversation."""


class _PlanHandler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        request = json.loads(self.rfile.read(length))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for chunk in _stream(request):
            self.wfile.write(f"data: {chunk}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the tests' output is for the tests."""


def _stream(request: dict[str, Any]) -> Iterator[str]:
    wanted = request["tools"][0]["function"]
    talks = "reply" in wanted["parameters"]["properties"]
    function = {"name": wanted["name"], "arguments": json.dumps(TURN if talks else _plan())}
    call = {"index": 0, "id": "call-1", "type": "function", "function": function}
    for delta, finish in (
        ({"role": "assistant", "tool_calls": [call]}, None),
        ({}, "tool_calls"),
    ):
        yield json.dumps(
            {
                "id": "answer-1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": request["model"],
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
            }
        )
    yield "[DONE]"


def _plan() -> dict[str, Any]:
    task = writes("hello")
    for name in ("agent", "command"):
        del task[name]
    return plan_of(task)


@contextmanager
def plan_server() -> Iterator[dict[str, str]]:
    """Serve plans, and give the environment in which Masterplan asks this server for them."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _PlanHandler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield {
                "OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1",
                "OPENAI_API_KEY": "none",
                "MASTERPLAN_MODEL": "openai-chat:test",
            }
        finally:
            server.shutdown()
            thread.join()
