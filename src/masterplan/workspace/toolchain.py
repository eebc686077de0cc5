"""Which Python and which environment a sandboxed command gets."""

from __future__ import annotations

import sys
from pathlib import Path

SEARCH_PATH = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")

_SYSTEM_PREFIXES = frozenset({Path("/"), Path("/usr"), Path("/usr/local")})


def python_prefix() -> Path | None:
    """Return the installation of this Python, or None when the system's directories hold it.

    An installation right in a home directory counts as none, since showing it to a command would
    show the whole home.
    """
    prefix = Path(sys.base_prefix)
    if prefix in _SYSTEM_PREFIXES or Path.home().is_relative_to(prefix):
        return None
    return prefix


def python_executable() -> Path:
    """Return the Python that commands get as `python` and `python3`."""
    prefix = python_prefix()
    if prefix is None and Path(sys.base_prefix) not in _SYSTEM_PREFIXES:
        return Path("/usr/bin/python3")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Path(sys.base_prefix) / "bin" / f"python{version}"


def base_environment() -> dict[str, str]:
    """Return what every command finds in its environment, besides PATH and HOME."""
    return {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
