"""What the arms of an evaluation say of their work, and the table of it all."""

from evals.arms.base import Work, complaint
from evals.arms.masterplan_arm import work_of
from evals.arms.once import code_in
from evals.cases import Half, Kind, Level
from evals.records import Record
from evals.report import share, table, wilson


def record(**changed: object) -> Record:
    fields: dict[str, object] = {
        "arm": "once",
        "case": "roman",
        "round": 1,
        "level": Level.GOAL,
        "kind": Kind.PROGRAM,
        "half": Half.TUNING,
        "commit": "0000000",
        "timed_out": False,
        "planned": None,
        "tasks": 0,
        "first": 0,
        "retried": 0,
        "hidden": {"a": True, "b": False},
        "said": {},
        "requests": 1,
        "tokens_input": 1_000,
        "tokens_output": 100,
        "seconds": 10.0,
        "note": "",
    }
    return Record.model_validate(fields | changed)


def test_wilson_agrees_with_published_values() -> None:
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    published = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0, 0.1611)}
    for (held, of), wanted in (published | {(1, 29): (0.0061, 0.1718)}).items():
        assert tuple(round(each, 4) for each in wilson(held, of)) == wanted


def test_share_of_nothing_is_no_share() -> None:
    assert share(0, 0) == "-"
    assert share(0, 20) == "0/20 (0-16 %)"


def test_table_has_a_line_for_each_half_level_and_arm() -> None:
    plan = {"arm": "masterplan", "planned": True, "tasks": 4, "first": 3, "retried": 1}
    records = [
        record(half=Half.HELD_OUT),
        record(level=Level.TASK),
        record(),
        record(**plan, hidden={"a": True, "b": True}, seconds=20.0),
        record(**plan, case="units", timed_out=True, seconds=900.0),
    ]
    lines = list(table(records, {"aider": "it could not be installed"}))
    starts = [line.split("|")[1:3] for line in lines[2:6]]
    assert [[each.strip() for each in start] for start in starts] == [
        ["tuning, goals", "once"],
        ["tuning, goals", "masterplan"],
        ["tuning, tasks", "once"],
        ["held_out, goals", "once"],
    ]
    cells = [each.strip() for each in lines[3].split("|")[3:-1]]
    assert cells == [
        share(2, 2),
        share(6, 8),
        share(8, 8),
        share(1, 2),
        share(3, 4),
        "1,000 / 100",
        "460 (1 not in time)",
    ]
    assert lines[-1].strip() == "aider was skipped: it could not be installed"


def test_tasks_that_a_model_does_are_counted() -> None:
    def task(agent: str, status: str, attempt: int) -> dict[str, object]:
        return {"agent": agent, "status": status, "attempt": attempt}

    tasks = [
        task("command", "completed", 1),
        task("llm", "completed", 1),
        task("llm", "completed", 3),
        task("llm", "failed", 4),
    ]
    work = work_of({"phases": [{"milestones": [{"tasks": tasks}]}]}, timed_out=False, note="")
    assert work == Work(planned=True, tasks=3, first=1, retried=1)


def test_goal_without_tasks_has_no_plan() -> None:
    assert work_of({"phases": []}, timed_out=False, note="why") == Work(planned=False, note="why")
    assert work_of(None, timed_out=True, note="") == Work(timed_out=True, planned=False)


def test_code_is_taken_out_of_an_answer() -> None:
    assert code_in("Sure:\n```python\na = 1\n```\nDone.") == "a = 1\n"
    assert code_in("```\ncut = 'off'\n") == "cut = 'off'\n"
    assert code_in("a = 1") == "a = 1"


def test_complaint_is_the_error_else_the_last_line() -> None:
    assert complaint("x\nError: No plan\n  was made.\n") == "No plan was made."
    assert complaint("one\ntwo\n\n") == "two"
    assert complaint("") == ""
