"""Queries about workers, their leases and the attempts that they hold.

Leases are counted by the database's clock alone: machines need not agree on the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.lifecycle import RUNNING
from masterplan.models import Attempt, MasterPlanTask, Worker
from masterplan.repository.attempts import RunningAttempt
from masterplan.repository.statements import NO_SYNC, was_changed


async def add_worker(session: AsyncSession, worker: Worker, *, lease: timedelta) -> None:
    """Register a worker, whose lease begins now."""
    worker.lease_expires_at = func.now() + lease
    session.add(worker)
    await session.flush()


async def renew_lease(session: AsyncSession, worker_id: str, *, lease: timedelta) -> bool:
    """Begin the worker's lease anew; False where the others have given it up."""
    return was_changed(
        await session.execute(
            update(Worker)
            .where(Worker.id == worker_id, Worker.lost_at.is_(None))
            .values(lease_expires_at=func.now() + lease)
            .execution_options(**NO_SYNC)
        )
    )


async def inherit_attempts(session: AsyncSession, node_id: str, *, heir: str) -> None:
    """Give the attempts of the node's earlier workers to `heir`, as far as nobody has them yet."""
    earlier = (
        await session.scalars(
            select(Worker.id)
            .where(Worker.node_id == node_id, Worker.id != heir, Worker.lost_at.is_(None))
            .with_for_update()
        )
    ).all()
    await session.execute(
        update(Attempt)
        .where(Attempt.worker_id.in_(earlier), Attempt.finished_at.is_(None))
        .values(worker_id=heir)
        .execution_options(**NO_SYNC)
    )
    await session.execute(delete(Worker).where(Worker.id.in_(earlier)))


async def give_up_expired(session: AsyncSession) -> Sequence[Worker]:
    """Mark the workers whose lease has expired as lost, and return them."""
    return (
        await session.scalars(
            update(Worker)
            .where(Worker.lost_at.is_(None), Worker.lease_expires_at < func.now())
            .values(lost_at=func.now())
            .returning(Worker)
            .execution_options(**NO_SYNC)
        )
    ).all()


async def remove_worker(session: AsyncSession, worker_id: str) -> None:
    await session.execute(delete(Worker).where(Worker.id == worker_id))


async def forget_lost_workers(session: AsyncSession, *, after: timedelta) -> None:
    await session.execute(delete(Worker).where(Worker.lost_at < func.now() - after))


async def list_workers(session: AsyncSession) -> Sequence[Worker]:
    """Return the workers that live and those that were lost of late, the oldest first."""
    return (await session.scalars(select(Worker).order_by(Worker.started_at, Worker.id))).all()


async def living_executors(session: AsyncSession) -> set[str]:
    """Return the DBOS executors that have not been given up."""
    return set(await session.scalars(select(Worker.executor_id).where(Worker.lost_at.is_(None))))


@dataclass(frozen=True, slots=True)
class HeldAttempt:
    """A running attempt with its plan."""

    plan_id: str
    task_id: str
    attempt: int

    @property
    def running(self) -> RunningAttempt:
        return RunningAttempt(self.task_id, self.attempt)


async def attempts_held_by(session: AsyncSession, worker_id: str) -> list[HeldAttempt]:
    """Return the running attempts of a worker."""
    rows = await session.execute(_running().where(Attempt.worker_id == worker_id))
    return [HeldAttempt(*row) for row in rows]


async def orphaned_attempts(session: AsyncSession) -> list[HeldAttempt]:
    """Return the running attempts whose worker was lost or is gone."""
    lives = exists().where(Worker.id == Attempt.worker_id, Worker.lost_at.is_(None))
    rows = await session.execute(_running().where(~lives))
    return [HeldAttempt(*row) for row in rows]


async def all_running_attempts(session: AsyncSession) -> list[HeldAttempt]:
    """Return the running attempts of all workers, of those that were lost too."""
    return [HeldAttempt(*row) for row in await session.execute(_running())]


def _running() -> Select[str, str, int]:
    return (
        select(Attempt.masterplan_id, Attempt.task_id, Attempt.number)
        .join(
            MasterPlanTask,
            (MasterPlanTask.id == Attempt.task_id) & (MasterPlanTask.attempt == Attempt.number),
        )
        .where(MasterPlanTask.status.in_(RUNNING))
        .order_by(Attempt.started_at)
    )
