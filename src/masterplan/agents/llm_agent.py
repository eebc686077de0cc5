"""An agent that is a language model: it is told the task and answers with whole files.

Whole files rather than edits: a small model places edits badly, and a file that is replaced is
either right or wrong as a whole. Only the task's target files are read from an answer, and Python
that does not compile goes back to the model before an attempt is spent on it.

A small model is asked several times within an attempt, see `masterplan.agents.candidates`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.models import Model
from pydantic_ai.usage import RunUsage

from masterplan.agents.base import (
    AgentContext,
    AgentFailure,
    AgentResult,
    PreviousFailure,
    Verdict,
)
from masterplan.agents.candidates import Way, ways
from masterplan.agents.coding_prompt import instructions, question
from masterplan.errors import UnsafePath
from masterplan.lifecycle import Complexity, FailureKind
from masterplan.llm.answers import files_in
from masterplan.llm.asking import SILENCE_S, Interview
from masterplan.llm.catalog import LOCAL, ModelCapability
from masterplan.llm.failures import MODEL_ERRORS, explain_model_error
from masterplan.workspace.files import write_text

CORRECTIONS = {ModelCapability.SMALL: 0, ModelCapability.LARGE: 1}
"""How often an unusable answer goes back; a small model is asked in the next way instead."""


class ModelSource(Protocol):
    """Hands out models by name."""

    async def get(self, name: str) -> Model: ...


ChooseModel = Callable[[str | None, Complexity], str]
"""Names the model for a task from what its plan names, if anything, and its complexity."""

JudgeModel = Callable[[str], ModelCapability]
"""Tells what can be asked of a model."""


class LlmAgent:
    """Asks a model for the task's files and writes them."""

    needs_project = False

    def __init__(
        self,
        models: ModelSource,
        *,
        choose: ChooseModel = lambda named, _: named or LOCAL,
        judge: JudgeModel,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._models = models
        self._choose = choose
        self._judge = judge
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
        """Return the first files that pass the checks, else those that fail the fewest of them."""
        ability = self._judge(name)
        interview = Interview(
            await self._models.get(name),
            instructions(ability, context),
            corrections=CORRECTIONS[ability],
            on_text=context.log,
            usage=usage,
            journal=context.journal,
            silence_s=self._silence_s,
        )
        failed: list[_Failed] = []
        unusable: UnexpectedModelBehavior | None = None
        for way in ways(ability, tries=context.tries):
            failure = failed[-1].failure if failed else context.previous_failure
            told = replace(context, previous_failure=failure if way.repairs else None)
            try:
                files = await _files(interview, told, ability, way)
            except UnexpectedModelBehavior as error:
                unusable = error
                context.log(f"\n[{error.__cause__ or error}]\n")
                continue
            if ability is ModelCapability.LARGE or context.try_out is None:
                return files
            if any(files == each.files for each in failed):
                context.log("\n[The same files as before, which fail.]\n\n")
                continue
            verdict = await context.try_out(files)
            if not verdict.failing:
                return files
            context.log(f"\n{verdict.message}\n\n")
            failed.append(_Failed(files, verdict))
        if not failed:
            assert unusable is not None
            raise unusable
        return min(failed, key=lambda each: each.verdict.failing).files


@dataclass(frozen=True, slots=True)
class _Failed:
    """Files that do not pass the checks."""

    files: dict[str, str]
    verdict: Verdict

    @property
    def failure(self) -> PreviousFailure:
        return PreviousFailure(FailureKind.CHECKS, self.verdict.message, self.files)


async def _files(
    interview: Interview, context: AgentContext, ability: ModelCapability, way: Way
) -> dict[str, str]:
    targets = context.task.target_files
    return await interview.ask(
        question(context, ability),
        lambda answer: files_in(answer, targets),
        sampling=way.sampling,
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
