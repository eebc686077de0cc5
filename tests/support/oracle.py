"""Says whether a data directory is as it must be, however often its process was killed.

It reads the rows, the events, the repository, the engine's own tables and the folders for itself,
not through the application.
"""

from __future__ import annotations

import subprocess
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.orm import Session

from masterplan.lifecycle import (
    FINISHED,
    AttemptStatus,
    PlanStatus,
    TaskStatus,
    plan_may_become,
    task_may_become,
)
from masterplan.models import Attempt, Event, MasterPlan, MasterPlanTask

ENDING_S = 15.0
STILL_RUNNING = ("PENDING", "ENQUEUED", "DELAYED")
LEFTOVERS = ("**/*.lock", "*.index", "fast_import_crash_*", "objects/**/tmp_*", "**/*.keep")
QUARANTINE = "tmp_objdir-"
"""A push that was cut off leaves it: nobody can tell it from another one's until it is old."""
COUNTED = {
    "completed": TaskStatus.COMPLETED,
    "failed": TaskStatus.FAILED,
    "skipped": TaskStatus.SKIPPED,
    "cancelled": TaskStatus.CANCELLED,
}


@dataclass
class Told:
    """A plan as its events alone tell it."""

    status: PlanStatus | None = None
    statuses: defaultdict[str, TaskStatus] = field(
        default_factory=lambda: defaultdict(lambda: TaskStatus.PENDING)
    )
    attempts: Counter[str] = field(default_factory=Counter)
    waits_for: dict[str, str | None] = field(default_factory=dict)
    settled: Counter[tuple[str, int]] = field(default_factory=Counter)

    def hear(self, event: Event) -> None:
        """Take the next event; fail where it tells of something that cannot follow."""
        if event.type == "masterplan_status":
            self._hear_of_plan(event)
        elif event.type in {"task_execution_progress", "task_execution_complete"}:
            self._hear_of_task(event)

    def _hear_of_plan(self, event: Event) -> None:
        status = PlanStatus(event.payload["status"])
        edited = self.status == status == PlanStatus.DRAFT
        reason = event.payload["reason"] or ""
        extended = self.status == status and "budget changed" in reason
        if self.status is not None and not edited and not extended:
            assert plan_may_become(self.status, status), (event.seq, self.status, status)
        assert event.payload["previous"] == self.status, event.seq
        self.status = status

    def _hear_of_task(self, event: Event) -> None:
        task, status = event.payload["task_id"], TaskStatus(event.payload["status"])
        before = self.statuses[task]
        waits_for = event.payload.get("waiting_reason")
        if before is status is TaskStatus.IN_PROGRESS and waits_for != self.waits_for.get(task):
            self.waits_for[task] = waits_for
            assert event.payload["attempt"] == self.attempts[task], "another attempt waits"
            return
        self.waits_for.pop(task, None)
        assert task_may_become(before, status), (event.seq, task, before, status)
        self.statuses[task] = status
        if status is TaskStatus.IN_PROGRESS:
            self.attempts[task] += 1
            assert event.payload["attempt"] == self.attempts[task], "an attempt was left out"
        if before in {TaskStatus.IN_PROGRESS, TaskStatus.VALIDATING} and (
            status is not TaskStatus.VALIDATING
        ):
            self.settled[task, self.attempts[task]] += 1
        completed = sum(each is TaskStatus.COMPLETED for each in self.statuses.values())
        assert event.payload["completed_tasks"] == completed, event.seq


class Oracle:
    """Judges one data directory whose plans have all come to rest."""

    def __init__(self, data_dir: Path, *, database_url: str | None = None) -> None:
        self._data_dir = data_dir
        url = make_url(database_url or f"sqlite:///{data_dir / 'masterplan.sqlite3'}")
        self._on_sqlite = url.get_backend_name() == "sqlite"
        self._url = url.set(drivername="sqlite") if self._on_sqlite else url

    def judge(self) -> None:
        """Fail with what is wrong: rows, events, commits, files, databases, workflows."""
        engine = create_engine(self._url)
        try:
            with Session(engine) as session:
                for plan in session.scalars(select(MasterPlan)):
                    self._judge_plan(session, plan)
                if not self._on_sqlite:
                    judge_workflows(engine, "dbos.workflow_status")
        finally:
            engine.dispose()
        if self._on_sqlite:
            judge_files(self._data_dir)
        left = [path.name for path in (self._data_dir / "tmp").glob("*")]
        assert left == [], f"temporary files are left: {left}"

    def _judge_plan(self, session: Session, plan: MasterPlan) -> None:
        tasks = session.scalars(
            select(MasterPlanTask).where(MasterPlanTask.masterplan_id == plan.id)
        ).all()
        attempts = defaultdict(list)
        for attempt in session.scalars(
            select(Attempt).where(Attempt.masterplan_id == plan.id).order_by(Attempt.number)
        ):
            attempts[attempt.task_id].append(attempt)
        judge_events(session, plan, tasks)
        for task in tasks:
            judge_attempts(task, attempts[task.id])
        if plan.workspace_path is not None and Path(plan.workspace_path).exists():
            judge_repository(plan, tasks, attempts)
            judge_folders(Path(plan.workspace_path))


