"""What a repository holds, as plain values.

Paths are text as Python decodes file names (surrogateescape), since repositories may hold names
that are not UTF-8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FILE = 0o100644
EXECUTABLE = 0o100755
LINK = 0o120000
SUBMODULE = 0o160000
TREE = 0o040000
ABSENT = 0
FILE_MODES = frozenset({FILE, EXECUTABLE})

IDENTITY = "Masterplan <masterplan@localhost>"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file of a tree: its mode and the id of its blob."""

    mode: int
    object_id: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit has at a path where another had something else."""

    path: str
    mode: int
    object_id: str

    @property
    def deletes(self) -> bool:
        return self.mode == ABSENT


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One commit: its id, first line, time and trailers."""

    commit: str
    subject: str
    committed_at: datetime
    trailers: Mapping[str, str]


LOG_LAYOUT = "%H%x1f%s%x1f%ct%x1f%(trailers:only,unfold)"


def shown(path: str) -> str:
    """Return a path as text that every encoder accepts, file names beyond UTF-8 escaped."""
    return path.encode("utf-8", "backslashreplace").decode()


def literal(path: str) -> str:
    """Name one path to git, whatever patterns its characters would form."""
    return f":(literal){path}"


def with_trailers(message: str, trailers: Mapping[str, str]) -> str:
    """Append trailers to a commit message, each on a line of its own."""
    lines = [f"{key}: {' '.join(value.split())}" for key, value in trailers.items()]
    return f"{message.strip()}\n\n" + "\n".join(lines) + "\n"


def parse_log(output: bytes) -> list[LogEntry]:
    """Read `git log -z --format=LOG_LAYOUT`."""
    records = output.decode("utf-8", "replace").split("\0")
    return [_log_entry(record) for record in records if record]


def _log_entry(record: str) -> LogEntry:
    commit, subject, seconds, trailers = record.split("\x1f", 3)
    pairs = (line.split(": ", 1) for line in trailers.splitlines() if ": " in line)
    return LogEntry(
        commit=commit,
        subject=subject,
        committed_at=datetime.fromtimestamp(int(seconds), tz=UTC),
        trailers={key: value for key, value in pairs},  # noqa: C416 (mypy: lists, not pairs)
    )
