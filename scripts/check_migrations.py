"""Fails when the models and the migrations differ: migrates a new database and compares."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.util import CommandError
from sqlalchemy.engine import make_url

from masterplan.db import alembic_config, migrate


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'check.sqlite3'}"
        migrate(url)
        config = alembic_config(make_url(url))
        config.print_stdout = lambda *_args: None
        try:
            command.check(config)
        except CommandError as error:
            print(f"models and migrations differ: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
