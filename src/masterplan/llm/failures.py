"""Says what went wrong with a language model in words that help, and what that means for a task."""

from __future__ import annotations

import httpx
import httpx2
from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelServerError,
    ModelTimeoutError,
    ModelUnavailableError,
    UnexpectedModelBehavior,
    UsageLimitExceeded,
)

from masterplan.errors import Unavailable
from masterplan.lifecycle import FailureKind
from masterplan.llm.language_models import ModelCredentialsMissing
from masterplan.settings import without_keys

TRANSPORT_ERRORS = (httpx.HTTPError, httpx2.HTTPError)
"""What a connection can raise where a provider's library lets it through."""
MODEL_ERRORS = (AgentRunError, Unavailable, *TRANSPORT_ERRORS)
"""What asking a model can raise: to be caught where `explain_model_error` is used."""

PASSING_STATUSES = frozenset({408, 409, 425, 429})
"""HTTP statuses below 500 that ask to come again."""
SERVER_TROUBLE = 500


def will_pass(error: BaseException) -> bool:
    """Tell whether the same request may be answered later, though nobody changes anything here.

    So it is with rate limits and used-up quotas, overloaded and broken servers, time-outs and lost
    connections; not with a refused key, an unknown model or a request that is wrong.
    """
    match error:
        case (
            ModelRateLimitError()
            | ModelQuotaExceededError()
            | ModelUnavailableError()
            | ModelServerError()
            | ModelConnectionError()
        ):
            return True
        case ModelHTTPError():
            return error.status_code in PASSING_STATUSES or error.status_code >= SERVER_TROUBLE
        case httpx.TransportError() | httpx2.TransportError():
            return True
        case _:
            return False


def reason_to_wait(error: BaseException) -> str:
    """Say in one sentence what a model is waited for; the same for the same trouble."""
    match error:
        case ModelQuotaExceededError():
            return f"The account's quota for {error.model_name} is used up: add to it."
        case ModelRateLimitError():
            return f"The provider of {error.model_name} asks to wait."
        case ModelTimeoutError():
            return f"{error.model_name} did not answer in time."
        case ModelConnectionError():
            return f"{error.model_name} cannot be reached: check the network."
        case ModelAPIError():
            return f"The provider cannot serve {error.model_name} now."
        case _:
            return "The model cannot be reached: check the network."


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
            return _kind_of_refusal(error), f"{_refusal(error)} ({_answered(error)})"
        case UsageLimitExceeded():
            return FailureKind.BUDGET, f"The limit of this request was reached: {error}."
        case UnexpectedModelBehavior():
            return FailureKind.AGENT, f"The model's answer could not be used: {_first_line(error)}"
        case httpx.HTTPError() | httpx2.HTTPError():
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


def _answered(error: ModelAPIError) -> str:
    """What the provider said, without the shape that it said it in."""
    body = error.body if isinstance(error, ModelHTTPError) else None
    if isinstance(body, dict) and isinstance(inner := body.get("error", body), dict):
        said = inner.get("message")
        if isinstance(said, str) and said and isinstance(error, ModelHTTPError):
            return without_keys(f"{error.status_code}: {said.splitlines()[0]}")[:300]
    return _first_line(error)


def _first_line(error: Exception) -> str:
    # A provider may repeat the key that it was given.
    return without_keys((str(error) or type(error).__name__).splitlines()[0])[:300]
