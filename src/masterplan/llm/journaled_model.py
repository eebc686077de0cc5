"""A model whose every request goes through a journal, and which is waited for.

It wraps any model of pydantic-ai. Answers are always streamed from the provider, so that a person
can read along and a silent connection is noticed; the agent gets them whole, once they are in the
journal.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import (
    CompletedStreamedResponse,
    Model,
    ModelRequestParameters,
    StreamedResponse,
)
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from masterplan.llm.catalog import LOCAL
from masterplan.llm.failures import TRANSPORT_ERRORS, explain_model_error, reason_to_wait
from masterplan.llm.journal import (
    ModelAnswer,
    ModelJournal,
    ModelQuestion,
    estimated_tokens,
    fingerprint,
    kept_apart_from_keys,
    longest_answer,
    request_content,
)
from masterplan.llm.patience import until_it_passes
from masterplan.llm.rambling import rambles
from masterplan.llm.responses import dump_response, read_response
from masterplan.llm.transcript import readable_answer

RAMBLING = "\n[Nothing more comes of it, so the answer ends here.]\n"
REPLAYED = "[answered before the interruption, not asked again]\n"


class JournaledModel(WrapperModel):
    """Asks the wrapped model what the journal has no answer to.

    `on_text` hears the answer as it comes; `on_draft` all that has come of it so far, which begins
    anew where the model is asked again, and is the arguments' JSON where it answers with a tool.
    A model that is silent for `silence_s` seconds is asked again.
    """

    def __init__(
        self,
        wrapped: Model,
        *,
        journal: ModelJournal,
        on_text: Callable[[str], None] | None,
        on_draft: Callable[[str], None] | None = None,
        silence_s: float,
    ) -> None:
        super().__init__(wrapped)
        self._journal = journal
        self._on_text = on_text
        self._on_draft = on_draft
        self._silence_s = silence_s

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        question = self._question(messages, model_settings, model_request_parameters)
        entry = await self._journal.enter(question)
        if entry.answer is not None:
            self._tell(f"{REPLAYED}{readable_answer(entry.answer)}")
            return read_response(entry.answer)
        asking = _Asking(self, messages, model_settings, model_request_parameters)
        try:
            response = await asking.answered()
        except (AgentRunError, *TRANSPORT_ERRORS) as error:
            await self._journal.refuse(entry, explain_model_error(error)[1])
            raise
        await self._journal.answer(
            entry,
            ModelAnswer(
                model=self.model_id,
                content=kept_apart_from_keys(dump_response(response)),
                usage=response.usage,
                waited_s=asking.waited_s,
            ),
        )
        return response

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,  # noqa: ARG002 (the answer is whole by then)
    ) -> AsyncGenerator[StreamedResponse]:
        response = await self.request(messages, model_settings, model_request_parameters)
        yield CompletedStreamedResponse(
            response, model_request_parameters=model_request_parameters, replay_events=True
        )

    def _question(
        self,
        messages: list[ModelMessage],
        settings: ModelSettings | None,
        parameters: ModelRequestParameters,
    ) -> ModelQuestion:
        content = kept_apart_from_keys(request_content(messages, settings, parameters))
        return ModelQuestion(
            model=self.model_id,
            content=content,
            fingerprint=fingerprint(self.model_id, content),
            tokens_input=estimated_tokens(content),
            tokens_output=longest_answer(content),
        )

    def _tell(self, text: str) -> None:
        if text and self._on_text is not None:
            self._on_text(text)

    async def _listen(
        self,
        messages: list[ModelMessage],
        settings: ModelSettings | None,
        parameters: ModelRequestParameters,
        *,
        on_begin: Callable[[], Awaitable[None]],
    ) -> ModelResponse:
        # Waiting is ours to do and to tell, so the provider's library must not wait by itself.
        given = ModelSettings(max_retries=0, timeout=self._silence_s) | (settings or {})
        async with self.wrapped.request_stream(messages, given, parameters) as stream:
            begun = False
            draft = ""
            pieces = 0
            async for event in stream:
                if not begun:
                    begun = True
                    await on_begin()
                if (written := _written(event)) is not None:
                    # A part of its own is another try at saying it: words, then a tool's call.
                    draft = written if isinstance(event, PartStartEvent) else draft + written
                    pieces += 1
                    if self._on_draft is not None:
                        self._on_draft(draft)
                match event:
                    case PartStartEvent(part=TextPart(content=text)):
                        self._tell(text)
                    case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
                        self._tell(text)
                    case _:
                        pass
                # A provider's model does not; and what it has written is paid for with its usage.
                if self.system == LOCAL and "\n" in (written or "") and rambles(draft):
                    self._tell(RAMBLING)
                    return replace(
                        stream.get(),
                        state="complete",
                        usage=RequestUsage(
                            input_tokens=estimated_tokens(
                                request_content(messages, settings, parameters)
                            ),
                            output_tokens=pieces,
                        ),
                    )
        return stream.get()


def _written(event: ModelResponseStreamEvent) -> str | None:
    """Return what the event adds to the answer, be it text or a tool's arguments."""
    match event:
        case (
            PartStartEvent(part=TextPart(content=text) | ToolCallPart(args=str(text)))
            | PartDeltaEvent(
                delta=TextPartDelta(content_delta=text) | ToolCallPartDelta(args_delta=str(text))
            )
        ):
            return text
        case PartStartEvent(part=ToolCallPart()):
            return ""
        case _:
            return None


class _Asking:
    """One request until it is answered, with the waits in between."""

    def __init__(
        self,
        model: JournaledModel,
        messages: list[ModelMessage],
        settings: ModelSettings | None,
        parameters: ModelRequestParameters,
    ) -> None:
        self._model = model
        self._request = (messages, settings, parameters)
        self._waiting_since: float | None = None
        self.waited_s = 0.0

    async def answered(self) -> ModelResponse:
        # The embedded model runs in a process of ours: where it fails, waiting mends nothing.
        if self._model.system == LOCAL:
            return await self._ask()
        return await until_it_passes(self._ask, on_wait=self._wait)

    async def _ask(self) -> ModelResponse:
        if self._waiting_since is not None:
            await self._model._journal.ask_again()
        return await self._model._listen(*self._request, on_begin=self._go_on)

    async def _go_on(self) -> None:
        if self._waiting_since is not None:
            self.waited_s += round(time.monotonic() - self._waiting_since, 3)
            self._waiting_since = None
            await self._model._journal.go_on()

    async def _wait(self, error: BaseException, seconds: float) -> None:
        if self._waiting_since is None:
            self._waiting_since = time.monotonic()
        reason = reason_to_wait(error)
        self._model._tell(f"\n[{reason} Asked again in {seconds:.0f} s.]\n")
        await self._model._journal.wait(reason)
