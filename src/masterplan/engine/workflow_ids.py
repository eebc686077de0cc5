"""What DBOS calls the engine's workflows: fixed ids, so that starting one twice runs it once."""

from __future__ import annotations

from dbos import DBOS

STILL_RUNNING = frozenset({"PENDING", "ENQUEUED", "DELAYED"})
"""DBOS's statuses of a workflow that has not ended."""


def workflow_id(task_id: str, number: int) -> str:
    """The id of the workflow of the attempt of that number at a task."""
    return f"{task_id}:{number}"


def generation_id(plan_id: str) -> str:
    """The id of the workflow that generates a plan."""
    return f"generate:{plan_id}"


async def unfinished_workflows() -> dict[str, str | None]:
    """Return the ids of the workflows that have not ended, each with its executor."""
    found = await DBOS.list_workflows_async(
        status=sorted(STILL_RUNNING), load_input=False, load_output=False
    )
    return {each.workflow_id: each.executor_id for each in found}
