"""Plan documents: what is read, what is refused and how that is said, hash and round trip."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from masterplan.documents import (
    MilestoneDocument,
    PhaseDocument,
    PlanDocument,
    PlanSettings,
    Script,
    TaskDocument,
    document_of,
    dump_yaml,
    json_schema,
    load_document,
    parse_document,
    plan_hash,
    validate_plan,
)
from masterplan.documents.text import MAX_BYTES
from masterplan.errors import InvalidPlan
from masterplan.lifecycle import Complexity

TODO = """\
title: Todo command line
description: |
  A small program.

  It keeps a list.
goal: Write a todo program
settings: {agent: llm, model: "anthropic:claude", max_parallel: 4, budget_usd: "5.00"}
phases:
- name: Core
  milestones:
  - name: Storage
    tasks:
    - key: storage
      name: JSON storage
      target_files: [todo/storage.py, tests/test_storage.py]
      complexity: low
      checks: ["python -m unittest tests.test_storage"]
    - key: report
      name: Report
      target_files: [todo/report.py]
      depends_on: [storage]
      agent: command
      command: python make_report.py
"""


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidPlan) as caught:
        load_document(text)
    return caught.value.problems


def plan_of(*tasks: dict[str, object], **fields: object) -> PlanDocument:
    """A plan of one milestone; a task gets a name and a target file of its own if it has none."""
    filled = [
        {"key": f"t{number}", "name": "A task", "target_files": [f"f{number}.txt"], **task}
        for number, task in enumerate(tasks)
    ]
    phases = [{"name": "Phase", "milestones": [{"name": "Milestone", "tasks": filled}]}]
    return document_of({"title": "Title", "phases": phases, **fields})


def with_task_line(line: str) -> str:
    """The example with `line` put into its first task, as line 16."""
    return TODO.replace("      complexity: low\n", f"      {line}\n")


def test_a_document_is_read_with_its_defaults() -> None:
    assert load_document(TODO) == PlanDocument(
        title="Todo command line",
        description="A small program.\n\nIt keeps a list.\n",
        goal="Write a todo program",
        settings=PlanSettings(
            agent="llm", model="anthropic:claude", max_parallel=4, budget_usd=Decimal(5)
        ),
        phases=[
            PhaseDocument(
                name="Core",
                milestones=[
                    MilestoneDocument(
                        name="Storage",
                        tasks=[
                            TaskDocument(
                                key="storage",
                                name="JSON storage",
                                target_files=["todo/storage.py", "tests/test_storage.py"],
                                complexity=Complexity.LOW,
                                checks=["python -m unittest tests.test_storage"],
                            ),
                            TaskDocument(
                                key="report",
                                name="Report",
                                target_files=["todo/report.py"],
                                depends_on=["storage"],
                                agent="command",
                                command="python make_report.py",
                            ),
                        ],
                    )
                ],
            )
        ],
    )


def test_json_and_yaml_are_the_same_document() -> None:
    as_json = json.dumps(yaml.safe_load(TODO))

    assert parse_document(as_json) == parse_document(TODO)
    assert parse_document("\ufeff" + as_json) == parse_document(TODO)


def test_a_task_without_an_agent_gets_that_of_the_plan() -> None:
    document = plan_of({}, {"agent": "llm"}, settings={"agent": "scripted"})

    assert [document.agent_of(task) for task in document.tasks()] == ["scripted", "llm"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("complexity: big", "must be one of 'low', 'medium', 'high' or 'critical', not 'big'"),
        ("max_retries: -1", "must be at least 0, not the number -1"),
        ("max_retries: two", "must be a whole number, not 'two'"),
        ("max_retries: true", "must be a whole number, not true"),
        ("description: 1.10", 'must be text, not the number 1.1; put it in quotes: "1.10"'),
        ("description: true", 'must be text, not true; put it in quotes: "true"'),
        ("description: [a]", "must be text, not a list"),
        ("depends_on: storage", "must be a list, not 'storage'"),
        ("script: 1", "must be a mapping of fields, not the number 1"),
        ("agent: ''", "'' is not a valid key"),
        ('command: ""', "is empty"),
        (f"depends_on: [{'a, ' * 10_001}]", "has 10001 entries, 10000 are allowed"),
        ('command: " "', "is blank; write at least one word"),
        ('description: "a\\0b"', "holds a NUL character"),
        ('command: "echo \\u202Eevil"', "holds a character that reorders what is shown"),
    ],
)
def test_a_wrong_value_is_told_with_task_field_line_and_remedy(line: str, problem: str) -> None:
    (found,) = problems(with_task_line(line))

    field = line.split(":")[0]
    assert found.startswith(f"task storage, {field} (line 16): {problem}")


def test_words_that_older_yaml_takes_for_other_values_are_text() -> None:
    text = TODO.replace("JSON storage", "no").replace("Todo command line", "2024-01-01")

    document = load_document(text)

    assert document.title == "2024-01-01"
    assert next(document.tasks()).name == "no"


def test_a_word_is_no_truth_value() -> None:
    text = TODO.replace('budget_usd: "5.00"', "network: yes")

    assert problems(text) == [
        "settings.network (line 7): must be true or false, not 'yes'",
    ]


def test_a_misspelt_field_is_refused_with_the_one_that_was_meant() -> None:
    assert problems(with_task_line("dependson: []")) == [
        "task storage, dependson (line 16): is not a field of a plan document; "
        "did you mean depends_on?"
    ]


def test_an_unknown_field_is_refused_with_those_that_are_known() -> None:
    assert problems("title: T\nphases: []\nzzz: 1") == [
        "zzz (line 3): is not a field of a plan document; known here are "
        "title, description, goal, repository, settings, phases"
    ]


def test_every_problem_of_shape_is_told_at_once() -> None:
    text = "title: ''\nphases:\n- milestones:\n  - name: M\n    tasks:\n    - name: x\n"

    assert problems(text) == [
        "title (line 1): is empty; write at least one character",
        "phases[0].name (line 3): is required; add it",
        "phases[0].milestones[0].tasks[0].key (line 6): is required; add it",
        "phases[0].milestones[0].tasks[0].target_files (line 6): is required; add it",
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n...\n"])
def test_an_empty_text_is_refused(text: str) -> None:
    assert len(problems(text)) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("just words", "the document: must be a mapping of fields, not 'just words'"),
        ("[1, 2]", "the document: must be a mapping of fields, not a list"),
        ("title: a\n---\ntitle: b\n", "holds several documents"),
        ("title: T\ntitle: U\nphases: []", "line 2: the key 'title' stands twice"),
        ('{"title": "T",\n"title": "U", "phases": []}', "line 2: the key 'title' stands twice"),
        ('{"t": "\\ud83d\\ude00", "a": 1, "a": 2}', "the key 'a' stands twice"),
        ("title: [a\nphases: 1", "line 2, column 7: this is neither YAML nor JSON"),
        ("title: a\n\tphases: []", "line 2, column 1: this is neither YAML nor JSON"),
        ("title: \x07", "line 1: the character U+0007 is not allowed"),
        ("title: \ud800", "line 1: the text holds half of a character"),
        ('{"title": "\\ud800", "phases": []}', "title: holds half of a character"),
        ("title: !!python/name:os.system x\nphases: []", "line 1: remove the tag"),
        ("title: *missing", "line 1: the alias *missing has no anchor"),
        ("a: &a [*a]", "line 1: the alias *a has no anchor &a that ends before it"),
        ("? [a]\n: b", "line 1: a key must be text"),
        ("title: &t T\n*t : x", "line 2: a key must be text, not the alias *t"),
    ],
)
def test_text_that_is_no_document_is_refused_where_it_goes_wrong(text: str, problem: str) -> None:
    assert problem in problems(text)[0]


@pytest.mark.parametrize("depth", [40, 100_000])
@pytest.mark.parametrize("opening", ["[", '{"a":', "- "])
def test_deep_nesting_is_refused_without_exhausting_the_stack(opening: str, depth: int) -> None:
    (problem,) = problems(opening * depth)

    assert "nested more than 32 deep" in problem or "neither YAML nor JSON" in problem


def test_aliases_are_read() -> None:
    text = TODO.replace("checks: [", "checks: &unit [").replace(
        "      agent: command\n", "      agent: command\n      checks: *unit\n"
    )

    first, second = load_document(text).tasks()

    assert first.checks == second.checks == ["python -m unittest tests.test_storage"]


def test_aliases_that_expand_without_end_are_refused() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    (problem,) = problems("\n".join(["a0: &a0 [x]", *levels]))

    assert problem == "line 7: the document has more than 1,000,000 values"


def test_a_text_beyond_the_limit_is_refused_unread() -> None:
    (problem,) = problems("#" * (MAX_BYTES + 1))

    assert problem.startswith("the document has 10,000,001 bytes and 10,000,000 are allowed")


def test_a_repository_that_git_would_take_for_an_option_is_refused() -> None:
    assert problems(TODO + "repository: --upload-pack=touch\n") == [
        "repository (line 24): starts with a hyphen; name a path or a URL"
    ]


def test_a_field_name_of_any_length_and_kind_is_told_in_one_short_line() -> None:
    (problem,) = problems(json.dumps({"title": "T", "phases": [], "\x1b[31m\n" + "x" * 10_000: 1}))

    assert problem.isprintable()
    assert len(problem) < 300


def test_many_repeated_keys_are_told_briefly() -> None:
    found = problems("a: 1\n" * 200_000)

    assert found[0].startswith("line 2: the key 'a' stands twice")
    assert len(found) == 101


def test_problems_beyond_a_hundred_are_counted() -> None:
    found = validate_plan(plan_of(*({"target_files": []} for _ in range(150))))

    assert len(found) == 101
    assert found[-1] == "and 50 more problems; mend these first"


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ([], "The plan has no tasks; add at least one."),
        (
            [{"key": "a"}, {"key": "a"}],
            "The key a names 2 tasks; give each task a key of its own.",
        ),
        (
            [{"key": "storage"}, {"key": "b", "depends_on": ["storag"]}],
            "Task b depends on storag, which is no task here; did you mean storage?",
        ),
        (
            [{"key": "a", "depends_on": ["zzz"]}],
            "Task a depends on zzz, which is no task here; use the key of a task, or remove it.",
        ),
        (
            [{"key": "a", "depends_on": ["a"]}],
            "Task a depends on itself; remove a from its depends_on.",
        ),
        (
            [{"key": "a"}, {"key": "b", "depends_on": ["a", "a"]}],
            "Task b depends on a 2 times; once will do.",
        ),
        (
            [
                {"key": "free"},
                {"key": "a", "depends_on": ["b", "free"]},
                {"key": "b", "depends_on": ["c"]},
                {"key": "c", "depends_on": ["a"]},
            ],
            "Tasks depend on each other in a circle: a → b → c → a (each needs the next); "
            "remove one of these dependencies.",
        ),
        (
            [{"key": "a", "target_files": []}],
            "Task a has no target_files; name each file that it may create or change.",
        ),
        (
            [{"key": "a", "target_files": ["x", "x"]}],
            "Task a names 'x' 2 times in target_files; once will do.",
        ),
        (
            [{"key": "a", "agent": "command"}],
            "Task a has the agent command and no command; say what sh shall run.",
        ),
        (
            [{"key": "a", "command": "ls"}],
            "Task a has a command but agent llm; set agent: command or remove it.",
        ),
        (
            [{"key": "a", "script": {}}],
            "Task a has a script but agent llm; set agent: scripted or remove it.",
        ),
        (
            [{"key": "a", "agent": "scripted", "script": {"files": {"other": ""}}}],
            "Task a has a script that writes 'other', which is none of its target_files; add it "
            "there, or move it to stray_files.",
        ),
        (
            [{"key": "a", "agent": "scripted", "script": {"stray_files": {"f0.txt": ""}}}],
            "Task a has 'f0.txt' in stray_files and target_files; remove one.",
        ),
    ],
)
def test_a_plan_that_cannot_run_is_refused(tasks: list[dict[str, object]], expected: str) -> None:
    assert validate_plan(plan_of(*tasks)) == [expected]


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a\\b", ".git/config", "a//b", "", "con"])
def test_an_unsafe_target_is_refused_with_its_task(path: str) -> None:
    (problem,) = validate_plan(plan_of({"key": "a", "target_files": [path]}))

    assert problem.startswith(f"Task a has the target file {path!r}: ")


def test_an_unsafe_stray_file_is_refused() -> None:
    script = {"stray_files": {"../up": ""}}

    (problem,) = validate_plan(plan_of({"key": "a", "agent": "scripted", "script": script}))

    assert problem.startswith("Task a has the stray file '../up': ")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("README.md", "readme.md"),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}.txt", "cafe\N{COMBINING ACUTE ACCENT}.txt"),
        ("src", "src/main.py"),
    ],
)
def test_targets_that_cannot_both_exist_are_refused(first: str, second: str) -> None:
    (problem,) = validate_plan(
        plan_of({"key": "a", "target_files": [first]}, {"key": "b", "target_files": [second]})
    )

    assert problem.startswith("The target files ")
    assert f"{first!r} (task a)" in problem
    assert f"{second!r} (task b)" in problem


def test_tasks_may_share_a_target() -> None:
    assert validate_plan(plan_of({"target_files": ["x"]}, {"target_files": ["x"]})) == []


def test_the_hash_tells_documents_apart_and_not_their_spelling() -> None:
    document = parse_document(TODO)

    assert re.fullmatch(r"sha256:[0-9a-f]{64}", plan_hash(document))
    assert plan_hash(parse_document(TODO.replace('"5.00"', "5"))) == plan_hash(document)
    assert plan_hash(parse_document(TODO.replace("5.00", "5.01"))) != plan_hash(document)
    assert plan_hash(parse_document(TODO.replace("report.py", "other.py"))) != plan_hash(document)


def test_defaults_are_left_out_of_what_is_written() -> None:
    document = plan_of({"key": "a", "description": "One\ntwo\n"})

    assert dump_yaml(document) == (
        "title: Title\nphases:\n- name: Phase\n  milestones:\n  - name: Milestone\n    tasks:\n"
        "    - key: a\n      name: A task\n      description: |\n        One\n        two\n"
        "      target_files:\n      - f0.txt\n"
    )


texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=30
) | st.sampled_from(
    ["yes", "1e5", "0o17", "1:30", "null", "~", "2024-01-01", "a\n\n b\n", " x", "#", "\x85", "|"]
)
lines = texts.filter(lambda text: text.strip() != "" and text.isprintable())
keys = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
scripts = st.builds(
    Script,
    files=st.dictionaries(texts, texts, max_size=2),
    fail_attempts=st.integers(min_value=0, max_value=3),
    duration_s=st.floats(min_value=0, max_value=100),
)
tasks = st.builds(
    TaskDocument,
    key=keys,
    name=lines,
    description=texts,
    target_files=st.lists(texts, max_size=3),
    depends_on=st.lists(keys, max_size=3),
    complexity=st.sampled_from(Complexity),
    checks=st.lists(texts.filter(str.strip), max_size=3),
    agent=st.none() | keys,
    command=st.none() | texts.filter(str.strip),
    script=st.none() | scripts,
)
documents = st.builds(
    PlanDocument,
    title=lines,
    description=texts,
    goal=texts,
    settings=st.builds(
        PlanSettings,
        model=st.none() | lines,
        budget_usd=st.none() | st.decimals(min_value="0.01", max_value=999, places=2),
        network=st.booleans(),
    ),
    phases=st.lists(
        st.builds(
            PhaseDocument,
            name=lines,
            milestones=st.lists(
                st.builds(MilestoneDocument, name=lines, tasks=st.lists(tasks, max_size=2)),
                max_size=2,
            ),
        ),
        max_size=2,
    ),
)


@settings(deadline=None)
@given(documents)
def test_what_is_written_is_read_back_exactly(document: PlanDocument) -> None:
    assert parse_document(dump_yaml(document)) == document


def reordered(value: object) -> object:
    """The same plain value with the keys of each mapping the other way round."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@settings(deadline=None)
