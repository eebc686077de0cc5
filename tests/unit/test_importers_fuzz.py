"""Whatever a plan file holds: no crash, nothing done that is not ticked, time in step with size."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from masterplan.documents import validate_draft
from masterplan.errors import InvalidPlan
from masterplan.importers import Imported, PlanFormat, detect_format, import_plan, tick

SAMPLES = {
    path.name: path.read_bytes().decode()
    for path in sorted((Path(__file__).parents[1] / "data" / "plan_files").iterdir())
}
PIECES = [
    "- [ ] ", "- [x] ", "- [X]", "- [-] ", "[ ]", "T001 ", "1.1 ", "2. ", "(depends on T001)",
    "[P]", "#### Task Group 1: A", "### GROUP 1: B (P0)", "**Dependencies:** 1-3", "File: `a.py`",
    "```", "<!--", "-->", "_Depends: 1_", "## Task Dependency Graph",
    '{"waves":[{"id":0,"tasks":["1"]}]}', '{"id":"a","title":"t"}', '"status":"done"', "\r\n",
    "\n", "\r", "\t", "    ", "\ufeff", "`", "*", "\u2028", "\x00", "\u202e", "\u0663", "\xe9",
    "{", "}", "[", "]", '"', "\\", ":", ",", "phases:", "title: x",
]  # fmt: skip
FUZZING = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def survive(text: str) -> None:
    """Read the text as every format; whatever comes of it must be a valid draft, or a refusal."""
    with suppress(InvalidPlan):
        detect_format(text)
    for format in PlanFormat:
        try:
            plan = import_plan(text, format)
        except InvalidPlan as refused:
            assert all(refused.problems)
            continue
        assert validate_draft(plan.document) == []
        assert_marks_are_true(text, plan, format)


def assert_marks_are_true(text: str, plan: Imported, format: PlanFormat) -> None:
    """What is done is so in the file, letter for letter; a tick changes nothing besides."""
    marks = {mark.label: mark for mark in plan.marks}
    for task in plan.document.tasks():
        if task.done and format is not PlanFormat.MASTERPLAN:
            mark = marks[task.key]
            written = text[mark.start : mark.end].strip().strip('"').lower()
            assert written in {"x", "done", "completed", "closed"}
    everything = {task.key for task in plan.document.tasks()}
    assert tick(text, plan.marks, imported=plan.marks, done=set()).text == text
    ticked = tick(text, plan.marks, imported=plan.marks, done=everything)
    assert ticked.notices == []
    if format in {PlanFormat.AGENT_OS, PlanFormat.SPEC_KIT, PlanFormat.KIRO}:
        changed = [mark for mark in plan.marks if not mark.done and mark.after]
        assert re.sub(r"\[[^\]\[]{0,10}\]", "[]", ticked.text) == re.sub(
            r"\[[^\]\[]{0,10}\]", "[]", text
        )
        assert all(mark.end - mark.start <= 10 for mark in changed)


@FUZZING
@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    survive(text)


@FUZZING
@given(st.binary(max_size=300))
def test_any_bytes_are_survived(content: bytes) -> None:
    survive(content.decode("utf-8", "surrogateescape"))


@FUZZING
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=60).map("".join))
def test_any_mixture_of_the_grammars_is_survived(text: str) -> None:
    survive(text)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0))
@example(seed=1469)  # two tasks of one id
def test_mutated_samples_are_survived(name: str, seed: int) -> None:
    chance = random.Random(seed)
    text = SAMPLES[name][: 6_000 if name == "agent_os.md" else None]
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 0, 1, 2, 10, 200]))
        piece = chance.choice([chance.choice(PIECES), text[start : start + 80], ""])
        text = text[:start] + piece + text[end:]
    survive(text)


LONG: dict[str, Callable[[int], str]] = {
    "tasks": lambda n: "".join(f"- [ ] T{k:06} [P] Write src/f{k}.py\n" for k in range(n // 40)),
    "nested": lambda n: "".join(f"- [ ] {k}. Work\n  - [ ] Part\n" for k in range(n // 30)),
    "spaces": lambda n: "- [ ] 1.1 " + " " * n + "(P)\n",
    "brackets": lambda n: "- [ ] T001 " + "[" * n + "\n",
    "open needs": lambda n: "- [ ] T001 " + "(depends on " * (n // 12) + "\n",
    "backticks": lambda n: "- [ ] 1. a\n  - " + "` a" * (n // 3) + "\n",
    "stars": lambda n: "#### Task Group 1: A\n" + "**" * (n // 2) + ":\n- [ ] 1.1 a\n",
    "files": lambda n: "#### Task Group 1: A\n- [ ] 1.1 a\n" + "  - File: `a.py`\n" * (n // 17),
    "groups": lambda n: (
        "#### Task Group 1: A\n**Dependencies:** " + "1-9," * (n // 4) + "\n- [ ] 1.1 a"
    ),
    "underscores": lambda n: "- [ ] 1. a\n  - _Depends:" + " " * n + "\n",
    "dots": lambda n: "- [ ] 1. " + "a." * (n // 2) + "py\n",
    "paths": lambda n: "- [ ] T001 a" + "/a" * (n // 2) + "\n",
    "json": lambda n: '{"tasks": [' + "[" * (n // 2) + "]" * (n // 2) + "]}",
    "quotes": lambda n: '{"tasks": [{"id": 1, "title": "' + '\\"' * (n // 2) + '"}]}',
    "issues": lambda n: '{"title": "a", "priority": 1}\n' * (n // 30),
    "chain": lambda n: "".join(
        f'{{"id":"i{k}","title":"a","dependencies":[{{"depends_on_id":"i{k + 1}",'
        '"type":"parent-child"}]}\n'
        for k in range(n // 80)
    ),
}  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", LONG)
def test_long_files_take_time_in_step_with_their_size(name: str) -> None:
    """Seconds where time is linear; hours, and so the test's end, where it is quadratic."""
    text = LONG[name](400_000)
    for format in PlanFormat:
        if format is not PlanFormat.MASTERPLAN:
            with suppress(InvalidPlan):
                import_plan(text, format)
