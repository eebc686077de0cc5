"""What happens to a plan, as typed events that are recorded before they are told.

`record` writes an event in the transaction of the change it tells of and gives it the plan's next
number. What is recorded is what is broadcast (the transactional outbox pattern): `outbox` reads the
rows and hands them to a `Publisher`. Ephemeral messages (log text) have no number and no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol, cast

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt
from sqlalchemy import Table, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.db import CHANGED_PLANS
from masterplan.errors import NotFound
from masterplan.lifecycle import PlanOutcome, PlanStatus, TaskStatus
from masterplan.models import Event, MasterPlan, utc_now

Percent = float
FinishedStatus = Literal[
    TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.SKIPPED, TaskStatus.CANCELLED
]


class PlanEvent(BaseModel):
    """What every recorded event is; subclasses name themselves by `type`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: ClassVar[str]


class GenerationProgressed(PlanEvent):
    """The planner has come a step further; `percent` is 0 to 100."""

    type = "masterplan_generation_progress"
    phase: str
    percent: Percent = Field(ge=0, le=100)
    message: str
    tasks_so_far: NonNegativeInt


class PlanStatusChanged(PlanEvent):
    type = "masterplan_status"
    status: PlanStatus
    previous: PlanStatus | None
    reason: str | None = None
    by: str


class ExecutionStarted(PlanEvent):
    type = "masterplan_execution_start"
    workspace_id: str
    workspace_path: str
    total_tasks: NonNegativeInt


class TaskProgressed(PlanEvent):
    """A task became pending, ready, in_progress or validating.

    `current_task` is how many tasks have been started so far; `attempt` is 0 before the first.
    `waiting_reason` says what a running task stands still for, since `waiting_since`; both are None
    while it does not.
    """

    type = "task_execution_progress"
    task_id: str
    task_number: PositiveInt
    phase_id: str
    milestone_id: str
    status: TaskStatus
    description: str
    attempt: NonNegativeInt
    current_task: NonNegativeInt
    completed_tasks: NonNegativeInt
    total_tasks: NonNegativeInt
    waiting_reason: str | None = None
    waiting_since: datetime | None = None


class TaskFinished(PlanEvent):
    """A task reached its end, until a person retries it."""

    type = "task_execution_complete"
    task_id: str
    task_number: PositiveInt
    phase_id: str
    milestone_id: str
    status: FinishedStatus
    output_files: list[str]
    error: str | None = None
    blocked_by: str | None = None
    attempt: NonNegativeInt
    completed_tasks: NonNegativeInt
    failed_tasks: NonNegativeInt
    total_tasks: NonNegativeInt


class ExecutionFinished(PlanEvent):
    """Every task that could run has finished; `duration_s` counts from the start of execution."""

    type = "masterplan_execution_complete"
    outcome: PlanOutcome
    completed_tasks: NonNegativeInt
    failed_tasks: NonNegativeInt
    skipped_tasks: NonNegativeInt
    total_tasks: NonNegativeInt
    workspace_path: str | None
    duration_s: float


class RecordedEvent(BaseModel):
    """An event as it is told: its payload flat beside the plan, the number and the time."""

    model_config = ConfigDict(frozen=True)
    type: str
    masterplan_id: str
    seq: PositiveInt
    occurred_at: datetime
    payload: dict[str, Any]

    @classmethod
    def of(cls, row: Event) -> RecordedEvent:
        return cls(
            type=row.type,
            masterplan_id=row.masterplan_id,
            seq=row.seq,
            occurred_at=row.occurred_at,
            payload=row.payload,
        )

    def message(self) -> dict[str, Any]:
        """The JSON object that clients receive."""
        return {
            "masterplan_id": self.masterplan_id,
            "seq": self.seq,
            "occurred_at": self.occurred_at.isoformat().replace("+00:00", "Z"),
            **self.payload,
        }


class TaskLogged(BaseModel):
    """Text appended to an attempt's log at byte `offset`; never recorded."""

    model_config = ConfigDict(frozen=True)
    masterplan_id: str
    task_id: str
    attempt: PositiveInt
    offset: NonNegativeInt
    text: str


class MessageDelta(BaseModel):
    """Text of an answer that is being written, from character `offset` on; never recorded.

    An offset before the end of what was told takes the place of what came after it: the model was
    asked again. Characters are Unicode's code points.
    """

    model_config = ConfigDict(frozen=True)
    conversation_id: str
    message_id: str
    offset: NonNegativeInt
    text: str


class Publisher(Protocol):
    """Tells events to whoever watches a plan."""

    async def publish(self, event: RecordedEvent) -> None: ...

    async def publish_log(self, log: TaskLogged) -> None: ...


def room_for(masterplan_id: str) -> str:
    """The Socket.IO room in which a plan is watched."""
    return f"masterplan_{masterplan_id}"


def room_of_conversation(conversation_id: str) -> str:
    """The Socket.IO room in which a conversation is followed."""
    return f"conversation_{conversation_id}"


async def record(session: AsyncSession, plan_id: str, event: PlanEvent) -> None:
    """Record `event` as the plan's next. Raises NotFound where there is no such plan."""
    await record_all(session, plan_id, [event])


async def record_all(session: AsyncSession, plan_id: str, events: Sequence[PlanEvent]) -> None:
    """Record events as the plan's next, in their order.

    The plan's row is locked until the commit, so numbers are contiguous and their order is the
    order of the commits. Raises NotFound where there is no such plan.
    """
    if not events:
        return
    last = await session.scalar(
        update(MasterPlan)
        .where(MasterPlan.id == plan_id)
        .values(event_seq=MasterPlan.event_seq + len(events), updated_at=utc_now())
        .returning(MasterPlan.event_seq)
        .execution_options(synchronize_session=False)
    )
    if last is None:
        raise NotFound("masterplan", plan_id)
    await _add(session, plan_id, events, last=last)


async def record_in(session: AsyncSession, plan: MasterPlan, events: Sequence[PlanEvent]) -> None:
    """Record events as the plan's next, in the one update of its row.

    The row must have been read under its lock, and what else is changed of it in this unit of work
    must be changed through `plan` too.
    """
    if events:
        plan.event_seq += len(events)
        plan.updated_at = utc_now()
        await _add(session, plan.id, events, last=plan.event_seq)


_INSERT = insert(cast(Table, Event.__table__))


async def _add(
    session: AsyncSession, plan_id: str, events: Sequence[PlanEvent], *, last: int
) -> None:
    rows = [
        {
            "masterplan_id": plan_id,
            "seq": seq,
            "type": event.type,
            "payload": event.model_dump(mode="json"),
        }
        for seq, event in enumerate(events, start=last - len(events) + 1)
    ]
    await session.execute(_INSERT, rows)
    session.info.setdefault(CHANGED_PLANS, set()).add(plan_id)
