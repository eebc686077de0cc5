"""`masterplan chat` as people and scripts use it, with a model over real HTTP."""

from __future__ import annotations

import json
import signal
import subprocess
from io import StringIO
from pathlib import Path

from masterplan.cli.interrupts import INTERRUPTED
from support.chats import says
from support.loopback_model import KEY, MODEL, Beginning, ModelServer, Refusal, scripted
from support.shell import PATIENCE_S, Shell, in_terminal, read_terminal

QUESTION = says("What should it print?", "Which words?")
GOAL = says("Clear.", goal="Prints hello.", ready=True)


def shell_asking(model: str, folder: Path) -> Shell:
    shell = Shell(folder)
    shell.environment |= {
        "MASTERPLAN_MODEL": MODEL,
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": model,
    }
    return shell


def chat(folder: Path, model: str, *words: str, said: str) -> subprocess.CompletedProcess[str]:
    return shell_asking(model, folder)("chat", *words, stdin=said)


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


def test_ctrl_c_leaves_an_answer_whose_server_is_gone(tmp_path: Path) -> None:
    with ModelServer(scripted(Beginning('{"reply": "Half an ans'))).running() as model:
        shell = shell_asking(model.url, tmp_path)
        with shell.started("up", "--port", "0") as server:
            assert "Masterplan is up" in (server.stdout or StringIO()).readline()
            with in_terminal(shell, "chat", "A greeting") as (terminal, process):
                read_terminal(terminal, "Half an ans")
                server.kill()
                read_terminal(terminal, "The server cannot be reached")
                process.send_signal(signal.SIGINT)
                read_terminal(terminal, "The conversation is kept")
                assert process.wait(PATIENCE_S) == INTERRUPTED
