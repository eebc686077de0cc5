"""`masterplan chat` as people and scripts use it, with a model over real HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from support.chats import says
from support.loopback_model import KEY, MODEL, ModelServer, Refusal, scripted

MASTERPLAN = Path(sys.executable).with_name("masterplan")
QUESTION = says("What should it print?", "Which words?")
GOAL = says("Clear.", goal="Prints hello.", ready=True)


def chat(folder: Path, model: str, *words: str, said: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH"}},
        "HOME": str(folder),
        "MASTERPLAN_DATA_DIR": str(folder / "data"),
        "MASTERPLAN_MODEL": MODEL,
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": model,
    }
    return subprocess.run(
        [MASTERPLAN, "chat", *words],
        cwd=folder,
        env=environment,
        input=said,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_conversation_through_a_pipe_and_later_on(tmp_path: Path) -> None:
    with ModelServer(scripted(QUESTION, GOAL, Refusal(401))).running() as model:
        first = chat(tmp_path, model.url, "A greeting", said="hello\n")
        later = chat(tmp_path, model.url, "-c", "last", "--json", said="/masterplan\n")

    assert (first.returncode, first.stderr) == (0, "")
    for line in ("> A greeting", "What should it print?", "  1. Which words?", "> hello", "Clear."):
        assert line in first.stdout.splitlines()
    assert "Goal: Prints hello." in first.stdout
    # The planner asks the model too, which refuses by then.
    assert later.returncode == 1
    assert "refused the key" in later.stderr
    command, *events = [json.loads(line) for line in later.stdout.splitlines()]
    assert (command["role"], command["text"]) == ("person", "/masterplan")
    assert (events[-1]["type"], events[-1]["status"]) == ("masterplan_status", "failed")


def test_mistakes_on_the_command_line_are_told_apart(tmp_path: Path) -> None:
    done = chat(tmp_path, "http://127.0.0.1:9/v1", " ", said="")
    assert (done.returncode, done.stderr) == (
        2,
        "Error: The goal is empty: say in words what to build.\n",
    )
