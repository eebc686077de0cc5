"""How the built web interface is served, and what the system page is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from masterplan.api.app import MasterplanApp, create_app
from masterplan.api.pages import Pages
from masterplan.settings import Settings

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A small application with one endpoint, and a bundle behind it."""
    bundle = tmp_path / "ui"
    (bundle / "assets").mkdir(parents=True)
    (bundle / "index.html").write_text("<title>Masterplan</title>")
    (bundle / "assets" / "index-abc123.js").write_text("export {}")
    app = FastAPI()

    @app.get("/api/v1/here")
    async def here() -> str:
        return "here"

    app.router.default = Pages(bundle)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/plans/7f3", "/review"])
async def test_every_address_gets_the_page_and_asks_for_it_anew(
    pages: httpx.AsyncClient, path: str
) -> None:
    answer = await pages.get(path)
    assert answer.status_code == 200
    assert "Masterplan" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_files_with_a_hash_in_their_name_are_kept(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/assets/index-abc123.js")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/nothing", "/assets/gone-1.js"])
async def test_what_is_missing_is_not_answered_with_the_page(
    pages: httpx.AsyncClient, path: str
) -> None:
    answer = await pages.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"


async def test_endpoints_come_before_pages(pages: httpx.AsyncClient) -> None:
    assert (await pages.get("/api/v1/here")).json() == "here"
    assert (await pages.post("/review")).status_code == 405


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[MasterplanApp]:
    app = create_app(settings, execution=False)
    async with app.running():
        yield app


async def test_a_browser_that_is_not_signed_in_is_told_what_to_do(app: MasterplanApp) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get("/", headers=HTML)
        assert answer.status_code == 401
        assert "masterplan up" in answer.text
        used = await client.get("/sign-in?code=used", headers=HTML)
        assert used.status_code == 403
        assert "no longer works" in used.text
        assert (await client.get("/api/v1/masterplans")).json()["error"]["code"] == "unauthorized"


async def test_a_used_link_leads_a_signed_in_browser_on(app: MasterplanApp) -> None:
    link = f"/sign-in?code={app.access.new_sign_in_code()}"
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        first, second = await client.get(link), await client.get(link)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]


async def test_system_tells_findings_and_models_but_no_key(
    client: httpx.AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-canary-1234")
    answer = await client.get("/api/v1/system")
    system = answer.json()
    assert {"python", "git", "sandbox"} <= {found["name"] for found in system["findings"]}
    assert system["agents"] == ["command", "llm", "scripted"]
    models = {model["name"].partition(":")[0]: model for model in system["models"]}
    assert models["anthropic"]["usable"] is True
    assert models["anthropic"]["reason"] == "ANTHROPIC_API_KEY is set"
    assert "canary" not in answer.text
