"""Hands out language models and owns what they need: HTTP clients, the embedded model's server.

The application opens one `LanguageModels` and passes it on. The embedded model is fetched and
loaded at its first use, not before: who works with a provider's model never waits for it.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

import pydantic_ai
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout
from pydantic_ai.exceptions import UserError
from pydantic_ai.models import Model, infer_model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings

from masterplan.errors import Unavailable
from masterplan.llm.catalog import LOCAL
from masterplan.llm.download import ensure_model
from masterplan.llm.local_server import LocalModelServer
from masterplan.llm.sources import ProgressListener, silent
from masterplan.settings import PROVIDER_KEYS, Settings

# The library greets a terminal at the first question; the terminal is the command line's.
pydantic_ai.BANNER_ENABLED = False

LOCAL_MODEL_NAME = "qwen2.5-coder-1.5b-instruct"
LOCAL_READ_TIMEOUT = 900.0
"""Seconds; an answer that is not streamed arrives whole, at some tokens a second, after a queue."""
LOCAL_MAX_TOKENS = 3072
"""A small model can fall into endless repetition; an answer ends here unless the caller decides."""

NO_KEY = "none"
"""What a server that the operator names is sent as a key: the library wants one."""

LOCAL_PROFILE = OpenAIModelProfile(
    supports_json_schema_output=True,
    default_structured_output_mode="native",
    # The server's grammar honours lengths and ranges, which OpenAI's transformer would take away.
    json_schema_transformer=None,
)


class ModelCredentialsMissing(Unavailable):
    """A provider's model is wanted but its key is not set."""

    code = "model_credentials_missing"

    def __init__(self, name: str, *, variable: str) -> None:
        super().__init__(
            f"The model {name} needs a key: set the environment variable {variable}, or use "
            f"`{LOCAL}`, the embedded model.",
            details={"model": name, "variable": variable},
        )


class LanguageModels:
    """The models in use, by name; an asynchronous context manager of one event loop.

    `progress` hears how far fetching the embedded model is.
    """

    def __init__(self, settings: Settings, *, progress: ProgressListener = silent) -> None:
        self._settings = settings
        self._progress = progress
        self._open = AsyncExitStack()
        self._models: dict[str, Model] = {}
        self._server: LocalModelServer | None = None
        self._local_url = ""
        self._local_lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    @property
    def local_server(self) -> LocalModelServer | None:
        """The embedded model's server, once it was needed."""
        return self._server

    async def get(self, name: str) -> Model:
        """Return the model `name`, ready to be asked.

        Raises ModelCredentialsMissing where its key is not set and Unavailable where it is unknown
        or cannot be had here.
        """
        if name == LOCAL:
            # The first to ask fetches and loads, which takes minutes; the others wait for it.
            async with self._local_lock:
                return await self._local()
        if name not in self._models:
            self._models[name] = model = provider_model(name)
            await self._open.enter_async_context(model)
        return self._models[name]

    async def _local(self) -> Model:
        base_url, api_key = await self._local_address()
        # A restarted server listens elsewhere.
        if base_url != self._local_url:
            client = local_client(base_url, api_key=api_key)
            self._models[LOCAL] = local_model(await self._open.enter_async_context(client))
            self._local_url = base_url
        return self._models[LOCAL]

    async def _local_address(self) -> tuple[str, str]:
        if url := self._settings.local_model_url:
            return url, NO_KEY
        server = await self._serve_local()
        return await server.start(), server.api_key

    async def _serve_local(self) -> LocalModelServer:
        if self._server is None:
            path = await ensure_model(self._settings, progress=self._progress)
            log_path = self._settings.data_dir / "logs" / "local-model.log"
            self._server = LocalModelServer(path, log_path=log_path)
            self._open.push_async_callback(self._server.stop)
        return self._server


def provider_model(name: str) -> Model:
    """Make the model that a provider serves under `provider:model`."""
    try:
        return infer_model(name)
    except UserError as error:
        variable = PROVIDER_KEYS.get(name.partition(":")[0])
        if variable is not None and "API_KEY" in str(error):
            raise ModelCredentialsMissing(name, variable=variable) from error
        raise Unavailable(f"The model {name} cannot be used: {error}") from error
    except ImportError as error:
        raise Unavailable(f"The model {name} needs a library that is not there: {error}") from error


def local_client(base_url: str, *, api_key: str) -> AsyncOpenAI:
    """Make a client of the embedded model's server; proxies of the environment do not apply."""
    return AsyncOpenAI(
        base_url=base_url,
        api_key=api_key,
        max_retries=0,
        http_client=DefaultAsyncHttpxClient(
            trust_env=False, timeout=Timeout(LOCAL_READ_TIMEOUT, connect=5.0)
        ),
    )


def local_model(client: AsyncOpenAI) -> Model:
    """Make the model that the embedded model's server answers for."""
    return OpenAIChatModel(
        LOCAL_MODEL_NAME,
        provider=OpenAICompatibleProvider(LOCAL, openai_client=client),
        profile=LOCAL_PROFILE,
        settings=ModelSettings(max_tokens=LOCAL_MAX_TOKENS, temperature=0.2),
    )
