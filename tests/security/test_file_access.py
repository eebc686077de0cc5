"""Access to files beneath a directory while somebody plants links in it."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from masterplan.errors import UnreadableFile, UnsafePath
from masterplan.workspace import files
from masterplan.workspace.files import (
    kernel_resolves_beneath,
    make_empty,
    open_beneath,
    open_by_components,
    read_text,
    write_text,
)

OPENERS = [
    pytest.param(open_by_components, id="by components"),
    pytest.param(
        open_beneath,
        id="by the kernel",
        marks=pytest.mark.skipif(not kernel_resolves_beneath(), reason="no openat2 here"),
    ),
]
LIMIT = 1 << 20


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("outside")
    return root


@pytest.fixture(params=OPENERS)
def opener(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "open_beneath", request.param)


@pytest.mark.usefixtures("opener")
def test_text_is_written_and_read_back(root: Path) -> None:
    write_text(root, "a/b/c.py", "é = 1\r\n")
    (root / "a/b/c.py").chmod(0o755)
    write_text(root, "a/b/c.py", "second")

    assert read_text(root, "a/b/c.py", limit_bytes=LIMIT) == "second"
    assert (root / "a/b/c.py").stat().st_mode & 0o777 == 0o755
    assert [path.name for path in (root / "a/b").iterdir()] == ["c.py"]
    assert read_text(root, "a/missing", limit_bytes=LIMIT) is None
    assert read_text(root, "missing/file", limit_bytes=LIMIT) is None


@pytest.mark.usefixtures("opener")
@pytest.mark.parametrize("target", ["../outside", "{tmp}/outside", "here"])
def test_links_are_not_followed(root: Path, tmp_path: Path, target: str) -> None:
    (root / "here").mkdir()
    (root / "here" / "file").write_text("inside")
    (root / "directory").symlink_to(target.format(tmp=tmp_path))
    (root / "link").symlink_to(target.format(tmp=tmp_path) + "/file")
    (root / "new").symlink_to("../outside/new")

    for path in ("directory/file", "link"):
        with pytest.raises(UnsafePath):
            read_text(root, path, limit_bytes=LIMIT)
    with pytest.raises(UnsafePath):
        write_text(root, "directory/file", "planted")
    write_text(root, "new", "takes the place of the link")

    assert not (root / "new").is_symlink()
    assert (tmp_path / "outside" / "file").read_text() == "outside"
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["file"]


@pytest.mark.usefixtures("opener")
def test_what_is_no_regular_file_is_refused_at_once(root: Path) -> None:
    os.mkfifo(root / "pipe")
    (root / "directory").mkdir()
    (root / "file").touch()

    for path in ("pipe", "directory", "file/below", "../root/file"):
        with pytest.raises(UnsafePath):
            read_text(root, path, limit_bytes=LIMIT)
    for path in ("directory", "file/below"):
        with pytest.raises(UnsafePath):
            write_text(root, path, "text")


def test_text_that_cannot_be_shown_says_why(root: Path) -> None:
    (root / "long").write_text("x" * 11)
    (root / "binary").write_bytes(b"\xff\xfe")

    with pytest.raises(UnreadableFile, match="longer than 10 bytes"):
        read_text(root, "long", limit_bytes=10)
    with pytest.raises(UnreadableFile, match="not UTF-8"):
        read_text(root, "binary", limit_bytes=10)


def test_a_directory_is_emptied_whatever_its_permissions(root: Path, tmp_path: Path) -> None:
    (root / "locked" / "inner").mkdir(parents=True)
    (root / "locked" / "inner" / "file").touch()
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "locked" / "inner").chmod(0)
    (root / "locked").chmod(0o500)

    make_empty(root)

    assert list(root.iterdir()) == []
    assert (tmp_path / "outside" / "file").read_text() == "outside"


@contextmanager
def swapping(directory: Path, *, target: str) -> Iterator[None]:
    """Keep replacing a directory by a link and back."""
    stop = threading.Event()
    aside = directory.with_name("aside")

    def swap() -> None:
        while not stop.is_set():
            for step in (
                lambda: directory.rename(aside),
                lambda: directory.symlink_to(target),
                directory.unlink,
                lambda: aside.rename(directory),
            ):
                # Whoever writes below makes the directory anew while it is away.
                with suppress(OSError):
                    step()
            if aside.exists() and directory.exists():
                shutil.rmtree(aside)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def escapes(directory_fd: int, opener: Callable[[int, str, int], int], *, seconds: float) -> int:
    """Count how often opening `swap/file` led outside."""
    count = tries = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        tries += 1
        try:
            fd = opener(directory_fd, "swap/file", os.O_RDONLY)
        except OSError as error:
            assert error.errno in {errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.EAGAIN}
            continue
        count += os.read(fd, 10) == b"outside"
        os.close(fd)
    assert tries > 100
    return count


def naive_open(directory_fd: int, path: str, flags: int) -> int:
    return os.open(path, flags, dir_fd=directory_fd)


@pytest.mark.parametrize("opener", OPENERS)
def test_a_race_cannot_be_won(root: Path, opener: Callable[[int, str, int], int]) -> None:
    (root / "swap").mkdir()
    (root / "swap" / "file").write_text("inside")
    directory_fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with swapping(root / "swap", target="../outside"):
            assert escapes(directory_fd, opener, seconds=1) == 0
            # The attack is a real one: opening by name falls for it.
            assert escapes(directory_fd, naive_open, seconds=1) > 0
    finally:
        os.close(directory_fd)


def test_writing_cannot_be_raced_either(root: Path, tmp_path: Path) -> None:
    (root / "swap").mkdir()
    written = 0
    deadline = time.monotonic() + 2
    with swapping(root / "swap", target="../outside"):
        while time.monotonic() < deadline:
            try:
                write_text(root, "swap/planted", "x")
                written += 1
            except (UnsafePath, FileNotFoundError):
                continue
    assert written > 0
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["file"]
