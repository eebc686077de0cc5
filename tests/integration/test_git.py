"""The workspace's repository: real git, in a temporary directory."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from masterplan.errors import ContractBroken, GitFailed, TargetConflict, UnsafePath
from masterplan.workspace import plumbing
from masterplan.workspace.files import remove_tree
from masterplan.workspace.git import BareRepository, Snapshot
from masterplan.workspace.publication import Publication
from masterplan.workspace.visits import Visits

BRANCH = "masterplan/test"


@pytest.fixture
async def repository(tmp_path: Path) -> BareRepository:
    return await BareRepository.create(tmp_path / "repo.git", branch=BRANCH)


def git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=U", "-c", "user.email=u@localhost", *arguments],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def write(directory: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


async def attempt(
    repository: BareRepository,
    directory: Path,
    files: dict[str, str],
    *,
    targets: Sequence[str] | None = None,
    base: str | None = None,
    keep_as: str = "t-1",
) -> Snapshot:
    base = base or await repository.head()
    await repository.checkout(base, directory)
    write(directory, files)
    return await repository.snapshot(
        directory,
        base=base,
        message="Attempt\n",
        targets=list(files) if targets is None else targets,
        keep_as=keep_as,
    )


def outcome_of(operation: str) -> str:
    return f"refs/outcomes/{operation.replace(':', '-')}"


async def publish(
    repository: BareRepository,
    snapshot: str,
    targets: Sequence[str],
    *,
    base: str,
    operation: str = "task:1",
) -> str:
    publication = publication_of(targets, base=base, operation=operation)
    return await repository.publish(publication, snapshot=snapshot)


def publication_of(targets: Sequence[str], *, base: str, operation: str = "task:1") -> Publication:
    return Publication(
        message="Do the task",
        trailers={"Masterplan-Task": "task", "Agent": "scripted"},
        base=base,
        targets=targets,
        operation=operation,
        outcome=outcome_of(operation),
    )


async def test_a_new_repository_has_one_empty_commit(repository: BareRepository) -> None:
    again = await BareRepository.create(repository.path, branch=BRANCH)

    assert await again.head() == await repository.head()
    assert await again.files(await again.head()) == []
    assert [entry.subject for entry in await again.log()] == ["Begin"]


async def test_creation_is_finished_after_a_crash_halfway(tmp_path: Path) -> None:
    path = tmp_path / "repo.git"
    path.mkdir()
    git(path, "init", "-q", "--bare")

    repository = await BareRepository.create(path, branch=BRANCH)

    assert await repository.files(await repository.head()) == []


async def test_published_files_are_what_the_attempt_wrote(
    repository: BareRepository, tmp_path: Path
) -> None:
    base = await repository.head()
    work = tmp_path / "work"
    await repository.checkout(base, work)
    write(work, {"pkg/a.py": "a = 1\r\n", 'say "hi".txt': "é\n", "run.sh": "#!/bin/sh\n"})
    (work / "run.sh").chmod(0o755)
    targets = ["pkg/a.py", 'say "hi".txt', "run.sh"]
    snapshot = await repository.snapshot(
        work, base=base, message="Attempt", targets=targets, keep_as="t-1"
    )
    commit = await publish(repository, snapshot.commit, targets, base=base)

    assert snapshot.changed == ("pkg/a.py", "run.sh", 'say "hi".txt')
    assert commit == await repository.head()
    assert await repository.read(commit, "pkg/a.py") == b"a = 1\r\n"
    assert await repository.read(commit, "pkg") is None
    assert await repository.read(commit, "missing") is None
    await repository.checkout(commit, tmp_path / "result")
    assert os.access(tmp_path / "result" / "run.sh", os.X_OK)
    assert not (tmp_path / "result" / ".git").exists()
    await repository.fsck()


async def test_the_log_tells_trailers(repository: BareRepository, tmp_path: Path) -> None:
    base = await repository.head()
    snapshot = await attempt(repository, tmp_path / "w", {"a": "1"})
    publication = Publication(
        message="Add a\n\nMasterplan-Operation: forged\n",
        trailers={"Masterplan-Task": "t\nMasterplan-Operation: forged"},
        base=base,
        targets=["a"],
        operation="task:1",
        outcome=outcome_of("task:1"),
    )
    await repository.publish(publication, snapshot=snapshot.commit)

    newest, _ = await repository.log()

    assert newest.subject == "Add a"
    assert newest.trailers == {
        "Masterplan-Task": "t Masterplan-Operation: forged",
        "Masterplan-Operation": "task:1",
    }


async def test_only_targets_are_published(repository: BareRepository, tmp_path: Path) -> None:
    base = await repository.head()
    snapshot = await attempt(repository, tmp_path / "w", {"a": "1", "stray": "2"}, targets=["a"])

    commit = await publish(repository, snapshot.commit, ["a"], base=base)

    assert snapshot.changed == ("a", "stray")
    assert await repository.files(commit) == ["a"]
    assert await repository.read(snapshot.commit, "stray") == b"2"


@pytest.mark.parametrize(("size", "on_the_loop"), [(1_000, True), (5_000_000, False)])
async def test_what_is_large_is_checked_out_beside_the_event_loop(
    repository: BareRepository, tmp_path: Path, size: int, on_the_loop: bool
) -> None:
    base = await repository.head()
    before = await attempt(repository, tmp_path / "before", {"a.txt": "x" * size})
    await publish(repository, before.commit, ["a.txt"], base=base)
    checking_out = asyncio.create_task(
        repository.check_out_latest("t", tmp_path / "now", needs=[], paths=["a.txt"])
    )
    for _ in range(3):
        await asyncio.sleep(0)

    assert checking_out.done() is on_the_loop
    await checking_out
    assert (tmp_path / "now" / "a.txt").stat().st_size == size


async def test_deletions_and_modes_are_changes(repository: BareRepository, tmp_path: Path) -> None:
    first = await attempt(repository, tmp_path / "w", {"gone": "1", "mode": "2", "same": "3"})
    base = await publish(
        repository, first.commit, ["gone", "mode", "same"], base=await repository.head()
    )
    work = tmp_path / "w2"
    await repository.checkout(base, work)
    (work / "gone").unlink()
    (work / "mode").chmod(0o755)
    second = await repository.snapshot(
        work, base=base, message="m", targets=["gone", "mode"], keep_as="t-2"
    )
    commit = await publish(
        repository, second.commit, ["gone", "mode"], base=base, operation="task:2"
    )

    assert second.changed == ("gone", "mode")
    assert await repository.files(commit) == ["mode", "same"]
    assert "new mode 100755" in await repository.diff(base, commit, ["mode"])


async def test_a_change_under_way_is_kept_beside_ones_own(
    repository: BareRepository, tmp_path: Path
) -> None:
    base = await repository.head()
    mine = await attempt(repository, tmp_path / "a", {"d/mine": "1"}, keep_as="a")
    theirs = await attempt(repository, tmp_path / "b", {"d/theirs": "2"}, keep_as="b")

    await publish(repository, theirs.commit, ["d/theirs"], base=base, operation="b:1")
    commit = await publish(repository, mine.commit, ["d/mine"], base=base, operation="a:1")

    assert await repository.files(commit) == ["d/mine", "d/theirs"]


@pytest.mark.parametrize(
    ("theirs", "mine", "conflict"),
    [("a", "a", "a"), ("d", "d/x", "d"), ("d/x", "d", "d/x"), ("d/x/y", "d/x", "d/x/y")],
)
async def test_nobody_elses_change_is_overwritten(
    repository: BareRepository, tmp_path: Path, theirs: str, mine: str, conflict: str
) -> None:
    base = await repository.head()
    first = await attempt(repository, tmp_path / "a", {theirs: "theirs"}, keep_as="a")
    second = await attempt(repository, tmp_path / "b", {mine: "mine"}, keep_as="b")
    head = await publish(repository, first.commit, [theirs], base=base, operation="a:1")

    with pytest.raises(TargetConflict) as refused:
        await publish(repository, second.commit, [mine], base=base, operation="b:1")

    assert refused.value.paths == [conflict]
    assert await repository.head() == head


@pytest.mark.parametrize(("before", "after"), [("d", "d/x"), ("d/x", "d")])
async def test_a_target_never_replaces_undeclared_files(
    repository: BareRepository, tmp_path: Path, before: str, after: str
) -> None:
    first = await attempt(repository, tmp_path / "a", {before: "1"})
    base = await publish(repository, first.commit, [before], base=await repository.head())
    work = tmp_path / "b"
    await repository.checkout(base, work)
    remove_tree(work / "d") if (work / "d").is_dir() else (work / "d").unlink()
    write(work, {after: "2"})
    second = await repository.snapshot(work, base=base, message="m", targets=[after], keep_as="t-2")

    assert second.changed == ("d", "d/x")
    with pytest.raises(ContractBroken) as refused:
        await publish(repository, second.commit, [after], base=base, operation="task:2")
    assert refused.value.paths == [before]


async def test_an_operation_is_published_once(repository: BareRepository, tmp_path: Path) -> None:
    base = await repository.head()
    snapshot = await attempt(repository, tmp_path / "w", {"a": "1"})
    other = await attempt(repository, tmp_path / "v", {"b": "1"}, base=base, keep_as="v")

    first = await publish(repository, snapshot.commit, ["a"], base=base)
    await publish(repository, other.commit, ["b"], base=base, operation="task:11")
    second = await publish(repository, snapshot.commit, ["a"], base=base)

    assert second == first
    assert len(await repository.log()) == 3


async def test_an_attempt_without_changes_leaves_a_commit(
    repository: BareRepository, tmp_path: Path
) -> None:
    base = await repository.head()
    snapshot = await attempt(repository, tmp_path / "w", {}, targets=["a"])

    commit = await publish(repository, snapshot.commit, ["a"], base=base)

    assert snapshot.changed == ()
    assert commit != base
    assert await repository.diff(base, commit) == ""
    assert await repository.not_in(commit, [base, commit]) == set()
    assert await repository.not_in(base, [base, commit]) == {commit}


async def test_links_are_kept_in_the_snapshot_but_never_published(
    repository: BareRepository, tmp_path: Path
) -> None:
    base = await repository.head()
    work = tmp_path / "w"
    await repository.checkout(base, work)
    (work / "a").symlink_to("/etc/passwd")
    snapshot = await repository.snapshot(work, base=base, message="m", targets=["a"], keep_as="t-1")

    assert snapshot.changed == ("a",)
    assert await repository.read(snapshot.commit, "a") == b"/etc/passwd"
    with pytest.raises(UnsafePath):
        await publish(repository, snapshot.commit, ["a"], base=base)
    with pytest.raises(UnsafePath):
        await publish(repository, snapshot.commit, ["../a"], base=base)
    assert await repository.head() == base


async def test_what_running_code_leaves_behind_does_not_count(
    repository: BareRepository, tmp_path: Path
) -> None:
    files = {
        ".gitignore": "build/\nsecret\n",
        "build/out.o": "",
        "node_modules/x/index.js": "",
        "pkg/__pycache__/a.pyc": "",
        ".pytest_cache/v": "",
        "secret": "a declared file that the project ignores",
    }
    snapshot = await attempt(repository, tmp_path / "w", files, targets=[".gitignore", "secret"])

    assert snapshot.changed == (".gitignore", "secret")


async def test_what_git_cannot_hold_is_reported(repository: BareRepository, tmp_path: Path) -> None:
    base = await repository.head()
    work = tmp_path / "w"
    await repository.checkout(base, work)
    write(work, {"nested/a": "1", "plain": "1"})
    git(work / "nested", "init", "-q")
    os.mkfifo(work / "pipe")
    (work / os.fsdecode(b"caf\xe9")).write_text("latin-1")
    snapshot = await repository.snapshot(
        work, base=base, message="m", targets=["plain"], keep_as="t-1"
    )

    assert snapshot.changed == ("caf\\udce9", "nested/.git", "nested/a", "pipe", "plain")
    await repository.fsck()


async def test_attributes_do_not_rewrite_files(repository: BareRepository, tmp_path: Path) -> None:
    files = {".gitattributes": "* text eol=crlf\n*.id ident\n", "a.txt": "a\n", "b.id": "$Id$\n"}
    snapshot = await attempt(repository, tmp_path / "w", files)
    base = await publish(repository, snapshot.commit, list(files), base=await repository.head())
    untouched = await attempt(repository, tmp_path / "v", {}, base=base, keep_as="v")

    assert (tmp_path / "v" / "a.txt").read_bytes() == b"a\n"
    assert (tmp_path / "v" / "b.id").read_bytes() == b"$Id$\n"
    assert untouched.changed == ()


async def test_checkout_empties_its_directory_first(
    repository: BareRepository, tmp_path: Path
) -> None:
    work = tmp_path / "w"
    (work / "locked").mkdir(parents=True)
    write(work, {"locked/old": "1"})
    (work / "locked").chmod(0)

    await repository.checkout(await repository.head(), work)

    assert list(work.iterdir()) == []
    assert list(repository.path.glob("*.index*")) == []


async def test_what_was_not_checked_out_stays_as_it_is(
    repository: BareRepository, tmp_path: Path
) -> None:
    files = {"a": "1", "d/b": "1", "d/c": "1"}
    snapshot = await attempt(repository, tmp_path / "w", files)
    base = await publish(repository, snapshot.commit, list(files), base=await repository.head())
    work = tmp_path / "v"
    await repository.checkout(base, work, paths=["d/b", "new"])
    assert [str(path.relative_to(work)) for path in sorted(work.rglob("*"))] == ["d", "d/b"]
    write(work, {"d/b": "2", "new": "1", "stray": "1"})
    sparse = await repository.snapshot(
        work, base=base, message="m", targets=["d/b"], keep_as="v", paths=["d/b", "new"]
    )

    assert sparse.changed == ("d/b", "new", "stray")
    assert await repository.read(sparse.commit, "a") == b"1"
    assert await repository.files(sparse.commit) == ["a", "d/b", "d/c", "new", "stray"]


async def test_a_file_in_place_of_an_unseen_directory_is_refused(
    repository: BareRepository, tmp_path: Path
) -> None:
    snapshot = await attempt(repository, tmp_path / "w", {"d/b": "1"})
    base = await publish(repository, snapshot.commit, ["d/b"], base=await repository.head())
    work = tmp_path / "v"
    await repository.checkout(base, work, paths=[])
    write(work, {"d": "1"})
    sparse = await repository.snapshot(
        work, base=base, message="m", targets=["d"], keep_as="v", paths=[]
    )

    with pytest.raises(ContractBroken):
        await publish(repository, sparse.commit, ["d"], base=base, operation="task:2")
    assert await repository.head() == base


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    source.mkdir()
    git(source, "init", "-q", "-b", "main")
    write(source, {"a": "1", "d/b": "2"})
    (source / "link").symlink_to("a")
    git(source, "add", ".")
    git(source, "commit", "-q", "-m", "First")
    (source / "a").write_text("uncommitted")
    return source


async def test_a_clone_leaves_its_source_alone(source: Path, tmp_path: Path) -> None:
    before = (git(source, "for-each-ref"), git(source, "status", "--porcelain"))

    repository = await BareRepository.clone(str(source), tmp_path / "c.git", branch=BRANCH)
    base = await repository.head()
    snapshot = await attempt(repository, tmp_path / "w", {"c": "3"})
    commit = await publish(repository, snapshot.commit, ["c"], base=base)

    assert base == git(source, "rev-parse", "HEAD")
    assert snapshot.changed == ("c",)
    assert await repository.files(commit) == ["a", "c", "d/b", "link"]
    assert await repository.read(commit, "a") == b"1"
    assert (git(source, "for-each-ref"), git(source, "status", "--porcelain")) == before
    again = await BareRepository.clone(str(source), tmp_path / "c.git", branch=BRANCH)
    assert await again.head() == commit


async def test_cloning_what_is_no_repository_says_so(tmp_path: Path) -> None:
    with pytest.raises(GitFailed, match="does not appear to be a git repository"):
        await BareRepository.clone(str(tmp_path), tmp_path / "c.git", branch=BRANCH)


async def test_a_source_is_never_taken_for_an_option_or_a_command(tmp_path: Path) -> None:
    for source in (
        f"--upload-pack=touch {tmp_path}/ran://",
        f"ext::sh -c 'touch {tmp_path}/ran' ://",
    ):
        with pytest.raises(GitFailed):
            await BareRepository.clone(source, tmp_path / "c.git", branch=BRANCH)

    assert not (tmp_path / "ran").exists()


async def test_hooks_and_the_environment_have_no_say(
    repository: BareRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = repository.path / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("reference-transaction", "update", "pre-commit"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "nonsense")

    base = await repository.head()
    snapshot = await attempt(repository, tmp_path / "w", {"a": "1"})
    await publish(repository, snapshot.commit, ["a"], base=base)

    assert not (tmp_path / "ran").exists()


async def test_a_lock_left_by_a_killed_process_does_not_block(
    repository: BareRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plumbing, "LOCK_PATIENCE_S", 0.2)
    base = await repository.head()
    snapshot = await attempt(repository, tmp_path / "w", {"a": "1"})
    lock = repository.path / "refs" / "heads" / f"{BRANCH}.lock"
    lock.touch()

    commit = await publish(repository, snapshot.commit, ["a"], base=base)

    assert await repository.head() == commit
    assert not lock.exists()


async def test_concurrent_publications_all_arrive_once(
    repository: BareRepository, tmp_path: Path
) -> None:
    base = await repository.head()
    names = [f"f{number}" for number in range(6)]
    snapshots = [
        await attempt(repository, tmp_path / name, {name: name}, base=base, keep_as=name)
        for name in names
    ]

    await asyncio.gather(
        *(
            # One object each, as in processes that know nothing of each other.
            publish(
                BareRepository(repository.path, branch=BRANCH),
                snapshot.commit,
                [name],
                base=base,
                operation=name,
            )
            for name, snapshot in zip(names, snapshots, strict=True)
        )
    )

    assert await repository.files(await repository.head()) == names
    assert len(await repository.log()) == 1 + len(names)
    await repository.fsck()


PUBLISHER = """
import asyncio, sys
from pathlib import Path
from masterplan.workspace.files import remove_tree
from masterplan.workspace.git import BareRepository
from masterplan.workspace.publication import Publication

