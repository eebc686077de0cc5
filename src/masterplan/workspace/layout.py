"""Where things lie in a plan's workspace; the one place that knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WorkspaceLayout:
    """The folders of one workspace. `root` is what `workspace_path` stores."""

    root: Path

    @property
    def repository(self) -> Path:
        """The bare repository whose branch is the result."""
        return self.root / "repository.git"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def attempts(self) -> Path:
        return self.root / "attempts"

    @property
    def proofs(self) -> Path:
        return self.root / "proofs"

    def attempt(self, key: str, number: int) -> Path:
        """The directory that one attempt's agent works in."""
        return self.attempts / f"{key}-{number}"

    def proof(self, key: str, number: int) -> Path:
        """The directory that one attempt's checks run in."""
        return self.proofs / f"{key}-{number}"

    def log(self, key: str, number: int) -> Path:
        return self.logs / f"{key}-{number}.log"
