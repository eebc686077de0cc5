"""Git repositories of a person's own, for tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SHOP: dict[str, str | bytes] = {
    "README.md": "# Shop\n\nAdds prices.\n",
    "shop/__init__.py": "",
    "shop/prices.py": "def total(prices: list[int]) -> int:\n    return sum(prices)\n",
    "shop/cart.py": "from shop.prices import total\n\n\n"
    "def pay(prices):\n    return total(prices)\n",
    "tests/__init__.py": "",
    "tests/test_prices.py": "import unittest\n\nfrom shop.prices import total\n\n\n"
    "class TotalTest(unittest.TestCase):\n"
    "    def test_total(self):\n        self.assertEqual(total([1, 2]), 3)\n",
}
"""A small project with tests that pass."""


def git(directory: Path, *arguments: str) -> str:
    """Run git without anybody's configuration and return what it printed."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@localhost")
    done = subprocess.run(
        ["git", *identity, *arguments],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit_files(directory: Path, files: dict[str, str | bytes]) -> Path:
    """Commit files on `main` of the repository in a directory, made where there is none."""
    directory.mkdir(parents=True, exist_ok=True)
    if not (directory / ".git").exists():
        git(directory, "init", "-q", "-b", "main")
    for path, content in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    git(directory, "add", "--force", ".")
    git(directory, "commit", "-qm", "Work")
    return directory
