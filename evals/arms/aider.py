"""aider, a coding tool of the same kind, with the same model and the same files at hand.

It is installed from PyPI into an environment of its own, asked without a person at the keyboard,
and runs in bubblewrap without a network: the model is reached through a bridge, and nothing else.
Of a task it gets the checks as its test command, which is how aider is told of them; it edits whole
files, which is the format it recommends for small models.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from evals.arms.base import (
    CONTEXT_TOKENS,
    MAX_TOKENS,
    MODEL,
    Room,
    Unavailable,
    Work,
    begin_repository,
    complaint,
    run_logged,
)
from evals.cases import Brief, Level
from masterplan.workspace.bubblewrap import find_bubblewraps, tethered

VERSION = "0.86.2"
ROOT = Path(__file__).resolve().parents[2]
UV = ROOT / ".tools" / "bin" / "uv"
ENVIRONMENT = ROOT / ".tools" / f"aider-{VERSION}"
BRIDGE = Path(__file__).with_name("bridge.py")
INSTALL_S = 1_200.0
NAME = f"openai/{MODEL}"

OPTIONS = (
    *("--model", NAME, "--weak-model", NAME, "--edit-format", "whole"),
    *("--yes-always", "--no-auto-commits", "--no-dirty-commits", "--no-gitignore"),
    *("--analytics-disable", "--no-check-update", "--no-show-release-notes"),
    *("--no-show-model-warnings", "--no-suggest-shell-commands", "--no-detect-urls"),
    *("--no-pretty", "--no-fancy-input"),
)


class Aider:
    name = "aider"

    async def prepare(self) -> None:
        """Install it where it is not. Raises Unavailable where it cannot be had or run."""
        if not find_bubblewraps():
            raise Unavailable(
                "it is run in bubblewrap, which is not there (apt install bubblewrap)"
            )
        installed = f"lib/python3.*/site-packages/aider_chat-{VERSION}.dist-info"
        if await asyncio.to_thread(lambda: list(ENVIRONMENT.glob(installed))):
            return
        for step in (
            ["venv", "--clear", "--python", sys.executable, str(ENVIRONMENT)],
            ["pip", "install", "--python", str(ENVIRONMENT), f"aider-chat=={VERSION}"],
        ):
            await _install(step)

    async def build(self, brief: Brief, room: Room) -> Work:
        """Send one message, with the files that a person would add to the chat."""
        settings = room.folder / "settings"
        await asyncio.to_thread(_furnish, settings, room.result, brief)
        programs = ENVIRONMENT / "bin"
        aider = [str(programs / "aider"), *arguments(brief, settings)]
        ended = await run_logged(
            [*cut_off(room, python=programs / "python", bridge=settings / BRIDGE.name), *aider],
            environment={},
            directory=room.folder,
            log=room.folder / "aider.log",
            limit_s=room.limit_s,
        )
        await asyncio.to_thread(_tidy, room.result)
        note = complaint(ended.output_tail) if ended.exit_code else ""
        return Work(timed_out=ended.timed_out, seconds=ended.duration_s, note=note)


def arguments(brief: Brief, settings: Path) -> Iterator[str]:
    """List aider's options for a brief."""
    yield from OPTIONS
    yield from ("--message-file", str(settings / "message.txt"))
    yield from ("--model-metadata-file", str(settings / "metadata.json"))
    yield from ("--model-settings-file", str(settings / "model.yml"))
    for name in ("input", "chat", "llm"):
        yield from (f"--{name}-history-file", str(settings / f"{name}.history"))
    if brief.level is Level.TASK:
        yield from ("--auto-test", "--test-cmd", " && ".join(brief.checks))
    for path in brief.given:
        if path not in brief.files and brief.given[path]:
            yield from ("--read", path)
    yield "--"
    yield from brief.files


def cut_off(room: Room, *, python: Path, bridge: Path) -> list[str]:
    """Name a command that runs another one in a sandbox from which only the model is reached."""
    port = urlsplit(room.model.url).port
    across = [str(python), str(bridge), str(room.socket), str(port)]
    return [*tethered(), str(find_bubblewraps()[0]), *sandbox_options(room), *across]


def sandbox_options(room: Room) -> Iterator[str]:
    """List bwrap's options: the system to read, the room to write, no network, nothing private."""
    yield from ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
    yield from ("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc")
    for hidden in dict.fromkeys([tempfile.gettempdir(), str(Path.home()), str(ROOT)]):
        yield from ("--tmpfs", hidden)
    for shown in (sys.base_prefix, str(ENVIRONMENT)):
        yield from ("--ro-bind-try", shown, shown)
    for written in (room.folder, room.socket.parent):
        yield from ("--bind", str(written), str(written))
    yield from ("--chdir", str(room.result), "--clearenv")
    variables = {
        "HOME": str(room.folder / "settings"),
        "PATH": f"{ENVIRONMENT}/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENAI_API_BASE": room.model.url,
        "OPENAI_API_KEY": "none",
        # Else the library looks for prices on the network first.
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    for name, value in variables.items():
        yield from ("--setenv", name, value)
    yield "--"


def _furnish(settings: Path, result: Path, brief: Brief) -> None:
    settings.mkdir(parents=True)
    shutil.copy(BRIDGE, settings)
    (settings / "message.txt").write_text(brief.text, encoding="utf-8")
    limits = {
        "max_input_tokens": CONTEXT_TOKENS,
        "max_output_tokens": MAX_TOKENS,
        "max_tokens": MAX_TOKENS,
        "input_cost_per_token": 0,
        "output_cost_per_token": 0,
        "litellm_provider": "openai",
        "mode": "chat",
    }
    (settings / "metadata.json").write_text(json.dumps({NAME: limits}), encoding="utf-8")
    model = {"name": NAME, "edit_format": "whole", "extra_params": {"max_tokens": MAX_TOKENS}}
    (settings / "model.yml").write_text(yaml.safe_dump([model]), encoding="utf-8")
    begin_repository(result)


def _tidy(result: Path) -> None:
    """Leave the code alone behind."""
    shutil.rmtree(result / ".git", ignore_errors=True)
    for path in result.glob(".aider*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


async def _install(step: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(str(UV), "--quiet", *step),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), INSTALL_S)
    if process.returncode:
        reason = " ".join(said.decode(errors="replace").split())[-300:]
        raise Unavailable(f"aider-chat {VERSION} could not be installed: {reason}")
