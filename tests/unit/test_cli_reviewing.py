"""How a difference between two revisions is told in a terminal."""

from __future__ import annotations

from masterplan.cli.reviewing import field_lines, task_lines
from masterplan.cli.wire_review import FieldChange, Place, TaskChange


def test_a_changed_task_tells_each_field_before_and_after() -> None:
    task = TaskChange(
        key="storage",
        name="JSON storage",
        kind="changed",
        fields=[
            FieldChange(field="checks", old=["true"], new=["pytest", "mypy"]),
            FieldChange(field="description", old="One\ntwo", new=""),
        ],
    )

    assert [line.plain for line in task_lines(task)] == [
        "~ storage  JSON storage",
        "    checks",
        "      - true",
        "      + pytest",
        "      + mypy",
        "    description",
        "      - One",
        "      - two",
    ]


def test_a_moved_task_tells_its_places() -> None:
    task = TaskChange(
        key="a",
        name="A",
        kind="moved",
        old_place=Place(phase="P", milestone="M1", number=1),
        new_place=Place(phase="P", milestone="M2", number=4),
    )

    assert [line.plain for line in task_lines(task)] == ["> a  A", "    M1 #1 → M2 #4"]


def test_what_a_model_wrote_drives_no_terminal() -> None:
    change = FieldChange(field="name", old=None, new="\x1b[2Jgone")

    assert "\x1b" not in "".join(line.plain for line in field_lines(change, indent=""))
