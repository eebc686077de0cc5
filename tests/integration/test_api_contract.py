"""No input breaks the API: requests made from its own OpenAPI document, and what they answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from support.app import TOKEN
from support.process import served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BaseSchema]:
    folder: Path = tmp_path_factory.mktemp("contract")
    async with served(folder / "data") as (server, client):
        document = (await client.get("/openapi.json")).json()
        schema = schemathesis.openapi.from_dict(document)
        schema.config.base_url = server.url
        yield schema


EXAMPLES = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_answers_are_documented_and_never_server_errors(api: BaseSchema) -> None:
    operations = [
        result.ok() for result in api.exclude(path_regex="/generate$").get_all_operations()
    ]
    assert len(operations) >= 15
    for operation in operations:

        @EXAMPLES
        @given(case=operation.as_strategy())
        def answers_as_documented(case: Case) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, checks=CHECKS)

        answers_as_documented()
