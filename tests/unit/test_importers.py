"""Plan files of other tools: which tasks, files and dependencies they hold, and what is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from masterplan.errors import InvalidPlan
from masterplan.importers import Imported, PlanFormat, detect_format, import_plan

FILES = Path(__file__).parents[1] / "data" / "plan_files"


def sample(name: str) -> str:
    return (FILES / name).read_bytes().decode()


def imported(name: str) -> Imported:
    text = sample(name)
    return import_plan(text, detect_format(text))


def read(text: str) -> Imported:
    return import_plan(text, detect_format(text))


def needs(plan: Imported) -> dict[str, list[str]]:
    return {task.key: task.depends_on for task in plan.document.tasks()}


def files(plan: Imported) -> dict[str, list[str]]:
    return {task.key: task.target_files for task in plan.document.tasks() if task.target_files}


def done(plan: Imported) -> list[str]:
    return [task.key for task in plan.document.tasks() if task.done]


def notices(plan: Imported) -> list[str]:
    return [str(notice) for notice in plan.notices]


def refusal(text: str, format: PlanFormat | None = None) -> str:
    with pytest.raises(InvalidPlan) as caught:
        import_plan(text, format or detect_format(text))
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("agent_os.md", PlanFormat.AGENT_OS),
        ("spec_kit.md", PlanFormat.SPEC_KIT),
        ("kiro.md", PlanFormat.KIRO),
        ("kiro_waves.md", PlanFormat.KIRO),
        ("cc_sdd.md", PlanFormat.KIRO),
        ("task_master.json", PlanFormat.TASK_MASTER),
        ("beads.jsonl", PlanFormat.BEADS),
    ],
)
def test_format_is_recognised_with_any_line_endings(name: str, format: PlanFormat) -> None:
    text = sample(name)
    assert detect_format(text) is format
    assert detect_format("\ufeff" + text.replace("\n", "\r\n")) is format
    assert (
        import_plan(text, format).document
        == import_plan("\ufeff" + text.replace("\n", "\r\n"), format).document
    )


def test_agent_os_file_has_its_groups_tasks_files_and_dependencies() -> None:
    plan = imported("agent_os.md")

    assert plan.document.title == "Masterplan End-to-End Workflow Implementation"
    assert [(phase.name, phase.description) for phase in plan.document.phases] == [
        ("Critical Bug Fixes", "Priority: P0"),
        ("Approval Workflow", "Priority: P1"),
        ("Execution Engine", "Priority: P1"),
        ("Real-Time Monitoring", "Priority: P1"),
        ("Testing and Validation", "Priority: P2"),
    ]
    milestones = [phase.milestones for phase in plan.document.phases]
    assert [[(each.name, len(each.tasks)) for each in found] for found in milestones] == [
        [("Database Schema and File Bug Fixes", 6)],
        [("API Endpoints and Approval UI", 7)],
        [("Execution API and Task Orchestration", 8)],
        [("WebSocket Events and Monitoring UI", 10)],
        [("Comprehensive Testing and End-to-End Validation", 5)],
    ]
    assert done(plan) == [f"1.{n}" for n in range(1, 7)] + [f"2.{n}" for n in range(1, 8)]
    found = needs(plan)
    assert (found["1.1"], found["2.1"], found["2.2"]) == ([], ["1.6"], ["2.1"])
    assert found["3.1"] == ["1.6", "2.7"]
    assert found["5.1"] == ["1.6", "2.7", "3.8", "4.10"]
    assert files(plan)["2.6"] == [
        "src/ui/src/pages/MasterplanDetailPage.tsx",
        "src/ui/src/pages/review/ReviewQueue.tsx",
    ]
    assert files(plan)["1.3"] == ["src/services/masterplan_execution_service.py"]
    assert len(files(plan)["5.3"]) == 4


def test_agent_os_criteria_and_metrics_are_text_and_no_tasks() -> None:
    plan = imported("agent_os.md")

    about = plan.document.phases[0].milestones[0].description
    assert "Estimated Effort: 4 hours" in about
    assert "- Migration file created for workspace_path column" in about
    assert "- File overwriting bug fixed" in plan.document.description
    assert "Zero file overwrites" in plan.document.description
    first = next(plan.document.tasks())
    assert first.description.startswith(
        "- Limit to 2-8 highly focused tests maximum\n- Test target"
    )


@pytest.mark.parametrize(
    "listed",
    [
        "    - Files: `a/b.py`, `a/c.py`\n      - `no.py` is only mentioned\n",
        "    - Files:\n      - `a/b.py`\n      - `a/c.py` (new)\n    - `no.py`\n",
        "    Files:\n    - `a/b.py`\n    - `a/c.py` (new)\n",
        "    - **File:** `a/b.py:12`\n    - File: a/c.py (new)\n    - Reference: `no.py`\n",
    ],
)
def test_agent_os_files_stand_after_their_label_or_beneath_it(listed: str) -> None:
    plan = read(f"#### Task Group 1: A\n- [ ] 1.0 All\n  - [ ] 1.1 Build\n{listed}")

    assert files(plan) == {"1.1": ["a/b.py", "a/c.py"]}


def test_task_without_files_is_told_with_its_line() -> None:
    said = notices(imported("agent_os.md"))

    assert "line 135: task 3.1 names no file; give it target_files to approve it" in said
    assert "line 320: the files below were taken for task 5.3" in said
    assert len(said) == 9


def test_spec_kit_stages_wait_for_each_other_and_stories_do_not() -> None:
    plan = imported("spec_kit.md")

    assert plan.document.title == "Photo albums"
    assert [phase.name for phase in plan.document.phases] == [
        "Setup (Shared Infrastructure)",
        "Foundational (Blocking Prerequisites)",
        "User Story 1 - Create albums (Priority: P1) 🎯 MVP",
        "User Story 2 - Sort photos (Priority: P2)",
        "Polish & Cross-Cutting Concerns",
    ]
    assert plan.document.phases[2].description.splitlines() == [
        "Goal: A person can make an album",
        "Independent Test: Make one, see it in the list",
    ]
    assert needs(plan) == {
        "T001": [],
        "T002": ["T001"],
        "T003": [],
        "T004": ["T002", "T003"],
        "T005": ["T002", "T003"],
        "T006": ["T002", "T003"],
        "T010": ["T004", "T005", "T006"],
        "T011": ["T004", "T005", "T006"],
        "T012": ["T010", "T011"],
        "T013": ["T012", "T006"],
        "T020": ["T004", "T005", "T006"],
        "T021": ["T020"],
        "T030": ["T013", "T021"],
    }
    assert done(plan) == ["T001", "T002"]
    assert files(plan)["T012"] == ["src/services/album_service.py"]
    assert files(plan)["T002"] == ["pyproject.toml"]
    assert "line 46: [~] is no [x], so task T021 is not done" in notices(plan)
    assert "line 51: a checkbox without a task number (T001) was left out" in notices(plan)


def test_kiro_numbers_nest_and_order_is_the_dependency() -> None:
    plan = imported("kiro.md")

    assert [each.name for each in plan.document.phases[0].milestones] == [
        "Set up project structure and core interfaces",
        "Implement data models and validation",
        "Wire everything together",
    ]
    assert needs(plan) == {
        "1": [],
        "2.1": ["1"],
        "2.2": ["2.1"],
        "2.3": ["2.2"],
        "3.1": ["2.2"],
        "3.2": ["3.1"],
    }
    assert done(plan) == ["1", "2.1"]
    assert files(plan) == {
        "2.1": ["src/models/user.ts"],
        "2.2": ["src/db/users.ts"],
        "2.3": ["tests/users.test.ts"],
        "3.2": ["docs/users.md"],
    }
    second = list(plan.document.tasks())[1]
    assert second.description == "- Validate every field\n- Requirements: 2.1, 3.3"
    assert "line 11: [-] is no [x], so task 2.2 is not done" in notices(plan)
    assert "line 14: task 2.3 is optional: nothing waits for it" in notices(plan)
    assert "line 19: the task has no number and is called 3.2" in notices(plan)


def test_cc_sdd_tasks_run_beside_each_other_where_they_say_so() -> None:
    assert needs(imported("cc_sdd.md")) == {
        "1.1": [],
        "2.1": ["1.1"],
        "2.2": ["1.1"],
        "3.1": ["2.1", "2.2"],
        "3.2": ["1.1"],
    }


def test_kiro_waves_wait_for_the_one_before() -> None:
    plan = imported("kiro_waves.md")

    assert plan.document.title == "Shop"
    assert needs(plan) == {"1.1": [], "1.2": [], "2": ["1.1", "1.2"]}


def test_task_master_subtasks_are_tasks_and_cancelled_ones_are_left_out() -> None:
    plan = imported("task_master.json")

    assert needs(plan) == {"1": [], "2.1": ["1"], "2.2": ["1", "2.1"], "4": ["2.1", "2.2"]}
    assert done(plan) == ["1", "2.1"]
    assert files(plan) == {"2.1": ["src/lexer.py"], "2.2": ["src/grammar.py"], "4": ["src/main.py"]}
    said = notices(plan)
    assert "line 44: 3 is cancelled and was left out" in said
    assert "line 50: the status 'verifying' is unknown, so not done" in said
    grammar = list(plan.document.tasks())[2]
    assert grammar.description == (
        "Acceptance criteria:\n- Reads every sample\n\nReference: docs/grammar.md"
    )


def test_task_master_tags_are_phases_that_do_not_reach_each_other() -> None:
    plan = read(
        '{"a": {"tasks": [{"id": 1, "title": "One"}]},'
        ' "b": {"tasks": [{"id": "1", "title": "Two", "dependencies": [1, 7]}]}}'
    )

    assert [phase.name for phase in plan.document.phases] == ["a", "b"]
    assert needs(plan) == {"a.1": [], "b.1": []}
    assert "line 1: '7', which b.1 needs, is no task here" in notices(plan)


def test_beads_hierarchy_is_milestones_and_blockers_are_dependencies() -> None:
    plan = imported("beads.jsonl")

    assert [(each.name, len(each.tasks)) for each in plan.document.phases[0].milestones] == [
        ("Storage", 2),
        ("Issues", 2),
    ]
    assert needs(plan) == {
        "bd-a1.1": [],
        "bd-a1.2": ["bd-a1.1"],
        "bd-b2": ["bd-a1.1", "bd-a1.2"],
        "issue-7": [],
    }
    assert done(plan) == ["bd-a1.1"]
    assert files(plan)["bd-a1.2"] == ["src/index.py"]
    assert "line 4: 'memory' is no issue and was left out" in notices(plan)
    assert "line 6: bd-c3 is a tombstone and was left out" in notices(plan)


@pytest.mark.parametrize("marker", ["-", "~", "?", "\u0445", "done", "✓", "xx", " x?"])
def test_unknown_marker_is_never_done(marker: str) -> None:
    for text in (
        f"#### Task Group 1: A\n- [{marker}] 1.1 Work\n",
        f"- [{marker}] T001 Work in a.py\n",
        f"- [{marker}] 1. Work\n",
    ):
        plan = read(text)
        assert done(plan) == []
        assert any("not done" in said for said in notices(plan))


def test_unsafe_and_colliding_files_are_left_out_with_a_notice() -> None:
    plan = read(
        "- [ ] T001 [P] Write ../evil.py and src/ok.py\n"
        "- [ ] T002 [P] Write src/OK.py\n"
        "- [ ] T003 [P] Write /etc/passwd.txt, a.md and a.md/more.txt\n"
    )

    assert files(plan) == {"T002": ["src/OK.py"], "T003": ["a.md/more.txt"]}
    assert any("'../evil.py' was left out" in said for said in notices(plan))
    assert any("'/etc/passwd.txt' was left out: it is absolute" in said for said in notices(plan))
    assert any("only in how its letters are written" in said for said in notices(plan))
    assert "line 3: 'a.md' was left out: it is the directory of another file here" in notices(plan)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Dear diary,\n\n- [ ] buy milk\n", "line 1: this is no plan that Masterplan knows"),
        ("", "line 1: this is no plan that Masterplan knows"),
        ("- [ ] T001 a\n- [ ] T001 b\n", "line 2: task T001 stands in line 1 already"),
        (
            "- [ ] T001 [P] a (depends on T002)\n- [ ] T002 b\n",
            "line 1: tasks need each other in a circle: T001 (line 1) → T002 (line 2)",
        ),
        ("# Task Breakdown: Nothing\n", "line 1: the file holds no task of this format"),
        ("- [ ] 1. a\0b\n", "line 1: the character U+0000 is not allowed"),
        ('{"tasks": [{"id": 1, "title": 5}]}', "line 1: the task's title is wrong"),
        ('{"tasks": [{"title": "x"}]}', "line 1: the task's id is wrong: Field required"),
        ('{"id": "a", "title": "b"}\n{"id": oops}\n', "line 2: this is no JSON"),
        ('{"id": "a", "title": "b"}\n{"id": "c"}\n', "line 2: the issue's title is wrong"),
        ('{"id": "a", "title": "b"}\n[1]\n', "line 2: an issue is an object"),
    ],
)
def test_file_that_breaks_its_grammar_is_refused_with_its_line(text: str, problem: str) -> None:
    assert refusal(text).startswith(problem)


def test_native_plan_may_have_gaps() -> None:
    text = "title: T\nphases:\n- name: P\n  milestones:\n  - name: M\n    tasks:\n"
    plan = read(text + "    - {key: a, name: A, target_files: []}\n")

    assert [task.key for task in plan.document.tasks()] == ["a"]
    assert notices(plan) == [
        "Task a has no target_files; name each file that it may create or change."
    ]


def test_thousands_after_thousands_are_refused_and_not_multiplied() -> None:
    def stage(title: str, first: int) -> str:
        tasks = "".join(f"- [ ] T{n:05} [P] Work\n" for n in range(first, first + 4_000))
        return f"## Phase 1: {title}\n{tasks}"

    said = refusal(stage("Setup", 0) + stage("Foundational", 4_000))
    assert said.startswith("the tasks have more than 200,000 dependencies on each other")
