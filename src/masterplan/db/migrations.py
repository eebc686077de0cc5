"""Bringing a database to the newest revision, whoever of several processes comes first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from masterplan.db import postgres, sqlite
from masterplan.db.urls import blocking_url, database_url, is_sqlite, sqlite_file

MIGRATIONS = Path(__file__).parent.parent / "alembic"
_MIGRATION_LOCK = 0x6D61737465720001
"""Key of the advisory lock under which one process migrates and the others wait."""


def alembic_config(url: URL) -> Config:
    """Alembic's configuration for the migrations that ship with the package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = blocking_url(url)
    return config


def migrate(url: str) -> Path | None:
    """Bring the database to the newest revision; return the backup made of a SQLite file first.

    A database that is already there costs one query. A new one needs no backup. Raises Unavailable
    where the URL names none that can be used.
    """
    parsed = database_url(url)
    if is_sqlite(parsed):
        return _migrate_file(parsed)
    with postgres.explained(parsed):
        if not _is_newest(parsed):
            with _only_one(parsed):
                command.upgrade(alembic_config(parsed), "head")
    return None


def _migrate_file(url: URL) -> Path | None:
    path = sqlite_file(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    if _is_newest(url):
        return None
    current = _current_revision(url)
    backup = sqlite.back_up(path, revision=current) if current else None
    command.upgrade(alembic_config(url), "head")
    return backup


def _is_newest(url: URL) -> bool:
    newest = ScriptDirectory.from_config(alembic_config(url)).get_current_head()
    return _current_revision(url) == newest


def _current_revision(url: URL) -> str | None:
    engine = create_engine(blocking_url(url), poolclass=NullPool, hide_parameters=True)
    with closing(engine.connect()) as connection:
        return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _only_one(url: URL) -> Iterator[None]:
    engine = create_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
    )
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        yield
