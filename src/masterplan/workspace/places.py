"""Where this process finds a plan's workspace: in its own data directory, or as a clone there.

The workspace lies with the process that executed the plan. Other processes work on clones of it,
reached by its path where that is mounted here too, else by a URL that the operator sets. A path
alone does not tell whose it is: machines that are set up alike have the same ones.
"""

from __future__ import annotations

from pathlib import Path

from masterplan.errors import Unavailable
from masterplan.workspace.clone import Clone, is_original
from masterplan.workspace.git import BareRepository
from masterplan.workspace.layout import WorkspaceLayout


class Workspaces:
    """Finds workspaces beneath `root`, and those of other machines from `url`."""

    def __init__(self, root: Path, *, url: str | None, shared: bool) -> None:
        self._root = root
        self._url = url.rstrip("/") if url else None
        self._shared = shared

    def layout(self, plan_id: str, stored: str) -> WorkspaceLayout:
        """Return where this process keeps what belongs to a plan; `stored` is its recorded path."""
        return WorkspaceLayout(self._root / plan_id if self._shared else Path(stored))

    def repository(self, plan_id: str, stored: str, *, branch: str) -> BareRepository:
        """Return the plan's repository. Raises Unavailable where it cannot be reached from here."""
        layout = self.layout(plan_id, stored)
        if not self._shared or (layout.root == Path(stored) and is_original(layout.repository)):
            return BareRepository(layout.repository, branch=branch)
        return Clone(layout.repository, branch=branch, origin=self._origin(plan_id, stored))

    async def opened(
        self, plan_id: str, stored: str, *, branch: str, key: str = ""
    ) -> BareRepository | None:
        """Return the repository for reading, as it is now; None where it is not to be found.

        With a `key` it has what attempts at that task have left too.
        """
        there = WorkspaceLayout(Path(stored)).repository
        if is_original(there):
            return BareRepository(there, branch=branch)
        if not self._shared or self._url is None:
            return None
        git = self.repository(plan_id, stored, branch=branch)
        await git.prepare()
        await git.latest(key)
        return git

    def _origin(self, plan_id: str, stored: str) -> str:
        there = WorkspaceLayout(Path(stored)).repository
        if is_original(there):
            return str(there)
        if self._url is None:
            raise Unavailable(
                f"The workspace {stored} lies on another machine. Set MASTERPLAN_WORKSPACES_URL to "
                "where git finds that machine's folder of workspaces, for example "
                f"ssh://host{Path(stored).parent}."
            )
        return f"{self._url}/{plan_id}/{there.name}"
