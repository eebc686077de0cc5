"""What an attempt begins with: its rows, its place, and what its agent is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from masterplan import repository
from masterplan.agents.base import AgentContext, LogWriter, PreviousFailure, TaskBrief, TryOut
from masterplan.db import Database
from masterplan.discovery.facts import RepositoryFacts
from masterplan.discovery.interfaces import imported
from masterplan.discovery.secrets import holds_secret
from masterplan.discovery.telling import house_rules
from masterplan.documents import PlanSettings
from masterplan.errors import NotFound, UnreadableFile, UnsafePath
from masterplan.lifecycle import Complexity, FailureKind
from masterplan.llm.journal import ModelJournal
from masterplan.models import Attempt, MasterPlan, MasterPlanTask
from masterplan.repository import RunningAttempt
from masterplan.workspace.fence import outcome_reference
from masterplan.workspace.files import read_text
from masterplan.workspace.git import BareRepository
from masterplan.workspace.layout import WorkspaceLayout
from masterplan.workspace.places import Workspaces

MAX_CONTEXT_FILE_BYTES = 200_000
MAX_RELATED_FILES = 12


@dataclass(frozen=True, slots=True)
class AttemptRows:
    """All that the database knows of an attempt, read at once."""

    plan: MasterPlan
    task: MasterPlanTask
    attempt: Attempt
    dependencies: Sequence[MasterPlanTask]
    others: Sequence[Attempt]
    """The task's other attempts."""

    @property
    def running(self) -> RunningAttempt:
        return RunningAttempt(self.task.id, self.attempt.number)


@dataclass(frozen=True, slots=True)
class AttemptInputs:
    """What an attempt works with: its rows, its place, and the earlier attempt it learns from."""

    plan: MasterPlan
    task: MasterPlanTask
    attempt: Attempt
    dependencies: Sequence[MasterPlanTask]
    previous: Attempt | None
    tries: int
    layout: WorkspaceLayout
    git: BareRepository

    @property
    def operation(self) -> str:
        """What the attempt's commit is known by."""
        return f"{self.task.id}:{self.attempt.number}"

    @property
    def directory(self) -> Path:
        """Where the agent works."""
        return self.layout.attempt(self.task.key, self.attempt.number)

    @property
    def outcome(self) -> str:
        return outcome_reference(self.task.key, self.attempt.number)

    @property
    def settings(self) -> PlanSettings:
        return PlanSettings.model_validate(self.plan.settings)

    @property
    def files(self) -> list[str]:
        """The files that the task names and those that its dependencies produced."""
        produced = (path for task in self.dependencies for path in _results(task))
        return list(dict.fromkeys([*self.task.target_files, *produced]))


async def read_rows(database: Database, task_id: str, number: int) -> AttemptRows:
    """Read the rows of the attempt of that number at a task. Raises NotFound."""
    async with database.reading() as session:
        task = await repository.get_task(session, task_id)
        plan = await repository.get_plan(session, task.masterplan_id)
        needed = task.depends_on_tasks
        dependencies = await repository.tasks_by_id(session, needed) if needed else []
        attempts = {each.number: each for each in await repository.attempts_of(session, task.id)}
    attempt = attempts.pop(number, None)
    if attempt is None:
        raise NotFound("attempt", f"{number} of task {task_id}")
    return AttemptRows(plan, task, attempt, dependencies, list(attempts.values()))


async def load_inputs(
    database: Database, workspaces: Workspaces, task_id: str, number: int
) -> AttemptInputs:
    """Read what the attempt of that number at a task needs to know.

    Raises NotFound, and Unavailable where the plan's repository cannot be reached.
    """
    return await complete(await read_rows(database, task_id, number), workspaces)


async def complete(rows: AttemptRows, workspaces: Workspaces) -> AttemptInputs:
    """Add to an attempt's rows where it works.

    Raises Unavailable where the plan's repository cannot be reached.
    """
    plan, attempt = rows.plan, rows.attempt
    earlier = [
        each
        for each in rows.others
        # An interrupted attempt has failed at nothing that the next one could learn from.
        # Nor does one teach anything that was made from other words or other results.
        if each.number < attempt.number
        and each.failure_kind != FailureKind.INTERRUPTED
        and each.input_hash == attempt.input_hash
    ]
    assert plan.workspace_path is not None
    git = workspaces.repository(plan.id, plan.workspace_path, branch=plan.branch)
    await git.prepare()
    return AttemptInputs(
        plan=plan,
        task=rows.task,
        attempt=attempt,
        dependencies=rows.dependencies,
        previous=earlier[-1] if earlier else None,
        tries=len(earlier) + 1,
        layout=workspaces.layout(plan.id, plan.workspace_path),
        git=git,
    )


