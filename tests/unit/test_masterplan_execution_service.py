"""The execution service over a real database: what it stores and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from masterplan import repository
from masterplan.db import Database
from masterplan.documents import document_of
from masterplan.errors import InvalidTransition, NotFound
from masterplan.lifecycle import PlanStatus, TaskStatus
from masterplan.models import MasterPlan
from masterplan.services.masterplan_execution_service import MasterplanExecutionService
from masterplan.services.masterplan_service import MasterplanService
from masterplan.services.workspace_service import WorkspaceService
from support.plans import plan_of, scripted, writes

pytestmark = pytest.mark.databases


@pytest.fixture
def service(database: Database, tmp_path: Path) -> MasterplanExecutionService:
    return MasterplanExecutionService(database, WorkspaceService(tmp_path / "workspaces"))


async def approved(database: Database, *tasks: dict[str, object]) -> str:
    plans = MasterplanService(agents={"command", "scripted"}, unpriced_model=lambda _, __: None)
    async with database.unit_of_work() as session:
        plan = await plans.create(session, document_of(plan_of(*tasks)), by="Ada")
        await plans.approve(session, plan.id, plan_hash=None, by="Ada")
        return plan.id


async def stored(database: Database, plan_id: str) -> MasterPlan:
    async with database.reading() as session:
        return await repository.get_plan(session, plan_id)


async def test_workspace_path_is_stored_and_can_be_read_back(
    database: Database, service: MasterplanExecutionService, tmp_path: Path
) -> None:
    plan_id = await approved(database, writes("a"))
    layout = await service.create_workspace(plan_id)
    plan = await stored(database, plan_id)
    assert plan.workspace_path == str(tmp_path / "workspaces" / plan_id) == str(layout.root)
    assert plan.workspace_id is not None
    assert (layout.repository / "HEAD").exists()


async def test_workspace_path_is_stored_before_the_workspace_is_made(
    database: Database, tmp_path: Path
) -> None:
    seen: list[str | None] = []

    class Recording(WorkspaceService):
        async def create_workspace(self, plan: MasterPlan):  # type: ignore[no-untyped-def]
            seen.append((await stored(database, plan.id)).workspace_path)
            return await super().create_workspace(plan)

    service = MasterplanExecutionService(database, Recording(tmp_path / "workspaces"))
    plan_id = await approved(database, writes("a"))
    await service.create_workspace(plan_id)
    assert seen == [str(tmp_path / "workspaces" / plan_id)]


async def test_target_files_are_those_of_the_document(
    database: Database, service: MasterplanExecutionService
) -> None:
    plan_id = await approved(database, writes("a", target_files=["src/a.py", "tests/test_a.py"]))
    await service.execute(plan_id, by="Ada")
    async with database.reading() as session:
        (task,) = await repository.tasks_with_status(session, plan_id, {TaskStatus.READY})
    assert task.target_files == ["src/a.py", "tests/test_a.py"]


async def test_execute_makes_ready_what_depends_on_nothing(
    database: Database, service: MasterplanExecutionService
) -> None:
    plan_id = await approved(database, scripted("a"), scripted("b"), scripted("c", "a", "b"))
    metadata = await service.execute(plan_id, by="Ada")
    assert (metadata.status, metadata.total_tasks) == (PlanStatus.IN_PROGRESS, 3)
    async with database.reading() as session:
        ready = await repository.tasks_with_status(session, plan_id, {TaskStatus.READY})
        pending = await repository.tasks_with_status(session, plan_id, {TaskStatus.PENDING})
    assert [task.key for task in ready] == ["a", "b"]
    assert [(task.key, task.waits) for task in pending] == [("c", 2)]


async def test_task_is_claimed_once(
    database: Database, service: MasterplanExecutionService
) -> None:
    plan_id = await approved(database, scripted("a"))
    await service.execute(plan_id, by="Ada")
    async with database.reading() as session:
        (task,) = await repository.tasks_with_status(session, plan_id, {TaskStatus.READY})
    claims = [
        await service._progress_callback(task.id, TaskStatus.IN_PROGRESS, "a", 1, 1)
        for _ in range(2)
    ]
    assert claims == [1, None]


async def test_execute_refuses_a_second_time_and_the_unknown(
    database: Database, service: MasterplanExecutionService
) -> None:
    plan_id = await approved(database, scripted("a"))
    await service.execute(plan_id, by="Ada")
    with pytest.raises(InvalidTransition, match="its status is in_progress"):
        await service.execute(plan_id, by="Ada")
    with pytest.raises(NotFound):
        await service.execute("nothing", by="Ada")


async def test_progress_of_a_status_that_is_no_progress_is_an_error(
    service: MasterplanExecutionService,
) -> None:
    with pytest.raises(ValueError, match="completed"):
        await service._progress_callback("task", TaskStatus.COMPLETED, "", 1, 1)
