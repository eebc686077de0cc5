"""What DBOS calls the engine's workflows: fixed ids, so that starting one twice runs it once."""

from __future__ import annotations

from dataclasses import dataclass

from dbos import DBOS

STILL_RUNNING = frozenset({"PENDING", "ENQUEUED", "DELAYED"})
"""DBOS's statuses of a workflow that has not ended."""


def workflow_id(task_id: str, number: int) -> str:
    """The id of the workflow of the attempt of that number at a task."""
    return f"{task_id}:{number}"


@dataclass(frozen=True, slots=True)
class Generation:
    """The making of a plan, or of one of its revisions, by a model."""

    plan_id: str
    revision: int | None = None
    """None for a plan that is made of its goal."""

    @property
    def workflow_id(self) -> str:
        """The id of the workflow that does it."""
        made = f"generate:{self.plan_id}"
        return made if self.revision is None else f"{made}:{self.revision}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The writing of a conversation's answer by a model."""

    message_id: str

    @property
    def workflow_id(self) -> str:
        """The id of the workflow that does it."""
        return f"answer:{self.message_id}"


Work = Generation | Answer
"""What a model writes in a workflow of its own."""


async def unfinished_workflows() -> dict[str, str | None]:
    """Return the ids of the workflows that have not ended, each with its executor."""
    found = await DBOS.list_workflows_async(
        status=sorted(STILL_RUNNING), load_input=False, load_output=False
    )
    return {each.workflow_id: each.executor_id for each in found}
