"""The installed `masterplan` command as people and scripts use it, in processes of its own."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.repositories import commit_files, git
from support.shell import MASTERPLAN, PATIENCE_S, Shell, read_terminal


@pytest.fixture
def masterplan(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def writes(key: str, text: str, *, after: str | None = None, **fields: Any) -> dict[str, Any]:
    """A task that writes a line into a file and checks that it is there."""
    return {
        "key": key,
        "name": f"Write {key}",
        "target_files": [f"{key}.txt"],
        "depends_on": [after] if after else [],
        "command": f"echo working on {key}; echo {text} > {key}.txt",
        "checks": [f"grep -q {text} {key}.txt"],
        **fields,
    }


HELLO = writes("hello", "hello")
WORLD = writes("world", "world", after="hello")
BROKEN = writes("broken", "right", command="echo wrong > broken.txt", max_retries=0)
SLOW = writes("slow", "slow", command="echo begun; sleep 4; echo slow > slow.txt")


def until(condition: Callable[[], Any], *, seconds: float = PATIENCE_S) -> Any:
    """Wait for the condition to hold and return what it said."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"still waiting after {seconds} s")


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """Read the output up to the line that holds the text."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    errors = process.stderr.read() if process.stderr else ""
    raise AssertionError(f"{text!r} was not said: {seen!r} {errors!r}")


@pytest.mark.slow
def test_the_journey_command_by_command(masterplan: Shell) -> None:
    plan_file = masterplan.plan_file(HELLO, WORLD)

    imported = masterplan("import", plan_file)
    assert imported.returncode == 0, imported.stderr
    [plan] = masterplan.json("list")["masterplans"]
    short = plan["masterplan_id"][:8]
    assert f"Imported as {short}, a draft of 2 tasks: Two greetings" in imported.stdout

    shown = masterplan("show", short).stdout
    assert "check grep -q world world.txt" in shown
    assert "after #1" in shown

    assert "Run it: masterplan execute" in masterplan("approve", "last", "--yes").stdout
    executed = masterplan("execute", short)
    assert executed.returncode == 0, executed.stderr
    assert "#2 Write world: completed (2 of 2)" in executed.stdout
    assert "succeeded: 2 of 2 tasks completed" in executed.stdout
    assert "#2 Write world: 1 of 1 check passed" in executed.stdout
    assert "check grep -q world world.txt  passed" in masterplan("show", short).stdout

    clone = re.search(r"git clone -b \S+ \S+repository.git", executed.stdout)
    assert clone is not None
    subprocess.run([*clone.group().split(), "taken"], cwd=masterplan.folder, check=True)
    assert (masterplan.folder / "taken/world.txt").read_text() == "world\n"

    assert "working on hello\n" in masterplan("log", short, "hello").stdout
    assert "+world\n" in masterplan("diff", short, "#2").stdout
    assert masterplan("watch", short).returncode == 0
    assert masterplan.json("show", short)["status"] == "completed"


SPEC_KIT = "# Tasks: Two\r\n- [x] T001 One in one.txt\r\n- [ ] T002 Two\r\n"


def test_task_list_of_another_tool_is_imported_and_given_back(masterplan: Shell) -> None:
    (masterplan.folder / "tasks.md").write_bytes(SPEC_KIT.encode())

    imported = masterplan("import", "tasks.md", "--sync")

    assert imported.returncode == 0, imported.stderr
    assert "line 3: task T002 names no file" in imported.stdout
    assert "a draft of 2 tasks, 1 of them done before: Two" in imported.stdout
    assert "tasks.md is ticked as its tasks complete." in imported.stdout
    refused = masterplan("approve", "last", "--yes")
    assert "Task T002 has no target_files" in refused.stderr
    back = masterplan("export", "last", "--format", "spec_kit", "--output", "back.md")
    assert (back.returncode, back.stdout) == (0, "")
    assert (masterplan.folder / "back.md").read_bytes() == SPEC_KIT.encode()
    again = masterplan("export", "last", "--format", "kiro", "-o", "back.md")
    assert (again.returncode, again.stderr) == (
        2,
        "Error: back.md exists already; name another, or remove it.\n",
    )
    kiro = masterplan("export", "last", "--format", "kiro").stdout
    assert "- [x] 1.1 One in one.txt\n" in kiro
    native = masterplan.json("export", "last")
    assert native["format"] == "masterplan"
    assert "done: true" in native["text"]


def test_run_takes_a_task_list_of_which_everything_is_done(masterplan: Shell) -> None:
    text = "# Tasks: One\n- [X] T001 One in one.txt\n"
    (masterplan.folder / "tasks.md").write_text(text)

    done = masterplan("run", "--file", "tasks.md", "--sync", "--yes", "--model", "test:none")

    assert done.returncode == 0, done.stderr
    assert "1 of 1 tasks completed" in done.stdout
    assert (masterplan.folder / "tasks.md").read_text() == text
    assert masterplan.json("show", "last")["settings"]["model"] == "test:none"


def test_file_that_cannot_be_ticked_is_refused(masterplan: Shell) -> None:
    plan_file = masterplan.plan_file(HELLO)

    refused = masterplan("import", plan_file, "--sync")
    from_stdin = masterplan("import", "-", "--sync", stdin=SPEC_KIT)

    assert refused.returncode == 1
    assert "was left alone: a native plan file has nothing to tick" in refused.stderr
    assert from_stdin.returncode == 2


def test_run_takes_a_file_to_checked_code_in_a_folder(masterplan: Shell) -> None:
    plan_file = masterplan.plan_file(HELLO, WORLD)

    done = masterplan("run", "--file", plan_file, "--yes", "--output", "code")

    assert done.returncode == 0, done.stderr
    assert (masterplan.folder / "code/hello.txt").read_text() == "hello\n"
    assert "code     code" in done.stdout


def test_run_reads_a_plan_from_standard_input(masterplan: Shell) -> None:
    text = (masterplan.folder / masterplan.plan_file(HELLO)).read_text()

    assert masterplan("run", "--file", "-", "--yes", stdin=text).returncode == 0


def test_run_with_a_failure_ends_with_1_and_says_what_next(masterplan: Shell) -> None:
    plan_file = masterplan.plan_file(HELLO, BROKEN, writes("never", "never", after="broken"))

    done = masterplan("run", "--file", plan_file, "--yes")

    assert done.returncode == 1
    assert "#3 Write never: skipped, blocked by #2" in done.stdout
    assert "partial: 1 of 3 tasks completed, 1 failed, 1 skipped" in done.stdout
    assert re.search(r"retry +masterplan retry \w{8} 2 --guidance", done.stdout)


def test_run_without_anyone_to_ask_keeps_the_draft(masterplan: Shell) -> None:
    done = masterplan("run", "--file", masterplan.plan_file(HELLO))

    assert done.returncode == 2
    assert "standard input is no terminal" in done.stderr
    [plan] = masterplan.json("list", "--status", "draft")["masterplans"]
    assert f"masterplan approve {plan['masterplan_id'][:8]}" in done.stderr


def test_json_of_a_run_is_its_events_one_per_line(masterplan: Shell) -> None:
    done = masterplan("run", "--file", masterplan.plan_file(HELLO, WORLD), "--yes", "--json")

    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    finish = next(event for event in events if event["type"] == "masterplan_execution_complete")
    assert finish["outcome"] == "succeeded"

    again = masterplan("watch", "last", "--json")
    assert again.stdout == done.stdout


def test_a_failed_task_is_retried_with_guidance(masterplan: Shell) -> None:
    flaky = writes("flaky", "right", max_retries=1)
    flaky |= {"agent": "scripted", "command": None}
    flaky["script"] = {"files": {"flaky.txt": "right\n"}, "fail_attempts": 2}
    plan_file = masterplan.plan_file(flaky, writes("next", "next", after="flaky"))
    assert masterplan("run", "--file", plan_file, "--yes").returncode == 1

    retried = masterplan("retry", "last", "flaky", "--guidance", "try harder")

    assert retried.returncode == 0, retried.stderr
    assert "#1 Write flaky: in_progress, attempt 3" in retried.stdout
    assert "succeeded: 2 of 2" in retried.stdout


def test_every_failed_task_is_retried_at_once(masterplan: Shell) -> None:
    command = '[ "$MASTERPLAN_ATTEMPT" -ge 2 ] && echo {0} > {0}.txt'
    flaky = [writes(key, key, command=command.format(key), max_retries=0) for key in ("one", "two")]
    failed = masterplan("run", "--file", masterplan.plan_file(*flaky), "--yes")
    assert "0 of 2" in failed.stdout

    unclear = masterplan("retry", "last")
    assert "either a TASK, or every one with --all-failed" in unclear.stderr
    retried = masterplan("retry", "last", "--all-failed")

    assert retried.returncode == 0, retried.stderr
    assert "succeeded: 2 of 2" in retried.stdout


@pytest.mark.slow
def test_a_plan_is_steered_while_it_runs(masterplan: Shell) -> None:
    broken = writes("broken", "right", command="exit 1", max_retries=0)
    endless = writes("endless", "endless", command="sleep 600")
    plan_file = masterplan.plan_file(broken, endless)

    with masterplan.started("run", "--file", plan_file, "--yes") as run:
        read_until(run, "#1 Write broken: failed")
        assert masterplan.json("pause", "last")["status"] == "paused"
        retried = masterplan("retry", "last", "--all-failed")
        assert re.search(r"is paused, goes on: masterplan resume \w{8}", retried.stdout)
        assert masterplan.json("resume", "last", "--detach")["status"] == "in_progress"
        read_until(run, "#1 Write broken: failed")
        cancelled = masterplan.json("cancel", "last")
        run.communicate(timeout=20)

    assert (cancelled["status"], run.returncode) == ("cancelled", 1)


def test_the_budget_of_a_plan_is_told_and_changed_and_the_approval_stays(
    masterplan: Shell,
) -> None:
    masterplan("import", masterplan.plan_file(HELLO, WORLD))
    masterplan("approve", "last", "--yes")

    before = masterplan("budget", "last")
    changed = masterplan("budget", "last", "--usd", "2.5", "--tokens", "3000")
    of_task = masterplan("budget", "last", "--task", "world", "--tokens", "70")
    told = masterplan.json("budget", "last")
    unclear = masterplan("budget", "last", "--task", "world")

    assert before.stdout.endswith("unlimited; 0.00 USD, 0 tokens spent.\n"), before.stderr
    assert "2.50 USD and 3,000 tokens; 0.00 USD, 0 tokens spent." in changed.stdout
    assert of_task.stdout == "Budget of task #2: 70 tokens; 0.00 USD, 0 tokens spent.\n"
    assert (told["status"], told["budget_usd"], told["budget_tokens"]) == (
        "approved",
        "2.500000",
        3000,
    )
    assert (unclear.returncode, "--task needs an amount" in unclear.stderr) == (2, True)


@pytest.mark.slow
def test_an_interrupted_run_is_resumed_by_watch(masterplan: Shell) -> None:
    plan_file = masterplan.plan_file(HELLO, SLOW, writes("end", "end", after="slow"))

    with masterplan.started("run", "--file", plan_file, "--yes") as run:
        read_until(run, "#2 Write slow: in_progress")
        run.send_signal(signal.SIGINT)
        _, complaint = run.communicate(timeout=10)

    assert run.returncode == 130
    assert "The run is not lost: resume it with `masterplan watch" in complaint
    assert "Traceback" not in complaint

    watched = masterplan("watch", "last")
    assert watched.returncode == 0, watched.stderr
    assert "succeeded: 3 of 3 tasks completed" in watched.stdout


@pytest.mark.slow
def test_a_killed_run_is_resumed_by_watch(masterplan: Shell) -> None:
    plan_file = masterplan.plan_file(SLOW, writes("end", "end", after="slow"))
    with masterplan.started("run", "--file", plan_file, "--yes") as run:
        read_until(run, "#1 Write slow: in_progress")
        run.kill()
        run.wait()

    watched = masterplan("watch", "last")

    assert watched.returncode == 0, watched.stderr
    assert "succeeded: 2 of 2 tasks completed" in watched.stdout


@pytest.mark.slow
def test_other_terminals_talk_to_the_one_that_runs(masterplan: Shell) -> None:
    plan_file = masterplan.plan_file(SLOW)
    with masterplan.started("run", "--file", plan_file, "--yes") as run:
        read_until(run, "#1 Write slow: in_progress")

        with masterplan.started("watch", "last") as watch:
            [plan] = masterplan.json("list")["masterplans"]
            assert plan["status"] == "in_progress"
            followed = masterplan("log", "last", "slow", "--follow")
            assert "check passed" in followed.stdout
            out, _ = watch.communicate(timeout=PATIENCE_S)

        run.communicate(timeout=PATIENCE_S)

    assert (run.returncode, watch.returncode) == (0, 0)
    assert "succeeded: 1 of 1 tasks completed" in out


@pytest.mark.slow
@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_leaving_a_watch_of_a_server_leaves_the_run(
    masterplan: Shell, signal_number: signal.Signals
) -> None:
    masterplan("import", masterplan.plan_file(SLOW))
    masterplan("approve", "last", "--yes")
    with serving(masterplan) as (server, _):
        assert masterplan("execute", "last", "--detach").returncode == 0
        with masterplan.started("watch", "last") as watch:
            read_until(watch, "watching")
            watch.send_signal(signal_number)
            _, complaint = watch.communicate(timeout=10)
        assert watch.returncode == 130
        assert "The run goes on in the server" in complaint

        assert "succeeded: 1 of 1" in masterplan("watch", "last").stdout
        server.send_signal(signal.SIGTERM)
        out, errors = server.communicate(timeout=10)

    assert (server.returncode, errors) == (0, "")
    assert "Stopped." in out


@contextmanager
def serving(masterplan: Shell, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with masterplan.started("up", "--port", "0", *words) as server:
        said = read_until(server, "terminal")
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found is not None
        yield server, found.group()


def test_up_lets_in_who_has_the_token_and_never_prints_it(masterplan: Shell) -> None:
    with masterplan.started("up", "--port", "0") as server:
        said = read_until(server, "terminal")
        token_file = masterplan.data / "token"
        token = token_file.read_text()
        assert token not in said
        assert str(token_file) in said
        url = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert url is not None
        plans = f"{url.group()}/api/v1/masterplans"
        assert httpx.get(plans, trust_env=False).status_code == 401
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(plans, headers=headers, trust_env=False).status_code == 200
        link = re.search(r"http://\S+/sign-in\?code=\S+", said)
        assert link is not None
        assert httpx.get(link.group(), trust_env=False).status_code == 303
        assert httpx.get(link.group(), trust_env=False).status_code == 403


def test_a_second_server_is_told_of_the_first(masterplan: Shell) -> None:
    with serving(masterplan) as (server, _):
        second = masterplan("up", "--port", "0")

    assert second.returncode == 1
    assert f"in use by masterplan up (process {server.pid})" in second.stderr


def test_a_port_that_is_taken_is_refused(masterplan: Shell, tmp_path: Path) -> None:
    other = Shell(tmp_path / "other")
    other.folder.mkdir()
    with serving(other) as (_, url):
        done = masterplan("up", "--port", url.rpartition(":")[2])

    assert done.returncode == 1
    assert "another program does. Choose another port with --port" in done.stderr


def test_a_public_address_needs_a_token_of_its_own(masterplan: Shell) -> None:
    done = masterplan("up", "--host", "0.0.0.0")

    assert done.returncode == 2
    assert "set MASTERPLAN_TOKEN" in done.stderr


@pytest.mark.slow
def test_leaving_a_watch_whose_server_has_ended_says_how_to_resume(masterplan: Shell) -> None:
    masterplan("import", masterplan.plan_file(SLOW))
    masterplan("approve", "last", "--yes")
    with serving(masterplan) as (server, _):
        masterplan("execute", "last", "--detach")
        with masterplan.started("watch", "last") as watch:
            read_until(watch, "watching")
            server.kill()
            server.wait()
            read_until(watch, "The server has stopped")
            watch.send_signal(signal.SIGINT)
            _, complaint = watch.communicate(timeout=10)

    assert watch.returncode == 130
    assert "No run is lost: resume it with `masterplan watch" in complaint


def test_a_watch_survives_the_servers_restart(masterplan: Shell) -> None:
    masterplan("import", masterplan.plan_file(SLOW, writes("end", "end", after="slow")))
    masterplan("approve", "last", "--yes")
    with serving(masterplan) as (server, _):
        masterplan("execute", "last", "--detach")
        watch_context = masterplan.started("watch", "last")
        watch = watch_context.__enter__()
        until(lambda: "begun" in masterplan("log", "last", "1").stdout)
        server.kill()
        server.wait()
    try:
        read_until(watch, "The server has stopped")
        with serving(masterplan):
            out, _ = watch.communicate(timeout=PATIENCE_S)
    finally:
        watch_context.__exit__(None, None, None)

    assert watch.returncode == 0
    assert out.count("#1 Write slow: completed") == 1
    assert out.count("#2 Write end: completed") == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show", "ffffffff"], 1, "There is no masterplan ffffffff."),
        (["show", "last"], 1, "There is no masterplan yet."),
        (["import", "missing.yaml"], 2, "Cannot read missing.yaml: No such file"),
        (["run"], 2, "either a GOAL in words, or a plan with --file"),
        (["run", "goal", "--file", "x"], 2, "either a GOAL in words, or a plan with --file"),
        (["run", "goal", "--json"], 2, "give --yes"),
        (["frobnicate"], 2, "No such command 'frobnicate'"),
        (["list", "--status", "odd"], 2, "odd"),
    ],
)
def test_mistakes_are_one_sentence(
    masterplan: Shell, words: list[str], code: int, said: str
) -> None:
    done = masterplan(*words)

    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_plan_that_cannot_run_is_refused_with_every_reason(masterplan: Shell) -> None:
    bad = masterplan.plan_file(writes("a", "a", after="b"), writes("b", "b", after="a"))

    done = masterplan("import", bad)

    assert done.returncode == 1
    assert "a → b → a" in done.stderr
    assert masterplan.json("list")["total"] == 0


def test_a_draft_is_not_executed_and_the_remedy_is_named(masterplan: Shell) -> None:
    masterplan("import", masterplan.plan_file(HELLO))

    executed = masterplan("execute", "last")
    assert executed.returncode == 1
    assert "its status is draft" in executed.stderr
    watched = masterplan("watch", "last")
    assert watched.returncode == 1
    assert "masterplan approve" in watched.stderr


def test_a_plan_is_edited_and_its_revisions_are_compared(masterplan: Shell) -> None:
    masterplan("import", masterplan.plan_file(HELLO))
    changed = masterplan.plan_file({**HELLO, "checks": ["test -s other.txt"]})

    done = masterplan("edit", "last", "--file", changed, "--reason", "A better check.")
    noted = masterplan("comment", "last", "Too long.", "--task", "hello")
    listed = masterplan("comments", "last")
    withdrawn = masterplan("comments", "last", "--withdraw", listed.stdout[:8])
    revisions = masterplan("revisions", "last")
    diff = masterplan("diff", "last", "--revisions", "1", "2")
    mistake = masterplan("diff", "last")
    restored = masterplan("restore", "last", "1")
    in_vain = masterplan("restore", "last", "1")

    assert "Revision 3 of" in restored.stdout, restored.stderr
    assert (in_vain.returncode, "says already" in in_vain.stderr) == (1, True)
    assert "is a draft" in done.stdout, done.stderr
    assert "masterplan revise last" in noted.stdout, noted.stderr
    assert "hello: Too long." in listed.stdout
    assert withdrawn.stdout == "Withdrawn: Too long.\n"
    assert "A better check." in revisions.stdout
    assert "~ hello" in diff.stdout
    assert "+ test -s other.txt" in diff.stdout
    assert (mistake.returncode, "--revisions" in mistake.stderr) == (2, True)


def test_a_rejected_plan_says_why(masterplan: Shell) -> None:
    masterplan("import", masterplan.plan_file(HELLO))

    assert masterplan.json("reject", "last", "--reason", "too small")["rejection_reason"] == (
        "too small"
    )
    assert masterplan("watch", "last").returncode == 3
    assert "too small" in masterplan("show", "last").stdout


def test_output_into_a_full_folder_is_refused_before_anything_is_done(masterplan: Shell) -> None:
    (masterplan.folder / "mine").mkdir()
    (masterplan.folder / "mine/file").touch()

    done = masterplan("run", "--file", masterplan.plan_file(HELLO), "--yes", "-o", "mine")

    assert done.returncode == 2
    assert "not an empty directory" in done.stderr
    assert not masterplan.data.exists()


def test_doctor_reports_as_json(masterplan: Shell) -> None:
    done = masterplan("doctor", "--json")

    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert findings["python"]["verdict"] == "ok"
    assert findings["git"]["verdict"] == "ok"
    assert findings["data"]["said"].endswith("is writable and private")
    assert {"sqlite", "sandbox", "model", "terminal"} <= findings.keys()


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a real pseudo-terminal."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


def test_a_person_is_asked_and_sees_the_run_drawn(
    masterplan: Shell, terminal: tuple[int, int]
) -> None:
    ours, theirs = terminal
    plan_file = masterplan.plan_file(HELLO, WORLD)
    with subprocess.Popen(
        [MASTERPLAN, "run", "--file", plan_file],
        cwd=masterplan.folder,
        env={**masterplan.environment, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        seen = read_terminal(ours, "[r]eject with a reason:")
        os.write(ours, b"yes\n")
        seen += read_terminal(ours, "take it")
        assert process.wait(PATIENCE_S) == 0

    assert "grep -q hello hello.txt" in seen
    assert "2 of 2 tasks completed" in seen
    assert "\x1b[?25l" in seen  # the cursor was hidden
    assert seen.rindex("\x1b[?25h") > seen.rindex("\x1b[?25l")  # and is shown again


def test_discover_shows_what_a_planner_would_be_told_and_touches_nothing(
    masterplan: Shell, tmp_path: Path
) -> None:
    code = {"shop/prices.py": "def total(prices):\n    return sum(prices)\n", ".env": "KEY=c4n4ry"}
    shop = commit_files(tmp_path / "shop", {**code, "README.md": "# Shop\n"})

    told = masterplan("discover", "shop", "--goal", "Give discounts on prices.")
    found = masterplan.json("discover", f"file://{shop}")
    refused = masterplan("discover", "data")

    assert told.returncode == 0, told.stderr
    assert "The repository: Python 100%, 2 files." in told.stdout
    assert "def total(prices): ..." in told.stdout
    assert "Left out: 1 with secrets" in told.stderr
    assert found["paths"] == ["README.md", "shop/prices.py"]
    assert found["commit"] == git(shop, "rev-parse", "HEAD")
    assert "c4n4ry" not in told.stdout + told.stderr + json.dumps(found)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"Error: There is no folder {tmp_path}/data: name a git")
    assert not masterplan.data.exists(), "no data directory is needed to look"
    assert git(shop, "status", "--porcelain") == ""
