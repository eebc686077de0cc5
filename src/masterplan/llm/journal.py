"""What is kept of each request to a model, so that no answer is ever paid for twice.

A journal is asked before a model is, and told the answer before the answer is used. Work that a
crash interrupted is done again from its start; every request that had been answered by then is
found by its content and answered from the journal. Who keeps the journal decides here too whether
a request may be made at all: `enter` returns when the budgets allow it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import TypeAdapter
from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from masterplan.settings import without_keys

VOLATILE = frozenset({"timestamp", "run_id", "conversation_id"})
"""What differs each time that the same request is made."""
SHAPING_SETTINGS = (
    "temperature",
    "max_tokens",
    "top_p",
    "top_k",
    "seed",
    "stop_sequences",
    "presence_penalty",
    "frequency_penalty",
    "thinking",
)
"""The settings that an answer depends on. Others may hold headers, and so keys."""
CHARACTERS_PER_TOKEN = 4
UNLIMITED_ANSWER = 16_384
"""Tokens that an answer is taken to have at most where only its provider limits it."""

_PARAMETERS = TypeAdapter(ModelRequestParameters)


@dataclass(frozen=True, slots=True)
class ModelQuestion:
    """A request as it is journaled: plain JSON without keys, times and random ids."""

    model: str
    """`provider:model`."""
    content: dict[str, Any]
    """`messages`, `settings` and `output`, the form of the answer."""
    fingerprint: str
    """The same for the same request, in hexadecimal."""
    tokens_input: int
    """About as many as the request has."""
    tokens_output: int
    """As many as its answer may have at most."""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """An answer as it is journaled."""

    model: str
    """`provider:model`."""
    content: dict[str, Any]
    usage: RequestUsage
    waited_s: float
    """How long the model could not be had before it answered."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A request's place in a journal; `answer` is there where it was answered before."""

    id: str
    answer: dict[str, Any] | None = None


class ModelJournal(Protocol):
    """Keeps the requests of one piece of work, in the order in which they are made."""

    async def enter(self, question: ModelQuestion) -> JournalEntry:
        """Note that the model is about to be asked; returns when it may be."""
        ...

    async def answer(self, entry: JournalEntry, answer: ModelAnswer) -> None:
        """Keep the answer; it is durable when this returns."""
        ...

    async def refuse(self, entry: JournalEntry, reason: str) -> None:
        """Note that there will be no answer, and why."""
        ...

    async def wait(self, reason: str) -> None:
        """Tell that the work stands still until the model can be had."""
        ...

    async def ask_again(self) -> None:
        """Return when the work, which waits, may ask the model once more."""
        ...

    async def go_on(self) -> None:
        """Tell that the work goes on."""
        ...


@dataclass(slots=True)
class Unjournaled:
    """The journal of work that nobody resumes: it keeps nothing but a list of its waits."""

    waits: list[str] = field(default_factory=list)

    async def enter(self, question: ModelQuestion) -> JournalEntry:
        return JournalEntry(id=question.fingerprint)

    async def answer(self, entry: JournalEntry, answer: ModelAnswer) -> None:
        pass

    async def refuse(self, entry: JournalEntry, reason: str) -> None:
        pass

    async def wait(self, reason: str) -> None:
        self.waits.append(reason)

    async def ask_again(self) -> None:
        pass

    async def go_on(self) -> None:
        pass


def request_content(
    messages: list[ModelMessage],
    settings: ModelSettings | None,
    parameters: ModelRequestParameters,
) -> dict[str, Any]:
    """Return a request as plain JSON, without what changes from one run to the next."""
    chosen: Mapping[str, Any] = settings or {}
    return {
        "messages": _lasting(ModelMessagesTypeAdapter.dump_python(messages, mode="json")),
        "settings": {name: chosen[name] for name in SHAPING_SETTINGS if name in chosen},
        "output": _PARAMETERS.dump_python(parameters, mode="json", exclude_defaults=True),
    }


def fingerprint(model: str, content: Mapping[str, Any]) -> str:
    """Return the hash by which a request to `model` is recognised."""
    canonical = json.dumps([model, content], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def estimated_tokens(content: Mapping[str, Any]) -> int:
    """Guess how many tokens a request has, from its length."""
    return len(json.dumps(content["messages"], ensure_ascii=False)) // CHARACTERS_PER_TOKEN


def longest_answer(content: Mapping[str, Any]) -> int:
    """Return how many tokens the answer to a request may have."""
    limit = content["settings"].get("max_tokens")
    return limit if isinstance(limit, int) else UNLIMITED_ANSWER


def kept_apart_from_keys(content: dict[str, Any]) -> dict[str, Any]:
    """Return plain JSON in which no provider's key occurs, whoever put it there."""
    text = json.dumps(content, ensure_ascii=False)
    safe = without_keys(text)
    if safe == text:
        return content
    cleaned: dict[str, Any] = json.loads(safe)
    return cleaned


def _lasting(value: Any) -> Any:
    match value:
        case dict():
            return {key: _lasting(each) for key, each in value.items() if key not in VOLATILE}
        case list():
            return [_lasting(each) for each in value]
        case _:
            return value
