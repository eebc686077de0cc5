"""Planning with answers written down beforehand, drafts tried in the real sandbox."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.profiles import ModelProfile

from masterplan.documents import PlanSettings, validate_plan
from masterplan.llm.catalog import ModelCapability
from masterplan.planning.generation import GenerationProgress, PlannedDocument, PlanningFailed
from masterplan.planning.planner_agent import PlannerAgent
from masterplan.settings import SandboxKind
from masterplan.workspace.sandbox import probe

GOAL = "A command line program that doubles numbers."
DISCOVERY = {
    "title": "Doubler",
    "summary": "Doubles numbers.",
    "kind": "program",
    "modules": [{"file": "doubling.py", "purpose": "Doubles."}],
}
INTERFACE = {
    "class_name": "",
    "functions": [{"signature": "def double(number: int) -> int", "purpose": "Twice it."}],
}
EXAMPLES = "```python\nassert double(2) == 4\nassert double(3) == 7\nassert double(4) == 8\n```"
MODULE = "```python\ndef double(number: int) -> int:\n    return 2 * number\n```"
USE = {
    "usage": "python main.py NUMBER",
    "sessions": [
        {"input_text": "", "command": "python main.py 2", "prints": ["4"]},
        {"input_text": "", "command": "python main.py 3", "prints": ["7"]},
    ],
}
MAIN = """```python
import argparse

from doubling import double

parser = argparse.ArgumentParser()
parser.add_argument("number", type=int)
print(double(parser.parse_args().number))
```"""


def reciting(*answers: object) -> FunctionModel:
    """A model whose answers are written down beforehand."""
    left = [each if isinstance(each, str) else json.dumps(each) for each in answers]

    async def recite(_: list[ModelMessage], __: AgentInfo) -> AsyncIterator[str]:
        yield left.pop(0)

    profile = ModelProfile(
        supports_json_schema_output=True, default_structured_output_mode="native"
    )
    return FunctionModel(stream_function=recite, profile=profile)


async def plan(
    *answers: object,
    goal: str = GOAL,
    capability: ModelCapability = ModelCapability.SMALL,
) -> tuple[PlannedDocument, list[GenerationProgress]]:
    told: list[GenerationProgress] = []

    async def listen(progress: GenerationProgress) -> None:
        told.append(progress)

    planner = PlannerAgent(await probe(SandboxKind.BWRAP))
    planned = await planner.plan(
        goal,
        model=reciting(*answers),
        capability=capability,
        settings=PlanSettings(model="local"),
        progress=listen,
    )
    return planned, told


async def test_only_examples_and_runs_that_hold_on_a_draft_become_checks() -> None:
    planned, told = await plan(DISCOVERY, INTERFACE, EXAMPLES, MODULE, USE, MAIN)

    tasks = {task.key: task for task in planned.document.tasks()}
    assert list(tasks) == ["tests-doubling", "tests-main", "doubling", "main"]
    tests = tasks["tests-doubling"].command or ""
    assert "assertEqual(double(4), 8)" in tests
    assert "double(3)" not in tests
    runs = tasks["tests-main"].command or ""
    assert "python main.py 2" in runs
    assert "' 7 '" not in runs
    assert all(task.checks for task in tasks.values())
    assert tasks["main"].depends_on == ["tests-main", "doubling"]
    assert "This draft does so" in tasks["doubling"].description
    assert "    return 2 * number" in tasks["doubling"].description
    assert "print(double(" in tasks["main"].description
    assert validate_plan(planned.document) == []
    assert planned.document.settings == PlanSettings(model="local")
    assert planned.spent.requests == 6
    assert [each.percent for each in told] == sorted(each.percent for each in told)
    assert (told[-1].percent, told[-1].tasks_so_far) == (100, 4)
    assert any("2 of 3 examples hold" in each.message for each in told)


async def test_a_draft_that_would_not_pass_all_tests_is_thrown_away() -> None:
    without_import = MAIN.replace("from doubling import double\n", "double = lambda n: 2 * n\n")

    planned, _ = await plan(DISCOVERY, INTERFACE, EXAMPLES, MODULE, USE, without_import)

    drafted = [task.key for task in planned.document.tasks() if "draft" in task.description]
    assert drafted == ["doubling"]


async def test_the_parameters_are_those_of_the_draft_on_which_the_examples_hold() -> None:
    drafted = MODULE.replace("number", "value")

    planned, _ = await plan(DISCOVERY, INTERFACE, EXAMPLES, drafted, USE, MAIN)

    tests, _, doubling, _ = planned.document.tasks()
    assert "(double).parameters], ['value'])" in (tests.command or "")
    assert "def double(value: int) -> int" in doubling.description
    assert "This draft does so" in doubling.description


async def test_runs_that_the_goal_states_are_checks_unasked() -> None:
    goal = f"{GOAL} `python main.py 21` prints 42."

    planned, _ = await plan(DISCOVERY, INTERFACE, EXAMPLES, MODULE, goal=goal)

    tasks = {task.key: task for task in planned.document.tasks()}
    assert "python main.py 21" in (tasks["tests-main"].command or "")
    assert planned.spent.requests == 4


PROGRAM = """```python
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("number", type=int)
print(2 * parser.parse_args().number)
```"""


async def test_a_module_of_which_no_example_holds_is_left_to_the_program() -> None:
    wrong = "```python\nassert double(3) == 7\n```"

    planned, told = await plan(DISCOVERY, INTERFACE, wrong, MODULE, wrong, MODULE, USE, PROGRAM)

    tasks = {task.key: task for task in planned.document.tasks()}
    assert list(tasks) == ["tests-main", "main"]
    assert "doubling" not in (tasks["tests-main"].command or "")
    assert validate_plan(planned.document) == []
    assert any("main.py does its work" in each.message for each in told)
    assert [each.percent for each in told] == sorted(each.percent for each in told)


async def test_what_two_drafts_print_alike_is_expected_where_the_model_reckons_wrong() -> None:
    wrong = {**USE, "sessions": [USE["sessions"][1], {**USE["sessions"][0], "prints": ["5"]}]}
    doubling = {"file": "main.py", "purpose": "Doubles."}
    other = PROGRAM.replace("2 * parser.parse_args().number", "parser.parse_args().number * 2")
    answers = [{**DISCOVERY, "modules": [doubling]}, wrong, PROGRAM, PROGRAM, other]

    planned, _ = await plan(*answers)

    [tests, main] = planned.document.tasks()
    assert "assertIn(' 6 ', output)" in (tests.command or "")
    assert "assertIn(' 4 ', output)" in (tests.command or "")
    assert "$ python main.py 3\n6" in main.description


KEEPER = """```python
import argparse
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("command")
parser.add_argument("item", nargs="?")
given, kept = parser.parse_args(), Path("kept.txt")
if given.command == "add":
    kept.write_text(given.item)
else:
    print("1.", kept.read_text())
```"""


async def test_a_program_that_keeps_something_is_run_as_the_goal_tells() -> None:
    goal = (
        "A program that keeps a list in kept.txt: `python main.py add tea` adds an item, "
        "`python main.py list` prints every item."
    )
    one_file = {**DISCOVERY, "modules": [{"file": "main.py", "purpose": "Keeps."}]}

    planned, _ = await plan(one_file, KEEPER, goal=goal)

    [tests, main] = planned.document.tasks()
    assert "python main.py add tea > /dev/null; python main.py list" in (tests.command or "")
    assert "assertIn(' tea ', output)" in (tests.command or "")
    assert "$ python main.py add tea\n$ python main.py list\ntea" in main.description


async def test_a_told_run_that_no_draft_can_do_is_no_check() -> None:
    goal = (
        "A program that keeps numbers in kept.txt: `python main.py add NUMBER` adds one, "
        "`python main.py list` prints the doubles of all."
    )
    one_file = {**DISCOVERY, "modules": [{"file": "main.py", "purpose": "Keeps."}]}
    strict = KEEPER.replace("kept.write_text(given.item)", "kept.write_text(str(int(given.item)))")

    planned, _ = await plan(one_file, strict, strict, strict, goal=goal)

    assert "NUMBER" not in (next(iter(planned.document.tasks())).command or "")
    assert "no run of main.py could be confirmed" in planned.document.description


async def test_what_two_drafts_print_differently_is_not_expected() -> None:
    wrong = {**USE, "sessions": [{**each, "prints": ["0"]} for each in USE["sessions"]]}
    doubling = {"file": "main.py", "purpose": "Doubles."}
    other = PROGRAM.replace("2 *", "3 *")
    answers = [{**DISCOVERY, "modules": [doubling]}, wrong, PROGRAM, PROGRAM, other]

    planned, _ = await plan(*answers)

    [tests, _] = planned.document.tasks()
    assert "python main.py 3" in (tests.command or "")
    assert "assertIn(' 6 '" not in (tests.command or "")


@pytest.mark.parametrize(
    "signature",
    [
        "def print_double(number: int) -> str",
        "def double_all(file_path: str) -> list",
        "def double(number: int) -> None",
    ],
)
async def test_a_module_that_prints_or_reads_files_is_left_to_the_program_untried(
    signature: str,
) -> None:
    module = {"signature": signature, "purpose": "Doubles."}

    planned, _ = await plan(DISCOVERY, {**INTERFACE, "functions": [module]}, USE, PROGRAM)

    assert [task.key for task in planned.document.tasks()] == ["tests-main", "main"]


async def test_a_module_that_the_person_names_is_made_though_no_example_holds() -> None:
    wrong = "```python\nassert double(3) == 7\n```"
    goal = "A command line program that doubles numbers, with its logic in doubling.py."
    answers = [DISCOVERY, INTERFACE, wrong, MODULE, wrong, MODULE, USE, MAIN]

    planned, _ = await plan(*answers, goal=goal)

    assert "doubling" in {task.key for task in planned.document.tasks()}
    assert "Mind before you approve" in planned.document.description


async def test_an_unusable_answer_goes_back_with_the_reason() -> None:
    wrong = {**INTERFACE, "functions": [{"signature": "double numbers", "purpose": "Twice."}]}

    planned, _ = await plan(DISCOVERY, wrong, INTERFACE, EXAMPLES, MODULE, USE, MAIN)

    assert planned.spent.requests == 7


async def test_four_unusable_answers_end_the_planning_with_the_reason() -> None:
    wrong = {**INTERFACE, "functions": [{"signature": "double numbers", "purpose": "Twice."}]}

    with pytest.raises(PlanningFailed, match="is not valid Python") as failure:
        await plan(DISCOVERY, wrong, wrong, wrong, wrong)

    assert failure.value.spent.requests == 5


async def test_a_large_model_plans_at_once_and_gets_its_mistakes_back() -> None:
    task = {"key": "a", "name": "A", "target_files": ["a.py"], "checks": ["python a.py"]}
    whole = {
        "title": "Doubler",
        "phases": [{"name": "One", "milestones": [{"name": "One", "tasks": [task]}]}],
    }
    cyclic = json.loads(json.dumps(whole).replace('"key": "a"', '"key": "a", "depends_on": ["a"]'))

    planned, _ = await plan(cyclic, whole, capability=ModelCapability.LARGE)

    assert [each.key for each in planned.document.tasks()] == ["a"]
    assert planned.document.goal == GOAL
    assert planned.spent.requests == 2