def judge_worker(data_dir: Path) -> None:
    """What a worker keeps of its own, clones and folders, is sound and has come to rest."""
    for workspace in (data_dir / "workspaces").glob("*"):
        judge_folders(workspace)
        if (workspace / "repository.git").exists():
            git(workspace / "repository.git", "fsck", "--strict", "--no-dangling")
    left = [path.name for path in (data_dir / "tmp").glob("*")]
    assert left == [], f"temporary files are left: {left}"


def judge_files(data_dir: Path) -> None:
    """Both SQLite files are sound, and no workflow waits in the engine's."""
    for name in ("masterplan.sqlite3", "engine.sqlite3"):
        engine = create_engine(f"sqlite:///{data_dir / name}")
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).all() == [("ok",)], name
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == [], name
        if name == "engine.sqlite3":
            judge_workflows(engine, "workflow_status")
        engine.dispose()


def judge_workflows(engine: Engine, table: str) -> None:
    """No workflow waits: the last ones end moments after what they did has been seen."""
    query = text(f"SELECT workflow_uuid, status FROM {table}")
    deadline = time.monotonic() + ENDING_S
    while True:
        with engine.connect() as connection:
            rows = connection.execute(query).all()
        running = [row for row in rows if row.status in STILL_RUNNING]
        if not running:
            return
        assert time.monotonic() < deadline, f"workflows are left over: {running}"
        time.sleep(0.05)


def judge_events(session: Session, plan: MasterPlan, tasks: list[MasterPlanTask]) -> None:
    """Events run 1, 2, 3 … and, replayed, come to the same state as the rows and counters."""
    events = session.scalars(
        select(Event).where(Event.masterplan_id == plan.id).order_by(Event.seq)
    ).all()
    assert [event.seq for event in events] == list(range(1, plan.event_seq + 1))
    assert all(one.occurred_at is not None for one, _ in pairwise(events))
    told = Told()
    for event in events:
        told.hear(event)
    assert told.status == plan.status
    for task in tasks:
        assert told.statuses[task.id] == task.status, (task.key, told.statuses[task.id])
        assert told.attempts[task.id] == task.attempt, task.key
    assert set(told.settled.values()) <= {1}, "an attempt was settled twice"
    tasks = [task for task in tasks if task.removed_in is None]
    counted = Counter(task.status for task in tasks)
    for name, status in COUNTED.items():
        assert getattr(plan, f"{name}_tasks") == counted[status], name
    assert plan.total_tasks == len(tasks)
    assert plan.started_tasks == sum(task.attempt > 0 for task in tasks)
    if plan.status in {PlanStatus.COMPLETED, PlanStatus.CANCELLED} and plan.started_at:
        assert {task.status for task in tasks} <= FINISHED


def judge_attempts(task: MasterPlanTask, attempts: list[Attempt]) -> None:
    """Attempts are numbered without a gap and have ended; a completed task has the last success.

    There are several successes only where a revision of the plan made the task run again.
    """
    assert [attempt.number for attempt in attempts] == list(range(1, task.attempt + 1)), task.key
    ended = [attempt.status for attempt in attempts]
    assert AttemptStatus.IN_PROGRESS not in ended, task.key
    successes = [attempt for attempt in attempts if attempt.status == AttemptStatus.COMPLETED]
    for earlier, later in pairwise(successes):
        assert earlier.input_hash != later.input_hash, f"{task.key} ran again for nothing"
    if successes:
        assert successes[-1].commit == task.commit, task.key
    elif task.status == TaskStatus.COMPLETED:
        assert task.done, task.key


def judge_repository(
    plan: MasterPlan, tasks: list[MasterPlanTask], attempts: dict[str, list[Attempt]]
) -> None:
    """One commit for each attempt that succeeded, none for any other; no object is broken."""
    repository = Path(plan.workspace_path or "") / "repository.git"
    if not repository.exists():
        assert plan.started_at is None
        return
    git(repository, "fsck", "--strict")
    published = commits_of_tasks(repository, plan.branch)
    for task in tasks:
        commits = published.pop(task.key, [])
        ended = attempts[task.id]
        proven = [each.commit for each in ended if each.status == AttemptStatus.COMPLETED]
        # Cancelled between publishing and settling: what was published stays.
        cancelled = sum(each.status == AttemptStatus.CANCELLED for each in ended)
        others = [commit for commit in commits if commit not in proven]
        assert len(others) <= cancelled, (task.key, commits, proven)
        assert [commit for commit in reversed(commits) if commit in proven] == proven, task.key
    assert published == {}, "commits of no task"


def commits_of_tasks(repository: Path, branch: str) -> dict[str, list[str]]:
    """The commits on a branch, by the key of the task in their trailer."""
    layout = "%H %(trailers:key=Task,valueonly,separator=)"
    published = defaultdict(list)
    for line in git(repository, "log", f"--format={layout}", branch).splitlines():
        commit, *task = line.split()
        if task:
            published[task[1]].append(commit)
    return published


def judge_folders(workspace: Path) -> None:
    """No directory of an attempt or a proof is left, no lock and no unfinished file of git."""
    for name in ("attempts", "proofs"):
        left = [path.name for path in (workspace / name).glob("*")]
        assert left == [], f"{name} are left: {left}"
    repository = workspace / "repository.git"
    files = [
        str(path)
        for pattern in LEFTOVERS
        for path in repository.glob(pattern)
        if QUARANTINE not in str(path)
    ]
    assert files == [], "files are left"


def git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
