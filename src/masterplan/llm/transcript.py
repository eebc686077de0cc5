"""Journaled requests and answers as text for a person to read.

Reads the plain JSON that the journal keeps, not the model library's types: what was stored by an
older release is still shown, and a process that asks no model need not load that library.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]

ROLES: Mapping[str, Role] = {
    "system-prompt": "system",
    "user-prompt": "user",
    "tool-return": "tool",
}


@dataclass(frozen=True, slots=True)
class ReadableMessage:
    role: Role
    text: str


def readable_messages(request: Mapping[str, Any]) -> list[ReadableMessage]:
    """Return the messages of a journaled request, in order, the standing instructions first."""
    return list(_messages(request))


def readable_answer(response: Mapping[str, Any]) -> str:
    """Return the text of a journaled answer."""
    return "\n".join(_text(part) for part in response.get("parts", ()))


def _messages(request: Mapping[str, Any]) -> Iterator[ReadableMessage]:
    said = ""
    for message in request.get("messages", ()):
        instructions = message.get("instructions") or ""
        if instructions and instructions != said:
            said = instructions
            yield ReadableMessage("system", instructions)
        for part in message.get("parts", ()):
            answered = message.get("kind") == "response"
            role = "assistant" if answered else ROLES.get(part.get("part_kind", ""), "user")
            yield ReadableMessage(role, _text(part))


def _text(part: Mapping[str, Any]) -> str:
    """What a part says: its text, or a tool call's name and arguments, or else all of it."""
    match part:
        case {"tool_name": str(name), "args": args}:
            given = args if isinstance(args, str) else json.dumps(args, ensure_ascii=False)
            return f"{name}({given})"
        case {"content": str(text)}:
            return text
        case {"content": content}:
            return json.dumps(content, ensure_ascii=False)
        case _:
            return json.dumps(dict(part), ensure_ascii=False)
