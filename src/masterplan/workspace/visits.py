"""Visits to an open repository: in a thread of their own, and with patience for a lock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pygit2

from masterplan.background import to_its_end
from masterplan.errors import GitFailed
from masterplan.workspace.opened import opened
from masterplan.workspace.plumbing import outwait_held
from masterplan.workspace.store import Store

P = ParamSpec("P")
R = TypeVar("R")

REFUSALS = (pygit2.GitError, OSError)
"""What libgit2 raises, and Python where files cannot be had."""


class Visits:
    """Calls functions with a repository's store, whatever else goes on there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def call(
        self,
        name: str,
        function: Callable[Concatenate[Store, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Call a function with the open repository in a thread, as `in_thread` does."""

        def visit() -> R:
            with opened(self._path) as store:
                return function(store, *args, **kwargs)

        return await self.in_thread(name, visit)

    async def in_thread(self, name: str, call: Callable[[], R]) -> R:
        """Call a function in a thread, until no lock is in its way.

        A cancelled caller waits for the thread: what it does is short, and whoever cleans up next
        must not meet it at work. Raises GitFailed with the `name` of git's own command for it.
        """
        while True:
            try:
                return await to_its_end(asyncio.ensure_future(asyncio.to_thread(call)))
            except REFUSALS as error:
                if isinstance(error, OSError) and error.errno is not None:
                    raise  # not libgit2's, which knows its errors by their text alone
                if not await outwait_held(str(error), self._path):
                    raise GitFailed(name, exit_code=1, output=str(error)) from error

    def at_once(self, function: Callable[[Store], R]) -> R:
        """Call a function that reads little and waits for nothing, without a thread.

        Handing a visit over costs more than one that takes less than a millisecond: threads that
        make many system calls and the event loop take the interpreter from one another. Raises
        any of REFUSALS.
        """
        with opened(self._path) as store:
            return function(store)
