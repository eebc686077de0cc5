"""A turn settles what has ended together, tells of it in order, and refuses who comes late."""

from __future__ import annotations

from pathlib import Path

import pytest

from masterplan import repository
from masterplan.db import Database
from masterplan.documents import document_of
from masterplan.engine.report import AttemptReport
from masterplan.engine.turns import Turn
from masterplan.lifecycle import FailureKind, TaskStatus
from masterplan.services.masterplan_execution_service import MasterplanExecutionService
from masterplan.services.masterplan_service import MasterplanService
from masterplan.services.workspace_service import WorkspaceService
from support.plans import plan_of, scripted

pytestmark = pytest.mark.databases


async def executed(database: Database, folder: Path, *tasks: dict[str, object]) -> str:
    plans = MasterplanService(agents={"scripted"}, unpriced_model=lambda _, __: None)
    async with database.unit_of_work() as session:
        plan = await plans.create(session, document_of(plan_of(*tasks)), by="Ada")
        await plans.approve(session, plan.id, plan_hash=None, by="Ada")
    service = MasterplanExecutionService(database, WorkspaceService(folder))
    await service.execute(plan.id, by="Ada")
    return plan.id


async def claim_all(database: Database, plan_id: str) -> dict[str, AttemptReport]:
    """Claim what is ready in one turn; return for each key the report of a success."""
    async with database.unit_of_work() as session:
        turn = await Turn.begin(session, plan_id)
        reports = {}
        for task in await repository.first_ready(session, plan_id, limit=10):
            claimed = await turn.claim(task.id, description=task.name, worker_id="local")
            number = claimed.attempt.number
            reports[task.key] = AttemptReport(
                plan_id=plan_id, task_id=task.id, number=number, commit="c" * 40
            )
        await turn.end()
    return reports


async def settle(database: Database, plan_id: str, *reports: AttemptReport) -> int:
    async with database.unit_of_work() as session:
        turn = await Turn.begin(session, plan_id)
        settled = await turn.settle(reports)
        await turn.end()
    return len(settled)


async def told(database: Database, plan_id: str, *, after: int) -> list[tuple[str, str, int]]:
    """Return the events of tasks: status, key, and how many tasks were completed by then."""
    async with database.reading() as session:
        tasks = await repository.tasks_with_status(session, plan_id, set(TaskStatus))
        keys = {task.id: task.key for task in tasks}
        rows = await repository.events_after(session, plan_id, after=after, limit=100)
    payloads = [row.payload for row in rows if "task_id" in row.payload]
    return [(each["status"], keys[each["task_id"]], each["completed_tasks"]) for each in payloads]


async def statuses(database: Database, plan_id: str) -> dict[str, str]:
    async with database.reading() as session:
        tasks = await repository.tasks_with_status(session, plan_id, set(TaskStatus))
    return {task.key: task.status for task in tasks}


async def last_event(database: Database, plan_id: str) -> int:
    async with database.reading() as session:
        return (await repository.get_plan(session, plan_id)).event_seq


async def test_what_ended_together_is_told_one_after_the_other(
    database: Database, tmp_path: Path
) -> None:
    plan_id = await executed(
        database, tmp_path, scripted("a"), scripted("b"), scripted("c", "a", "b")
    )
    reports = await claim_all(database, plan_id)
    before = await last_event(database, plan_id)

    assert await settle(database, plan_id, reports["a"], reports["b"]) == 2

    assert await told(database, plan_id, after=before) == [
        ("validating", "a", 0),
        ("completed", "a", 1),
        ("validating", "b", 1),
        ("completed", "b", 2),
        ("ready", "c", 2),
    ]


async def test_an_attempt_is_settled_once(database: Database, tmp_path: Path) -> None:
    plan_id = await executed(database, tmp_path, scripted("a"), scripted("b"))
    reports = await claim_all(database, plan_id)
    late = reports["b"].model_copy(update={"number": 7})

    assert await settle(database, plan_id, reports["a"], late) == 1
    before = await last_event(database, plan_id)
    assert await settle(database, plan_id, reports["a"], late) == 0

    assert await last_event(database, plan_id) == before
    assert await statuses(database, plan_id) == {"a": "completed", "b": "in_progress"}


async def test_a_failure_beside_a_success_stops_only_what_depends_on_it(
    database: Database, tmp_path: Path
) -> None:
    plan_id = await executed(
        database,
        tmp_path,
        scripted("a"),
        scripted("bad", max_retries=0),
        scripted("after", "a"),
        scripted("both", "a", "bad"),
    )
    reports = await claim_all(database, plan_id)
    failed = reports["bad"].failed(FailureKind.AGENT, "no")

    assert await settle(database, plan_id, reports["a"], failed) == 2

    assert await statuses(database, plan_id) == {
        "a": "completed", "bad": "failed", "after": "ready", "both": "skipped"
    }  # fmt: skip


async def test_the_last_settlement_ends_the_plan(database: Database, tmp_path: Path) -> None:
    plan_id = await executed(database, tmp_path, scripted("a"), scripted("b"))
    reports = await claim_all(database, plan_id)

    await settle(database, plan_id, *reports.values())

    async with database.reading() as session:
        plan = await repository.get_plan(session, plan_id)
    assert (plan.status, plan.outcome, plan.completed_tasks) == ("completed", "succeeded", 2)
