"""Questions to a model: journaled, unusable answers sent back with the reason, tokens counted.

Planner and agents ask through here, so that both treat small and large models alike and know what
a question cost even when it led nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel
from pydantic_ai import Agent, ModelRetry, TextOutput
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage

from masterplan.llm.answers import WrongAnswer
from masterplan.llm.journal import ModelJournal, Unjournaled
from masterplan.llm.journaled_model import JournaledModel

Answer = TypeVar("Answer")
Given = TypeVar("Given")
Shape = TypeVar("Shape", bound=BaseModel)

SILENCE_S = 900.0


@dataclass(frozen=True, slots=True)
class Sampling:
    """How freely a model answers; None leaves it to the model's own default."""

    temperature: float | None = None
    corrected_temperature: float | None = None
    """For the answers after an unusable one: asked the same way, a model repeats its mistake."""
    max_tokens: int | None = None
    seed: int | None = None

    def settings(self, *, corrections: int) -> ModelSettings:
        temperature = self.corrected_temperature if corrections else self.temperature
        settings = ModelSettings()
        if temperature is not None:
            settings["temperature"] = temperature
        if self.max_tokens is not None:
            settings["max_tokens"] = self.max_tokens
        if self.seed is not None:
            settings["seed"] = self.seed
        return settings


@dataclass(slots=True)
class Interview:
    """The questions put to one model for one purpose, and what they have used so far."""

    model: Model
    instructions: str
    sampling: Sampling = Sampling()
    corrections: int = 3
    """How often an unusable answer is sent back with the reason."""
    on_text: Callable[[str], None] | None = None
    """Told each piece of the model's text as it comes."""
    on_draft: Callable[[str], None] | None = None
    """Told all that there is of an answer so far, each time that more of it has come."""
    history: Sequence[ModelMessage] = ()
    """What was said before the question."""
    usage: RunUsage = field(default_factory=RunUsage)
    journal: ModelJournal = field(default_factory=Unjournaled)
    """Keeps each request with its answer."""
    silence_s: float = SILENCE_S
    """Seconds that the model may be silent before it is asked again."""

    async def ask(
        self,
        question: str,
        parse: Callable[[str], Answer],
        *,
        sampling: Sampling | None = None,
        corrections: int | None = None,
    ) -> Answer:
        """Ask for text and return what `parse` makes of it.

        `parse` raises WrongAnswer to have the model try again. Raises pydantic_ai's
        UnexpectedModelBehavior when the corrections are used up, its other errors as they come.
        """
        output = TextOutput(_correcting(parse, given=str))
        return await self._run(question, output, sampling, corrections)

    async def fill_in(
        self,
        question: str,
        shape: type[Shape],
        parse: Callable[[Shape], Answer],
        *,
        sampling: Sampling | None = None,
    ) -> Answer:
        """Ask for an object of `shape`, constrained by its JSON schema; otherwise as `ask`."""
        # Each model's own way to structured output: a grammar, a response format or a tool.
        return await self._run(question, _correcting(parse, given=shape), sampling, None)

    async def _run(
        self,
        question: str,
        output: TextOutput[Answer] | Callable[[Shape], Answer],
        sampling: Sampling | None,
        corrections: int | None,
    ) -> Answer:
        chosen = sampling or self.sampling
        model = JournaledModel(
            self.model,
            journal=self.journal,
            on_text=self.on_text,
            on_draft=self.on_draft,
            silence_s=self.silence_s,
        )
        agent = Agent(
            model,
            output_type=output,
            instructions=self.instructions,
            retries=self.corrections if corrections is None else corrections,
            model_settings=lambda context: chosen.settings(corrections=context.retry),
        )
        result = await agent.run(question, message_history=self.history or None, usage=self.usage)
        return result.output


def _correcting(
    parse: Callable[[Given], Answer], *, given: type[Given]
) -> Callable[[Given], Answer]:
    """Make `parse` speak pydantic-ai's language: a wrong answer is one to be corrected."""

    def accept(answer: Given) -> Answer:
        try:
            return parse(answer)
        except WrongAnswer as wrong:
            raise ModelRetry(str(wrong)) from wrong

    # pydantic-ai derives the schema from the annotation, which a type variable does not give it.
    accept.__annotations__["answer"] = given
    return accept
