"""How Linux names the source of a mount in /proc/PID/mountinfo (proc(5)).

What a mount shows is told by its place within its file system, which is the same in every mount
namespace, however the process there calls it.
"""

from __future__ import annotations

import re
from pathlib import Path

_ESCAPED = re.compile(r"\\([0-7]{3})")
_TO_ESCAPE = re.compile(r"[ \t\n\\]")


def source_of(directory: Path) -> str:
    """Return the fields "device path" by which a mount of the directory is known to all processes.

    Raises OSError where there is no mountinfo.
    """
    directory = directory.resolve()
    above = [
        (Path(_plain(point)), device, Path(_plain(root)))
        for device, root, point in map(_fields, _mounts())
        if directory.is_relative_to(_plain(point))
    ]
    # Of several at one place the last one is seen.
    point, device, root = max(reversed(above), key=lambda mount: len(mount[0].parts))
    return f"{device} {_escaped(str(root / directory.relative_to(point)))}"


def _mounts() -> list[str]:
    return Path("/proc/self/mountinfo").read_text().splitlines()


def _fields(line: str) -> tuple[str, str, str]:
    _id, _parent, device, root, point, *_ = line.split(" ")
    return device, root, point


def _plain(field: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), field)


def _escaped(path: str) -> str:
    return _TO_ESCAPE.sub(lambda found: f"\\{ord(found[0]):03o}", path)
