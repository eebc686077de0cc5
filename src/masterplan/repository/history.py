"""Queries about what earlier tasks took, whatever plan they were of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.lifecycle import AttemptStatus, TaskStatus
from masterplan.models import Attempt, MasterPlanTask

COUNTED = (AttemptStatus.COMPLETED, AttemptStatus.FAILED)


@dataclass(frozen=True, slots=True)
class PastTask:
    """What a finished task took, all its attempts together."""

    agent: str
    model: str | None
    complexity: str
    seconds: float
    tokens_input: int
    tokens_output: int


async def past_tasks(session: AsyncSession, *, attempts: int) -> list[PastTask]:
    """Return finished tasks, as far as they are among the latest so many `attempts`."""
    rows = await session.execute(
        select(
            Attempt.task_id,
            Attempt.agent,
            Attempt.model,
            MasterPlanTask.complexity,
            Attempt.started_at,
            Attempt.finished_at,
            Attempt.tokens_input,
            Attempt.tokens_output,
        )
        .join(MasterPlanTask, MasterPlanTask.id == Attempt.task_id)
        .where(
            Attempt.status.in_(COUNTED),
            Attempt.finished_at.is_not(None),
            MasterPlanTask.status.in_((TaskStatus.COMPLETED, TaskStatus.FAILED)),
        )
        .order_by(Attempt.started_at.desc(), Attempt.id)
        .limit(attempts)
    )
    of_task: defaultdict[str, list[PastTask]] = defaultdict(list)
    for task_id, agent, model, complexity, began, ended, read, written in rows:
        seconds = max(0.0, (ended - began).total_seconds()) if ended else 0.0
        of_task[task_id].append(PastTask(agent, model, complexity, seconds, read, written))
    return [_together(tried) for tried in of_task.values()]


def _together(attempts: Sequence[PastTask]) -> PastTask:
    """Add up the attempts at one task; the latest comes first and says who did it."""
    return replace(
        attempts[0],
        seconds=sum(attempt.seconds for attempt in attempts),
        tokens_input=sum(attempt.tokens_input for attempt in attempts),
        tokens_output=sum(attempt.tokens_output for attempt in attempts),
    )
