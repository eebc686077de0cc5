"""What git prints about trees and what `git fast-import` reads, as plain values.

Paths are text as Python decodes file names (surrogateescape), since repositories may hold names
that are not UTF-8. See git-ls-tree(1), git-diff-tree(1) and git-fast-import(1).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

FILE_MODES = frozenset({"100644", "100755"})
SYMLINK_MODE = "120000"
SUBMODULE_MODE = "160000"
ABSENT_MODE = "000000"

IDENTITY = "Masterplan <masterplan@localhost>"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file of a tree: its mode in octal and the id of its blob."""

    mode: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit has at a path where another had something else."""

    path: str
    mode: str
    object_id: str

    @property
    def deletes(self) -> bool:
        return self.mode == ABSENT_MODE


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One commit: its id, first line, time and trailers."""

    commit: str
    subject: str
    committed_at: datetime
    trailers: Mapping[str, str]


LOG_LAYOUT = "%H%x1f%s%x1f%ct%x1f%(trailers:only,unfold)"


def parse_tree(output: bytes) -> dict[str, TreeEntry]:
    """Read `git ls-tree -r -z`: path to entry."""
    tree = {}
    for record in output.split(b"\0")[:-1]:
        head, _, path = record.partition(b"\t")
        mode, _, object_id = head.decode().split(" ")
        tree[os.fsdecode(path)] = TreeEntry(mode=mode, object_id=object_id)
    return tree


def parse_changes(output: bytes) -> list[Change]:
    """Read `git diff-tree -r -z --raw --no-renames`."""
    fields = output.split(b"\0")[:-1]
    return [
        _change(head=fields[position].decode(), path=os.fsdecode(fields[position + 1]))
        for position in range(0, len(fields), 2)
    ]


def shown(path: str) -> str:
    """Return a path as text that every encoder accepts, file names beyond UTF-8 escaped."""
    return path.encode("utf-8", "backslashreplace").decode()


def literal(path: str) -> str:
    """Name one path to git, whatever patterns its characters would form."""
    return f":(literal){path}"


def quoted(path: str) -> bytes:
    """Quote a path for `git fast-import`."""
    escaped = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"' + escaped.replace(b"\n", b"\\n") + b'"'


def commit_header(*, reference: str, parent: str | None, message: str, seconds: int) -> bytes:
    """Begin a commit on a reference; file changes follow, then `COMMIT_END`.

    The reference moves only forward: unless forced, git refuses a commit whose parents do not
    include what the reference points to, which makes this a compare-and-swap.
    """
    text = message.replace("\0", "").encode("utf-8", "replace")
    head = (
        f"feature done\ncommit {reference}\nmark :1\n"
        f"committer {IDENTITY} {seconds} +0000\ndata {len(text)}\n"
    ).encode()
    return head + text + b"\n" + (f"from {parent}\n".encode() if parent else b"")


COMMIT_END = b"get-mark :1\ndone\n"
"""Ends the stream and asks for the id; a stream that is cut off before it changes nothing."""


def change_line(change: Change) -> bytes:
    """Say one change of a commit, whose blob is in the repository already."""
    if change.deletes:
        return b"D " + quoted(change.path) + b"\n"
    return f"M {change.mode} {change.object_id} ".encode() + quoted(change.path) + b"\n"


def inline_line(path: str, *, mode: str, size: int) -> bytes:
    """Announce a file whose `size` bytes follow, and after them a line feed."""
    return f"M {mode} inline ".encode() + quoted(path) + f"\ndata {size}\n".encode()


def with_trailers(message: str, trailers: Mapping[str, str]) -> str:
    """Append trailers to a commit message, each on a line of its own."""
    lines = [f"{key}: {' '.join(value.split())}" for key, value in trailers.items()]
    return f"{message.strip()}\n\n" + "\n".join(lines) + "\n"


def object_format(object_id: str) -> Literal["sha1", "sha256"]:
    return "sha256" if len(object_id) == 64 else "sha1"


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


def _change(*, head: str, path: str) -> Change:
    _, mode, _, object_id, _ = head.split(" ")
    return Change(path=path, mode=mode, object_id=object_id)
