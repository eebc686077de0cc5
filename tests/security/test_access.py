"""Who may come in: token, Host, Origin, sign-in links and cookies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from masterplan.api.app import MasterplanApp, create_app
from masterplan.settings import Settings
from support.app import TOKEN, assert_socket_refused, serving
from support.plans import API, create, plan_of, writes

BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[MasterplanApp]:
    app = create_app(settings, execution=False)
    async with app.running():
        yield app


def anonymous(app: MasterplanApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


@pytest.mark.parametrize("path", [API, "/docs", "/openapi.json", "/metrics", "/api/v1/nothing"])
@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN]
)
async def test_without_the_token_nothing_is_served(
    app: MasterplanApp, path: str, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}
    async with anonymous(app) as client:
        answer = await client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"
    assert TOKEN not in answer.text


async def test_liveness_needs_no_token(app: MasterplanApp) -> None:
    async with anonymous(app) as client:
        for path in ("/healthz", "/readyz"):
            assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "0.0.0.0", "[::2]"])
async def test_foreign_host_is_refused(app: MasterplanApp, host: str) -> None:
    async with anonymous(app) as client:
        answer = await client.get(API, headers={**BEARER, "Host": host})
    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:9", "LOCALHOST"])
async def test_own_names_are_answered(app: MasterplanApp, host: str) -> None:
    async with anonymous(app) as client:
        answer = await client.get(API, headers={**BEARER, "Host": host})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1.evil.example", "http://[bad", "x"]
)
@pytest.mark.parametrize("path", [API, "/socket.io/?EIO=4&transport=polling"])
async def test_foreign_origin_is_refused(app: MasterplanApp, origin: str, path: str) -> None:
    async with anonymous(app) as client:
        answer = await client.get(path, headers={**BEARER, "Origin": origin})
    assert answer.status_code == 403


async def test_socket_from_a_foreign_origin_or_host_is_refused(settings: Settings) -> None:
    async with serving(create_app(settings, execution=False)) as url:
        for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
            await assert_socket_refused(url, auth={"token": TOKEN}, headers=headers)


async def test_sign_in_link_works_once_and_its_cookie_opens_the_pages(app: MasterplanApp) -> None:
    link = f"/sign-in?code={app.access.new_sign_in_code()}"
    async with anonymous(app) as client:
        answer = await client.get(link)
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert TOKEN not in cookie
        assert (await client.get("/docs")).status_code == 200
        assert (await client.get(API)).status_code == 200
    async with anonymous(app) as client:
        assert (await client.get(link)).status_code == 403
        assert (await client.get("/sign-in?code=guess")).status_code == 403


async def test_change_by_cookie_must_be_deliberate(app: MasterplanApp) -> None:
    async with anonymous(app) as client:
        await client.get(f"/sign-in?code={app.access.new_sign_in_code()}")
        form = await client.post(
            f"{API}/import", content="x", headers={"Content-Type": "text/plain"}
        )
        assert form.status_code == 403
        client.headers["X-Masterplan-Actor"] = "Ada"
        plan = await create(client, plan_of(writes("a")))
        assert plan["status"] == "draft"


async def test_token_is_generated_for_the_owner_alone(tmp_path: Path) -> None:
    create_app(Settings(data_dir=tmp_path / "data"))
    token = tmp_path / "data" / "token"
    assert token.stat().st_mode & 0o777 == 0o600
    assert len(token.read_text().strip()) >= 32
