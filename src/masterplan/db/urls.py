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
_SECRETS = frozenset({"password", "passfile", "sslpassword", "oauth_client_secret"})
"""What libpq takes as parameters and nobody else must see."""
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
            f"The database {shown(url)} cannot be used: its URL must look like {EXAMPLES}."
        )
    return url.set(drivername=driver)


def shown(url: URL) -> str:
    """Return the URL as it may be printed: without the password, wherever it is given."""
    secrets = {name: "***" for name in url.query if name.lower() in _SECRETS}
    return url.update_query_dict(secrets).render_as_string(hide_password=True)


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def sqlite_file(url: URL) -> Path:
    """Return the file of a SQLite URL."""
    assert url.database
    return Path(url.database)


def blocking_url(url: URL) -> URL:
    """Return the URL for a driver that blocks, as migrations use one."""
    return url.set(drivername="sqlite") if is_sqlite(url) else url
