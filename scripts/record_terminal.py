"""Records what `masterplan run` looks like: runs it in tmux and writes its screen as an SVG.

python scripts/record_terminal.py docs/images/run.svg examples/failures.yaml "3 of 6"
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH, HEIGHT = 100, 30
SECONDS = 60


def main(picture: Path, plan: Path, moment: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/tmux"
        tmux = ["tmux", "-S", socket]
        environment = {
            **os.environ,
            "MASTERPLAN_DATA_DIR": f"{folder}/data",
            "TERM": "xterm-256color",
        }
        program = Path(sys.executable).with_name("masterplan")
        command = f"{program} run --file {plan.absolute()} --yes; sleep {SECONDS}"
        size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
        subprocess.run([*tmux, "new-session", "-d", *size, command], check=True, env=environment)
        try:
            screen = wait_for(tmux, moment)
        finally:
            subprocess.run([*tmux, "kill-server"], check=False)
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(screen.rstrip()))
    svg = console.export_svg(title="masterplan run")
    picture.parent.mkdir(parents=True, exist_ok=True)
    # Rich names fonts of a content network; the picture shall fetch nothing.
    picture.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL))


def wait_for(tmux: list[str], moment: str) -> str:
    """Return the screen once it shows the text `moment`."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        screen = subprocess.run(
            [*tmux, "capture-pane", "-e", "-p"], check=True, capture_output=True, text=True
        ).stdout
        if moment in screen:
            return screen
        time.sleep(0.1)
    raise SystemExit(f"the screen never showed {moment!r}:\n{screen}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
