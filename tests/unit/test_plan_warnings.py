"""What a plan's approver is told, and what is no reason to say anything."""

from __future__ import annotations

import time

import pytest

from masterplan.documents import PlanDocument, document_of, plan_warnings
from masterplan.documents.warnings import WarningCode, always_passes, needed_file


def document(*tasks: dict[str, object], **fields: object) -> PlanDocument:
    defaults = {"description": "What to build.", "checks": ["python -m unittest"]}
    milestone = {
        "name": "M",
        "tasks": [{"name": str(task["key"]), **defaults, **task} for task in tasks],
    }
    return document_of(
        {"title": "T", "phases": [{"name": "P", "milestones": [milestone]}], **fields}
    )


def task(key: str, *files: str, **fields: object) -> dict[str, object]:
    return {"key": key, "target_files": list(files or (f"{key}.py",)), **fields}


def told(plan: PlanDocument) -> list[tuple[WarningCode, tuple[str, ...]]]:
    return [(warning.code, warning.task_keys) for warning in plan_warnings(plan)]


def test_a_sound_plan_has_no_warning() -> None:
    plan = document(
        task("tests", "tests/test_core.py", checks=["python -m py_compile tests/test_core.py"]),
        task("core", depends_on=["tests"]),
        task("main", "main.py", depends_on=["core"], checks=["python main.py", "test -s core.py"]),
        task("readme", "README.md", checks=[]),
    )

    assert plan_warnings(plan) == []


def test_two_tasks_in_no_order_that_write_one_file_are_named() -> None:
    (warning,) = plan_warnings(document(task("a", "x.py", "y.py"), task("b", "x.py", "y.py")))

    assert (warning.code, warning.task_keys) == (WarningCode.SHARED_FILE, ("a", "b"))
    assert "x.py and y.py" in warning.message
    assert "Let one depend on the other" in warning.message


def test_tasks_in_order_may_share_a_file() -> None:
    plan = document(
        task("a", "x.py"), task("b", depends_on=["a"]), task("c", "x.py", depends_on=["b"])
    )

    assert plan_warnings(plan) == []


def test_code_without_a_check_is_told_once_for_all_its_tasks() -> None:
    (warning,) = plan_warnings(document(task("a", checks=[]), task("b"), task("c", checks=[])))

    assert (warning.code, warning.task_keys) == (WarningCode.NO_CHECK, ("a", "c"))
    assert warning.message.startswith("Tasks a and c have no check")


@pytest.mark.parametrize(
    "check", ["true", " : ", "exit 0", "echo done", "python x.py || true", "pytest; exit 0"]
)
def test_a_check_that_cannot_fail_is_told(check: str) -> None:
    plan = document(task("x", "x.py", checks=[check]))

    assert told(plan) == [(WarningCode.CHECK_ALWAYS_PASSES, ("x",))]


@pytest.mark.parametrize(
    "check",
    [
        "echo a | grep -q b",
        "echo $(python x.py) > out && test -s out",
        "python x.py",
        "test -s x.py",
        "truency",
        "python -c 'import sys; sys.exit(0)'",
        "false || trueish",
    ],
)
def test_a_check_that_can_fail_is_not_told(check: str) -> None:
    assert not always_passes(check)


@pytest.mark.parametrize(
    ("check", "path"),
    [
        ("python tools/run.py --fast", "tools/run.py"),
        ("python3 ./main.py", "main.py"),
        ("test -s out/report.txt", "out/report.txt"),
        ("sh check.sh", "check.sh"),
        ("python -m unittest tests.test_x", None),
        ("python main.py > out.txt", None),
        ("python $FILE", None),
        ("test -s *.py", None),
        ("python /usr/lib/tool.py", None),
        ("python 'unclosed", None),
        ("test -d src", None),
        ("grep -q a b.txt", None),
    ],
)
def test_the_file_a_check_needs_is_read_from_plain_commands_only(
    check: str, path: str | None
) -> None:
    assert needed_file(check) == path


def test_a_check_of_a_file_that_nobody_writes_is_told() -> None:
    plan = document(task("a", checks=["python mian.py"]))

    (warning,) = plan_warnings(plan)

    assert (warning.code, warning.task_keys) == (WarningCode.CHECK_FILE_MISSING, ("a",))
    assert "no task writes mian.py" in warning.message


