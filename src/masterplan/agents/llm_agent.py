"""An agent that is a language model: it is told the task and answers with whole files.

Whole files rather than edits: a small model places edits badly, and a file that is replaced is
either right or wrong as a whole. Only the task's target files are read from an answer, and Python
that does not compile goes back to the model before an attempt is spent on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.models import Model
from pydantic_ai.usage import RunUsage

from masterplan.agents.base import AgentContext, AgentFailure, AgentResult
from masterplan.agents.coding_prompt import instructions, question
from masterplan.errors import UnsafePath
from masterplan.lifecycle import Complexity, FailureKind
from masterplan.llm.answers import files_in
from masterplan.llm.asking import SILENCE_S, Interview, Sampling
from masterplan.llm.catalog import LOCAL, ModelCapability, capability
from masterplan.llm.failures import MODEL_ERRORS, explain_model_error
from masterplan.workspace.files import write_text

CORRECTIONS = 1
"""How often an unusable answer goes back within one attempt."""
SMALL_MAX_TOKENS = 2048


class ModelSource(Protocol):
    """Hands out models by name."""

    async def get(self, name: str) -> Model: ...


ChooseModel = Callable[[str | None, Complexity], str]
"""Names the model for a task from what its plan names, if anything, and its complexity."""


class LlmAgent:
    """Asks a model for the task's files and writes them."""

    needs_project = False

    def __init__(
        self,
        models: ModelSource,
        *,
        choose: ChooseModel = lambda named, _: named or LOCAL,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._models = models
        self._choose = choose
        self._silence_s = silence_s

    async def run(self, context: AgentContext) -> AgentResult:
        """Write all target files of the task.

        Raises AgentFailure where the model cannot be had (permanent), or answers nothing usable.
        """
        name = self._choose(context.model, context.task.complexity)
        usage = RunUsage()
        try:
            written = await self._ask(name, context, usage)
        except UnexpectedModelBehavior as error:
            reason = f"The model's answer could not be used: {error.__cause__ or error}"
            raise AgentFailure(
                FailureKind.AGENT, reason, spent=_spent(name, usage, "no usable answer")
            ) from error
        except MODEL_ERRORS as error:
            kind, message = explain_model_error(error)
            raise AgentFailure(kind, message, spent=_spent(name, usage, "no answer")) from error
        try:
            await asyncio.to_thread(_write_all, context.directory, written)
        except UnsafePath as error:
            raise AgentFailure(
                FailureKind.REFUSED, error.message, spent=_spent(name, usage, "refused path")
            ) from error
        lines = sum(text.count("\n") for text in written.values())
        return _spent(name, usage, f"wrote {', '.join(written)} ({lines} lines)")

    async def _ask(self, name: str, context: AgentContext, usage: RunUsage) -> dict[str, str]:
        ability = capability(name)
        interview = Interview(
            await self._models.get(name),
            instructions(ability, context),
            sampling(ability, attempt=context.tries),
            corrections=CORRECTIONS,
            on_text=context.log,
            usage=usage,
            journal=context.journal,
            silence_s=self._silence_s,
        )
        targets = context.task.target_files
        return await interview.ask(
            question(context, ability), lambda answer: files_in(answer, targets)
        )


def sampling(ability: ModelCapability, *, attempt: int) -> Sampling:
    """Choose how freely a model answers.

    A small model is most often right at a low temperature, and repeats itself there when it was
    wrong; so each further attempt is freer, up to 0.8. Large models keep their own default.
    """
    if ability is ModelCapability.LARGE:
        return Sampling()
    return Sampling(
        temperature=min(0.1 + 0.3 * (attempt - 1), 0.8),
        corrected_temperature=0.6,
        max_tokens=SMALL_MAX_TOKENS,
    )


def _write_all(directory: Path, written: Mapping[str, str]) -> None:
    for path, text in written.items():
        write_text(directory, path, text)


def _spent(name: str, usage: RunUsage, summary: str) -> AgentResult:
    return AgentResult(
        summary=summary,
        model=name,
        tokens_input=usage.input_tokens,
        tokens_output=usage.output_tokens,
    )
