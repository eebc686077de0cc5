"""Fixtures of the real application over a new data directory, for a folder's conftest.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from masterplan.api.app import create_app
from masterplan.settings import Settings
from support.app import TOKEN, client_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", token=TOKEN, port=0)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, engine included, without a socket."""
    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        yield client