def test_a_check_of_a_file_that_a_task_writes_later_is_told() -> None:
    plan = document(task("a", checks=["python b.py"]), task("b"))

    (warning,) = plan_warnings(plan)

    assert (warning.code, warning.task_keys) == (WarningCode.CHECK_FILE_LATER, ("a", "b"))
    assert "Let a depend on b." in warning.message


def test_files_of_a_repository_are_not_known_and_so_not_missed() -> None:
    plan = document(task("a", checks=["python manage.py"]), repository="https://example.org/x")

    assert plan_warnings(plan) == []


def test_a_directory_that_holds_targets_exists() -> None:
    assert plan_warnings(document(task("a", "src/a.py", checks=["test -e src"]))) == []


@pytest.mark.parametrize(
    "check",
    [
        "python -m unittest",
        "python -m unittest tests.test_core.CoreTest",
        "pytest -q tests/test_core.py::test_adds && ruff check .",
    ],
)
def test_code_proven_only_by_tests_of_its_own_is_told(check: str) -> None:
    plan = document(
        task("core", "core.py", "tests/test_core.py", checks=["test -s core.py", check])
    )

    (warning,) = plan_warnings(plan)

    assert (warning.code, warning.task_keys) == (WarningCode.OWN_TESTS, ("core",))
    assert "Task core is proven only by tests that it writes itself" in warning.message
    assert "Let a task before write the tests" in warning.message


@pytest.mark.parametrize(
    "checks",
    [
        ["python -m unittest", "python core.py 2"],
        ["pytest; ./acceptance.sh"],
        ["pytest tests/test_all.py"],
        ["python -m unittest tests.test_all tests.test_core"],
        ["pytest", "make release"],
    ],
)
def test_code_that_something_else_proves_too_is_not_told(checks: list[str]) -> None:
    plan = document(
        task("all", "tests/test_all.py", checks=["test -s tests/test_all.py"]),
        task("core", "core.py", "tests/test_core.py", checks=checks),
    )

    assert WarningCode.OWN_TESTS not in [code for code, _ in told(plan)]


def test_a_run_of_all_tests_runs_those_of_tasks_before() -> None:
    first = task("all", "tests/test_all.py", checks=["test -s tests/test_all.py"])
    between = task("between", depends_on=["all"])
    after = task("core", "core.py", "tests/test_core.py", depends_on=["between"])
    beside = task("core", "core.py", "tests/test_core.py")

    assert told(document(first, between, after)) == []
    assert told(document(first, between, beside)) == [(WarningCode.OWN_TESTS, ("core",))]
    assert told(document(first, between, beside, repository="/srv/project")) == []


def test_tests_that_the_plan_holds_are_approved_with_it() -> None:
    files = ("core.py", "tests/test_core.py")
    own = task("core", *files, agent="command", command="cp -r core tests .")

    assert told(document(own)) == []
    assert told(document({**own, "agent": None})) == [(WarningCode.OWN_TESTS, ("core",))]


def test_only_an_agent_that_reads_it_needs_a_description() -> None:
    plan = document(
        task("a", description=" "),
        task("b", description="", agent="command", command="touch b.py"),
        task("c", description="", agent="scripted"),
    )

    assert told(plan) == [(WarningCode.NO_DESCRIPTION, ("a",))]


def test_a_task_without_files_keeps_the_plan_from_being_approved() -> None:
    plan = document({"key": "a", "target_files": [], "checks": []}, task("b"))

    assert told(plan) == [(WarningCode.NO_FILES, ("a",))]


def test_nothing_is_said_of_what_was_done_before() -> None:
    plan = document(
        task("a", "x.py", done=True, checks=[], description=""),
        task("b", "x.py", checks=["python old.py"]),
    )

    assert plan_warnings(plan) == []


def test_an_open_network_is_told() -> None:
    plan = document(task("a"), settings={"network": True})

    assert told(plan) == [(WarningCode.NETWORK, ())]


def test_a_plan_of_ten_thousand_tasks_is_looked_through_in_time() -> None:
    keys = [f"t{number}" for number in range(10_000)]
    tasks = [
        task(key, checks=[f"test -s {keys[-1]}.py"], depends_on=[before] if before else [])
        for before, key in zip([None, *keys], keys, strict=False)
    ]
    plan = document(*tasks)

    started = time.process_time()
    found = plan_warnings(plan)

    assert {warning.code for warning in found} == {WarningCode.CHECK_FILE_LATER}
    assert len(found) == 100
    assert time.process_time() - started < 5
