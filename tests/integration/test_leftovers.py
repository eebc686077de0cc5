"""What a killed process left in a workspace is gone before anything runs there again."""

from __future__ import annotations

from pathlib import Path

from masterplan.workspace.git import BareRepository
from masterplan.workspace.layout import WorkspaceLayout
from masterplan.workspace.leftovers import sweep


async def test_leftovers_go_and_work_stays(tmp_path: Path) -> None:
    layout = WorkspaceLayout(tmp_path / "plan")
    git = await BareRepository.create(layout.repository, branch="main")
    head = await git.head()
    left = [
        layout.proof("a", 1) / "half checked out",
        layout.repository / "checkout-1234.index",
        layout.repository / "checkout-1234.index.lock",
        layout.repository / "fast_import_crash_99",
        layout.repository / "packed-refs.lock",
        layout.repository / "refs" / "heads" / "main.lock",
        layout.repository / "objects" / "masterplan-x" / "17" / "half an object",
        layout.repository / "objects" / "pack" / "tmp_pack_x",
        layout.repository / "objects" / "pack" / "pack-1.keep",
    ]
    kept = [layout.log("a", 1), layout.attempt("a", 1) / "half written"]
    for path in (*left, *kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    await sweep(tmp_path)

    assert [path for path in left if path.exists()] == []
    assert list(layout.proofs.iterdir()) == []
    assert all(path.exists() for path in kept)
    assert await git.head() == head
    await git.fsck()


async def test_there_may_be_nothing_to_sweep(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    await sweep(tmp_path)
    await sweep(tmp_path / "not there")
