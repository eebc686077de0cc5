"""The execution engine against the real database, git and sandbox."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from masterplan.settings import Settings
from support.plans import (
    API,
    create,
    detail_of,
    events_of,
    held,
    let_go,
    plan_of,
    scripted,
    start,
    statuses_of,
    tasks_of,
    until,
    writes,
)

pytestmark = pytest.mark.databases


def published(detail: dict[str, Any], path: str) -> str:
    """The text of a file on the plan's branch."""
    repository = Path(detail["workspace_path"]) / "repository.git"
    command = ["git", "-C", str(repository), "show", f"{detail['branch']}:{path}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def commits(detail: dict[str, Any]) -> list[str]:
    """The subjects of the branch's commits, oldest first, without the empty first one."""
    repository = Path(detail["workspace_path"]) / "repository.git"
    command = ["git", "-C", str(repository), "log", "--reverse", "--format=%s", detail["branch"]]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")[
        1:-1
    ]


async def attempts_of(client: httpx.AsyncClient, task: dict[str, Any], plan_id: str) -> list[Any]:
    answer = await client.get(f"{API}/{plan_id}/tasks/{task['task_id']}/attempts")
    found: list[Any] = answer.json()["attempts"]
    return found


async def test_execute_makes_the_workspace_and_answers_with_its_place(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    plan = await create(client, plan_of(writes("a")))
    plan_id = plan["masterplan_id"]
    await client.post(f"{API}/{plan_id}/approve")

    answer = await client.post(f"{API}/{plan_id}/execute")

    assert answer.status_code == 202
    body = answer.json()
    assert body["status"] == "in_progress"
    assert body["total_tasks"] == 1
    assert body["workspace_path"] == str(settings.workspaces_dir / plan_id)
    assert Path(body["workspace_path"], "repository.git").is_dir()
    detail = await until(client, plan_id, "completed")
    assert detail["outcome"] == "succeeded"
    assert detail["workspace_id"] == body["workspace_id"]


async def test_tasks_run_in_dependency_order_and_see_what_they_depend_on(
    client: httpx.AsyncClient,
) -> None:
    plan = plan_of(
        writes("last", "left", "right", command="cat left.txt right.txt > last.txt", checks=[]),
        writes("right", "first", command="cat first.txt > right.txt; echo right >> right.txt"),
        writes("left", "first", command="cat first.txt > left.txt; echo left >> left.txt"),
        writes("first"),
    )
    detail = await until(client, await start(client, plan), "completed")

    assert published(detail, "last.txt") == "first\nleft\nfirst\nright\n"
    order = commits(detail)
    assert order[0] == "Write first"
    assert order[-1] == "Write last"
    assert len(order) == 4


async def test_failed_task_is_retried_with_its_error_until_it_passes(
    client: httpx.AsyncClient,
) -> None:
    flaky = writes("a", command='echo "$MASTERPLAN_ATTEMPT" > a.txt', checks=["grep 3 a.txt"])
    plan_id = await start(client, plan_of(flaky))
    detail = await until(client, plan_id, "completed")

    task = tasks_of(detail)["a"]
    assert (task["status"], task["retry_count"], task["max_retries"]) == ("completed", 2, 2)
    attempts = await attempts_of(client, task, plan_id)
    assert [attempt["status"] for attempt in attempts] == ["failed", "failed", "completed"]
    assert attempts[0]["failure_kind"] == "checks"
    assert "grep 3 a.txt" in attempts[0]["error"]
    assert commits(detail) == ["Write a"]


@pytest.mark.essential
async def test_exhausted_retries_skip_dependents_and_leave_others_running(
    client: httpx.AsyncClient,
) -> None:
    plan = plan_of(
        scripted("broken", max_retries=1, script={"fail_attempts": 9, "message": "out of luck"}),
        writes("child", "broken"),
        writes("grandchild", "child"),
        writes("independent"),
        writes("after", "independent"),
    )
    detail = await until(client, await start(client, plan), "completed")

    assert detail["outcome"] == "partial"
    assert statuses_of(detail) == {
        "broken": "failed",
        "child": "skipped",
        "grandchild": "skipped",
        "independent": "completed",
        "after": "completed",
    }
    tasks = tasks_of(detail)
    assert tasks["broken"]["last_error"] == "out of luck"
    assert tasks["grandchild"]["blocked_by"] == tasks["broken"]["task_id"]
    counts = {name: detail[f"{name}_tasks"] for name in ("total", "completed", "failed", "skipped")}
    assert counts == {"total": 5, "completed": 2, "failed": 1, "skipped": 2}


async def test_permanent_failure_keeps_its_retries(client: httpx.AsyncClient) -> None:
    plan = plan_of(scripted("a", script={"permanent": True, "message": "refused"}))
    detail = await until(client, await start(client, plan), "completed")

    task = tasks_of(detail)["a"]
    assert (task["status"], task["retry_count"], task["attempt"]) == ("failed", 0, 1)
    assert detail["outcome"] == "failed"


async def test_write_outside_of_target_files_fails_and_names_the_files(
    client: httpx.AsyncClient,
) -> None:
    stray = writes("a", command="echo a > a.txt; mkdir d; echo x > d/stray.txt", max_retries=0)
    plan_id = await start(client, plan_of(stray))
    detail = await until(client, plan_id, "completed")

    task = tasks_of(detail)["a"]
    assert task["status"] == "failed"
    assert task["failure_kind"] == "contract"
    assert "d/stray.txt" in task["last_error"]
    assert commits(detail) == []
    answer = await client.get(f"{API}/{plan_id}/tasks/{task['task_id']}/attempts/1/diff")
    assert "d/stray.txt" in answer.text, "what a failed attempt left can be looked at"


@pytest.mark.parametrize(
    "command",
    ["true", "ln -s /etc/passwd a.txt", "mkfifo a.txt", "mkdir a.txt", "touch -- 'b.txt'"],
)
async def test_target_that_is_no_regular_file_afterwards_breaks_the_contract(
    client: httpx.AsyncClient, command: str
) -> None:
    plan = plan_of(writes("a", command=command, checks=[], max_retries=1))
    detail = await until(client, await start(client, plan), "completed")

    task = tasks_of(detail)["a"]
    assert (task["status"], task["failure_kind"]) == ("failed", "contract")
    assert task["retry_count"] == 1, "another attempt may mend it"
    assert "a.txt" in task["last_error"]
    assert task["output_files"] == []
    assert commits(detail) == []


async def test_deleting_a_target_is_work_too(client: httpx.AsyncClient) -> None:
    plan = plan_of(
        writes("a"),
        writes("b", "a", command="rm a.txt", target_files=["a.txt"], checks=["test ! -e a.txt"]),
    )
    detail = await until(client, await start(client, plan), "completed")

    assert detail["outcome"] == "succeeded"
    assert tasks_of(detail)["b"]["output_files"] == []
    assert commits(detail) == ["Write a", "Write b"]


async def test_command_that_prints_without_end_is_ended_and_told_why(
    client: httpx.AsyncClient,
) -> None:
    plan = plan_of(writes("a", command="yes", max_retries=0))
    detail = await until(client, await start(client, plan), "completed")
    assert "printed more than" in tasks_of(detail)["a"]["last_error"]


async def test_tasks_that_write_the_same_file_never_run_together(
    client: httpx.AsyncClient,
) -> None:
    adds = [
        writes(
            f"t{number}",
            target_files=["shared.txt"],
            command=f"sleep 0.05; echo {number} >> shared.txt",
            checks=[f"grep -q {number} shared.txt"],
        )
        for number in range(6)
    ]
    plan_id = await start(client, plan_of(*adds, settings={"max_parallel": 4}))
    detail = await until(client, plan_id, "completed")

    assert detail["outcome"] == "succeeded"
    assert sorted(published(detail, "shared.txt").split()) == [str(n) for n in range(6)]
    running = 0
    for event in await events_of(client, plan_id):
        if event["type"] == "task_execution_progress":
            running += event["payload"]["status"] == "in_progress"
        running -= event["type"] == "task_execution_complete"
        assert running <= 1


async def test_at_most_max_parallel_tasks_run_at_once(client: httpx.AsyncClient) -> None:
    tasks = [scripted(f"t{number}", script={"duration_s": 0.1}) for number in range(8)]
    plan_id = await start(client, plan_of(*tasks, settings={"max_parallel": 2}))
    await until(client, plan_id, "completed")

    running: set[str] = set()
    widest = 0
    for event in await events_of(client, plan_id):
        task_id = event["payload"].get("task_id", "")
        if event["payload"].get("status") == "in_progress" and task_id:
            running.add(task_id)
        if event["type"] == "task_execution_complete":
            running.discard(task_id)
        widest = max(widest, len(running))
    assert widest == 2


async def test_longest_critical_path_starts_first(client: httpx.AsyncClient) -> None:
    plan = plan_of(
        scripted("short"),
        scripted("head"),
        scripted("middle", "head"),
        scripted("tail", "middle"),
        settings={"max_parallel": 1},
    )
    detail = await until(client, await start(client, plan), "completed")
    assert commits(detail)[0] == "Script head"


async def test_retry_runs_a_failed_task_and_what_it_had_blocked(
    client: httpx.AsyncClient,
) -> None:
    plan = plan_of(
        writes("a", command='[ "$MASTERPLAN_ATTEMPT" = 2 ] && echo a > a.txt', max_retries=0),
        writes("b", "a"),
    )
    plan_id = await start(client, plan)
    detail = await until(client, plan_id, "completed")
    assert statuses_of(detail) == {"a": "failed", "b": "skipped"}
    task = tasks_of(detail)["a"]

    answer = await client.post(
        f"{API}/{plan_id}/tasks/{task['task_id']}/retry", json={"guidance": "try harder"}
    )

    assert answer.status_code == 202
    assert answer.json()["max_retries"] == 1
    detail = await until(client, plan_id, "completed", after=detail["last_seq"])
    assert statuses_of(detail) == {"a": "completed", "b": "completed"}
    assert detail["outcome"] == "succeeded"
    attempts = await attempts_of(client, task, plan_id)
    assert [attempt["guidance"] for attempt in attempts] == [None, "try harder"]


async def test_retry_leaves_skipped_what_another_failure_blocks_too(
    client: httpx.AsyncClient,
) -> None:
    plan = plan_of(
        writes("a", command='[ "$MASTERPLAN_ATTEMPT" = 2 ] && echo a > a.txt', max_retries=0),
        writes("b", command='[ "$MASTERPLAN_ATTEMPT" = 2 ] && echo b > b.txt', max_retries=0),
        writes("both", "a", "b"),
    )
    plan_id = await start(client, plan)
    detail = await until(client, plan_id, "completed")
    tasks = tasks_of(detail)

    await client.post(f"{API}/{plan_id}/tasks/{tasks['a']['task_id']}/retry")
    detail = await until(client, plan_id, "completed", after=detail["last_seq"])
    assert statuses_of(detail) == {"a": "completed", "b": "failed", "both": "skipped"}
    assert tasks_of(detail)["both"]["blocked_by"] == tasks["b"]["task_id"]

    await client.post(f"{API}/{plan_id}/tasks/{tasks['b']['task_id']}/retry")
    detail = await until(client, plan_id, "completed", after=detail["last_seq"])
    assert statuses_of(detail) == {"a": "completed", "b": "completed", "both": "completed"}


async def test_retry_of_all_failed_tasks_runs_them_and_all_that_they_had_blocked(
    client: httpx.AsyncClient,
) -> None:
    passing = '[ "$MASTERPLAN_ATTEMPT" = 2 ] && '
    plan = plan_of(
        writes("a", command=f"{passing} echo a > a.txt", max_retries=0),
        scripted("b", script={"fail_attempts": 1, "permanent": False}, max_retries=0),
        writes("both", "a", "b"),
        writes("after", "both"),
        writes("fine"),
    )
    plan_id = await start(client, plan)
    before = await until(client, plan_id, "completed")
    assert statuses_of(before) == {
        "a": "failed", "b": "failed", "both": "skipped", "after": "skipped", "fine": "completed"
    }  # fmt: skip

    answer = await client.post(f"{API}/{plan_id}/retry", json={"guidance": "try harder"})

    assert answer.status_code == 202
    assert answer.json()["status"] == "in_progress"
    assert answer.json()["failed_tasks"] == answer.json()["skipped_tasks"] == 0
    detail = await until(client, plan_id, "completed", after=before["last_seq"])
    assert set(statuses_of(detail).values()) == {"completed"}
    tasks = tasks_of(detail)
    assert [(tasks[key]["retry_count"], tasks[key]["max_retries"]) for key in "ab"] == [(1, 1)] * 2
    attempts = await attempts_of(client, tasks["a"], plan_id)
    assert [attempt["guidance"] for attempt in attempts] == [None, "try harder"]

    again = await client.post(f"{API}/{plan_id}/retry")
    assert again.status_code == 400
    assert "none of its tasks has failed" in again.json()["error"]["message"]


@pytest.mark.parametrize("status", ["draft", "rejected", "in_progress", "completed"])
async def test_execute_is_refused_unless_the_plan_is_approved(
    client: httpx.AsyncClient, status: str
) -> None:
    plan = plan_of(held("a"))
    if status in {"draft", "rejected"}:
        plan_id = (await create(client, plan))["masterplan_id"]
        if status == "rejected":
            await client.post(f"{API}/{plan_id}/reject")
    else:
        plan_id = await start(client, plan)
        if status == "completed":
            await let_go(client, plan_id, "a")
            await until(client, plan_id, "completed")

    answer = await client.post(f"{API}/{plan_id}/execute")

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "invalid_transition"
    assert error["details"]["status"] == status
    assert (await detail_of(client, plan_id))["status"] == status


async def test_retry_of_a_task_that_has_not_failed_is_refused(client: httpx.AsyncClient) -> None:
    plan_id = await start(client, plan_of(writes("a")))
    task = tasks_of(await until(client, plan_id, "completed"))["a"]

    answer = await client.post(f"{API}/{plan_id}/tasks/{task['task_id']}/retry")

    assert answer.status_code == 400
    assert "only a failed task can be retried" in answer.json()["error"]["message"]


def make_repository(path: Path) -> None:
    path.mkdir()
    (path / "README").write_text("mine\n")
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "Mine"],
    ):
        subprocess.run(["git", *arguments], cwd=path, check=True)


