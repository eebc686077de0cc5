"""One SQLite file belongs to one process, whichever data directories there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from masterplan.api.app import create_app
from masterplan.errors import Unavailable
from masterplan.settings import Settings
from support.app import TOKEN


async def test_file_is_not_shared_by_two_data_directories(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite3'}"
    first, second = (
        create_app(
            Settings(data_dir=tmp_path / name, database_url=url, token=TOKEN, port=0),
            execution=False,
        )
        for name in ("one", "two")
    )
    async with first.running():
        with pytest.raises(Unavailable, match="in use by a process with another data directory"):
            async with second.running():
                pass
    async with second.running():
        pass
