"""The wheel as a person gets it: installed where there is no Node, it serves the web interface."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from support.app import TOKEN

ROOT = Path(__file__).parent.parent.parent
LINK = re.compile(rb"(http://\S+)/sign-in\?code=(\S+)")

pytestmark = [pytest.mark.slow]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of a new environment: the wheel is in it, what it needs comes from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    if subprocess.run([sys.executable, ROOT / "scripts/ui_bundle.py", "--check"]).returncode:
        pytest.skip("the web interface is not built from what ui/ holds now: make ui")
    python = [sys.executable, "-m"]
    subprocess.run(
        [*python, "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    home = folder / "venv"
    venv.create(home, symlinks=True)
    pip = [*python, "pip", "--python", home, "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, wheel], check=True)
    # Packages of this environment without its own links: an editable Masterplan stays unseen.
    (site,) = home.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    git = shutil.which("git")
    assert git is not None
    (home / "bin" / "git").symlink_to(git)
    return home / "bin"


@pytest.fixture
async def link(installed: Path, tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """The address and the sign-in code that `masterplan up` prints."""
    environment = {
        "PATH": str(installed),
        "HOME": str(tmp_path),
        "MASTERPLAN_DATA_DIR": str(tmp_path / "data"),
        "MASTERPLAN_TOKEN": TOKEN,
        "COLUMNS": "400",
    }
    server = await asyncio.create_subprocess_exec(
        installed / "masterplan",
        *("up", "--port", "0"),
        env=environment,
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        assert server.stdout is not None
        said = b""
        while (found := LINK.search(said)) is None:
            line = await server.stdout.readline()
            assert line, said.decode()
            said += line
        yield found[1].decode(), found[2].decode()
    finally:
        server.kill()
        await server.wait()


def test_what_is_installed_is_the_wheel(installed: Path) -> None:
    where = [installed / "python", "-c", "import masterplan; print(masterplan.__file__)"]
    environment = {"PATH": str(installed)}
    file = Path(subprocess.check_output(where, env=environment, cwd="/", text=True).strip())
    assert file.is_relative_to(installed.parent)
    assert shutil.which("node", path=str(installed)) is None
    assert (file.parent / "_ui" / "index.html").is_file()


async def test_it_serves_the_web_interface_without_node(link: tuple[str, str]) -> None:
    url, code = link
    async with httpx.AsyncClient(base_url=url, follow_redirects=True) as client:
        page = await client.get("/sign-in", params={"code": code})
        assert (page.status_code, page.url.path) == (200, "/")
        assert page.headers["cache-control"] == "no-cache"
        script = re.search(r'src="(/assets/[\w-]+\.js)"', page.text)
        assert script is not None
        asset = await client.get(script[1])
        assert asset.status_code == 200
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert asset.headers["content-type"].startswith("text/javascript")
        assert asset.text == bundled(script[1])


def bundled(path: str) -> str:
    return Path(ROOT, "src/masterplan/_ui", path.lstrip("/")).read_text()
