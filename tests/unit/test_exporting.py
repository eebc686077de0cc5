"""Plans written back: the text they came from with its ticks alone, or a rendering of the plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from masterplan.documents import PlanDocument, document_of, dump_yaml
from masterplan.errors import InvalidPlan
from masterplan.importers import PlanFormat, detect_format, import_plan
from masterplan.importers.exporting import PlanFile, export_plan, tick_again

SAMPLES = sorted((Path(__file__).parents[1] / "data" / "plan_files").iterdir())
DRAWN = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def file_of(path: Path, ending: str = "\n") -> PlanFile:
    text = path.read_bytes().decode().replace("\n", ending)
    return PlanFile(detect_format(text), text)


def done_in(document: PlanDocument) -> set[str]:
    return {task.key for task in document.tasks() if task.done}


def differences(before: str, after: str) -> list[tuple[str, str]]:
    assert len(before) == len(after)
    return [(a, b) for a, b in zip(before, after, strict=True) if a != b]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
@DRAWN
@given(ending=st.sampled_from(["\n", "\r\n", "\r"]), mark=st.sampled_from(["", "\ufeff"]))
def test_text_of_which_nothing_more_is_done_comes_back_as_it_was(
    path: Path, ending: str, mark: str
) -> None:
    source = PlanFile(file_of(path).format, mark + file_of(path, ending).text)
    document = import_plan(source.text, source.format).document

    back = export_plan(document, source.format, done=done_in(document), source=source)

    assert (back.text, back.notices) == (source.text, [])


@pytest.mark.parametrize("name", ["agent_os.md", "spec_kit.md", "kiro.md", "cc_sdd.md"])
@DRAWN
@given(data=st.data(), ending=st.sampled_from(["\n", "\r\n"]))
def test_tick_is_one_character_in_the_line_of_its_task(
    name: str, data: st.DataObject, ending: str
) -> None:
    source = file_of(next(path for path in SAMPLES if path.name == name), ending)
    imported = import_plan(source.text, source.format)
    open_tasks = [task.key for task in imported.document.tasks() if not task.done]
    key = data.draw(st.sampled_from(open_tasks))

    done = done_in(imported.document) | {key}
    back = export_plan(imported.document, source.format, done=done, source=source)

    changed = differences(source.text, back.text)
    (mark,) = [mark for mark in imported.marks if mark.label == key]
    assert back.text[mark.start] == "x"
    rollups = [m for m in imported.marks if len(m.after) > 1 and not m.done and key in m.after]
    complete = [m for m in rollups if done.issuperset(m.after)]
    assert len(changed) == 1 + len(complete)
    assert done_in(import_plan(back.text, source.format).document) == done


def test_rollup_is_ticked_with_the_last_of_its_tasks() -> None:
    source = file_of(next(path for path in SAMPLES if path.name == "agent_os.md"))
    document = import_plan(source.text, source.format).document
    third = {f"3.{number}" for number in range(1, 9)}

    done = done_in(document) | third
    back = export_plan(document, source.format, done=done, source=source).text

    assert "- [x] 3.0 Complete execution engine\n  - [x] 3.1 Write" in back
    assert "- [ ] 4.0 Complete real-time monitoring\n  - [ ] 4.1 Write" in back
    assert len(differences(source.text, back)) == 9


def test_json_gets_its_status_and_keeps_all_else() -> None:
    source = file_of(next(path for path in SAMPLES if path.name == "task_master.json"))
    document = import_plan(source.text, source.format).document

    back = export_plan(document, source.format, done={"1", "2.1", "2.2"}, source=source).text

    assert back == source.text.replace(
        '"dependencies": [1],\n            "status": "pending"',
        '"dependencies": [1],\n            "status": "done"',
    ).replace('"status": "in-progress"', '"status": "done"')


def test_issue_is_closed_in_its_line_and_where_it_had_no_status() -> None:
    source = file_of(next(path for path in SAMPLES if path.name == "beads.jsonl"))
    document = import_plan(source.text, source.format).document

    done = {"bd-a1.1", "bd-b2", "issue-7"}
    back = export_plan(document, source.format, done=done, source=source).text.splitlines()

    before = source.text.splitlines()
    assert [number for number, pair in enumerate(zip(before, back, strict=True), 1)
            if pair[0] != pair[1]] == [5, 7]  # fmt: skip
    assert back[4] == before[4].replace('"open"', '"closed"')
    assert back[6] == '{"status":"closed","title":"Only a title"}'


SPEC_KIT = "# Tasks: A\n- [ ] T001 One in a.py\n- [ ] T002 Two in b.py\n- [ ] T003 Three in c.py\n"


def test_line_that_was_changed_meanwhile_is_left_alone() -> None:
    source = PlanFile(PlanFormat.SPEC_KIT, SPEC_KIT)
    now = (
        "# Tasks: A\nA new line.\n- [x] T001 One in a.py\n"
        "- [ ] T002 Two, but other, in b.py\n- [ ] T003 Three in c.py\n"
    )

    ticked = tick_again(now, source, done={"T001", "T002", "T003"})

    assert ticked.text == now.replace("- [ ] T003", "- [x] T003")
    assert [str(notice) for notice in ticked.notices] == [
        "line 4: T002 was changed meanwhile, so it was left alone"
    ]


def test_task_that_is_gone_is_told() -> None:
    now = SPEC_KIT.replace("- [ ] T002 Two in b.py\n", "")
    ticked = tick_again(now, PlanFile(PlanFormat.SPEC_KIT, SPEC_KIT), done={"T002"})

    assert ticked.text == now
    assert [str(notice) for notice in ticked.notices] == [
        "line 3: T002 is gone, so it was not ticked"
    ]


def test_file_that_broke_meanwhile_is_refused() -> None:
    with pytest.raises(InvalidPlan, match="holds no task"):
        tick_again("gone", PlanFile(PlanFormat.SPEC_KIT, SPEC_KIT), done={"T001"})


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
@settings(DRAWN, max_examples=15)
@given(data=st.data())
def test_ticks_of_tasks_that_are_to_be_done_again_are_taken_back(
    path: Path, data: st.DataObject
) -> None:
    source = file_of(path)
    document = import_plan(source.text, source.format).document
    keys = [task.key for task in document.tasks()]
    before = done_in(document)
    done = before | data.draw(st.sets(st.sampled_from(keys)))
    again = data.draw(st.sets(st.sampled_from(sorted(done)))) - before if done else set()

    ticked = tick_again(source.text, source, done=done, ticked=before, to_do=set(keys) - before)
    back = tick_again(ticked.text, source, done=done - again, ticked=done, to_do=set(keys) - before)
    wanted = tick_again(source.text, source, done=done - again, to_do=set(keys) - before)

    assert (back.text, back.notices) == (wanted.text, [])


@pytest.mark.parametrize(
    "path", [path for path in SAMPLES if path.name != "kiro_waves.md"], ids=lambda path: path.name
)
def test_task_that_the_file_says_is_done_is_opened_where_the_plan_has_it_done_again(
    path: Path,
) -> None:
    source = file_of(path)
    document = import_plan(source.text, source.format).document
    keys = {task.key for task in document.tasks()}
    again = sorted(done_in(document))[0]
    done = done_in(document) - {again}

    opened = tick_again(source.text, source, done=done, ticked=done | {again}, to_do=keys - done)
    forth = tick_again(opened.text, source, done=done | {again}, ticked=done, to_do=keys - done)

    assert done_in(import_plan(opened.text, source.format).document) == done
    assert done_in(import_plan(forth.text, source.format).document) == done | {again}
    assert opened.notices == forth.notices == []


def test_tick_whose_line_was_changed_meanwhile_stays_and_is_told() -> None:
    source = PlanFile(PlanFormat.SPEC_KIT, SPEC_KIT)
    now = SPEC_KIT.replace("[ ] T001 One", "[x] T001 One more").replace("[ ] T002", "[x] T002")

    back = tick_again(now, source, done=set(), ticked={"T001", "T002"}, to_do={"T001", "T002"})

    assert back.text == now.replace("[x] T002", "[ ] T002")
    assert [str(notice) for notice in back.notices] == [
        "line 2: T001 is to be done again, but was changed meanwhile: its tick stays"
    ]


def test_tick_that_the_user_made_is_left_alone() -> None:
    source = PlanFile(PlanFormat.SPEC_KIT, SPEC_KIT)
    now = SPEC_KIT.replace("[ ] T002", "[x] T002")

    assert tick_again(now, source, done=set(), ticked={"T001"}, to_do={"T001", "T002"}).text == now


def test_export_never_says_done_of_what_the_plan_has_done_again() -> None:
    text = SPEC_KIT.replace("[ ] T001", "[x] T001")
    source = PlanFile(PlanFormat.SPEC_KIT, text)
    document = edited(import_plan(text, source.format).document, done=False)

    assert export_plan(document, source.format, done=set(), source=source).text == SPEC_KIT
    assert export_plan(document, source.format, done={"T001"}, source=source).text == text


def edited(document: PlanDocument, **changes: object) -> PlanDocument:
    """The document with its first task changed."""
    value = document.model_dump(mode="json")
    value["phases"][0]["milestones"][0]["tasks"][0] |= changes
    return document_of(value)


def test_edit_that_the_file_has_no_place_for_is_told_and_the_file_kept() -> None:
    source = PlanFile(PlanFormat.SPEC_KIT, SPEC_KIT)
    document = edited(import_plan(SPEC_KIT, source.format).document, checks=["true"])

    back = export_plan(document, source.format, done=set(), source=source)

    assert back.text == SPEC_KIT
    assert [str(each) for each in back.notices] == [
        "task T001 was edited here (checks); the file keeps its words"
    ]


def test_plan_that_no_longer_fits_its_file_is_written_anew() -> None:
    source = PlanFile(PlanFormat.SPEC_KIT, SPEC_KIT)
    document = edited(import_plan(SPEC_KIT, source.format).document, name="Other in a.py")

    back = export_plan(document, source.format, done={"T001"}, source=source)

    assert "- [x] T001 Other in a.py\n" in back.text
    assert "written anew" in str(back.notices[0])


def test_native_text_keeps_its_comments_while_the_plan_is_the_same() -> None:
    document = import_plan(SPEC_KIT, PlanFormat.SPEC_KIT).document
    source = PlanFile(PlanFormat.MASTERPLAN, "# mine\n" + dump_yaml(document))

    kept = export_plan(document, PlanFormat.MASTERPLAN, done=set(), source=source)
    anew = export_plan(
        edited(document, name="Other"), PlanFormat.MASTERPLAN, done=set(), source=source
    )

    assert kept.text == source.text
    assert "# mine" not in anew.text
    assert "name: Other" in anew.text


words = st.text("abcdefgh XYZ", min_size=1, max_size=12).map(str.strip).filter(bool)
about = st.lists(words.map("- {}".format), max_size=3).map("\n".join)


@st.composite
def plans(
    draw: st.DrawFn, *, key: Callable[[int, int, int], str], chained: bool, detailed: bool = True
) -> PlanDocument:
    """Plans of what a format can hold; `key` spells number, milestone and place."""
    phases: list[dict[str, object]] = []
    earlier: list[str] = []
    tails: list[str] = []
    number = 0
    for group in range(1, draw(st.integers(1, 4)) + 1):
        tasks: list[dict[str, object]] = []
        for place in range(1, draw(st.integers(1, 4)) + 1):
            number += 1
            if chained:
                last = [str(tasks[-1]["key"])] if tasks else []
                needs = last or draw(st.lists(st.sampled_from(tails), unique=True) if tails else
                                     st.just([]))  # fmt: skip
                needs = sorted(needs, key=earlier.index)
            else:
                needs = draw(
                    st.lists(st.sampled_from(earlier), unique=True, max_size=3)
                    if earlier
                    else st.just([])
                )
            tasks.append(
                {
                    "key": key(number, group, place),
                    "name": f"{draw(words)} src/f{number}.py",
                    "description": draw(about) if detailed else "",
                    "target_files": [f"src/f{number}.py"],
                    "depends_on": needs,
                    "done": draw(st.booleans()),
                }
            )
            earlier.append(str(tasks[-1]["key"]))
        tails.append(earlier[-1])
        milestone = {"name": f"M {draw(words)}", "tasks": tasks}
        phases.append({"name": f"P {draw(words)}{group}", "milestones": [milestone]})
    return document_of({"title": f"A {draw(words)}", "phases": phases})


def reread(document: PlanDocument, format: PlanFormat) -> PlanDocument:
    text = export_plan(document, format, done=done_in(document)).text
    assert detect_format(text) is format
    return import_plan(text, format).document


def essence(document: PlanDocument) -> list[tuple[object, ...]]:
    return [
        (task.key, task.name, task.description, task.target_files, set(task.depends_on), task.done)
        for task in document.tasks()
    ]


@DRAWN
@given(plans(key=lambda number, group, place: f"{group}.{place}", chained=True))
def test_agent_os_holds_chains_in_groups_wholly(document: PlanDocument) -> None:
    assert reread(document, PlanFormat.AGENT_OS) == document


@DRAWN
@given(plans(key=lambda number, group, place: f"{group}.{place}", chained=False))
def test_kiro_holds_all_dependencies(document: PlanDocument) -> None:
    assert essence(reread(document, PlanFormat.KIRO)) == essence(document)


@DRAWN
@given(plans(key=lambda number, group, place: f"{group}.{place}", chained=False))
def test_task_master_holds_all_dependencies(document: PlanDocument) -> None:
    assert essence(reread(document, PlanFormat.TASK_MASTER)) == essence(document)


@DRAWN
@given(plans(key=lambda number, group, place: f"issue-{number}", chained=False))
def test_beads_holds_all_dependencies(document: PlanDocument) -> None:
    assert essence(reread(document, PlanFormat.BEADS)) == essence(document)


def reachable(document: PlanDocument) -> dict[str, set[str]]:
    """What each task waits for, directly or through others."""
    found: dict[str, set[str]] = {}
    for task in document.tasks():
        found[task.key] = set(task.depends_on).union(*(found[key] for key in task.depends_on))
    return found


@DRAWN
@given(plans(key=lambda number, group, place: f"T{number:03}", chained=False))
def test_spec_kit_waits_for_no_less_than_the_plan(document: PlanDocument) -> None:
    again = reread(document, PlanFormat.SPEC_KIT)

    before, after = reachable(document), reachable(again)
    assert all(after[key] >= needed for key, needed in before.items())
    assert done_in(again) == done_in(document)
    assert [(t.key, t.name, t.description, t.target_files) for t in again.tasks()] == [
        (t.key, t.name, t.description, t.target_files) for t in document.tasks()
    ]


HOSTILE = st.sampled_from(
    [
        *("- [x] 1.1 Done", "- [x] T001 Done", "# Title", "```", "<!--", "---", "File: `x.py`"),
        *("**A:** b", "#### Task Group 9: Z", "_Depends: 9_", "{}", "phases:", "\r", "\u2028"),
    ]
)


@DRAWN
@given(
    text=st.lists(HOSTILE | words, max_size=6).map("\n".join),
    name=HOSTILE | words,
    format=st.sampled_from(list(PlanFormat)),
)
def test_words_of_a_plan_never_become_tasks_or_ticks(
    text: str, name: str, format: PlanFormat
) -> None:
    task = {"key": "k", "name": name.replace("\r", "").replace("\u2028", "") or "n"}
    document = document_of(
        {
            "title": "T",
            "description": text,
            "phases": [
                {
                    "name": "P",
                    "description": text,
                    "milestones": [
                        {
                            "name": "M",
                            "description": text,
                            "tasks": [{**task, "description": text, "target_files": ["a.py"]}],
                        }
                    ],
                }
            ],
        }
    )

    again = import_plan(export_plan(document, format, done=set()).text, format).document

    assert [each.done for each in again.tasks()] == [False]


@pytest.mark.parametrize("format", list(PlanFormat)[1:])
def test_milestones_that_need_each_other_can_be_written(format: PlanFormat) -> None:
    def task(key: str, *needs: str) -> dict[str, object]:
        return {"key": key, "name": f"Do {key}", "target_files": [f"{key}.py"], "depends_on": needs}

    def phase(name: str, *tasks: dict[str, object]) -> dict[str, object]:
        return {"name": name, "milestones": [{"name": f"M {name}", "tasks": list(tasks)}]}

    document = document_of(
        {
            "title": "T",
            "phases": [phase("A", task("a"), task("c", "b")), phase("B", task("b", "a"))],
        }
    )

    again = import_plan(export_plan(document, format, done={"a"}).text, format).document

    assert sorted((each.name.split(" in ")[0], each.done) for each in again.tasks()) == [
        ("Do a", True),
        ("Do b", False),
        ("Do c", False),
    ]
