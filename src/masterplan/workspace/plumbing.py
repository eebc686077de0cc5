"""Running git so that nothing but Masterplan decides what it does.

Neither the operator's configuration, nor the environment, nor a file that an agent wrote has a say:
the environment is built from nothing, configuration files are not read, hooks and attributes are
off, and the git directory is one that agents cannot reach.
"""

from __future__ import annotations

import asyncio
import functools
import os
import re
import shutil
import signal
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import IO

from masterplan.errors import GitFailed, Unavailable

LOCK_PATIENCE_S = 2.0
"""How long one and the same lock file is respected, by the monotonic clock."""

REMOTE_LIMIT_S = 120.0
"""How long one command may take that talks to another repository, which may not answer at all."""
_REMOTE_COMMANDS = frozenset({"clone", "fetch", "ls-remote", "push"})
_TIMED_OUT = 124
"""The exit code that `timeout` has for it."""
# No question is asked, a silent host is given up, and no connection outlives the command.
_SSH = (
    "ssh -o BatchMode=yes -o ConnectTimeout=5 -o ServerAliveInterval=5 "
    "-o ControlMaster=no -o ControlPersist=no"
)

FSYNCED = "objects,derived-metadata,reference"
"""What git syncs: what the branch points to must survive a power cut; indexes are temporary."""

_CONFIGURATION = (
    "core.bigFileThreshold=1m",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    f"core.fsync={FSYNCED}",
    # One fsync for a pack instead of one per object.
    "transfer.unpackLimit=1",
    "gc.auto=0",
    "maintenance.auto=false",
    # Less than a byte a second for so long: nobody is there. A busy server sends more than that.
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=20",
)

_HELD_LOCK = re.compile(
    r"Unable to create '(?P<by_git>[^']+\.lock)': File exists"
    r"|failed to (?:lock file|create locked file) '(?P<by_libgit2>[^']+\.lock)'"
    r"(?: for writing|: File exists)"
    r"|could not lock config file (?P<configuration>.+): File exists"
)
_LOCK_POLL_S = 0.01


class Git:
    """Runs git commands on one bare repository."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    async def run(
        self,
        *arguments: str,
        stdin: bytes | IO[bytes] = b"",
        work_tree: Path | None = None,
        accepted: Collection[int] = (0,),
    ) -> bytes:
        """Run one command and return what it wrote, once no lock is in its way.

        Raises GitFailed on an exit code that is not `accepted`, and where another repository has
        not answered within REMOTE_LIMIT_S.
        """
        environment = git_environment(work_tree)
        while True:
            code, output, errors = await self._run(arguments, stdin, environment)
            if code in accepted:
                return output
            text = errors.decode(errors="replace").strip()
            if not await outwait_held(text, self.directory):
                raise GitFailed(arguments[0], exit_code=code, output=text)

    def command_line(self, *arguments: str) -> list[str]:
        """Return the command as it is started; its environment must be `git_environment()`."""
        configuration = (part for setting in _CONFIGURATION for part in ("-c", setting))
        return [git_executable(), f"--git-dir={self.directory}", *configuration, *arguments]

    async def succeeds(self, *arguments: str) -> bool:
        """Tell whether a command that answers yes or no (exit code 0 or 1) says yes."""
        code, _, errors = await self._run(arguments, b"", git_environment())
        if code not in (0, 1):
            text = errors.decode(errors="replace").strip()
            raise GitFailed(arguments[0], exit_code=code, output=text)
        return code == 0

    async def _run(
        self, arguments: tuple[str, ...], stdin: bytes | IO[bytes], environment: dict[str, str]
    ) -> tuple[int, bytes, bytes]:
        source: IO[bytes] | int
        content: bytes | None
        if isinstance(stdin, bytes):
            source, content = asyncio.subprocess.PIPE, stdin
        else:
            stdin.seek(0)
            source, content = stdin, None
        process = await asyncio.create_subprocess_exec(
            *self.command_line(*arguments),
            stdin=source,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C in the terminal is for Masterplan to act upon
        )
        limit = REMOTE_LIMIT_S if arguments[0] in _REMOTE_COMMANDS else None
        try:
            async with asyncio.timeout(limit):
                output, errors = await process.communicate(content)
        except TimeoutError:
            text = f"connection timed out: the repository did not answer within {limit:g} s"
            return _TIMED_OUT, b"", text.encode()
        finally:
            if process.returncode is None:
                await _end(process)
        assert process.returncode is not None
        return process.returncode, output, errors


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill a command with its helpers, which would keep its pipes open, and wait for it."""
    with suppress(ProcessLookupError):  # it may have ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


@functools.cache
def git_executable() -> str:
    """Return the absolute path of git; raises Unavailable with the remedy when there is none."""
    found = shutil.which("git")
    if found is None:
        raise Unavailable("git is not installed. Install it, for example: apt install git")
    return found


def git_environment(work_tree: Path | None = None) -> dict[str, str]:
    """Return all that git finds in its environment."""
    environment = {
        "PATH": f"{Path(git_executable()).parent}{os.pathsep}{os.defpath}",
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": _SSH,
        "GIT_NO_REPLACE_OBJECTS": "1",
    }
    if work_tree is not None:
        environment["GIT_WORK_TREE"] = str(work_tree)
    return environment


async def outwait_held(error: str, directory: Path) -> bool:
    """Wait out the lock beneath a directory that git tells of; False where it tells of none."""
    found = _HELD_LOCK.search(error)
    if found is None:
        return False
    lock = Path(found["by_git"] or found["by_libgit2"] or f"{found['configuration']}.lock")
    if not await asyncio.to_thread(_lies_in, directory, lock):
        return False
    await outwait(lock)
    return True


async def outwait(lock: Path) -> None:
    """Wait until a lock is released, or remove it when it is the very same one after a while.

    That is safe as a data directory belongs to one process, whose own git holds a lock for
    milliseconds: a lock that stood there for LOCK_PATIENCE_S was left by a process that is gone.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LOCK_PATIENCE_S
    first = _identity(lock)
    while first is not None and _identity(lock) == first:
        if loop.time() >= deadline:
            _remove(lock)
            return
        await asyncio.sleep(_LOCK_POLL_S)


def _lies_in(directory: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(directory.resolve())


def _identity(lock: Path) -> tuple[int, int] | None:
    try:
        status = lock.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns


def _remove(lock: Path) -> None:
    lock.unlink(missing_ok=True)
