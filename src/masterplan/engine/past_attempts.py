"""What an attempt that nobody runs any more has come to, as its plan's repository tells."""

from __future__ import annotations

import asyncio

from masterplan.db import Database
from masterplan.engine.attempt_inputs import AttemptInputs, load_inputs
from masterplan.engine.report import AttemptReport, Spending
from masterplan.engine.trailers import MODEL_TRAILER
from masterplan.failpoints import Failpoint, reach
from masterplan.repository import HeldAttempt
from masterplan.workspace.files import remove_tree
from masterplan.workspace.places import Workspaces


class PastAttempts:
    """Looks for what attempts have published; each may raise Unavailable or GitFailed."""

    def __init__(self, database: Database, workspaces: Workspaces) -> None:
        self._database = database
        self._workspaces = workspaces

    async def revoke(self, held: HeldAttempt) -> str | None:
        """Keep an attempt from publishing from now on; return its commit where it has already."""
        inputs = await self._inputs(held)
        return await inputs.git.revoke(outcome=inputs.outcome, operation=inputs.operation)

    async def report_if_published(self, report: AttemptReport) -> AttemptReport | None:
        """Return what an attempt without a workflow has come to, None where it has no commit."""
        held = HeldAttempt(report.plan_id, report.task_id, report.number)
        inputs = await self._inputs(held)
        await inputs.git.latest(inputs.task.key)
        commit = await inputs.git.find(inputs.operation)
        return await self.report_of(held, commit) if commit is not None else None

    async def published(
        self, held: HeldAttempt, report: AttemptReport, commit: str
    ) -> AttemptReport:
        """Enter the commit that an attempt has published into its report."""
        return await with_outputs(await self._inputs(held), report, commit)

    async def report_of(self, held: HeldAttempt, commit: str) -> AttemptReport:
        """Say from its commits alone what an attempt without checkpoints has come to."""
        inputs = await self._inputs(held)
        await inputs.git.latest(inputs.task.key)
        evidence = await inputs.git.evidence(commit, f"{inputs.task.key}-{held.attempt}")
        await asyncio.to_thread(remove_tree, inputs.directory)  # it was published from there
        reach(Failpoint.ATTEMPT_CLEARED)
        report = AttemptReport(
            plan_id=held.plan_id,
            task_id=held.task_id,
            number=held.attempt,
            has_checks=False,
            base_commit=evidence.base,
            snapshot_commit=evidence.snapshot,
            spending=Spending(model=evidence.trailers.get(MODEL_TRAILER)),
        )
        return await with_outputs(inputs, report, commit)

    async def _inputs(self, held: HeldAttempt) -> AttemptInputs:
        return await load_inputs(self._database, self._workspaces, held.task_id, held.attempt)


async def with_outputs(inputs: AttemptInputs, report: AttemptReport, commit: str) -> AttemptReport:
    """Enter a published commit into a report, with those of the targets that it has."""
    there = await inputs.git.present(commit, inputs.task.target_files)
    outputs = tuple(path for path in inputs.task.target_files if path in there)
    return report.model_copy(update={"commit": commit, "output_files": outputs})
