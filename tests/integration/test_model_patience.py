"""Waiting for a model over real HTTP: what is waited for, how long, and what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pydantic_ai.exceptions import ModelAPIError

from masterplan.lifecycle import FailureKind
from masterplan.llm import patience
from masterplan.llm.asking import Interview
from masterplan.llm.catalog import LOCAL
from masterplan.llm.failures import explain_model_error
from masterplan.llm.journal import Unjournaled
from masterplan.llm.language_models import LanguageModels
from masterplan.settings import Settings
from support.loopback_model import (
    KEY,
    MODEL,
    Answer,
    Beginning,
    Break,
    Hang,
    ModelServer,
    Refusal,
    Step,
    scripted,
)

HELLO = Answer("Hello.")


@pytest.fixture
async def models(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LanguageModels]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    async with LanguageModels(settings) as models:
        yield models


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were decided upon; none takes longer than a moment."""
    decided: list[float] = []
    real = patience.pause

    def noted(state: patience.RetryCallState) -> float:
        decided.append(real(state))
        return 0.01

    monkeypatch.setattr(patience, "pause", noted)
    return decided


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch, *steps: Step) -> Iterator[ModelServer]:
    with ModelServer(scripted(*steps)).running() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


async def greeting(models: LanguageModels, journal: Unjournaled, *, silence_s: float = 30) -> str:
    interview = Interview(
        await models.get(MODEL), "Be brief.", journal=journal, silence_s=silence_s
    )
    return await interview.ask("Hello?", lambda text: text)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Refusal(429), "The provider of gpt-4o-mini asks to wait."),
        (Refusal(500), "The provider cannot serve gpt-4o-mini now."),
        (Refusal(503), "The provider cannot serve gpt-4o-mini now."),
        (Refusal(529), "The provider cannot serve gpt-4o-mini now."),
        (Refusal(402), "The account's quota for gpt-4o-mini is used up: add to it."),
        (Break(), "gpt-4o-mini cannot be reached: check the network."),
        (Hang(), "gpt-4o-mini did not answer in time."),
    ],
    ids=str,
)
async def test_trouble_that_passes_is_waited_out(
    models: LanguageModels,
    monkeypatch: pytest.MonkeyPatch,
    pauses: list[float],
    trouble: Step,
    reason: str,
) -> None:
    journal = Unjournaled()

    with served(monkeypatch, trouble, trouble, HELLO) as server:
        answer = await greeting(models, journal, silence_s=1 if trouble == Hang() else 30)

    assert answer == "Hello."
    assert journal.waits == [reason, reason]
    assert len(server.seen) == 3, "nobody else retries"
    assert all(0 <= pause <= patience.LONGEST_PAUSE_S for pause in pauses)


async def test_a_server_that_is_not_there_is_waited_for(
    models: LanguageModels, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    server = ModelServer(scripted(HELLO))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    journal = Unjournaled()
    model = await models.get(MODEL)
    begun = []

    def point_it_at_the_server(reason: str) -> None:
        begun.append(reason)
        model.client.base_url = server.url  # type: ignore[attr-defined]

    class Announcing(Unjournaled):
        async def wait(self, reason: str) -> None:
            point_it_at_the_server(reason)

    journal = Announcing()
    with server.running():
        assert await greeting(models, journal) == "Hello."

    assert begun == ["gpt-4o-mini cannot be reached: check the network."]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_refusal_for_good_is_not_waited_out(
    models: LanguageModels, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    journal = Unjournaled()

    with (
        served(monkeypatch, Refusal(status, message=f"Your key {KEY} is wrong.")) as server,
        pytest.raises(ModelAPIError) as refused,
    ):
        await greeting(models, journal)

    assert journal.waits == []
    assert len(server.seen) == 1
    kind, message = explain_model_error(refused.value)
    assert kind in {FailureKind.AGENT, FailureKind.CREDENTIALS, FailureKind.ENVIRONMENT}
    assert KEY not in message


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_the_provider_says_how_long_to_wait(
    models: LanguageModels, monkeypatch: pytest.MonkeyPatch, pauses: list[float], form: str
) -> None:
    at = datetime.now(UTC) + timedelta(seconds=120)
    retry_after = "120" if form == "seconds" else format_datetime(at, usegmt=True)
    refusal = Refusal(429, {"Retry-After": retry_after})

    with served(monkeypatch, refusal, HELLO):
        await greeting(models, Unjournaled())

    (pause,) = pauses
    assert 100 < pause <= 120 + patience.FIRST_PAUSE_S


async def test_a_small_model_that_repeats_itself_is_not_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    line = "    names = [name for name in names if name]\n"
    heard: list[str] = []
    with ModelServer(scripted(Beginning(line * 30))).running() as server:
        local = settings.model_copy(update={"local_model_url": server.url})
        async with LanguageModels(local) as models:
            interview = Interview(await models.get(LOCAL), "Write code.", on_text=heard.append)
            text = await interview.ask("Go on.", lambda text: text)

    assert text == line * 30
    assert "Nothing more comes of it" in "".join(heard)
    assert interview.usage.input_tokens > 0
    assert interview.usage.output_tokens > 0