@given(documents, st.booleans())
def test_the_hash_is_the_same_in_every_spelling(document: PlanDocument, ascii_only: bool) -> None:
    plain = document.model_dump(mode="json")
    spellings = [
        json.dumps(plain, ensure_ascii=ascii_only),
        json.dumps(reordered(plain), indent=2),
        dump_yaml(document),
    ]

    assert {plan_hash(parse_document(text)) for text in spellings} == {plan_hash(document)}


@settings(deadline=None)
@given(st.text(max_size=200) | st.text("{}[]:-&*!|>#\"'\\ \n\ta1,", max_size=60))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        load_document(text)
    except InvalidPlan as refusal:
        assert refusal.problems
        assert not any("pydantic" in problem for problem in refusal.problems)


def test_the_schema_describes_what_is_read() -> None:
    schema = json_schema()

    assert schema["required"] == ["title", "phases"]
    assert schema["additionalProperties"] is False
    task = schema["$defs"]["TaskDocument"]  # type: ignore[index]
    assert task["required"] == ["key", "name", "target_files"]
    assert task["properties"]["target_files"]["description"].startswith("The files that the task")


def test_a_plan_of_ten_thousand_tasks_is_read_and_one_more_is_refused() -> None:
    tasks = [
        {"key": f"t{n}", "name": "x", "target_files": [f"d/{n}"], "depends_on": [f"t{n - 1}"][:n]}
        for n in range(10_001)
    ]
    largest = plan_of(*tasks[:10_000])

    assert load_document(json.dumps(largest.model_dump(mode="json"))) == largest
    assert validate_plan(plan_of(*tasks)) == [
        "The plan has 10,001 tasks and 10,000 are allowed; split it into several plans."
    ]
