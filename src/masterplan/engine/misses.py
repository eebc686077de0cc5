"""Counts what is missing, so that only what stays missing is acted upon.

What has just been claimed or is being recovered is not running yet, and soon will be.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, TypeVar

MISSES = 4

K = TypeVar("K")


class Misses(Generic[K]):
    """How often in a row each thing was missed."""

    def __init__(self) -> None:
        self._missed: dict[K, int] = {}

    def count(self, missing: Collection[K]) -> list[K]:
        """Count what is missing now; return what was missed often enough, to be acted upon."""
        self._missed = {each: self._missed.get(each, 0) + 1 for each in missing}
        return [each for each in missing if self._missed[each] >= MISSES]
