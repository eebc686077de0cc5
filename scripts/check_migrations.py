"""Fails when the models and the migrations differ: migrates a new database and compares.

Without an argument that is a SQLite file; an argument is the URL of an empty database.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.util import CommandError

from masterplan.db import alembic_config, database_url, migrate


def main() -> int:
    if urls := sys.argv[1:]:
        return max(compare(url) for url in urls)
    with tempfile.TemporaryDirectory() as folder:
        return compare(f"sqlite+aiosqlite:///{Path(folder) / 'check.sqlite3'}")


def compare(url: str) -> int:
    migrate(url)
    config = alembic_config(database_url(url))
    config.print_stdout = lambda *_args: None
    try:
        command.check(config)
    except CommandError as error:
        print(f"models and migrations differ: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
