"""The stand-in for a model: answers as recorded, refuses what was not, and can be paced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from openai import AsyncOpenAI
from pydantic_ai.exceptions import ModelAPIError

from masterplan.llm.asking import Interview
from masterplan.llm.catalog import LOCAL
from masterplan.llm.language_models import LanguageModels, local_client
from masterplan.settings import Settings
from support.recorded_model import Answer, Cassette, RecordedModel, Serving, key_of

QUESTION = "What is two times two?"
LONG = "Four. " * 20


def asked(text: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": text}], "temperature": 0.2}


@pytest.fixture
async def model(tmp_path: Path) -> AsyncIterator[Serving]:
    cassette = Cassette(tmp_path / "answers.json")
    cassette.keep(asked(QUESTION), Answer(LONG, "stop", 12, 20))
    server = Serving(RecordedModel(Cassette(tmp_path / "answers.json")))
    serving = asyncio.create_task(server.serve())
    await server.listening()
    yield server
    server.should_exit = True
    await serving


@pytest.fixture
async def client(model: Serving) -> AsyncIterator[AsyncOpenAI]:
    async with local_client(model.base_url, api_key="none") as client:
        yield client


async def test_answer_comes_as_it_was_recorded_streamed_or_whole(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(
        model="any", messages=[{"role": "user", "content": QUESTION}], temperature=0.2
    )
    stream = await client.chat.completions.create(
        model="any", messages=[{"role": "user", "content": QUESTION}], temperature=0.2, stream=True
    )
    pieces = [chunk async for chunk in stream]

    assert whole.choices[0].message.content == LONG
    assert "".join(c.choices[0].delta.content or "" for c in pieces if c.choices) == LONG
    assert pieces[-1].usage is not None
    assert pieces[-1].usage.completion_tokens == 20


async def test_product_asks_the_server_that_the_operator_names_and_hears_what_is_unknown(
    model: Serving, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "data", local_model_url=model.base_url)
    async with LanguageModels(settings) as models:
        interview = Interview(await models.get(LOCAL), instructions="Answer.")
        with pytest.raises(ModelAPIError, match="make record-answers"):
            await interview.ask("Never asked before.", str)

    assert not (tmp_path / "data").exists(), "the embedded model was touched"


async def test_gate_lets_so_many_answers_through(model: Serving) -> None:
    async with httpx.AsyncClient(base_url=model.base_url, trust_env=False) as http:
        gate = model.base_url.replace("/v1", "/gate")
        await http.put(gate, json={"open": 1})
        first = await http.post("/chat/completions", json=asked(QUESTION))
        second = asyncio.create_task(http.post("/chat/completions", json=asked(QUESTION)))
        done, _ = await asyncio.wait([second], timeout=0.2)
        await http.put(gate, json={"open": None})

        assert first.status_code == 200
        assert not done
        assert (await second).status_code == 200


def test_question_is_known_by_what_decides_its_answer_not_by_how_long_tests_took() -> None:
    assert key_of(asked("Ran 3 tests in 0.012s")) == key_of(asked("Ran 3 tests in 1.300s"))
    assert key_of(asked("Ran 3 tests")) != key_of(asked("Ran 4 tests"))
    assert key_of({**asked("a"), "model": "x"}) == key_of(asked("a"))
    assert key_of({**asked("a"), "temperature": 0.8}) != key_of(asked("a"))
