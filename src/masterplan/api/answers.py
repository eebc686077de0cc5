"""The error answers that endpoints document in OpenAPI."""

from typing import Any

from masterplan.api.schemas import ErrorAnswer

Responses = dict[int | str, dict[str, Any]]


def _error(status: int, description: str) -> Responses:
    return {status: {"model": ErrorAnswer, "description": description}}


ILLEGAL = _error(400, "The status does not allow this.")
NOT_FOUND = _error(404, "There is nothing of that id.")
INVALID = _error(422, "The request or the plan is not valid.")
UNAVAILABLE = _error(503, "Something this needs is missing.")
