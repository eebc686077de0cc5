"""Serves a data directory until it is killed: `worker.py DATA_DIR PORT TOKEN`."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from masterplan.api.app import create_app
from masterplan.datadir import DataDirectory
from masterplan.settings import Settings


def main() -> None:
    data_dir, port, token = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    settings = Settings(data_dir=data_dir, token=token, port=port)
    with DataDirectory(data_dir).lock("a test", patience=10):
        uvicorn.run(create_app(settings), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
