"""A plan in a terminal: what to look at before approving it, and what proves its tasks after."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from masterplan.cli import wire
from masterplan.cli.plan_tree import print_plan
from masterplan.cli.summary import print_summary
from support import cli_plans


def console() -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, width=160, highlight=False), written


def shown(plan: wire.PlanDetail) -> str:
    screen, written = console()
    print_plan(plan, screen)
    return written.getvalue()


def summed_up(plan: wire.PlanDetail) -> str:
    screen, written = console()
    print_summary(plan, screen)
    return written.getvalue()


def check(command: str, *, passed: bool = True, **fields: Any) -> dict[str, Any]:
    return {"command": command, "passed": passed, **fields}


def proven(*checks: dict[str, Any], attempts: int = 1, status: str = "completed") -> Any:
    task = cli_plans.task(1, status=status, checks=[one["command"] for one in checks])
    evidence = {"task_id": "task-1", "attempts": attempts, "checks": list(checks)}
    return cli_plans.plan(cli_plans.phase("Core", [task]), evidence=[evidence])


def test_a_draft_is_shown_with_its_warnings_and_the_tasks_they_are_about() -> None:
    warnings = [
        {"code": "shared_file", "message": "Both write x.", "task_keys": ["key-1", "key-2"]},
        {"code": "network", "message": "The network is open.", "task_keys": []},
    ]
    tasks = [cli_plans.task(1), cli_plans.task(2)]

    text = shown(cli_plans.plan(cli_plans.phase("Core", tasks), status="draft", warnings=warnings))

    assert "2 warnings before you approve" in text
    assert "! Both write x.  #1 #2" in text
    assert "! The network is open.\n" in text


def test_a_draft_without_warnings_says_nothing_of_them() -> None:
    plan = cli_plans.plan(cli_plans.phase("Core", [cli_plans.task(1)]), status="draft")

    assert "warning" not in shown(plan)


def test_a_check_that_has_not_run_is_shown_alone() -> None:
    plan = cli_plans.plan(cli_plans.phase("Core", [cli_plans.task(1, checks=["pytest"])]))

    assert "check pytest\n" in shown(plan)


def test_a_task_that_is_to_be_run_again_is_shown_with_its_checks_as_they_are_now() -> None:
    task = cli_plans.task(1, status="pending", checks=["test -s a", "rm -r /"])
    evidence = {"task_id": "task-1", "attempts": 1, "checks": [check("test -s a")]}

    text = shown(cli_plans.plan(cli_plans.phase("Core", [task]), evidence=[evidence]))

    assert "check test -s a\n" in text
    assert "check rm -r /\n" in text
    assert "passed" not in text


def test_each_check_is_shown_with_what_it_came_to() -> None:
    text = shown(
        proven(
            check("pytest", passed_on_base=False),
            check("true", passed_on_base=True),
            check("mypy", passed=False),
            check("sleep 9", passed=False, timed_out=True),
            attempts=3,
        )
    )

    assert "check pytest  passed\n" in text
    assert "check true  passed, but also passes without the work\n" in text
    assert "check mypy  failed\n" in text
    assert "check sleep 9  out of time\n" in text
    assert "attempts 3\n" in text


def test_the_summary_tells_the_evidence_of_each_task() -> None:
    text = summed_up(
        proven(check("pytest", passed_on_base=False), check("true", passed_on_base=True))
    )

    assert "#1 Task number 1: 2 of 2 checks passed, 1 also without the work\n" in text


def test_a_task_that_nothing_proves_says_so() -> None:
    assert "#1 Task number 1: no check was run, 2 attempts\n" in summed_up(proven(attempts=2))


def test_the_summary_of_a_large_plan_names_only_what_is_doubtful() -> None:
    tasks = [cli_plans.task(number, status="completed") for number in range(1, 41)]
    evidence = [
        {
            "task_id": f"task-{number}",
            "attempts": 1,
            "checks": [check("pytest", passed_on_base=number == 7)],
        }
        for number in range(1, 41)
    ]

    text = summed_up(cli_plans.plan(cli_plans.phase("Core", tasks), evidence=evidence))

    assert "#7 Task number 7: 1 of 1 check passed, 1 also without the work" in text
    assert "#8 " not in text
