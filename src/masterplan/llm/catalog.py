"""Which language models there are, what they are called and what can be expected of them.

A model is named `provider:model` as pydantic-ai names it, or `local` for the embedded one. What the
rest of the code decides about a model it decides by capability, never by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from masterplan.lifecycle import Complexity
from masterplan.llm.download import local_model_file
from masterplan.settings import PROVIDER_KEYS, Settings, configured_providers

LOCAL = "local"

DEFAULT_MODELS = {
    "anthropic": "anthropic:claude-sonnet-5-5",
    "openai": "openai:gpt-6.1-terra",
    "google": "google:gemini-3.8-flash",
    "groq": "groq:openai/gpt-oss-120b",
    "mistral": "mistral:codestral-latest",
}
"""What is used of each provider where only its key is set: able at code, moderate in price."""


class ModelCapability(StrEnum):
    """What a model can be asked for."""

    SMALL = "small"
    """Writes small modules; plans only in narrow, schema-constrained steps."""
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model as `masterplan models` and `masterplan doctor` show it."""

    name: str
    usable: bool
    reason: str
    """Why it is usable or what would make it so; never a key."""
    default: bool


def resolve_model_name(settings: Settings, requested: str | None = None) -> str:
    """Choose: as requested, else as set, else of the provider whose key is set, else `local`."""
    if chosen := requested or settings.model:
        return chosen
    return next((DEFAULT_MODELS[name] for name in configured_providers()), LOCAL)


def task_model_name(settings: Settings, requested: str | None, complexity: Complexity) -> str:
    """Choose for a task: as its plan says, else as set for its complexity, else for all."""
    return requested or settings.task_models.get(complexity.value) or resolve_model_name(settings)


def capability(settings: Settings, name: str) -> ModelCapability:
    """Tell what can be asked of the model `name`."""
    is_small = any(fnmatchcase(name, pattern) for pattern in settings.small_models)
    return ModelCapability.SMALL if is_small else ModelCapability.LARGE


def available_models(settings: Settings) -> list[ModelStatus]:
    """List the embedded model, each provider's default and the one that is set, and their state."""
    default = resolve_model_name(settings)
    chosen = settings.task_models.values()
    names = dict.fromkeys([LOCAL, *DEFAULT_MODELS.values(), default, *chosen])
    return [_status(settings, name, default=default) for name in names]


def _status(settings: Settings, name: str, *, default: str) -> ModelStatus:
    usable, reason = _local_state(settings) if name == LOCAL else _provider_state(name)
    return ModelStatus(name=name, usable=usable, reason=reason, default=name == default)


def _local_state(settings: Settings) -> tuple[bool, str]:
    if url := settings.local_model_url:
        return True, f"served at {url}"
    if path := local_model_file(settings):
        return True, f"embedded, {path}"
    if settings.local_model_path:
        return False, f"MASTERPLAN_LOCAL_MODEL_PATH names no file: {settings.local_model_path}"
    return True, "embedded, fetched (1.1 GB) at its first use or by `masterplan model pull`"


def _provider_state(name: str) -> tuple[bool, str]:
    provider = name.partition(":")[0]
    variable = PROVIDER_KEYS.get(provider)
    if variable is None:
        return True, "not one of the providers whose key is known here; tried at its first use"
    if provider in configured_providers():
        return True, f"{variable} is set"
    return False, f"set {variable} to use it"
