"""The model agent: what it tells the model, what it takes from the answer, how it fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models import Model
from pydantic_ai.models.function import AgentInfo, FunctionModel

from masterplan.agents.base import (
    AgentContext,
    AgentFailure,
    PreviousFailure,
    TaskBrief,
    TryOut,
    Verdict,
)
from masterplan.agents.candidates import ways
from masterplan.agents.coding_prompt import instructions, question
from masterplan.agents.llm_agent import LlmAgent, ModelSource
from masterplan.discovery.interfaces import interface_of
from masterplan.errors import Unavailable
from masterplan.lifecycle import Complexity, FailureKind
from masterplan.llm.asking import Sampling
from masterplan.llm.catalog import ModelCapability
from masterplan.llm.language_models import ModelCredentialsMissing

BRIEF = TaskBrief(
    key="roman",
    name="Module roman.py",
    description="Write to_roman.",
    target_files=("roman.py",),
    checks=("python -m unittest",),
    complexity=Complexity.LOW,
)


class Recited:
    """Models whose answers are written down beforehand, piece by piece as they are streamed."""

    def __init__(self, answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def get(self, name: str) -> Model:
        return FunctionModel(stream_function=self._recite, model_name=name)

    async def _recite(self, messages: list[ModelMessage], _: AgentInfo) -> AsyncIterator[str]:
        self.asked.append("\n".join(str(part) for part in messages[-1].parts))
        answer = self._answers.pop(0)
        yield answer[:5]
        yield answer[5:]


class Missing:
    """A source without models."""

    def __init__(self, error: Unavailable) -> None:
        self._error = error

    async def get(self, name: str) -> Model:
        raise self._error


def context(directory: Path, **changes: object) -> AgentContext:
    base = AgentContext(
        task=BRIEF,
        goal="Roman numerals",
        outline="- Logic",
        directory=directory,
        current_files={},
        dependency_files={},
        attempt=1,
        model="local",
        previous_failure=None,
        guidance=None,
        network=False,
        log=lambda _: None,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def agent_of(models: ModelSource, **changes: Any) -> LlmAgent:
    return LlmAgent(models, judge=judged, **changes)


def judged(name: str) -> ModelCapability:
    return ModelCapability.SMALL if name == "local" else ModelCapability.LARGE


def block(text: str) -> str:
    return f"```python\n{text}\n```"


def failing(counts: Mapping[str, int], *, tried: list[str] | None = None) -> TryOut:
    """Checks of which, for each text of the file, so many fail."""

    async def try_out(files: Mapping[str, str]) -> Verdict:
        [text] = files.values()
        if tried is not None:
            tried.append(text)
        return Verdict(counts[text], f"{counts[text]} checks fail" if counts[text] else "")

    return try_out


async def test_the_answers_file_is_written_and_its_text_logged(tmp_path: Path) -> None:
    answer = "```python\nX = 1\n```"
    logged: list[str] = []

    result = await agent_of(Recited([answer])).run(context(tmp_path, log=logged.append))

    assert (tmp_path / "roman.py").read_text() == "X = 1\n"
    assert "".join(logged) == answer
    assert len(logged) > 1
    assert result.summary == "wrote roman.py (1 lines)"
    assert result.model == "local"
    assert result.tokens_output > 0


async def test_python_that_does_not_compile_goes_back_once(tmp_path: Path) -> None:
    models = Recited(["```python\ndef f(:\n```", "```python\nX = 2\n```"])

    await agent_of(models).run(context(tmp_path, model="openai:x"))

    assert (tmp_path / "roman.py").read_text() == "X = 2\n"
    assert "not valid Python, line 1" in models.asked[1]


async def test_unusable_answers_alone_fail_the_attempt_and_tell_what_was_spent(
    tmp_path: Path,
) -> None:
    with pytest.raises(AgentFailure) as failure:
        await agent_of(Recited(["No.", "Never.", "Not now."])).run(context(tmp_path))

    assert failure.value.kind is FailureKind.AGENT
    assert "no code block" in failure.value.message
    assert failure.value.spent is not None
    assert failure.value.spent.tokens_output > 0
    assert list(tmp_path.iterdir()) == []


async def test_the_model_is_chosen_by_the_tasks_complexity(tmp_path: Path) -> None:
    models = Missing(ModelCredentialsMissing("openai:x", variable="OPENAI_API_KEY"))
    agent = agent_of(models, choose=lambda named, complexity: named or f"openai:{complexity}")

    with pytest.raises(AgentFailure) as failure:
        await agent.run(context(tmp_path, model=None))

    assert failure.value.spent is not None
    assert failure.value.spent.model == "openai:low"


async def test_a_missing_key_is_a_matter_of_credentials(tmp_path: Path) -> None:
    models = Missing(ModelCredentialsMissing("openai:x", variable="OPENAI_API_KEY"))

    with pytest.raises(AgentFailure, match="OPENAI_API_KEY") as failure:
        await agent_of(models).run(context(tmp_path, model="openai:x"))

    assert failure.value.kind is FailureKind.CREDENTIALS


async def test_a_path_through_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/tmp")
    task = replace(BRIEF, target_files=("out/roman.py",))

    with pytest.raises(AgentFailure) as failure:
        await agent_of(Recited(["```python\nX = 1\n```"])).run(context(tmp_path, task=task))

    assert failure.value.kind is FailureKind.REFUSED


def test_a_small_model_sees_interfaces_and_a_large_one_the_plan(tmp_path: Path) -> None:
    files = {
        "words.py": '"""Words."""\ndef count(text: str) -> int:\n    return len(text.split())\n'
    }
    given = context(tmp_path, dependency_files=files)

    small = question(given, ModelCapability.SMALL)
    large = question(given, ModelCapability.LARGE)

    assert "def count(text: str) -> int: ..." in small
    assert "return len" not in small
    assert "return len" in large
    assert "The plan:\n- Logic" in large
    assert "`python -m unittest`" in large


def test_a_retry_that_a_person_asked_for_shows_the_file_the_failure_and_the_guidance(
    tmp_path: Path,
) -> None:
    failure = PreviousFailure(
        FailureKind.CHECKS, "x" * 5_000 + "'IV' != 'IIII'", {"roman.py": "WRONG = 1\n"}
    )

    text = question(
        context(tmp_path, previous_failure=failure, guidance="Mind the fours."),
        ModelCapability.SMALL,
    )

    assert "WRONG = 1" in text
    assert "'IV' != 'IIII'" in text
    assert "Mind the fours." in text
    assert len(text) < 2_500


def test_an_interface_keeps_signatures_constants_and_first_lines() -> None:
    code = (
        "import os\nUNITS = ('km', 'mi')\n\nclass Account(Base):\n    '''Money.\n\n    More.'''\n"
        "    def __init__(self) -> None:\n        self._x = 1\n    def _hidden(self): ...\n\n"
        "async def fetch(*, url: str) -> str:\n    return url\n"
    )

    assert interface_of("a.py", code) == (
        "UNITS = ('km', 'mi')\nclass Account(Base):\n    # Money.\n"
        "    def __init__(self) -> None: ...\nasync def fetch(*, url: str) -> str: ..."
    )
    assert interface_of("a.txt", "any") == "any"
    assert interface_of("a.py", "def (") == "def ("


def test_a_small_model_is_asked_in_several_ways_within_an_attempt() -> None:
    first = ways(ModelCapability.SMALL, tries=1)
    later = ways(ModelCapability.SMALL, tries=3)

    assert [way.sampling.temperature for way in first] == [0.1, 0.7, 0.5]
    assert [way.repairs for way in first] == [False, False, True]
    assert [way.repairs for way in later] == [True, False, False]
    assert [way.sampling for way in ways(ModelCapability.LARGE, tries=3)] == [Sampling()]


async def test_a_small_models_files_are_tried_until_some_pass(tmp_path: Path) -> None:
    models = Recited([block("X = 1"), block("X = 2"), block("X = 3")])
    logged: list[str] = []

    await agent_of(models).run(
        context(tmp_path, try_out=failing({"X = 1\n": 2, "X = 2\n": 0}), log=logged.append)
    )

    assert (tmp_path / "roman.py").read_text() == "X = 2\n"
    assert len(models.asked) == 2
    assert "checks fail" not in models.asked[1]
    assert "2 checks fail" in "".join(logged)


async def test_the_third_try_hears_what_failed_and_the_best_one_is_kept(tmp_path: Path) -> None:
    models = Recited([block("X = 1"), block("X = 2"), block("X = 3")])

    await agent_of(models).run(
        context(tmp_path, try_out=failing({"X = 1\n": 2, "X = 2\n": 1, "X = 3\n": 3}))
    )

    assert (tmp_path / "roman.py").read_text() == "X = 2\n"
    assert "1 checks fail" in models.asked[2]
    assert "X = 2" not in models.asked[2]


async def test_the_same_files_are_not_tried_twice_and_an_unusable_answer_costs_one_try(
    tmp_path: Path,
) -> None:
    models = Recited([block("X = 1"), "No.", block("X = 1")])
    tried: list[str] = []

    await agent_of(models).run(
        context(tmp_path, try_out=failing({"X = 1\n": 1}, tried=tried), log=lambda _: None)
    )

    assert tried == ["X = 1\n"]
    assert (tmp_path / "roman.py").read_text() == "X = 1\n"


async def test_a_large_model_is_asked_once(tmp_path: Path) -> None:
    models = Recited([block("X = 1")])

    await agent_of(models).run(context(tmp_path, model="openai:x", try_out=failing({"X = 1\n": 1})))

    assert (tmp_path / "roman.py").read_text() == "X = 1\n"


def test_a_small_model_sees_the_commands_that_say_something_and_the_tests_of_the_repository(
    tmp_path: Path,
) -> None:
    check = "python -c 'from roman import to_roman; assert to_roman(4) == \"IV\"'"
    checks = (check, "python -m unittest test_roman", "python -m py_compile roman.py")
    tests = "class RomanTest(TestCase): ...\n"

    text = question(
        context(
            tmp_path, task=replace(BRIEF, checks=checks), related_files={"test_roman.py": tests}
        ),
        ModelCapability.SMALL,
    )

    assert f"```sh\n{check}\n```" in text
    assert "py_compile" not in text
    assert tests in text


def test_a_small_model_sees_what_failed_but_not_the_code_that_it_would_repeat(
    tmp_path: Path,
) -> None:
    failure = PreviousFailure(FailureKind.CHECKS, "'IV' != 'IIII'", {"roman.py": "WRONG = 1\n"})
    given = context(
        tmp_path, previous_failure=failure, current_files={"roman.py": "ORIGINAL = 1\n"}
    )

    text = question(given, ModelCapability.SMALL)

    assert "'IV' != 'IIII'" in text
    assert "ORIGINAL" in text
    assert "WRONG" not in text
    assert "WRONG" in question(given, ModelCapability.LARGE)


def test_both_sizes_of_model_are_told_the_ways_of_the_repository_and_what_the_task_builds_on(
    tmp_path: Path,
) -> None:
    text = "def total(prices):\n    return sum(prices)\n"
    built_on = context(
        tmp_path, house_rules="- Indentation: tabs", related_files={"shop/prices.py": text}
    )

    small = question(built_on, ModelCapability.SMALL)
    large = question(built_on, ModelCapability.LARGE)

    for told in (small, large):
        assert "How things are done there:\n- Indentation: tabs" in told
        assert "shop/prices.py" in told
    assert "def total(prices): ..." in small
    assert "return sum(prices)" not in small
    assert "return sum(prices)" in large
    assert "Python 3.11" not in instructions(ModelCapability.SMALL, built_on)
    assert "Python 3.11" in instructions(ModelCapability.SMALL, context(tmp_path))


def test_a_small_model_sees_whole_what_the_task_speaks_of_and_what_was_made_for_it(
    tmp_path: Path,
) -> None:
    task = replace(BRIEF, description="Move the wordings out of shop/main.py.")
    given = context(
        tmp_path,
        task=task,
        house_rules="- Indentation: tabs",
        related_files={
            "shop/main.py": "def greet():\n\treturn 'Bonjour'\n",
            "shop/long.py": "def long():\n\treturn 'Salut'\n" + "#" * 5_000,
        },
        dependency_files={"shop/words.py": "def words():\n\treturn 'Hola'\n"},
    )

    asked = question(given, ModelCapability.SMALL)

    assert "Bonjour" in asked
    assert "Hola" in asked
    assert ("def long()" in asked, "Salut" in asked) == (True, False)