async def main(path, base, snapshot, operation):
    repository = BareRepository(Path(path), branch="masterplan/test")
    print("started", flush=True)
    publication = Publication(base=base, targets=["a", "b"], message="m", operation=operation,
                              outcome="refs/outcomes/op")
    await repository.publish(publication, snapshot=snapshot)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_killed_publication_leaves_all_or_nothing_and_is_repeated_once(
    repository: BareRepository, tmp_path: Path
) -> None:
    base = await repository.head()
    snapshot = await attempt(repository, tmp_path / "w", {"a": "1", "b": "2"})
    for milliseconds in range(0, 48, 6):
        publisher = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            PUBLISHER,
            str(repository.path),
            base,
            snapshot.commit,
            "op",
            stdout=asyncio.subprocess.PIPE,
        )
        assert publisher.stdout is not None
        await publisher.stdout.readline()
        await asyncio.sleep(milliseconds / 1000)  # where to die, not what to wait for
        with suppress(ProcessLookupError):
            publisher.kill()
        await publisher.wait()
        assert await repository.files(await repository.head()) in ([], ["a", "b"])

    commit = await publish(repository, snapshot.commit, ["a", "b"], base=base, operation="op")

    assert await repository.head() == commit
    assert len(await repository.log()) == 2
    await repository.fsck()


