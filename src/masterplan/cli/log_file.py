"""Where the application's log goes while it runs in a command: the terminal is the command's."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog

LOG_BYTES = 5_000_000
TALKATIVE = ("httpx", "httpx2", "httpcore", "alembic", "asyncio")
"""Libraries whose every step is of no interest to an operator."""


def log_to_file(folder: Path) -> None:
    """Send everything that is logged in this process to `masterplan.log` in the folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / "masterplan.log", maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    # A log that cannot be written, on a full disk, must not fill the terminal with tracebacks.
    logging.raiseExceptions = False
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
    )
