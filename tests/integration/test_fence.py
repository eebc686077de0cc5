"""A worker that was given up publishes nothing, on the spot or by push, whoever comes first."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from masterplan.errors import AttemptRevoked, Unavailable
from masterplan.workspace.clone import Clone
from masterplan.workspace.fence import outcome_reference
from masterplan.workspace.files import write_text
from masterplan.workspace.git import BareRepository
from masterplan.workspace.places import Workspaces
from masterplan.workspace.publication import Publication

BRANCH = "masterplan/test"
OUTCOME = outcome_reference("task", 1)


@pytest.fixture
async def owner(tmp_path: Path) -> BareRepository:
    return await BareRepository.create(tmp_path / "owner.git", branch=BRANCH)


@pytest.fixture
async def clone(owner: BareRepository, tmp_path: Path) -> Clone:
    clone = Clone(tmp_path / "clone.git", branch=BRANCH, origin=str(owner.path))
    await clone.prepare()
    return clone


@pytest.fixture(params=["owner", "clone"])
async def publisher(
    request: pytest.FixtureRequest, owner: BareRepository, clone: Clone
) -> BareRepository:
    return owner if request.param == "owner" else clone


@pytest.fixture(params=["owner", "clone"])
async def successor(
    request: pytest.FixtureRequest, owner: BareRepository, tmp_path: Path
) -> BareRepository:
    if request.param == "owner":
        return BareRepository(owner.path, branch=BRANCH)
    other = Clone(tmp_path / "other.git", branch=BRANCH, origin=f"file://{owner.path}")
    await other.prepare()
    return other


async def work(git: BareRepository, directory: Path, *, name: str = "a") -> tuple[str, str]:
    base = await git.latest("task")
    await git.checkout(base, directory)
    write_text(directory, name, "done")
    snapshot = await git.snapshot(
        directory, base=base, message="w", targets=[name], keep_as=f"{name}-1"
    )
    return base, snapshot.commit


async def publish(
    git: BareRepository, base: str, snapshot: str, *, name: str = "a", outcome: str = OUTCOME
) -> str:
    publication = Publication(
        base=base, targets=[name], message="Do it", operation=f"{name}:1", outcome=outcome
    )
    return await git.publish(publication, snapshot=snapshot)


async def test_a_revoked_attempt_publishes_nothing(
    owner: BareRepository, publisher: BareRepository, successor: BareRepository, tmp_path: Path
) -> None:
    base, snapshot = await work(publisher, tmp_path / "w")

    assert await successor.revoke(outcome=OUTCOME, operation="a:1") is None
    with pytest.raises(AttemptRevoked, match="a:1 was taken over"):
        await publish(publisher, base, snapshot)

    assert await owner.head() == base
    assert await successor.revoke(outcome=OUTCOME, operation="a:1") is None, "as often as one likes"


async def test_what_was_published_is_found_by_whoever_takes_over(
    owner: BareRepository, publisher: BareRepository, successor: BareRepository, tmp_path: Path
) -> None:
    base, snapshot = await work(publisher, tmp_path / "w")
    commit = await publish(publisher, base, snapshot)
    other = await work(owner, tmp_path / "v", name="b")
    await publish(owner, *other, name="b", outcome=outcome_reference("b", 1))

    assert await successor.revoke(outcome=OUTCOME, operation="a:1") == commit
    assert await publish(publisher, base, snapshot) == commit, "repeated after a crash"
    assert len(await owner.log()) == 3


async def test_of_publication_and_revocation_at_once_one_wins(
    owner: BareRepository, publisher: BareRepository, successor: BareRepository, tmp_path: Path
) -> None:
    published = 0
    for number in range(24):
        outcome, name = outcome_reference("task", number), f"f{number}"
        base, snapshot = await work(publisher, tmp_path / "w", name=name)
        commit, found = await asyncio.gather(
            publish(publisher, base, snapshot, name=name, outcome=outcome),
            successor.revoke(outcome=outcome, operation=f"{name}:1"),
            return_exceptions=True,
        )
        if isinstance(commit, AttemptRevoked):
            assert found is None
        else:
            assert found == commit
            published += 1
    assert len(await owner.log()) == 1 + published
    await owner.fsck()


async def test_clones_publish_side_by_side(
    owner: BareRepository, clone: Clone, tmp_path: Path
) -> None:
    async def one(number: int) -> str:
        name = f"f{number}"
        base, snapshot = await work(clone, tmp_path / name, name=name)
        return await publish(
            clone, base, snapshot, name=name, outcome=outcome_reference("task", number)
        )

    commits = await asyncio.gather(*map(one, range(6)))

    assert len(set(commits)) == 6
    assert await owner.files(await owner.head()) == [f"f{number}" for number in range(6)]
    await owner.fsck()


async def test_what_an_attempt_left_can_be_read_elsewhere(
    owner: BareRepository, clone: Clone, successor: BareRepository, tmp_path: Path
) -> None:
    base, snapshot = await work(clone, tmp_path / "w")

    await successor.latest("a")
    assert await owner.read(snapshot, "a") == b"done"
    assert await successor.read(snapshot, "a") == b"done"
    assert "+done" in await owner.diff(base, snapshot)


def test_workspace_of_another_machine_needs_its_address(tmp_path: Path) -> None:
    stored = "/nowhere/on/this/machine/plan"
    with pytest.raises(Unavailable, match="ssh://host/nowhere/on/this/machine"):
        Workspaces(tmp_path, url=None, shared=True).repository("plan", stored, branch=BRANCH)
    reached = Workspaces(tmp_path, url="git://there/", shared=True)
    assert isinstance(reached.repository("plan", stored, branch=BRANCH), Clone)
    assert reached.layout("plan", stored).root == tmp_path / "plan"


async def test_clone_at_the_path_of_the_original_stays_a_clone(tmp_path: Path) -> None:
    """Two machines that were set up alike have data directories at the same path."""
    stored = str(tmp_path / "plan")
    elsewhere = Workspaces(tmp_path, url="git://there/", shared=True)
    for _ in range(2):
        clone = elsewhere.repository("plan", stored, branch=BRANCH)
        assert isinstance(clone, Clone)
        await clone.prepare()
    with pytest.raises(Unavailable):
        Workspaces(tmp_path, url=None, shared=True).repository("plan", stored, branch=BRANCH)


async def test_original_in_its_own_place_is_no_clone(tmp_path: Path) -> None:
    await BareRepository.create(tmp_path / "plan" / "repository.git", branch=BRANCH)
    here = Workspaces(tmp_path, url="git://there/", shared=True)
    found = here.repository("plan", str(tmp_path / "plan"), branch=BRANCH)
    assert not isinstance(found, Clone)
