"""Records what the embedded model answers while a goal is planned and built, for the fast tests.

python scripts/record_answers.py ui/e2e/recorded/roman.json "GOAL"

Runs the real product on the goal, its model asked through a server that keeps each answer. What
the cassette holds is made anew; run it after a change of the prompts, see CONTRIBUTING.md.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import httpx

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from masterplan.llm.download import ensure_model
from masterplan.llm.local_server import LocalModelServer
from masterplan.settings import Settings
from support.recorded_model import Cassette, RecordedModel, Serving


async def record(cassette: Path, goal: str) -> int:
    """Plan and build `goal`; return the exit code of `masterplan run`."""
    model_path = await ensure_model(Settings())
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "answers.json"
        server = LocalModelServer(model_path, log_path=Path(folder) / "model.log")
        try:
            upstream = httpx.AsyncClient(
                base_url=await server.start(),
                headers={"Authorization": f"Bearer {server.api_key}"},
                timeout=900,
                trust_env=False,
            )
            async with upstream:
                recording = Serving(RecordedModel(Cassette(made), upstream))
                serving = asyncio.create_task(recording.serve())
                exit_code = await run(goal, await recording.listening(), Path(folder))
                recording.should_exit = True
                await serving
        finally:
            await server.stop()
        if exit_code == 0:
            _keep(made, cassette)
    return exit_code


def _keep(made: Path, cassette: Path) -> None:
    cassette.parent.mkdir(parents=True, exist_ok=True)
    cassette.write_text(made.read_text("utf-8"), "utf-8")


async def run(goal: str, model_url: str, folder: Path) -> int:
    command = [str(Path(sys.executable).with_name("masterplan")), "run", goal, "--yes"]
    process = await asyncio.create_subprocess_exec(
        *command,
        env={
            **os.environ,
            "MASTERPLAN_DATA_DIR": str(folder / "data"),
            "MASTERPLAN_MODEL": "local",
            "MASTERPLAN_LOCAL_MODEL_URL": model_url,
        },
    )
    return await process.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(record(Path(sys.argv[1]), sys.argv[2])))
