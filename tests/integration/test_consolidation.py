"""A clone lives as long as its plan: what fetches bring is packed, whoever is at work meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from masterplan.workspace import consolidation
from masterplan.workspace.clone import Clone
from masterplan.workspace.fence import outcome_reference
from masterplan.workspace.files import write_text
from masterplan.workspace.git import BareRepository
from masterplan.workspace.publication import Publication

BRANCH = "masterplan/test"
PACKS = 3
FETCHES = 8


@pytest.fixture(autouse=True)
def few_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consolidation, "PACKS_BEFORE_CONSOLIDATION", PACKS)


@pytest.fixture
async def owner(tmp_path: Path) -> BareRepository:
    return await BareRepository.create(tmp_path / "owner.git", branch=BRANCH)


@pytest.fixture
async def clone(owner: BareRepository, tmp_path: Path) -> Clone:
    clone = Clone(tmp_path / "clone.git", branch=BRANCH, origin=str(owner.path))
    await clone.prepare()
    return clone


async def complete(git: BareRepository, directory: Path, *, name: str) -> str:
    base = await git.latest(name)
    await git.checkout(base, directory)
    write_text(directory, name, name)
    publication = Publication(
        base=base,
        targets=[name],
        message="Do it",
        operation=f"{name}:1",
        outcome=outcome_reference(name, 1),
    )
    commit = await git.publish_directory(publication, directory)
    assert commit is not None
    return commit


def packs_of(repository: BareRepository) -> list[Path]:
    return list((repository.path / "objects" / "pack").glob("*.pack"))


async def test_a_clone_keeps_few_packs(owner: BareRepository, clone: Clone, tmp_path: Path) -> None:
    for number in range(FETCHES):
        commit = await complete(owner, tmp_path / "w", name=f"{number}")
        assert await clone.latest("task") == commit

    assert len(packs_of(clone)) <= PACKS
    assert len(await clone.files(await clone.head())) == FETCHES
    await clone.fsck()


async def test_a_clone_is_packed_while_attempts_use_it(
    owner: BareRepository, clone: Clone, tmp_path: Path
) -> None:
    async def read(number: int) -> None:
        directory = tmp_path / f"reader-{number}"
        for _ in range(FETCHES):
            head = await clone.check_out_latest("task", directory, needs=())
            assert sorted(path.name for path in directory.iterdir()) == await clone.files(head)

    async def publish() -> None:
        for number in range(FETCHES):
            await complete(owner, tmp_path / "w", name=f"{number}")

    async with asyncio.TaskGroup() as group:
        group.create_task(publish())
        for number in range(3):
            group.create_task(read(number))

    head = await clone.latest("task")
    assert len(await clone.files(head)) == FETCHES
    assert len(packs_of(clone)) <= PACKS + 1
    await clone.fsck()


async def test_what_a_killed_consolidation_left_is_removed_by_the_next(
    owner: BareRepository, clone: Clone, tmp_path: Path
) -> None:
    packs = clone.path / "objects" / "pack"
    left = [packs / ".tmp-17-pack-1234.pack", packs / "tmp_pack_Ab12Cd"]
    for path in left:
        path.write_bytes(b"PACK")

    for number in range(PACKS + 2):
        await complete(owner, tmp_path / "w", name=f"{number}")
        await clone.latest("task")

    assert not any(path.exists() for path in left)
    await clone.fsck()
