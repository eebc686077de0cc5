"""Which model is chosen, what is said of it, what it costs and how its failures are explained."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from pydantic_ai import Agent
from pydantic_ai.exceptions import UnexpectedModelBehavior, UsageLimitExceeded
from pydantic_ai.usage import RunUsage

from masterplan.errors import Unavailable
from masterplan.lifecycle import Complexity, FailureKind
from masterplan.llm.catalog import (
    DEFAULT_MODELS,
    ModelCapability,
    ModelStatus,
    available_models,
    capability,
    resolve_model_name,
    task_model_name,
)
from masterplan.llm.failures import MODEL_ERRORS, explain_model_error
from masterplan.llm.language_models import LanguageModels, ModelCredentialsMissing
from masterplan.llm.local_server import LocalModelServer
from masterplan.llm.pricing import Prices
from masterplan.settings import PROVIDER_KEYS, Settings, TokenPrice

SECRET = "sk-canary-0123456789"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [*PROVIDER_KEYS.values(), "GOOGLE_API_KEY", "MASTERPLAN_MODEL"]:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, local_model_path=None)


def test_requested_model_is_chosen_over_the_set_one(settings: Settings) -> None:
    settings = settings.model_copy(update={"model": "groq:a"})

    assert resolve_model_name(settings, "mistral:b") == "mistral:b"
    assert resolve_model_name(settings) == "groq:a"


def test_provider_whose_key_is_set_is_chosen(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", SECRET)
    monkeypatch.setenv("OPENAI_API_KEY", "")

    assert resolve_model_name(settings) == DEFAULT_MODELS["groq"]


def test_embedded_model_is_chosen_without_any_key(settings: Settings) -> None:
    assert resolve_model_name(settings) == "local"
    assert capability(settings, "local") is ModelCapability.SMALL
    assert capability(settings, DEFAULT_MODELS["anthropic"]) is ModelCapability.LARGE


@pytest.mark.parametrize(
    ("named", "model", "expected"),
    [
        ("local, ollama:*", "ollama:qwen3:4b", ModelCapability.SMALL),
        ("local, ollama:*", "local", ModelCapability.SMALL),
        ("local, ollama:*", "groq:ollama", ModelCapability.LARGE),
        ("", "local", ModelCapability.LARGE),
    ],
)
def test_which_models_are_small_can_be_set(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    named: str,
    model: str,
    expected: ModelCapability,
) -> None:
    monkeypatch.setenv("MASTERPLAN_SMALL_MODELS", named)

    assert capability(Settings(data_dir=tmp_path), model) is expected


def test_a_task_gets_its_plans_model_else_that_of_its_complexity(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MASTERPLAN_TASK_MODELS", "low=local, critical=groq:a")
    settings = Settings(data_dir=tmp_path, model="openai:b")

    asked = [task_model_name(settings, None, complexity) for complexity in Complexity]

    assert asked == ["local", "openai:b", "openai:b", "groq:a"]
    assert task_model_name(settings, "mistral:c", Complexity.LOW) == "mistral:c"
    assert "groq:a" in [status.name for status in available_models(settings)]


@pytest.mark.parametrize("written", ["low", "low=", "enormous=local"])
def test_a_model_for_no_complexity_is_refused(written: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="task_models"):
        Settings(data_dir=tmp_path, task_models=written)


def test_models_are_listed_with_what_is_missing_and_without_keys(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MISTRAL_API_KEY", SECRET)

    models = {model.name: model for model in available_models(settings)}

    assert set(models) == {"local", *DEFAULT_MODELS.values()}
    assert models[DEFAULT_MODELS["mistral"]] == ModelStatus(
        name=DEFAULT_MODELS["mistral"], usable=True, reason="MISTRAL_API_KEY is set", default=True
    )
    assert models[DEFAULT_MODELS["openai"]] == ModelStatus(
        name=DEFAULT_MODELS["openai"],
        usable=False,
        reason="set OPENAI_API_KEY to use it",
        default=False,
    )
    assert SECRET not in repr(models)


def test_named_model_file_that_is_missing_makes_local_unusable(
    settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"local_model_path": tmp_path / "none.gguf"})

    local = available_models(settings)[0]

    assert (local.name, local.usable) == ("local", False)
    assert "none.gguf" in local.reason


@pytest.mark.parametrize("name", DEFAULT_MODELS.values())
async def test_missing_key_names_the_variable(settings: Settings, name: str) -> None:
    async with LanguageModels(settings) as models:
        with pytest.raises(ModelCredentialsMissing) as caught:
            await models.get(name)

    variable = PROVIDER_KEYS[name.partition(":")[0]]
    kind, message = explain_model_error(caught.value)
    assert kind is FailureKind.CREDENTIALS
    assert f"set the environment variable {variable}" in message


@pytest.mark.parametrize("name", DEFAULT_MODELS.values())
async def test_model_with_key_is_made_once_and_closed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(PROVIDER_KEYS[name.partition(":")[0]], SECRET)

    async with LanguageModels(settings) as models:
        first, second = await asyncio.gather(models.get(name), models.get(name))

    assert first is second
    assert first.model_name == name.partition(":")[2]


@pytest.mark.parametrize("name", ["nobody:model", "gpt", ""])
async def test_unknown_model_is_refused(settings: Settings, name: str) -> None:
    async with LanguageModels(settings) as models:
        with pytest.raises(Unavailable, match="cannot be used: Unknown model"):
            await models.get(name)


async def test_provider_without_its_library_is_refused(settings: Settings) -> None:
    async with LanguageModels(settings) as models:
        with pytest.raises(Unavailable, match="needs a library that is not there"):
            await models.get("cohere:command-r")


def test_cost_is_by_published_price_and_nothing_for_the_embedded_model() -> None:
    usage = RunUsage(input_tokens=1_000_000, output_tokens=1_000_000)

    assert all((Prices().cost_of(name, usage) or 0) > 0 for name in DEFAULT_MODELS.values())
    assert Prices().cost_of("local", usage) == Decimal(0)
    assert Prices().cost_of("local:qwen2.5-coder-1.5b-instruct", usage) == Decimal(0)
    assert Prices().cost_of("mistral:no-such-model", usage) is None
    assert Prices().cost_of("nobody:model", usage) is None
    own = Prices({"openai-chat:mine": TokenPrice(Decimal("0.5"), Decimal(2))})
    assert own.cost_of_tokens("openai:mine", 1_000_000, 500_000) == Decimal("1.5")


class Refusal(http.server.BaseHTTPRequestHandler):
    """Answers any request with the status that its address names, as a provider does."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"error": {"message": "No.", "type": null, "code": null}}'
        self.send_response(int(self.path.split("/")[1]))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-should-retry", "false")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def refusing_provider() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, FailureKind.CREDENTIALS, "refused the key"),
        (403, FailureKind.CREDENTIALS, "refused the key"),
        (402, FailureKind.CREDENTIALS, "quota"),
        (404, FailureKind.ENVIRONMENT, "`masterplan models`"),
        (429, FailureKind.AGENT, "asks to wait"),
        (503, FailureKind.AGENT, "try again later"),
        (500, FailureKind.AGENT, "failed"),
    ],
)
async def test_refusal_of_a_provider_is_explained(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    refusing_provider: str,
    status: int,
    kind: FailureKind,
    words: str,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{refusing_provider}/{status}/v1")

    async with LanguageModels(settings) as models:
        agent = Agent(await models.get("openai-chat:any"))
        with pytest.raises(MODEL_ERRORS) as caught:
            await agent.run("Hello")

    assert isinstance(caught.value, Exception)
    explained, message = explain_model_error(caught.value)
    assert explained is kind
    assert words in message
    assert f"({status}: " in message, "the provider's words, not the shape they came in"
    assert SECRET not in message


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (UnexpectedModelBehavior("no JSON"), FailureKind.AGENT, "no JSON"),
        (UsageLimitExceeded("too much"), FailureKind.BUDGET, "too much"),
        (httpx.ConnectError("refused"), FailureKind.AGENT, "refused"),
        (Unavailable("No such thing."), FailureKind.ENVIRONMENT, "No such thing."),
    ],
)
def test_model_errors_are_explained(error: Exception, kind: FailureKind, words: str) -> None:
    explained, message = explain_model_error(error)

    assert explained is kind
    assert words in message


async def test_file_that_is_no_model_is_told_with_the_end_of_the_log(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"not a model")
    server = LocalModelServer(broken, log_path=tmp_path / "logs" / "model.log")

    with pytest.raises(Unavailable, match="its process ended") as caught:
        await server.start()

    assert "broken.gguf" in caught.value.message
    assert not server.running
    await server.stop()