async def test_plan_works_on_a_branch_of_an_existing_repository(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    source = tmp_path / "existing"
    make_repository(source)
    plan = plan_of(
        writes("a", command="cat README > a.txt; echo a >> a.txt"), repository=str(source)
    )
    detail = await until(client, await start(client, plan), "completed")

    assert published(detail, "a.txt") == "mine\na\n"
    assert published(detail, "README") == "mine\n"
    status = subprocess.run(
        ["git", "status", "--porcelain", "--branch"], cwd=source, check=True, capture_output=True
    )
    assert status.stdout == b"## main\n", "the repository itself is left as it was"


async def test_workspace_that_cannot_be_made_fails_the_plan(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    plan = await create(client, plan_of(writes("a"), repository=str(tmp_path / "missing")))
    plan_id = plan["masterplan_id"]
    await client.post(f"{API}/{plan_id}/approve")

    answer = await client.post(f"{API}/{plan_id}/execute")

    assert answer.is_error
    detail = await detail_of(client, plan_id)
    assert detail["status"] == "failed"
    assert "missing" in detail["failure_reason"]


async def test_a_plan_whose_workspace_can_be_made_at_last_is_executed_again(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    source = tmp_path / "late"
    plan = await create(client, plan_of(writes("a"), repository=str(source)))
    plan_id = plan["masterplan_id"]
    await client.post(f"{API}/{plan_id}/approve")
    for _ in range(2):
        assert (await client.post(f"{API}/{plan_id}/execute")).is_error
    assert (await detail_of(client, plan_id))["status"] == "failed"

    make_repository(source)
    assert (await client.post(f"{API}/{plan_id}/execute")).status_code == 202

    detail = await until(client, plan_id, "completed")
    assert detail["failure_reason"] is None
    assert published(detail, "README") == "mine\n"


@pytest.mark.essential
async def test_only_one_of_many_concurrent_executions_starts(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    await client.post(f"{API}/{plan_id}/approve")

    answers = await asyncio.gather(*(client.post(f"{API}/{plan_id}/execute") for _ in range(50)))

    assert sorted({answer.status_code for answer in answers}) == [202, 400]
    assert sum(answer.status_code == 202 for answer in answers) == 1
    detail = await until(client, plan_id, "completed")
    assert commits(detail) == ["Write a"]


async def test_check_that_passes_without_the_work_is_marked_as_no_proof(
    client: httpx.AsyncClient,
) -> None:
    plan_id = await start(client, plan_of(writes("a", checks=["true", "test -s a.txt"])))
    task = tasks_of(await until(client, plan_id, "completed"))["a"]
    (attempt,) = await attempts_of(client, task, plan_id)
    on_base = {check["command"]: check["passed_on_base"] for check in attempt["check_results"]}
    assert on_base == {"true": True, "test -s a.txt": False}
