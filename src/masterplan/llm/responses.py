"""Between a model's answer and the plain JSON that a journal keeps."""

from __future__ import annotations

from typing import Any

from pydantic_ai.messages import ModelMessagesTypeAdapter, ModelResponse


def dump_response(response: ModelResponse) -> dict[str, Any]:
    """Return an answer as plain JSON that `read_response` reads back."""
    dumped: list[dict[str, Any]] = ModelMessagesTypeAdapter.dump_python([response], mode="json")
    return dumped[0]


def read_response(content: dict[str, Any]) -> ModelResponse:
    """Read an answer that `dump_response` wrote, whichever release of this program did."""
    (message,) = ModelMessagesTypeAdapter.validate_python([content])
    assert isinstance(message, ModelResponse)
    return message
