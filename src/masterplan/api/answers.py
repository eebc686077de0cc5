"""The error answers that endpoints document in OpenAPI."""

from typing import Any

Responses = dict[int | str, dict[str, Any]]

PLAN_SCHEMA = {"$ref": "#/components/schemas/PlanDocument"}
ERROR_SCHEMA = {"$ref": "#/components/schemas/ErrorAnswer"}


def _error(status: int, description: str) -> Responses:
    # Spelled out, since FastAPI would give the errors of a text endpoint as text.
    content = {"application/json": {"schema": ERROR_SCHEMA}}
    return {status: {"description": description, "content": content}}


UNCHANGED: Responses = {304: {"description": "It is as it was when its ETag was given."}}
ILLEGAL = _error(400, "The status does not allow this.")
NOT_FOUND = _error(404, "There is nothing of that id.")
INVALID = _error(422, "The request or the plan is not valid.")
UNAVAILABLE = _error(503, "Something this needs is missing.")
