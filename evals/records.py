"""What came of each run, a line of JSON each, so that an interrupted evaluation goes on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evals.cases import Half, Kind, Level


class Record(BaseModel):
    """One case built by one arm, once."""

    model_config = ConfigDict(frozen=True)

    arm: str
    case: str
    round: int
    level: Level
    kind: Kind
    half: Half
    commit: str
    """The version of Masterplan that was measured, `+` where files were changed besides."""
    timed_out: bool
    planned: bool | None
    tasks: int
    first: int
    retried: int
    hidden: dict[str, bool]
    """The hidden checks by name, and whether they held."""
    said: dict[str, str]
    """What those said that did not."""
    requests: int
    tokens_input: int
    tokens_output: int
    seconds: float
    note: str

    @property
    def passed(self) -> bool:
        return all(self.hidden.values())


def read_records(path: Path) -> list[Record]:
    """Read what was measured so far; a last line that was cut off is left out."""
    if not path.exists():
        return []
    lines = path.read_text("utf-8").splitlines(keepends=True)
    return [Record.model_validate_json(line) for line in lines if line.endswith("\n")]


def append_record(path: Path, record: Record) -> None:
    """Write a record down, in place of a last line that was cut off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.read_bytes() if path.exists() else b""
    if not written.endswith(b"\n"):
        path.write_bytes(written[: written.rfind(b"\n") + 1])
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{record.model_dump_json()}\n")


def is_done(records: Iterable[Record], *, arm: str, case: str, round_: int) -> bool:
    return any((each.arm, each.case, each.round) == (arm, case, round_) for each in records)
