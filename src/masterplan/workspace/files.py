"""Reading and writing beneath a directory in which an agent may plant symbolic links.

Checking a path and then opening it by name is a race that an agent can win. Here the kernel
resolves the path beneath an open directory and refuses every link on the way: in one call where
Linux offers openat2(2), component by component elsewhere.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import secrets
import shutil
import stat
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from masterplan.errors import UnreadableFile, UnsafePath
from masterplan.paths import check_target_path

_SYS_OPENAT2 = 437  # the same on every architecture, see include/uapi/asm-generic/unistd.h
_RESOLVE_NO_MAGICLINKS, _RESOLVE_NO_SYMLINKS, _RESOLVE_BENEATH = 0x02, 0x04, 0x08
_RESOLVE = _RESOLVE_NO_MAGICLINKS | _RESOLVE_NO_SYMLINKS | _RESOLVE_BENEATH
_RACES = 32
"""How often openat2 is asked again when a concurrent rename made it give up (EAGAIN)."""

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a named pipe in place of the file must not block whoever opens it.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LED_ASTRAY = frozenset({errno.ELOOP, errno.ENOTDIR, errno.EXDEV, errno.EISDIR, errno.ENXIO})


def write_text(root: Path, path: str, text: str) -> None:
    """Write a file beneath `root`, creating its directories; readers see the old or the new text.

    An existing file keeps its permissions. Raises UnsafePath when the path is not a safe one, or
    leads through a symbolic link or a file.
    """
    check_target_path(path)
    with _refusing_detours(path), _opened_root(root) as root_fd:
        parent_fd, name = _open_parent(root_fd, path)
        try:
            _replace(parent_fd, name, text.encode())
        finally:
            os.close(parent_fd)


def read_text(root: Path, path: str, *, limit_bytes: int) -> str | None:
    """Return the text of a file beneath `root`, or None when there is no such file.

    Raises UnsafePath when the path is not a safe one or leads to anything but a regular file
    without passing a link; UnreadableFile when it is longer than `limit_bytes` or not UTF-8.
    """
    check_target_path(path)
    try:
        with _refusing_detours(path), _opened_root(root) as root_fd:
            fd = open_beneath(root_fd, path, _READ)
    except FileNotFoundError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise UnsafePath(path, "it is not a regular file")
        with os.fdopen(fd, "rb", closefd=False) as file:
            content = file.read(limit_bytes + 1)
    finally:
        os.close(fd)
    if len(content) > limit_bytes:
        raise UnreadableFile(path, f"it is longer than {limit_bytes} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UnreadableFile(path, "it is not UTF-8") from error


def open_for_reading(root_fd: int, path: str) -> int:
    """Open a file beneath a directory for reading, never through a link and never blocking.

    Raises OSError; the caller closes the descriptor.
    """
    return open_beneath(root_fd, path, _READ)


def open_beneath(root_fd: int, path: str, flags: int) -> int:
    """Open an existing path beneath a directory without following any link; raises OSError."""
    if kernel_resolves_beneath():
        return _open_by_kernel(root_fd, path, flags)
    return open_by_components(root_fd, path, flags)


def open_by_components(root_fd: int, path: str, flags: int) -> int:
    """Do what `open_beneath` does where the kernel has no openat2: one component at a time."""
    *directories, name = path.split("/")
    current = os.dup(root_fd)
    try:
        for directory in directories:
            current = _step(current, directory)
        return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=current)
    finally:
        os.close(current)


def remove_tree(directory: Path) -> None:
    """Remove a directory with all that is in it, however its permissions were set."""
    try:
        shutil.rmtree(directory)
    except FileNotFoundError:
        return
    except PermissionError:
        _make_removable(directory)
        shutil.rmtree(directory)
    except RecursionError:
        # Deeper than Python recurses; rm goes down without.
        subprocess.run(["/bin/rm", "-rf", "--", str(directory)], check=True)


def make_empty(directory: Path) -> None:
    """Make a directory anew, with nothing in it."""
    remove_tree(directory)
    directory.mkdir(parents=True)


@functools.cache
def kernel_resolves_beneath() -> bool:
    """Tell whether openat2(2) works here: Linux 5.6 or newer, and not filtered by a container."""
    if not sys.platform.startswith("linux"):
        return False
    root_fd = os.open("/", _DIRECTORY)
    try:
        os.close(_open_by_kernel(root_fd, ".", _DIRECTORY))
    except OSError:
        return False
    finally:
        os.close(root_fd)
    return True


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _open_by_kernel(root_fd: int, path: str, flags: int) -> int:
    how = struct.pack("QQQ", flags | os.O_CLOEXEC, 0, _RESOLVE)
    for _ in range(_RACES):
        fd = _libc().syscall(_SYS_OPENAT2, root_fd, os.fsencode(path), how, len(how))
        if fd >= 0:
            return int(fd)
        code = ctypes.get_errno()
        if code not in {errno.EAGAIN, errno.EINTR}:
            break
    raise OSError(code, os.strerror(code), path)


def _step(directory_fd: int, name: str) -> int:
    """Open a directory in another one and close the latter."""
    inner = os.open(name, _DIRECTORY, dir_fd=directory_fd)
    os.close(directory_fd)
    return inner


def _open_parent(root_fd: int, path: str) -> tuple[int, str]:
    *directories, name = path.split("/")
    current = os.dup(root_fd)
    try:
        for directory in directories:
            with suppress(FileExistsError):
                os.mkdir(directory, dir_fd=current)
            current = _step(current, directory)
    except OSError:
        os.close(current)
        raise
    return current, name


def _replace(parent_fd: int, name: str, content: bytes) -> None:
    temporary = f".{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(temporary, flags, 0o666, dir_fd=parent_fd)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            if (mode := _mode_of_file(parent_fd, name)) is not None:
                os.fchmod(fd, mode)
        os.replace(temporary, name, src_dir_fd=parent_fd, dst_dir_fd=parent_fd)
    except BaseException:
        os.unlink(temporary, dir_fd=parent_fd)
        raise


def _mode_of_file(parent_fd: int, name: str) -> int | None:
    try:
        status = os.stat(name, dir_fd=parent_fd, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return stat.S_IMODE(status.st_mode) & 0o777 if stat.S_ISREG(status.st_mode) else None


@contextmanager
def _opened_root(root: Path) -> Iterator[int]:
    # The root itself is ours and may well be reached through a link, as /tmp on macOS is.
    fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def _refusing_detours(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _LED_ASTRAY:
            raise
        reason = f"it leads through a link or is not a regular file ({error.strerror})"
        raise UnsafePath(path, reason) from error


def _make_removable(directory: Path) -> None:
    directory.chmod(0o700)
    for _, subdirectories, _, parent_fd in os.fwalk(directory, follow_symlinks=False):
        for name in subdirectories:
            if not stat.S_ISLNK(os.stat(name, dir_fd=parent_fd, follow_symlinks=False).st_mode):
                os.chmod(name, 0o700, dir_fd=parent_fd)
