"""PostgreSQL: which URLs are taken, and what is said where the server cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from masterplan.db import Database, database_url, migrate
from masterplan.db.signals import MAX_WAITING, Channel
from masterplan.errors import Unavailable
from masterplan.services.doctor import Verdict, check_database
from masterplan.settings import Settings
from support.app import eventually
from support.postgres import PostgresServer


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg"),
        ("postgresql://u:p@h:5432/d", "postgresql+psycopg"),
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("sqlite:////var/lib/m.sqlite3", "sqlite+aiosqlite"),
    ],
)
def test_usual_urls_get_the_driver_that_is_used(text: str, driver: str) -> None:
    assert database_url(text).drivername == driver


def test_refused_url_is_shown_without_its_password() -> None:
    with pytest.raises(Unavailable) as raised:
        database_url("mysql://ada@h/d?password=secret")
    assert "secret" not in raised.value.message


@pytest.mark.parametrize("text", ["mysql://u@h/d", "postgresql://u@h", "nonsense", "sqlite://"])
def test_other_urls_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(Unavailable, match="postgresql\\+psycopg://user:password@host/masterplan"):
        database_url(text)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:secret@127.0.0.1:1/d",
        "postgresql://ada@127.0.0.1:1/d?password=secret",
        "postgresql://ada@127.0.0.1:1/d?connect_timeout=2&sslpassword=secret",
    ],
)
def test_password_is_not_shown(url: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as raised:
        migrate(url)
    assert "secret" not in raised.value.message
    assert "See that the server runs" in raised.value.message
    [finding] = check_database(Settings(data_dir=tmp_path, database_url=url))
    assert finding.verdict is Verdict.FAIL
    assert "secret" not in finding.said
    assert "See that the server runs" in finding.remedy


@pytest.mark.postgres
def test_missing_database_is_named_with_the_remedy(postgres: PostgresServer) -> None:
    with pytest.raises(Unavailable, match=r'"missing" does not exist\. Create it first'):
        migrate(postgres.url("missing"))


@pytest.mark.postgres
def test_missing_rights_are_named_with_the_remedy(
    postgres: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    with postgres.connect("postgres") as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN")
    url = postgres.make_database().replace("masterplan@", "guest@")

    with pytest.raises(Unavailable, match=r"permission denied for schema public.*OWNER TO guest"):
        migrate(url)
    [finding] = check_database(Settings(data_dir=tmp_path, database_url=url))
    assert (finding.verdict, finding.remedy.split(" ")[0]) == (Verdict.FAIL, "ALTER")
    [works] = check_database(Settings(data_dir=tmp_path, database_url=postgres_url))
    assert works.verdict is Verdict.OK
    assert works.said.startswith("PostgreSQL 18")


@pytest.mark.postgres
async def test_commits_are_heard_in_other_processes_and_not_in_ones_own(postgres_url: str) -> None:
    async with Database(postgres_url).running() as here, Database(postgres_url).running() as there:
        heard_here: set[str] = set()
        heard_there: set[str] = set()
        here.on_commit_elsewhere(heard_here.update)
        there.on_commit_elsewhere(heard_there.update)

        def told() -> bool:
            here.notify_committed(frozenset({"a-plan"}))
            return "a-plan" in heard_there

        await eventually(told)  # again, as nothing is heard before the other one listens
        assert heard_here == set()


@pytest.mark.postgres
async def test_chatty_logs_never_push_out_commits(postgres_url: str) -> None:
    async with Database(postgres_url).running() as here, Database(postgres_url).running() as there:
        heard: list[str] = []
        assert here.signals is not None
        assert there.signals is not None
        there.on_commit_elsewhere(heard.extend)
        there.signals.on(Channel.LOGS, heard.append)

        def told() -> bool:
            here.notify_committed(frozenset({"first"}))
            return "first" in heard

        await eventually(told)
        for number in range(2 * MAX_WAITING):
            here.signals.send(Channel.LOGS, f"log {number}")
        for _ in range(3):
            here.notify_committed(frozenset({"second"}))

        await eventually(lambda: f"log {MAX_WAITING - 1}" in heard)
        assert heard.count("second") == 1
        assert heard.index("second") < heard.index("log 1")


@pytest.mark.postgres
async def test_those_who_listen_look_again_when_the_server_is_back(
    postgres: PostgresServer, postgres_url: str
) -> None:
    async with Database(postgres_url).running() as database:
        heard: list[bool] = []
        database.on_reconnection(lambda: heard.append(True))
        await eventually(lambda: heard)
        postgres.stop_at_once()
        postgres.start()
        await eventually(lambda: len(heard) == 2)
