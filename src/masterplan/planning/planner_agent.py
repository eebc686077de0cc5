"""Turns a goal into a plan that can be run, with whatever model there is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import assert_never

from pydantic import ValidationError
from pydantic_ai.exceptions import AgentRunError, UnexpectedModelBehavior
from pydantic_ai.models import Model
from pydantic_ai.usage import RunUsage

from masterplan.discovery.facts import RepositoryFacts
from masterplan.documents import PlanDocument, PlanSettings, validate_plan
from masterplan.documents.diff import diff_documents
from masterplan.llm.answers import WrongAnswer
from masterplan.llm.asking import SILENCE_S, Interview
from masterplan.llm.catalog import ModelCapability
from masterplan.llm.failures import explain_model_error
from masterplan.llm.journal import ModelJournal, Unjournaled
from masterplan.planning.changes import ReadTexts, plan_changes
from masterplan.planning.drafting import FIRST
from masterplan.planning.generation import (
    ANOTHER_GOAL,
    ANOTHER_REQUEST,
    ANOTHER_TIME,
    GenerationProgress,
    PlannedDocument,
    PlanningFailed,
    PlanningPhase,
    ProgressListener,
    ProgressReport,
    RevisionFailed,
    Spending,
)
from masterplan.planning.prompts import render
from masterplan.planning.revising import revise_at_once, revise_task_by_task
from masterplan.planning.revision import RevisionRequest
from masterplan.planning.staged import StagedPlanning
from masterplan.planning.whole import plan_at_once
from masterplan.workspace.sandbox import Sandbox


class PlannerAgent:
    """Plans goals; a small model in stages, a large one at once.

    The sandbox is where a small model's examples are tried before they become checks.
    """

    def __init__(self, sandbox: Sandbox, *, silence_s: float = SILENCE_S) -> None:
        self._sandbox = sandbox
        self._silence_s = silence_s

    async def plan(
        self,
        goal: str,
        *,
        model: Model,
        capability: ModelCapability,
        settings: PlanSettings,
        progress: ProgressListener,
        journal: ModelJournal | None = None,
        repository: RepositoryFacts | None = None,
        read_texts: ReadTexts | None = None,
    ) -> PlannedDocument:
        """Make a plan that can be run, asking the model through `journal` where there is one.

        Where there is a repository, the plan changes it; `read_texts` lets it be tried on.
        Raises PlanningFailed, with the reasons, when the model does not come to one.
        """

        report = _reporting(progress)
        usage = RunUsage()
        interview = self._interview(model, usage, journal)
        with _explained(usage, failure=PlanningFailed, remedy=ANOTHER_GOAL):
            match capability:
                case ModelCapability.SMALL if repository is not None:
                    words = render("repository_planner")
                    changing = replace(interview, instructions=words, sampling=FIRST)
                    document = await plan_changes(
                        goal,
                        repository,
                        read_texts=read_texts,
                        interview=changing,
                        sandbox=self._sandbox,
                        settings=settings,
                        report=report,
                    )
                case ModelCapability.SMALL:
                    staged = replace(interview, sampling=FIRST)
                    document = await StagedPlanning(
                        goal, interview=staged, sandbox=self._sandbox, report=report
                    ).plan(settings)
                case ModelCapability.LARGE:
                    await report(PlanningPhase.PLAN, 5, "Planning", 0)
                    whole = replace(interview, instructions=render("whole_planner"))
                    document = await plan_at_once(
                        goal, interview=whole, settings=settings, repository=repository
                    )
                case _:
                    assert_never(capability)
        if problems := validate_plan(document):
            raise PlanningFailed(problems, spent=_spent(usage))
        count = len(list(document.tasks()))
        await report(PlanningPhase.VALIDATION, 100, f"{count} tasks, all with checks", count)
        return PlannedDocument(document, _spent(usage))

    async def revise(
        self,
        plan: PlanDocument,
        request: RevisionRequest,
        *,
        completed: Collection[str],
        model: Model,
        capability: ModelCapability,
        progress: ProgressListener,
        journal: ModelJournal | None = None,
        repository: RepositoryFacts | None = None,
    ) -> PlannedDocument:
        """Change a plan as a person asks; what nobody speaks of stays as it is.

        `completed` are the keys of the tasks that are built already. Raises RevisionFailed, with
        the reasons, when the model does not come to a plan that can be run.
        """
        report = _reporting(progress)
        usage = RunUsage()
        interview = replace(self._interview(model, usage, journal), instructions=render("reviser"))
        count = len(list(plan.tasks()))
        await report(PlanningPhase.REVISION, 5, "Reading what is to change", count)
        with _explained(usage, failure=RevisionFailed, remedy=ANOTHER_REQUEST):
            match capability:
                case ModelCapability.SMALL:
                    document = await revise_task_by_task(
                        plan,
                        request,
                        interview=replace(interview, sampling=FIRST),
                        repository=repository,
                        report=report,
                    )
                case ModelCapability.LARGE:
                    document = await revise_at_once(
                        plan,
                        request,
                        completed=completed,
                        interview=interview,
                        repository=repository,
                    )
                case _:
                    assert_never(capability)
        changed = len(diff_documents(plan, document).tasks)
        count = len(list(document.tasks()))
        await report(PlanningPhase.VALIDATION, 100, f"{changed} of {count} tasks differ", count)
        return PlannedDocument(document, _spent(usage))

    def _interview(self, model: Model, usage: RunUsage, journal: ModelJournal | None) -> Interview:
        return Interview(
            model,
            render("planner"),
            usage=usage,
            journal=journal or Unjournaled(),
            silence_s=self._silence_s,
        )


def _reporting(progress: ProgressListener) -> ProgressReport:
    async def report(phase: PlanningPhase, percent: int, message: str, tasks: int) -> None:
        await progress(GenerationProgress(phase, percent, message, tasks))

    return report


@contextmanager
def _explained(usage: RunUsage, *, failure: type[PlanningFailed], remedy: str) -> Iterator[None]:
    """Tell a model's failure in words, with what was spent by then."""
    try:
        yield
    except (UnexpectedModelBehavior, WrongAnswer) as error:
        reason = str(error) if isinstance(error, WrongAnswer) else _reason(error)
        raise failure([reason], spent=_spent(usage), remedy=remedy) from error
    except AgentRunError as error:
        # The words are not to blame, and the explanation says what to do.
        reason = explain_model_error(error)[1]
        raise failure([reason], spent=_spent(usage), remedy=ANOTHER_TIME) from error
    except ValidationError as error:
        raise failure([str(error)], spent=_spent(usage), remedy=remedy) from error


def _reason(error: UnexpectedModelBehavior) -> str:
    """The last refusal of an answer says more than that the corrections are used up."""
    cause = error.__cause__
    return str(cause) if cause is not None and str(cause) else explain_model_error(error)[1]


def _spent(usage: RunUsage) -> Spending:
    return Spending(
        requests=usage.requests,
        tokens_input=usage.input_tokens,
        tokens_output=usage.output_tokens,
    )
