"""Says what went wrong with a language model in words that help, and what that means for a task."""

from __future__ import annotations

import httpx
from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelTimeoutError,
    ModelUnavailableError,
    UnexpectedModelBehavior,
    UsageLimitExceeded,
)

from masterplan.errors import Unavailable
from masterplan.lifecycle import FailureKind
from masterplan.llm.language_models import ModelCredentialsMissing

MODEL_ERRORS = (AgentRunError, Unavailable, httpx.HTTPError)
"""What asking a model can raise: to be caught where `explain_model_error` is used."""


def explain_model_error(error: Exception) -> tuple[FailureKind, str]:
    """Turn an error of asking a model into a kind of failure and a sentence with its remedy.

    A key or an account that is refused, and a model that cannot be had here, are permanent;
    anything else may pass and is left to the task's retries.
    """
    match error:
        case ModelCredentialsMissing():
            return FailureKind.CREDENTIALS, error.message
        case Unavailable():
            return FailureKind.ENVIRONMENT, error.message
        case ModelAPIError():
            return _kind_of_refusal(error), f"{_refusal(error)} ({_first_line(error)})"
        case UsageLimitExceeded():
            return FailureKind.BUDGET, f"The limit of this request was reached: {error}."
        case UnexpectedModelBehavior():
            return FailureKind.AGENT, f"The model's answer could not be used: {_first_line(error)}"
        case httpx.HTTPError():
            return FailureKind.AGENT, f"The model could not be reached: {_first_line(error)}"
        case _:
            return FailureKind.AGENT, f"The model failed: {_first_line(error)}"


def _kind_of_refusal(error: ModelAPIError) -> FailureKind:
    match error:
        case ModelAuthenticationError() | ModelQuotaExceededError():
            return FailureKind.CREDENTIALS
        case ModelNotFoundError():
            return FailureKind.ENVIRONMENT
        case _:
            return FailureKind.AGENT


def _refusal(error: ModelAPIError) -> str:
    name = error.model_name
    match error:
        case ModelAuthenticationError():
            return f"The provider of {name} refused the key: check it, or set another."
        case ModelQuotaExceededError():
            return f"The account's quota for {name} is used up: add to it, or use another model."
        case ModelNotFoundError():
            return f"The provider has no model {name}: see `masterplan models` for names."
        case ModelRateLimitError():
            return f"The provider of {name} asks to wait: try again later."
        case ModelContextWindowExceededError():
            return f"The request is too long for {name}: use a larger model or smaller tasks."
        case ModelUnavailableError():
            return f"The provider cannot serve {name} now: try again later."
        case ModelTimeoutError():
            return f"{name} did not answer in time: try again, or use another model."
        case ModelConnectionError():
            return f"{name} could not be reached: check the network."
        case _:
            return f"The request to {name} failed."


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:300]