async def agent_context(
    inputs: AttemptInputs,
    directory: Path,
    log: LogWriter,
    *,
    base: str,
    outline: str,
    facts: RepositoryFacts | None,
    journal: ModelJournal,
    try_out: TryOut,
) -> AgentContext:
    """Put together what the agent gets; `directory` holds the task's files of the `base` commit."""
    task = inputs.task
    current = _texts(directory, task.target_files)
    made = [path for each in inputs.dependencies for path in _results(each)]
    return AgentContext(
        task=TaskBrief(
            key=task.key,
            name=task.name,
            description=task.description,
            target_files=tuple(task.target_files),
            checks=tuple(task.checks),
            complexity=Complexity(task.complexity),
            command=task.command,
            script=task.script,
        ),
        goal=inputs.plan.goal,
        outline=outline,
        directory=directory,
        current_files=current,
        dependency_files=_texts(directory, made),
        attempt=inputs.attempt.number,
        model=inputs.settings.model,
        previous_failure=await _previous_failure(inputs),
        guidance=inputs.attempt.guidance,
        network=inputs.settings.network,
        log=log,
        house_rules=house_rules(facts) if facts else "",
        related_files=await _related(inputs, base, facts, current, made) if facts else {},
        tries=inputs.tries,
        journal=journal,
        try_out=try_out if task.checks else None,
    )


async def _related(
    inputs: AttemptInputs,
    base: str,
    facts: RepositoryFacts,
    current: Mapping[str, str],
    made: Collection[str],
) -> dict[str, str]:
    """Read the files of the repository that the task or its checks name, or its files import."""
    known = set(facts.paths) - {*inputs.task.target_files, *made}
    run = [path for path in facts.paths if path in known and _is_run(path, inputs.task.checks)]
    named = [path for path in facts.paths if path in known and path in inputs.task.description]
    used = sorted(path for text in current.values() for path in imported(text, known))
    found: dict[str, str] = {}
    for path in list(dict.fromkeys([*named, *run, *used]))[:MAX_RELATED_FILES]:
        text = await _text_in(inputs.git, base, path)
        if text is not None and not holds_secret(text):
            found[path] = text
    return found


def _is_run(path: str, checks: Sequence[str]) -> bool:
    """Whether a check names the file, by its path or as a module."""
    module = path.removesuffix(".py").replace("/", ".")
    return any(path == word or module == word for check in checks for word in check.split())


async def _text_in(git: BareRepository, commit: str, path: str) -> str | None:
    content = await git.read(commit, path)
    if content is None or len(content) > MAX_CONTEXT_FILE_BYTES:
        return None
    return content.decode(errors="replace")


def _results(task: MasterPlanTask) -> Sequence[str]:
    """The files that a completed task stands for: what it wrote, or was to write if done before."""
    return task.target_files if task.done else task.output_files


async def _previous_failure(inputs: AttemptInputs) -> PreviousFailure | None:
    previous = inputs.previous
    if previous is None or previous.failure_kind is None:
        return None
    files: dict[str, str] = {}
    if previous.snapshot_commit is not None:
        for path in inputs.task.target_files:
            text = await _text_in(inputs.git, previous.snapshot_commit, path)
            if text is not None:
                files[path] = text
    return PreviousFailure(
        kind=FailureKind(previous.failure_kind), message=previous.error or "", files=files
    )


def _texts(directory: Path, paths: Sequence[str]) -> dict[str, str]:
    """Read those of the files that are there and are text of a size an agent can use."""
    texts: dict[str, str] = {}
    for path in paths:
        with suppress(UnsafePath, UnreadableFile):
            text = read_text(directory, path, limit_bytes=MAX_CONTEXT_FILE_BYTES)
            if text is not None:
                texts[path] = text
    return texts
