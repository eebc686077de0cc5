"""Text that PostgreSQL cannot store is refused or cleaned like any other input, never an error."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from support.plans import API, create, plan_of, writes

pytestmark = pytest.mark.databases

NUL = "a\x00b"


@pytest.mark.parametrize(
    "fields", [{"title": NUL}, {"description": NUL}, {"goal": NUL}, {"repository": NUL}]
)
async def test_nul_in_a_plan(client: httpx.AsyncClient, fields: dict[str, Any]) -> None:
    answer = await client.post(API, json=plan_of(writes("a"), **fields))
    assert answer.status_code in {201, 422}, answer.text


@pytest.mark.parametrize("field", ["name", "description", "command", "checks"])
async def test_nul_in_a_task(client: httpx.AsyncClient, field: str) -> None:
    value = [NUL] if field == "checks" else NUL
    answer = await client.post(API, json=plan_of(writes("a", **{field: value})))
    assert answer.status_code in {201, 422}, answer.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/generate", {"goal": NUL}),
        ("/{id}/reject", {"reason": NUL}),
        ("/{id}/approve", {"plan_hash": NUL}),
    ],
)
async def test_nul_in_a_request(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    plan_id = (await create(client, plan_of(writes("a"))))["masterplan_id"]
    answer = await client.post(API + path.format(id=plan_id), json=body)
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("query", [{"q": NUL}, {"text": NUL}, {"search": NUL}])
async def test_nul_in_a_search(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await client.get(API, params=query)).status_code < 500


@pytest.mark.parametrize("path", ["/a%00b", "/a%00b/tasks/c%00d", "/a%00b/events"])
async def test_nul_in_an_address(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(API + path)).status_code in {404, 422}
