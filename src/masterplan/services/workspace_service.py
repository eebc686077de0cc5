"""Makes the place where a plan's work is collected: a bare git repository of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from weakref import WeakValueDictionary

from masterplan.models import MasterPlan
from masterplan.workspace.git import BareRepository
from masterplan.workspace.layout import WorkspaceLayout


class WorkspaceService:
    """Workspaces live in `<data>/workspaces/<masterplan id>/`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._being_made: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def workspace_path(self, masterplan_id: str) -> Path:
        return self._root / masterplan_id

    async def create_workspace(self, plan: MasterPlan) -> WorkspaceLayout:
        """Make the plan's workspace, or finish one whose making was interrupted.

        With the plan's `repository` it is a clone whose branch starts at the repository's HEAD;
        the repository itself is only read. Raises Unavailable where it cannot be cloned.
        """
        layout = WorkspaceLayout(self.workspace_path(plan.id))
        lock = self._being_made.setdefault(plan.id, asyncio.Lock())
        async with lock:
            layout.root.mkdir(parents=True, exist_ok=True)
            if plan.repository is None:
                await BareRepository.create(layout.repository, branch=plan.branch)
            else:
                await BareRepository.clone(plan.repository, layout.repository, branch=plan.branch)
        return layout
