"""The only reader of the environment and of `masterplan.toml`.

Each setting has a default, a reader and a line of documentation, so that `masterplan doctor` and
the reference page can list them from here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_config_path, user_data_path
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from masterplan.failpoints import Trigger

PROVIDER_KEYS = {
    "anthropic": "ANTHROPIC_API_KEY",
    "openai": "OPENAI_API_KEY",
    "google": "GEMINI_API_KEY",
    "groq": "GROQ_API_KEY",
    "mistral": "MISTRAL_API_KEY",
}
"""The environment variable that each model provider's library reads its key from."""

SHORTEST_KEY = 8

# Never a file of the working directory: a project that agents write must set nothing here.
CONFIG_FILE = user_config_path("masterplan") / "masterplan.toml"


TaskComplexity = Literal["low", "medium", "high", "critical"]


class SandboxKind(StrEnum):
    BWRAP = "bwrap"
    SANDBOX_EXEC = "sandbox-exec"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """What a model costs, in US dollars for a million tokens."""

    input: Decimal
    output: Decimal


class Settings(BaseSettings):
    """What an operator can set, by `MASTERPLAN_…` variables or `masterplan.toml`."""

    model_config = SettingsConfigDict(
        env_prefix="MASTERPLAN_", toml_file=CONFIG_FILE, extra="ignore"
    )

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("masterplan"),
        description="Where the database, workspaces, logs and the token live.",
    )
    database_url: str | None = Field(
        default=None,
        description="URL of a SQLite file or of a PostgreSQL database; the default is a file in "
        "the data directory.",
    )
    workspaces_url: str | None = Field(
        default=None,
        description="Where git finds the folder of workspaces of the machine that executes plans, "
        "for workers elsewhere.",
    )
    host: str = Field(default="127.0.0.1", description="Address that `masterplan up` binds.")
    port: int = Field(
        default=8000, ge=0, le=65535, description="Port that `masterplan up` binds; 0 picks one."
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Names, with commas, that the server answers to besides the loopback's.",
    )
    token: SecretStr | None = Field(
        default=None, description="Access token; the default is generated into the data directory."
    )
    model: str | None = Field(
        default=None,
        description="`provider:model` or `local`; the default is the provider whose key is set.",
    )
    task_models: Annotated[dict[TaskComplexity, str], NoDecode] = Field(
        default={},
        description="Models for tasks of some complexity where the plan names none, such as "
        "`low=local,critical=anthropic:claude-opus-5`.",
    )
    small_models: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("local",),
        description="Models that plan and write only in small steps, with commas; `*` stands for "
        "anything, as in `local,ollama:*`. Empty where `local` is a server of a large model.",
    )
    local_model_path: Path | None = Field(
        default=None, description="A GGUF file to use as the embedded model."
    )
    local_model_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="A server to ask in place of the embedded model: speaks OpenAI's chat API, "
        "such as `http://127.0.0.1:8080/v1`.",
    )
    model_silence_s: float = Field(
        default=900,
        gt=0,
        description="Seconds that a model may be silent before it is asked again.",
    )
    model_prices: Annotated[dict[str, TokenPrice], NoDecode] = Field(
        default_factory=dict,
        description="US dollars for a million tokens read and written, of models whose price is "
        "not known here or is another: `openai:my-model=0.50/1.50`, with commas.",
    )
    max_parallel: int = Field(
        default=4, ge=1, le=256, description="Most tasks that run at the same time."
    )
    grace_seconds: float = Field(
        default=30,
        ge=0,
        description="How long running tasks may take to finish at SIGTERM, on PostgreSQL.",
    )
    sandbox: SandboxKind = Field(
        default=SandboxKind.BWRAP,
        description="What isolates agents' commands: bwrap, sandbox-exec or none.",
    )
    failpoint: Annotated[Trigger | None, NoDecode] = Field(
        default=None,
        description="For tests of crashes: `NAME:N` kills the process group at the Nth passing.",
    )

    retention_days: int = Field(
        default=30,
        ge=0,
        description="Days after a plan's end until its logs and unpublished attempts are removed; "
        "0 keeps them for ever.",
    )

    @field_validator("allowed_hosts", "small_models", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("task_models", mode="before")
    @classmethod
    def _split_into_pairs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
        if not all(equals and model.strip() for _, equals, model in pairs):
            raise ValueError("write COMPLEXITY=MODEL, with commas between several")
        return {complexity.strip(): model.strip() for complexity, _, model in pairs}

    @field_validator("model_prices", mode="before")
    @classmethod
    def _parse_prices(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return dict(_named_price(part.strip()) for part in value.split(",") if part.strip())

    @field_validator("failpoint", mode="before")
    @classmethod
    def _parse_failpoint(cls, value: object) -> object:
        return Trigger.parse(value) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (signature of pydantic-settings)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @cached_property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'masterplan.sqlite3'}"

    @property
    def workspaces_dir(self) -> Path:
        return self.data_dir.expanduser().absolute() / "workspaces"

    @property
    def discoveries_dir(self) -> Path:
        """Where repositories behind a URL lie while they are looked at."""
        return self.data_dir / "discoveries"

    @property
    def cache_dir(self) -> Path:
        return self.data_dir / "models"


def _named_price(text: str) -> tuple[str, TokenPrice]:
    name, _, amounts = text.rpartition("=")
    read, _, written = amounts.partition("/")
    try:
        price = TokenPrice(Decimal(read), Decimal(written))
    except InvalidOperation:
        price = None
    if price is None or not name or not (price.input >= 0 and price.output >= 0):
        raise ValueError(f"{text!r} is no price; write one like openai:my-model=0.50/1.50")
    return name.strip(), price


def configured_providers() -> list[str]:
    """Name the model providers whose key is set, in order of preference; never the keys."""
    return [name for name, variable in PROVIDER_KEYS.items() if os.environ.get(variable)]


def without_keys(text: str) -> str:
    """Blank out the model providers' keys in a text that is to be kept or shown."""
    for variable in PROVIDER_KEYS.values():
        key = os.environ.get(variable, "")
        # What is shorter is no key of any provider, but may well be a word.
        if len(key) >= SHORTEST_KEY:
            text = text.replace(key, f"[{variable}]")
    return text
