"""A goal planned and built for real by the embedded model; its file is never fetched here."""

from __future__ import annotations

from pathlib import Path

import pytest

from masterplan.agents.base import AgentContext, TaskBrief
from masterplan.agents.command_agent import CommandAgent
from masterplan.agents.llm_agent import LlmAgent
from masterplan.documents import PlanSettings, TaskDocument, validate_plan
from masterplan.llm.catalog import LOCAL, ModelCapability
from masterplan.llm.download import local_model_file
from masterplan.llm.language_models import LanguageModels
from masterplan.planning.generation import GenerationProgress
from masterplan.planning.planner_agent import PlannerAgent
from masterplan.settings import SandboxKind, Settings
from masterplan.workspace.process import Limits
from masterplan.workspace.sandbox import Sandbox, probe

pytestmark = [pytest.mark.model, pytest.mark.timeout(1200)]

GOAL = (
    "A command line program that converts between numbers and Roman numerals: "
    "`python main.py 2024` prints MMXXIV and `python main.py MMXXIV` prints 2024."
)
LIMITS = Limits(wall_s=120)


async def test_a_small_goal_becomes_a_plan_whose_module_the_model_can_write(
    tmp_path: Path,
) -> None:
    model_file = local_model_file(Settings())
    if model_file is None:
        pytest.skip("the embedded model's file is not here: run `masterplan model pull`")
    told: list[GenerationProgress] = []

    async def listen(progress: GenerationProgress) -> None:
        told.append(progress)

    sandbox = await probe(SandboxKind.BWRAP)
    async with LanguageModels(Settings(data_dir=tmp_path, local_model_path=model_file)) as models:
        planned = await PlannerAgent(sandbox).plan(
            GOAL,
            model=await models.get(LOCAL),
            capability=ModelCapability.SMALL,
            settings=PlanSettings(model=LOCAL),
            progress=listen,
        )
        tasks = {task.key: task for task in planned.document.tasks()}
        module = next(task for task in tasks.values() if task.agent is None)
        tests = tasks[f"tests-{module.key}"]
        work = tmp_path / "work"
        work.mkdir()
        await CommandAgent(sandbox, limits=LIMITS).run(context(tests, work))
        await LlmAgent(models, judge=lambda _: ModelCapability.SMALL).run(context(module, work))

    assert validate_plan(planned.document) == []
    assert told[-1].percent == 100
    assert planned.spent.tokens_output > 0
    assert tasks["main"].target_files == ["main.py"]
    assert await exit_codes(sandbox, module, work) == [0]


def context(task: TaskDocument, directory: Path) -> AgentContext:
    brief = TaskBrief(
        key=task.key,
        name=task.name,
        description=task.description,
        target_files=tuple(task.target_files),
        checks=tuple(task.checks),
        complexity=task.complexity,
        command=task.command,
    )
    return AgentContext(
        task=brief,
        goal=GOAL,
        outline="",
        directory=directory,
        current_files={},
        dependency_files={},
        attempt=1,
        model=LOCAL,
        previous_failure=None,
        guidance=None,
        network=False,
        log=lambda _: None,
    )


async def exit_codes(sandbox: Sandbox, task: TaskDocument, directory: Path) -> list[int]:
    results = [
        await sandbox.run(
            ["sh", "-c", check],
            directory=directory,
            network=False,
            limits=LIMITS,
            on_output=None,
            extra_env={},
        )
        for check in task.checks
    ]
    return [result.exit_code for result in results]
