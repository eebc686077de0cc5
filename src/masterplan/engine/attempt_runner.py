"""What an attempt does to the world: an agent's work, its proof, its publication.

Each step may be run again from its start after a crash: it begins with a fresh directory, and
publishing a second time finds the first commit. Nothing here changes a task's status; failures
that are to be expected come back in the report, so that the engine settles them like results.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

import structlog

from masterplan import repository
from masterplan.agents.base import AgentFailure, TaskAgent
from masterplan.db import Database
from masterplan.discovery.facts import RepositoryFacts
from masterplan.engine.attempt_inputs import (
    AttemptInputs,
    AttemptRows,
    agent_context,
    complete,
    load_inputs,
    read_rows,
)
from masterplan.engine.attempt_log import AttemptLog, LogBroadcast
from masterplan.engine.model_journal import Journals
from masterplan.engine.outlines import Outlines
from masterplan.engine.past_attempts import with_outputs
from masterplan.engine.proof import Prover
from masterplan.engine.report import AttemptReport, Spending
from masterplan.engine.salvage import salvage
from masterplan.engine.trailers import commit_trailers
from masterplan.errors import (
    AttemptRevoked,
    ContractBroken,
    TargetConflict,
    Unavailable,
    UnsafePath,
)
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import FailureKind
from masterplan.models import MasterPlan
from masterplan.repository import RunningAttempt
from masterplan.workspace.files import remove_tree
from masterplan.workspace.places import Workspaces
from masterplan.workspace.publication import Publication

log = structlog.get_logger(__name__)

SALVAGED = (
    "\nThe attempt was interrupted. What it had written is kept: "
    "git --git-dir={directory} show {commit}\n"
)


class AttemptRunner:
    """Runs the three steps of an attempt with the agents and the sandbox it was given."""

    def __init__(
        self,
        database: Database,
        workspaces: Workspaces,
        *,
        agents: Mapping[str, TaskAgent],
        prover: Prover,
        logs: LogBroadcast,
        journals: Journals,
    ) -> None:
        self._database = database
        self._workspaces = workspaces
        self._out_of_reach: set[str] = set()
        self._agents = agents
        self._prover = prover
        self._logs = logs
        self._journals = journals
        self._claimed: dict[RunningAttempt, AttemptRows] = {}
        self._loaded: dict[RunningAttempt, AttemptInputs] = {}
        self._outlines = Outlines(database)

    def reaches(self, plan: MasterPlan) -> bool:
        """Tell whether attempts of the plan can be made here: its repository may be elsewhere."""
        assert plan.workspace_path is not None
        try:
            self._workspaces.repository(plan.id, plan.workspace_path, branch=plan.branch)
        except Unavailable as error:
            if plan.id not in self._out_of_reach:  # asked every few seconds, told once
                self._out_of_reach.add(plan.id)
                log.warning("plan_out_of_reach", plan=plan.id, reason=error.message)
            return False
        return True

    def expect(self, rows: AttemptRows) -> None:
        """Take the rows with which an attempt was claimed, so that they need not be read again."""
        self._claimed[rows.running] = rows

    def forget(self, attempt: RunningAttempt) -> None:
        """Let go of what an attempt began with: it has ended."""
        self._claimed.pop(attempt, None)
        self._loaded.pop(attempt, None)

    async def work(self, report: AttemptReport) -> AttemptReport:
        """Let the agent do the task in a fresh directory, and keep what it left as a snapshot.

        Where nothing is to be proven what it left stays in the directory, to be published from it.
        """
        reach(Failpoint.ATTEMPT_BEGUN)
        inputs = await self._load(report)
        await self._salvage(inputs)
        head = await inputs.git.check_out_latest(
            inputs.task.key,
            inputs.directory,
            # What was done before the plan was executed has no commit of the plan's.
            needs=[each.commit or "" for each in inputs.dependencies if not each.done],
            paths=self._paths(inputs),
        )
        reach(Failpoint.CHECKED_OUT)
        report = report.model_copy(
            update={"base_commit": head, "has_checks": bool(inputs.task.checks)}
        )
        with self._log(inputs) as log:
            report = await self._run_agent(inputs, report, log)
            if report.failure is not None or report.has_checks:
                report = await self._keep_snapshot(inputs, report, log)
                await self._remove_directory(inputs)
        return report

    async def clear(self, task_id: str, number: int) -> None:
        """Keep what an attempt that was ended has left, and remove its directories."""
        inputs = await load_inputs(self._database, self._workspaces, task_id, number)
        await self._salvage(inputs)
        for place in (inputs.layout.attempt, inputs.layout.proof):
            await asyncio.to_thread(remove_tree, place(inputs.task.key, number))

    async def prove(self, report: AttemptReport) -> AttemptReport:
        """Run the task's checks on the snapshot, and on its base to see that they can fail."""
        inputs = await self._inputs(report)
        with self._log(inputs) as log:
            return await self._prover.prove(inputs, report, log)

    async def publish(self, report: AttemptReport) -> AttemptReport:
        """Put the declared files that the attempt left onto the branch as one commit."""
        inputs = await self._inputs(report)
        reach(Failpoint.BEFORE_PUBLISH)
        try:
            if report.snapshot_commit is None:
                return await self._publish_directory(inputs, report)
            return await self._publish_snapshot(inputs, report, report.snapshot_commit)
        except AttemptRevoked:
            await self._salvage(inputs)
            raise

    async def _publish_directory(
        self, inputs: AttemptInputs, report: AttemptReport
    ) -> AttemptReport:
        commit = await inputs.git.publish_directory(
            _publication(inputs, report), inputs.directory, paths=self._paths(inputs)
        )
        if commit is not None:
            reach(Failpoint.AFTER_PUBLISH)
            report = await with_outputs(inputs, report, commit)
            await self._remove_directory(inputs)
            return report
        with self._log(inputs) as log:
            report = await self._keep_snapshot(inputs, report, log)
        if report.failure is None:
            assert report.snapshot_commit is not None
            report = await self._publish_snapshot(inputs, report, report.snapshot_commit)
        # Not before: where the disk is full all of this is done again.
        await self._remove_directory(inputs)
        return report

    async def _publish_snapshot(
        self, inputs: AttemptInputs, report: AttemptReport, snapshot: str
    ) -> AttemptReport:
        try:
            commit = await inputs.git.publish(_publication(inputs, report), snapshot=snapshot)
        except TargetConflict as conflict:
            return report.failed(FailureKind.CONFLICT, conflict.message)
        except (ContractBroken, UnsafePath) as broken:
            return report.failed(FailureKind.CONTRACT, broken.message)
        reach(Failpoint.AFTER_PUBLISH)
        return await with_outputs(inputs, report, commit)

    async def _remove_directory(self, inputs: AttemptInputs) -> None:
        if self._paths(inputs) is None:
            await asyncio.to_thread(remove_tree, inputs.directory)
        else:  # a handful of files
            remove_tree(inputs.directory)
        reach(Failpoint.ATTEMPT_CLEARED)

    async def _load(self, report: AttemptReport) -> AttemptInputs:
        rows = self._claimed.pop(report.attempt, None)
        if rows is None:
            rows = await read_rows(self._database, report.task_id, report.number)
        inputs = await complete(rows, self._workspaces)
        self._loaded[report.attempt] = inputs
        return inputs

    async def _inputs(self, report: AttemptReport) -> AttemptInputs:
        """Return what the attempt began with; nothing of it changes while it runs."""
        return self._loaded.get(report.attempt) or await self._load(report)

    async def _facts(self, plan: MasterPlan) -> RepositoryFacts | None:
        if plan.repository is None:
            return None
        async with self._database.reading() as session:
            found = await repository.get_discovery(session, plan.id)
        return RepositoryFacts.model_validate(found) if found else None

    def _paths(self, inputs: AttemptInputs) -> Collection[str] | None:
        """What is checked out for the agent; None for all."""
        return None if self._agents[inputs.task.agent].needs_project else inputs.files

    async def _salvage(self, inputs: AttemptInputs) -> None:
        name = f"{inputs.task.key}-{inputs.attempt.number}"
        commit = await salvage(
            inputs.git,
            inputs.directory,
            name=name,
            targets=inputs.task.target_files,
            paths=self._paths(inputs),
        )
        if commit is not None:
            with self._log(inputs) as log:
                log.write(SALVAGED.format(commit=commit, directory=inputs.layout.repository))

    def _log(self, inputs: AttemptInputs) -> AttemptLog:
        attempt = inputs.attempt
        return AttemptLog(
            inputs.layout.log(inputs.task.key, attempt.number),
            self._logs,
            plan_id=inputs.plan.id,
            task_id=inputs.task.id,
            number=attempt.number,
        )

    async def _run_agent(
        self, inputs: AttemptInputs, report: AttemptReport, log: AttemptLog
    ) -> AttemptReport:
        assert report.base_commit is not None
        agent = self._agents[inputs.task.agent]
        context = await agent_context(
            inputs,
            inputs.directory,
            log.write,
            base=report.base_commit,
            outline=await self._outlines.of(inputs.plan),
            facts=await self._facts(inputs.plan),
            journal=self._journals.of_attempt(inputs),
            try_out=self._prover.try_out(inputs, report.base_commit),
        )
        try:
            result = await agent.run(context)
        except AgentFailure as failure:
            log.write(f"\n{failure.message}\n")
            model = failure.spent.model if failure.spent else None
            report = report.model_copy(update={"spending": Spending(model=model)})
            report = report.failed(failure.kind, failure.message)
        else:
            report = report.model_copy(update={"spending": Spending(model=result.model)})
        reach(Failpoint.AGENT_ENDED)
        return report

    async def _keep_snapshot(
        self, inputs: AttemptInputs, report: AttemptReport, log: AttemptLog
    ) -> AttemptReport:
        """Commit beside the branch what the agent left, and see that it kept to its targets."""
        assert report.base_commit is not None
        snapshot = await inputs.git.snapshot(
            inputs.directory,
            base=report.base_commit,
            message=f"Attempt {report.number} at {inputs.task.key}",
            targets=inputs.task.target_files,
            keep_as=f"{inputs.task.key}-{report.number}",
            paths=self._paths(inputs),
        )
        reach(Failpoint.SNAPSHOT_KEPT)
        report = report.model_copy(update={"snapshot_commit": snapshot.commit})
        if report.failure is not None:
            return report
        stray = sorted(set(snapshot.changed) - set(inputs.task.target_files))
        missing = snapshot.missing
        if not stray and not missing:
            return report
        message = describe_breach(stray, missing, inputs.task.target_files)
        log.write(f"\n{message}\n")
        return report.failed(FailureKind.CONTRACT, message)


def _publication(inputs: AttemptInputs, report: AttemptReport) -> Publication:
    assert report.base_commit is not None
    task = inputs.task
    return Publication(
        base=report.base_commit,
        targets=task.target_files,
        message=f"{task.name}\n\n{task.description}".strip(),
        trailers=commit_trailers(inputs.plan, task, inputs.attempt, report),
        operation=inputs.operation,
        outcome=inputs.outcome,
    )


def describe_breach(stray: Sequence[str], missing: Sequence[str], targets: Sequence[str]) -> str:
    """Say which files an agent changed without leave, and which it should have written."""
    parts = []
    if stray:
        parts.append(
            f"The agent changed files outside of the task's target_files: {', '.join(stray)}. "
            f"Only {', '.join(targets)} may change."
        )
    if missing:
        parts.append(f"The agent did not write {', '.join(missing)}, as a regular file.")
    return " ".join(parts)
