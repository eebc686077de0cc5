"""A plan's repository on a machine that does not hold it: a clone that publishes by push.

The branch is fetched before it is looked at. What an attempt leaves is pushed as its own reference,
so that others can show it and go on from it. Publishing is one atomic push with leases: the branch
must be where it was read, and the attempt's outcome not decided yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path

from masterplan.errors import AttemptRevoked, GitFailed
from masterplan.workspace.consolidation import is_scattered
from masterplan.workspace.fence import revoke
from masterplan.workspace.git import BareRepository, Snapshot
from masterplan.workspace.publication import ChangesOf, Publication, prepare
from masterplan.workspace.upkeep import consolidate

TRIES = 50
PAUSE_SECONDS = 0.1
"""Between two tries to push, where somebody else was faster or holds a lock."""
CLONE = "masterplan-clone"
"""A file that is in each clone: on two machines alike, it has the path that the original has."""
_REJECTIONS = ("[rejected]", "[remote rejected]", "atomic push failed")


class Clone(BareRepository):
    """A repository whose branch belongs to `origin`, a path or a URL."""

    def __init__(self, path: Path, *, branch: str, origin: str) -> None:
        super().__init__(path, branch=branch)
        self._origin = origin

    async def prepare(self) -> None:
        """Make the clone where it is missing; what exists already is kept."""
        if self._is_made():
            return  # without waiting for whoever is fetching
        async with self._alone():  # the first attempts of a plan begin together
            if not self._is_made():
                await asyncio.to_thread(_mark, self.path)
                await BareRepository._initialise(self.path, branch=self.branch)

    def _is_made(self) -> bool:
        return (self.path / "info" / "attributes").is_file()  # the last that is made

    async def _refresh(self, key: str) -> None:
        attempts = f"refs/attempts/{key}-*"
        await self._fetch(f"+{self._reference}:{self._reference}", f"+{attempts}:{attempts}")

    async def snapshot(
        self,
        directory: Path,
        *,
        base: str,
        message: str,
        targets: Sequence[str],
        keep_as: str,
        paths: Collection[str] | None = None,
    ) -> Snapshot:
        snapshot = await super().snapshot(
            directory, base=base, message=message, targets=targets, keep_as=keep_as, paths=paths
        )
        reference = f"refs/attempts/{keep_as}"
        await self._git.run("push", "--quiet", "--", self._origin, f"+{reference}:{reference}")
        return snapshot

    async def _publish(self, publication: Publication, changes_of: ChangesOf) -> str:
        outcome, operation = publication.outcome, publication.operation
        while True:
            await self._fetch(f"+{self._reference}:{self._reference}")
            prepared = await self._visits.call(
                "commit", prepare, self._reference, publication, changes_of
            )
            if prepared.is_published or await self._push_if(
                f"--force-with-lease={self._reference}:{prepared.head}",
                f"--force-with-lease={outcome}:",
                f"{prepared.commit}:{self._reference}",
                f"{prepared.commit}:{outcome}",
            ):
                return prepared.commit
            if await self._is_decided(outcome):
                done = await self._published_as(outcome, operation)
                if done is None:
                    raise AttemptRevoked(operation)
                return done
            await asyncio.sleep(PAUSE_SECONDS)

    async def revoke(self, *, outcome: str, operation: str) -> str | None:
        for _ in range(TRIES):
            await self._fetch(f"+{self._reference}:{self._reference}")
            head = await self.head()
            await self._push_if(f"--force-with-lease={outcome}:", f"{head}:{outcome}")
            if await self._is_decided(outcome):
                return await self._published_as(outcome, operation)
            await asyncio.sleep(PAUSE_SECONDS)
        raise GitFailed("push", exit_code=1, output=f"{self._origin} does not take {outcome}")

    async def _push_if(self, *arguments: str) -> bool:
        """Push on conditions; False where one did not hold or a lock was in the way."""
        try:
            await self._git.run(
                "push", "--quiet", "--atomic", *_options(arguments), "--", self._origin,
                *_references(arguments),
            )  # fmt: skip
        except GitFailed as error:
            if not any(words in error.output for words in _REJECTIONS):
                raise
            return False
        return True

    async def _is_decided(self, outcome: str) -> bool:
        return bool(await self._git.run("ls-remote", "--", self._origin, outcome))

    async def _published_as(self, outcome: str, operation: str) -> str | None:
        # Fetched after the outcome was seen: from then on the operation is not published any more.
        await self._fetch(f"+{self._reference}:{self._reference}")
        return await self._visits.call(
            "log", revoke, self._reference, outcome=outcome, operation=operation
        )

    async def _fetch(self, *references: str) -> None:
        # Two at once would be in each other's way at the reference that both move.
        async with self._alone():
            await self._git.run(
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-recurse-submodules",
                "--",
                self._origin,
                *references,
            )
            if await asyncio.to_thread(is_scattered, self.path):
                await consolidate(self._git)


def is_original(repository: Path) -> bool:
    """Tell whether a repository is there and no clone of another machine's."""
    return repository.is_dir() and not is_clone(repository)


def is_clone(repository: Path) -> bool:
    """Tell whether a repository was marked as a clone of another machine's."""
    return (repository / CLONE).exists()


def _mark(repository: Path) -> None:
    repository.mkdir(parents=True, exist_ok=True)
    (repository / CLONE).touch()


def _options(arguments: Sequence[str]) -> list[str]:
    return [each for each in arguments if each.startswith("-")]


def _references(arguments: Sequence[str]) -> list[str]:
    return [each for each in arguments if not each.startswith("-")]
