"""Putting a plan together."""

from masterplan.documents import PlanSettings, dump_yaml, parse_document, validate_plan
from masterplan.planning.assembly import PlannedModule, assemble
from masterplan.planning.examples import Example
from masterplan.planning.outline import Function, Module, Wanted
from masterplan.planning.sessions import Session, Use

WANTED = Wanted(
    "Words", "Counts words.", True, (("words.py", "Counting."), ("show.py", "Showing."))
)


def module(file: str, *names: str) -> Module:
    functions = (Function("", name, f"def {name}(text: str) -> int", "A number.") for name in names)
    return Module(file, "Counting.", tuple(functions))


def test_later_modules_build_on_earlier_ones_and_the_program_on_all() -> None:
    planned = [
        PlannedModule(
            module("words.py", "count"), (Example("count", ("assert count('a') == 1",)),)
        ),
        PlannedModule(module("show.py", "show"), ()),
    ]
    use = Use("python main.py TEXT", (Session("python main.py a", "", ("1",)),))

    plan = assemble("Count words", WANTED, planned, use, settings=PlanSettings())

    assert {task.key: task.depends_on for task in plan.tasks()} == {
        "tests-words": [],
        "tests-show": [],
        "tests-main": [],
        "words": ["tests-words"],
        "show": ["tests-show", "words"],
        "main": ["tests-main", "words", "show"],
    }
    assert validate_plan(plan) == []
    assert all(task.checks for task in plan.tasks())
    assert parse_document(dump_yaml(plan)) == plan


def test_a_library_has_no_program() -> None:
    planned = [PlannedModule(module("words.py", "count"), ())]

    plan = assemble("Count words", WANTED, planned, None, settings=PlanSettings())

    assert [task.key for task in plan.tasks()] == ["tests-words", "words"]


def test_the_person_is_told_what_the_checks_do_not_prove() -> None:
    example = Example("count", ("assert count('a') == 1",))
    unproven = PlannedModule(module("words.py", "count"), ())
    proven = PlannedModule(module("words.py", "count"), (example,))

    told = assemble("Count words", WANTED, [unproven], None, settings=PlanSettings())
    silent = assemble("Count words", WANTED, [proven], None, settings=PlanSettings())

    assert "no example of what words.py does could be confirmed" in told.description
    assert silent.description == WANTED.summary


def test_a_program_of_which_no_run_is_known_is_told_so_to_the_person() -> None:
    plan = assemble("Count", WANTED, [], Use("python main.py TEXT", ()), settings=PlanSettings())

    assert "no run of main.py could be confirmed" in plan.description
    assert "sessions" not in list(plan.tasks())[-1].description
    assert validate_plan(plan) == []


def test_examples_that_a_command_cannot_hold_are_left_out() -> None:
    names = [f"function_number_{number}" for number in range(6)]
    examples = [
        Example(name, (f"assert {name}({'a' * 100 + str(n)!r}) == {n}",))
        for name in names
        for n in range(4)
    ]
    planned = [PlannedModule(module("words.py", *names), tuple(examples))]

    plan = assemble("Count words", WANTED, planned, None, settings=PlanSettings())

    [tests, words] = plan.tasks()
    assert len(tests.command or "") <= 4_000
    assert all(f"assert {name}(" in words.description for name in names)
