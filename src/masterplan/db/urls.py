"""Which database a URL names: a SQLite file or a PostgreSQL database, and nothing else."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from masterplan.errors import Unavailable

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
EXAMPLES = (
    "sqlite+aiosqlite:////var/lib/masterplan.sqlite3 or "
    "postgresql+psycopg://user:password@host/masterplan"
)


def database_url(text: str) -> URL:
    """Return the URL with the driver that is used here. Raises Unavailable where none is."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise Unavailable(
            f"MASTERPLAN_DATABASE_URL is not a database's URL; it looks like {EXAMPLES}."
        ) from error
    driver = _DRIVERS.get(url.drivername.partition("+")[0])
    if driver is None or not url.database:
        raise Unavailable(
            f"The database {url.render_as_string()} cannot be used: its URL must look like "
            f"{EXAMPLES}."
        )
    return url.set(drivername=driver)


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def sqlite_file(url: URL) -> Path:
    """Return the file of a SQLite URL."""
    assert url.database
    return Path(url.database)


def blocking_url(url: URL) -> URL:
    """Return the URL for a driver that blocks, as migrations use one."""
    return url.set(drivername="sqlite") if is_sqlite(url) else url
