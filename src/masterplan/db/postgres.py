"""PostgreSQL: one pool, and its complaints in one sentence with the remedy.

Writers run READ COMMITTED and lock the row of the plan that they change before anything else, so
the order of locks is always plan, then tasks, and two of them cannot wait for each other. Readers
see one snapshot (REPEATABLE READ).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from masterplan.db.urls import shown
from masterplan.errors import Unavailable

PATIENCE: dict[str, int] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How long a connection may be silent, as libpq takes it.

A link that is cut says nothing: whoever waits for an answer would do so for TCP's quarter of an
hour, also when the link is mended.
"""
KEPT_CONNECTIONS = 10
"""How many connections stay open when nobody needs them."""
IDLE_TRANSACTION_S = 10
"""How long a transaction may wait for its process before the server ends it."""
_REMEDIES = (
    (
        "does not exist",
        "Create it first, for example: createdb {database}; or mend MASTERPLAN_DATABASE_URL",
    ),
    ("password authentication failed", "Mend the user or the password in MASTERPLAN_DATABASE_URL"),
    ("no password supplied", "Put the password into MASTERPLAN_DATABASE_URL, or into ~/.pgpass"),
    (
        "permission denied",
        "Let the user create tables and schemas there, for example: "
        "ALTER DATABASE {database} OWNER TO {user}",
    ),
    ("too many clients", "Raise max_connections of the server, or run fewer workers"),
    ("remaining connection slots", "Raise max_connections of the server, or run fewer workers"),
)
_UNREACHABLE = "See that the server runs and that MASTERPLAN_DATABASE_URL names its host and port"


def writing_engine(url: URL, *, connections: int = 20) -> AsyncEngine:
    """Open a pool; a connection that a restart of the server has broken is replaced."""
    engine = create_async_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_size=min(connections, KEPT_CONNECTIONS),
        max_overflow=max(connections - KEPT_CONNECTIONS, 0),
        pool_timeout=120,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            **PATIENCE,
            "application_name": "masterplan",
            # A process that is frozen within a transaction must not keep its locks.
            "options": f"-c idle_in_transaction_session_timeout={IDLE_TRANSACTION_S}s",
        },
    )
    event.listen(engine.sync_engine, "handle_error", _leave_out_values)
    return engine


def _leave_out_values(context: ExceptionContext) -> None:
    """Cut off what the server adds to its messages: that quotes whole rows."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            told = str(error.args[0])
            for addition in ("\nDETAIL:", "\nCONTEXT:"):
                told = told.partition(addition)[0]
            error.args = (told, *error.args[1:])


def reading_engine(writer: AsyncEngine) -> AsyncEngine:
    """The same pool for reading: every transaction sees one state of the database."""
    return writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@dataclass(frozen=True, slots=True)
class SeenWorker:
    """A process that works on the database, or was given up within the last hour."""

    hostname: str
    pid: int
    places: int
    lost: bool


@dataclass(frozen=True, slots=True)
class Server:
    """What a server says of itself, of what our user may do, and of who works on the database."""

    version: str
    may_create: bool
    workers: tuple[SeenWorker, ...]


def look_at_server(url: URL) -> Server:
    """Ask the server; blocks. Raises Unavailable where it cannot be used."""
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=PATIENCE,
    )
    with explained(url), engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT current_setting('server_version'), "
                "has_database_privilege(current_database(), 'CREATE')"
            )
        ).one()
        return Server(version=row[0], may_create=row[1], workers=_workers(connection))


def _workers(connection: Connection) -> tuple[SeenWorker, ...]:
    if connection.scalar(text("SELECT to_regclass('workers')")) is None:
        return ()
    rows = connection.execute(
        text(
            "SELECT hostname, pid, places, lost_at IS NOT NULL OR lease_expires_at < now() "
            "FROM workers ORDER BY started_at, id"
        )
    )
    return tuple(SeenWorker(*row) for row in rows)


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn what the server or its absence says in the block into Unavailable with the remedy."""
    try:
        yield
    except DBAPIError as error:
        raise explanation(url, error) from error


def explanation(url: URL, error: DBAPIError) -> Unavailable:
    """Say in one sentence what keeps the database from being used, and what to do."""
    said = str(error.orig).strip()
    remedy = next((text for words, text in _REMEDIES if words in said), _UNREACHABLE)
    told = remedy.format(database=url.database, user=url.username or "…")
    first = said.partition("\n")[0].replace("FATAL:  ", "")
    return Unavailable(
        f"The database {shown(url)} cannot be used: {first}. {told}.",
        details={"remedy": f"{told}."},
    )
