"""The embedded model for real: its process, its answers and its end.

Uses the file of MASTERPLAN_LOCAL_MODEL_PATH or of the cache; never fetches it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel, Field
from pydantic_ai import Agent, ModelSettings

from masterplan.llm.download import local_model_file
from masterplan.llm.language_models import LanguageModels
from masterplan.llm.local_server import LocalModelServer
from masterplan.settings import Settings

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]


@pytest.fixture
def model_file() -> Path:
    path = local_model_file(Settings())
    if path is None:
        pytest.skip("the embedded model's file is not here: run `masterplan model pull`")
    return path


@pytest.fixture
async def server(tmp_path: Path, model_file: Path) -> AsyncIterator[LocalModelServer]:
    server = LocalModelServer(model_file, log_path=tmp_path / "model.log")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def models(tmp_path: Path, model_file: Path) -> AsyncIterator[LanguageModels]:
    async with LanguageModels(Settings(data_dir=tmp_path, local_model_path=model_file)) as models:
        yield models


class Choice(BaseModel):
    colour: str = Field(pattern="^(teal|ochre)$")
    reasons: list[str] = Field(min_length=2, max_length=2)


async def test_structured_output_keeps_to_the_schema(models: LanguageModels) -> None:
    agent = Agent(await models.get("local"), output_type=Choice)

    result = await agent.run("Which colour suits a small boat? Give very short reasons.")

    assert result.output.colour in {"teal", "ochre"}
    assert len(result.output.reasons) == 2
    assert result.usage.output_tokens > 0


async def test_text_is_streamed_as_it_is_written(models: LanguageModels) -> None:
    agent = Agent(await models.get("local"))
    pieces = []

    async with agent.run_stream("Count from one to ten in words.") as answer:
        async for piece in answer.stream_text(delta=True, debounce_by=None):
            pieces.append(piece)

    assert len(pieces) > 5
    assert "seven" in "".join(pieces).lower()


async def test_cancelled_requests_free_their_places(models: LanguageModels) -> None:
    model = await models.get("local")
    endless = Agent(model, model_settings=ModelSettings(max_tokens=6000))
    begun = asyncio.Event()

    async def write_endlessly() -> None:
        async with endless.run_stream("Write a novel of a hundred chapters.") as answer:
            async for _ in answer.stream_text(delta=True, debounce_by=None):
                begun.set()

    for _ in range(3):
        writing = asyncio.create_task(write_endlessly())
        await begun.wait()
        begun.clear()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing

    brief = Agent(model, model_settings=ModelSettings(max_tokens=4))
    async with asyncio.timeout(120):
        answers = await asyncio.gather(*(brief.run("Say yes.") for _ in range(4)))
    assert all(answer.output for answer in answers)


async def test_server_asks_for_its_key(server: LocalModelServer) -> None:
    async with httpx.AsyncClient(trust_env=False, base_url=await server.start()) as client:
        without = await client.get("/models")
        wrong = await client.get("/models", headers={"Authorization": "Bearer wrong"})
        right = await client.get("/models", headers={"Authorization": f"Bearer {server.api_key}"})

    assert [without.status_code, wrong.status_code, right.status_code] == [401, 401, 200]


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
async def test_key_is_not_shown_to_other_users(server: LocalModelServer) -> None:
    shown = [Path(f"/proc/{server.process_id}/{name}") for name in ("cmdline", "environ")]

    assert not any(server.api_key.encode() in path.read_bytes() for path in shown)


async def test_concurrent_first_uses_start_one_server(models: LanguageModels) -> None:
    first, second = await asyncio.gather(models.get("local"), models.get("local"))

    assert first is second


async def test_server_that_died_is_started_again(models: LanguageModels) -> None:
    before = await models.get("local")
    assert models.local_server is not None
    dead = models.local_server.process_id
    assert dead is not None
    os.kill(dead, signal.SIGKILL)
    await _ended(dead)

    after = await models.get("local")

    assert after is not before
    answer = await Agent(after, model_settings=ModelSettings(max_tokens=4)).run("Say yes.")
    assert answer.output


OWNER = """
import asyncio, sys
from pathlib import Path
from masterplan.llm.local_server import LocalModelServer
async def main():
    server = LocalModelServer(Path(sys.argv[1]), log_path=Path(sys.argv[2]))
    await server.start()
    print(server.process_id, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_server_ends_with_an_owner_that_is_killed(tmp_path: Path, model_file: Path) -> None:
    owner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OWNER, str(model_file), str(tmp_path / "model.log")),
        stdout=asyncio.subprocess.PIPE,
    )
    assert owner.stdout is not None
    server = int(await owner.stdout.readline())
    owner.kill()
    await owner.wait()

    await _ended(server)


async def _ended(process_id: int) -> None:
    """Wait until the process is gone; it is not a child, so that nothing but asking tells."""
    async with asyncio.timeout(60):
        while _alive(process_id):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def _alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True
