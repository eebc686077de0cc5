"""Fixtures of the real application over a new data directory, for a folder's conftest.py.

Tests marked `databases` run on SQLite and on PostgreSQL, all others on SQLite.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from masterplan.api.app import create_app
from masterplan.db import Database, migrate
from masterplan.settings import Settings
from support.app import TOKEN, client_of
from support.postgres import PostgresServer, postgres_server

TEMPLATE = "masterplan_template"
BACKENDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("databases") and "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", BACKENDS, indirect=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    return getattr(request, "param", "sqlite")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """The session's server, started when the first test asks for it."""
    with postgres_server(tmp_path_factory.mktemp("postgres")) as server:
        server.make_template(TEMPLATE)
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database of the test's own, with all tables in it."""
    url = postgres.make_database(template=TEMPLATE)
    yield url
    postgres.drop_database(url)


@pytest.fixture
def empty_database_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a database that nobody has migrated yet."""
    if backend == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.make_database()
    return f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}"


@pytest.fixture
def database_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a database of the test's own without rows, on the backend that it runs on."""
    if backend == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite+aiosqlite:///{tmp_path / 'data' / 'masterplan.sqlite3'}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database, opened without an application."""
    migrate(database_url)
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url=database_url, token=TOKEN, port=0)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, engine included, without a socket."""
    app = create_app(settings)
    async with app.running(), client_of(app) as client:
        yield client
