"""A migration that is interrupted leaves the database as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from masterplan.db import migrate


class Interrupted(Exception):
    """Stands for the death of the process."""


@contextmanager
def interrupted_at_change(number: int) -> Iterator[None]:
    """Stop the process's statements at the n-th that would change a database."""
    changes = 0

    def count(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        nonlocal changes
        if statement.lstrip().upper().startswith(("CREATE", "ALTER", "DROP", "INSERT", "UPDATE")):
            changes += 1
            if changes == number:
                raise Interrupted

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def schema_of(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        # Not their text: constraints of a table made anew come in any order.
        query = "SELECT type, name, tbl_name FROM sqlite_master ORDER BY type, name"
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("change", [2, 5, 9, 14, 18])
def test_interrupted_migration_is_made_again_from_its_start(tmp_path: Path, change: int) -> None:
    untouched, path = tmp_path / "untouched.sqlite3", tmp_path / "interrupted.sqlite3"
    migrate(f"sqlite+aiosqlite:///{untouched}")

    with interrupted_at_change(change), pytest.raises(Interrupted):
        migrate(f"sqlite+aiosqlite:///{path}")
    assert schema_of(path) == []
    migrate(f"sqlite+aiosqlite:///{path}")

    assert schema_of(path) == schema_of(untouched)
