"""When a repository's objects lie so scattered that packing them pays, and what a pack leaves.

Publishing writes loose objects, each fetch and each push brings a pack. Git and libgit2 look
through all of them for what they seek.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

OBJECTS_BEFORE_CONSOLIDATION = 6_000
PACKS_BEFORE_CONSOLIDATION = 50
"""As many as `git gc --auto` lets be."""
_UNFINISHED = (".tmp-", "tmp_")
"""How git calls what it has not finished in the directory of packs."""


def is_scattered(repository: Path) -> bool:
    """Tell whether a pack of a repository's loose objects or small packs is due."""
    objects = repository / "objects"
    # As `git gc --auto` does it: from one of 256 folders.
    loose = 256 * sum(1 for _ in _names(objects / "17"))
    packs = sum(1 for name in _names(objects / "pack") if name.endswith(".pack"))
    return loose > OBJECTS_BEFORE_CONSOLIDATION or packs > PACKS_BEFORE_CONSOLIDATION


def remove_unfinished(repository: Path) -> None:
    """Remove the packs of killed commands, which git keeps for ever.

    Nobody may be packing or fetching; what is pushed comes through a directory of its own.
    """
    packs = repository / "objects" / "pack"
    for name in list(_names(packs)):
        if name.startswith(_UNFINISHED):
            (packs / name).unlink(missing_ok=True)


def _names(directory: Path) -> Iterator[str]:
    with suppress(FileNotFoundError), os.scandir(directory) as entries:  # packed meanwhile
        yield from (entry.name for entry in entries)
