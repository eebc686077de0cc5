"""When the built web interface is taken for current, and what is said where it cannot be built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = Path("scripts", "ui_bundle.py")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The repository as far as building needs it, with a bundle made from what it holds."""
    for name in ("hatch_build.py", "pyproject.toml", "README.md", "LICENSE", str(SCRIPT)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    ui = tmp_path / "ui"
    for folder in ("src", "public"):
        (ui / folder).mkdir(parents=True)
    for name in ("index.html", "package.json", "package-lock.json", "tsconfig.json"):
        (ui / name).write_text("{}")
    (ui / "vite.config.ts").write_text("")
    (ui / "src" / "main.tsx").write_text("export {}")
    package = tmp_path / "src" / "masterplan"
    (package / "_ui").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "_ui" / "index.html").write_text("<title>Masterplan</title>")
    (package / "_ui" / "sources.sha256").write_text(sources_hash(tmp_path))
    return tmp_path


def sources_hash(tree: Path) -> str:
    code = "import ui_bundle, pathlib; print(ui_bundle.sources_hash(pathlib.Path()))"
    environment = {"PYTHONPATH": str(ROOT / "scripts"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", code]
    return subprocess.check_output(command, cwd=tree, env=environment, text=True).strip()


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python where no npm is on PATH."""
    environment = {**os.environ, "PATH": "/nothing"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment, text=True, capture_output=True
    )


def test_a_bundle_of_these_sources_is_left_as_it_is(tree: Path) -> None:
    done = run(tree, str(SCRIPT))
    assert (done.returncode, done.stdout.strip()) == (0, "The web interface is built already.")


@pytest.mark.parametrize(
    "change",
    [
        lambda ui: (ui / "src" / "main.tsx").write_text("export const changed = 1"),
        lambda ui: (ui / "src" / "new.tsx").write_text("export {}"),
        lambda ui: (ui / "src" / "main.tsx").rename(ui / "src" / "renamed.tsx"),
        lambda ui: (ui / "package-lock.json").write_text('{"changed": 1}'),
        lambda ui: (ui / "../src/masterplan/_ui/sources.sha256").unlink(),
        lambda ui: (ui / "../src/masterplan/_ui/index.html").unlink(),
    ],
)
def test_any_other_bundle_is_built_anew_or_it_is_said_why_not(tree: Path, change: object) -> None:
    assert callable(change)
    change(tree / "ui")
    done = run(tree, str(SCRIPT))
    assert done.returncode == 1
    assert "older than ui/, and npm" in done.stderr
    assert "Traceback" not in done.stderr


def test_times_of_files_do_not_make_a_bundle_old(tree: Path) -> None:
    os.utime(tree / "ui" / "src" / "main.tsx", (4_000_000_000, 4_000_000_000))
    assert run(tree, str(SCRIPT)).returncode == 0


def test_no_wheel_is_made_with_an_old_bundle(tree: Path) -> None:
    build = ["-m", "hatchling", "build", "--target", "wheel"]
    assert run(tree, *build).returncode == 0
    shutil.rmtree(tree / "dist")
    (tree / "ui" / "src" / "main.tsx").write_text("export const changed = 1")
    done = run(tree, *build)
    assert done.returncode != 0
    assert "install Node.js 20 or later" in done.stderr
    assert not list(tree.glob("dist/*.whl"))
