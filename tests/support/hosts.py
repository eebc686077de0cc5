"""Two hosts on one machine: network namespaces with a link between them (Linux, as root)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Host:
    """A network namespace with one address beside its loopback."""

    namespace: str
    device: str
    address: str

    @property
    def within(self) -> list[str]:
        """What a command is run by so that it runs on this host."""
        return ["ip", "netns", "exec", self.namespace]

    def without(self, folder: Path) -> list[str]:
        """The same, for a command that has an empty folder of its own in that place."""
        script = 'mount -t tmpfs tmpfs "$0" && exec "$@"'
        return [*self.within, "sh", "-c", script, str(folder)]

    def cut_link(self) -> None:
        ip("-n", self.namespace, "link", "set", self.device, "down")

    def mend_link(self) -> None:
        ip("-n", self.namespace, "link", "set", self.device, "up")


@contextmanager
def two_hosts() -> Iterator[tuple[Host, Host]]:
    """Make two hosts that reach each other and nothing else; skip where that is refused."""
    mark = f"mp{os.getpid() % 100_000}"
    one = Host(f"{mark}a", f"{mark}a", "10.213.7.1")
    two = Host(f"{mark}b", f"{mark}b", "10.213.7.2")
    with ExitStack() as stack:
        try:
            for host in (one, two):
                ip("netns", "add", host.namespace)
                stack.callback(ip, "netns", "delete", host.namespace)
            ends = ["name", one.device, "netns", one.namespace, "type", "veth"]
            ends += ["peer", "name", two.device, "netns", two.namespace]
            ip("link", "add", *ends)
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            pytest.skip(f"no network namespaces can be made here: {error}")
        for host in (one, two):
            on = ("-n", host.namespace)
            ip(*on, "address", "add", f"{host.address}/24", "dev", host.device)
            for device in ("lo", host.device):
                ip(*on, "link", "set", device, "up")
        yield one, two


@contextmanager
def git_daemon(folder: Path, *, host: Host, port: int) -> Iterator[str]:
    """Serve the repositories in a folder to fetch from and push to; gives the URL of the folder."""
    command = [
        *host.within, "git", "daemon", f"--base-path={folder}", "--export-all", "--reuseaddr",
        "--enable=receive-pack", f"--listen={host.address}", f"--port={port}", str(folder),
    ]  # fmt: skip
    with _running(command):
        yield f"git://{host.address}:{port}"


@contextmanager
def _running(command: Sequence[str]) -> Iterator[None]:
    process = subprocess.Popen(command, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=10)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