async def test_loose_objects_are_packed_once_in_a_while(
    repository: BareRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("masterplan.workspace.consolidation.OBJECTS_BEFORE_CONSOLIDATION", 0)
    packs = repository.path / "objects" / "pack"
    number = 0
    while not list(packs.glob("*.pack")):
        number += 1
        snapshot = await attempt(
            repository, tmp_path / "w", {f"f{number}": f"{number}"}, keep_as=f"{number}"
        )
        await publish(
            repository,
            snapshot.commit,
            [f"f{number}"],
            base=await repository.head(),
            operation=f"{number}",
        )

    assert len(await repository.files(await repository.head())) == number
    await repository.fsck()


async def test_a_directory_is_published_without_a_snapshot(
    repository: BareRepository, tmp_path: Path
) -> None:
    base = await repository.head()
    work = tmp_path / "work"
    await repository.checkout(base, work, paths=["a"])
    write(work, {"a": "1"})

    commit = await repository.publish_directory(publication_of(["a"], base=base), work, paths=["a"])

    assert commit == await repository.head()
    assert await repository.read(commit, "a") == b"1"
    again = await repository.publish_directory(publication_of(["a"], base=base), work, paths=["a"])
    assert again == commit, "the operation is known by its name"
    await repository.fsck()


@pytest.mark.parametrize(
    ("left", "targets"),
    [
        ({"a": "1", "b": "not a target"}, ["a"]),
        ({"a": "1"}, ["a", "missing"]),
        ({"a": "1", ".git/config": "planted"}, ["a"]),
        ({"taken": "mine"}, ["taken"]),
    ],
    ids=["stray", "missing", "nested repository", "changed meanwhile"],
)
async def test_a_directory_with_more_to_be_said_of_it_is_not_published(
    repository: BareRepository, tmp_path: Path, left: dict[str, str], targets: list[str]
) -> None:
    base = await repository.head()
    other = await attempt(repository, tmp_path / "other", {"taken": "theirs"}, keep_as="other")
    head = await publish(repository, other.commit, ["taken"], base=base, operation="other:1")
    work = tmp_path / "work"
    write(work, left)

    assert await repository.publish_directory(publication_of(targets, base=base), work) is None
    assert await repository.head() == head


async def test_folders_that_git_removes_when_it_packs_are_made_again(
    repository: BareRepository, tmp_path: Path
) -> None:
    """`git repack -d` removes the folders of objects that it has emptied."""

    async def pack_again_and_again() -> None:
        while True:
            await plumbing.Git(repository.path).run("repack", "-d", "--quiet")

    packing = asyncio.create_task(pack_again_and_again())
    try:
        for number in range(60):
            base, name = await repository.head(), f"f{number}"
            work = tmp_path / name
            write(work, {name: name})
            publication = publication_of([name], base=base, operation=name)
            assert await repository.publish_directory(publication, work, paths=[name])
    finally:
        packing.cancel()
        await asyncio.gather(packing, return_exceptions=True)
    assert len(await repository.files(await repository.head())) == 60
    await repository.fsck()


async def test_what_takes_the_place_of_a_removed_repository_is_another_one(tmp_path: Path) -> None:
    """File systems give the inode of what was removed to what is made next."""
    path = tmp_path / "repo.git"
    removed = await BareRepository.create(path, branch=BRANCH)
    inode = path.stat().st_ino
    remove_tree(removed.path)

    made = await BareRepository.create(path, branch=BRANCH)

    assert path.stat().st_ino != inode, "it would be taken for the one that is open still"
    assert await made.files(await made.head()) == []
    await made.fsck()


async def test_commits_are_found_in_a_branch_that_was_moved(
    repository: BareRepository, tmp_path: Path
) -> None:
    commits = [await repository.head()]
    for number in range(4):
        snapshot = await attempt(
            repository, tmp_path / "w", {f"f{number}": "x"}, keep_as=f"{number}", base=commits[-1]
        )
        commits.append(
            await publish(
                repository, snapshot.commit, [f"f{number}"], base=commits[-1], operation=f"{number}"
            )
        )

    assert await repository.not_in(commits[1], commits) == set(commits[2:])
    assert await repository.not_in(commits[4], commits) == set()
    assert await repository.not_in(commits[2], commits) == set(commits[3:])
    assert await repository.not_in(commits[2], [snapshot.commit]) == {snapshot.commit}


async def test_reading_leaves_nothing_in_a_repository(tmp_path: Path) -> None:
    """It may be another process's, or on a disk that may not be written to."""
    made = await BareRepository.create(tmp_path / "made.git", branch=BRANCH)
    before = sorted(tmp_path.rglob("*"))
    shutil.copytree(made.path, tmp_path / "copy.git")
    copy = BareRepository(tmp_path / "copy.git", branch=BRANCH)

    assert await copy.files(await copy.head()) == []
    assert await copy.not_in(await copy.head(), ["0" * 40]) == {"0" * 40}

    assert len(sorted((tmp_path / "copy.git").rglob("*"))) == len(before) - 1


async def test_whoever_is_cancelled_twice_leaves_no_thread_at_work_behind(tmp_path: Path) -> None:
    repository = await BareRepository.create(tmp_path / "repo.git", branch=BRANCH)
    may_end, ended = threading.Event(), threading.Event()

    def work() -> None:
        assert may_end.wait(timeout=30)
        ended.set()

    visit = asyncio.create_task(Visits(repository.path).in_thread("commit", work))
    for _ in range(3):
        await asyncio.sleep(0)
        visit.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await visit
    assert ended.is_set()
