"""Plans edited as files, and in an editor: nothing is overwritten and no text is lost."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from support.shell import MASTERPLAN, PATIENCE_S, Shell

TASKS = "# Tasks: Greetings\n- [ ] T001 Hello in hello.txt\n"


@pytest.fixture
def masterplan(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    (tmp_path / "tasks.md").write_text(TASKS)
    shell("import", "tasks.md")
    return shell


def test_a_file_that_was_exported_before_another_edit_overwrites_nothing(
    masterplan: Shell,
) -> None:
    masterplan("export", "last", "--output", "mine.yaml")
    mine = masterplan.folder / "mine.yaml"
    text = mine.read_text()
    (masterplan.folder / "theirs.yaml").write_text(text.replace("Greetings", "Theirs"))
    mine.write_text(text.replace("Greetings", "Mine"))

    same = masterplan("edit", "last", "--file", "-", stdin=text)
    first = masterplan("edit", "last", "--file", "theirs.yaml")
    second = masterplan("edit", "last", "--file", "mine.yaml")

    assert same.stdout == "Nothing was changed: that is what the plan says already.\n"
    assert "Revision 2 of" in first.stdout, first.stderr
    assert "1 task is to be run." in first.stdout
    assert (second.returncode, second.stdout) == (1, "")
    assert "at revision 2, and the text was made from revision 1" in second.stderr


def test_what_is_written_in_an_editor_is_kept_where_it_cannot_be_saved(masterplan: Shell) -> None:
    wrong = edited(masterplan, "s,hello.txt,../hello.txt,")
    kept = re.search(r"--file (\S+?)`", wrong)
    right = edited(masterplan, "s/Greetings/Better/")

    assert kept is not None, wrong
    file = Path(kept[1])
    assert "../hello.txt" in file.read_text()
    file.unlink()
    assert "Revision 2 of" in right
    assert masterplan.json("show", "last")["title"] == "Better"


def edited(masterplan: Shell, script: str) -> str:
    """Edit the plan in a terminal, with sed for an editor; return what is said."""
    ours, theirs = pty.openpty()
    environment = {**masterplan.environment, "EDITOR": f"sed -i -e {script}", "COLUMNS": "1000"}
    try:
        done = subprocess.run(
            [MASTERPLAN, "edit", "last"],
            cwd=masterplan.folder,
            env=environment,
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return done.stdout + done.stderr
