"""Queries about the journal of model requests, and what they cost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.budgets import Spent
from masterplan.lifecycle import AttemptStatus, FailureKind, MessageStatus, PlanStatus
from masterplan.models import Attempt, MasterPlan, MasterPlanTask, Message, ModelRequest, utc_now
from masterplan.repository.statements import NO_SYNC, was_changed


async def interrupted_before(session: AsyncSession, attempt: Attempt) -> list[Attempt]:
    """Return the attempts right before this one that were interrupted, the earliest first."""
    earlier = await session.scalars(
        select(Attempt)
        .where(Attempt.task_id == attempt.task_id, Attempt.number < attempt.number)
        .order_by(Attempt.number.desc())
    )
    interrupted: list[Attempt] = []
    for each in earlier:
        if each.failure_kind != FailureKind.INTERRUPTED:
            break
        interrupted.insert(0, each)
    return interrupted


async def requests_of_attempts(
    session: AsyncSession, attempt_ids: Collection[str]
) -> Sequence[ModelRequest]:
    """Return the attempts' requests, each attempt's in their order."""
    query = select(ModelRequest).where(ModelRequest.attempt_id.in_(attempt_ids))
    return (
        await session.scalars(
            query.order_by(ModelRequest.ordinal, ModelRequest.asked_at, ModelRequest.id)
        )
    ).all()


async def requests_of_generation(
    session: AsyncSession, plan_id: str, *, revision: int | None
) -> Sequence[ModelRequest]:
    """Return the requests that a plan's generation made, or that of a revision, in their order."""
    query = select(ModelRequest).where(
        ModelRequest.masterplan_id == plan_id,
        ModelRequest.attempt_id.is_(None),
        ModelRequest.revision.is_not_distinct_from(revision),
    )
    return (await session.scalars(query.order_by(ModelRequest.ordinal, ModelRequest.id))).all()


async def requests_of_message(session: AsyncSession, message_id: str) -> Sequence[ModelRequest]:
    """Return the requests that a conversation's answer made, in their order."""
    query = select(ModelRequest).where(ModelRequest.message_id == message_id)
    return (await session.scalars(query.order_by(ModelRequest.ordinal, ModelRequest.id))).all()


async def spent_in_flight(
    session: AsyncSession, plan_id: str, *, task_id: str | None = None, besides: str
) -> Spent:
    """Return what is reserved for running attempts' other requests, besides the named one."""
    query = (
        select(
            func.coalesce(func.sum(ModelRequest.cost_usd), 0),
            func.coalesce(func.sum(ModelRequest.tokens_input + ModelRequest.tokens_output), 0),
        )
        .join(Attempt, Attempt.id == ModelRequest.attempt_id)
        .where(
            ModelRequest.masterplan_id == plan_id,
            ModelRequest.id != besides,
            ModelRequest.answered_at.is_(None),
            ModelRequest.error.is_(None),
            Attempt.status == AttemptStatus.IN_PROGRESS,
        )
    )
    if task_id is not None:
        query = query.where(Attempt.task_id == task_id)
    usd, tokens = (await session.execute(query)).one()
    return Spent(Decimal(usd or 0), int(tokens or 0))


async def add_to_cost(
    session: AsyncSession,
    plan_id: str,
    *,
    task_id: str | None,
    attempt: int | None,
    tokens_input: int,
    tokens_output: int,
    cost_usd: Decimal | None,
) -> None:
    """Add what was spent to the plan, and to its task and attempt where there are such.

    A cost that is not known is counted as an unpriced request.
    """
    rows: list[tuple[type[MasterPlan | MasterPlanTask | Attempt], ColumnElement[bool]]]
    rows = [(MasterPlan, MasterPlan.id == plan_id)]
    if task_id is not None:
        rows.append((MasterPlanTask, MasterPlanTask.id == task_id))
        rows.append((Attempt, (Attempt.task_id == task_id) & (Attempt.number == attempt)))
    for model, which in rows:
        await session.execute(
            update(model)
            .where(which)
            .values(
                tokens_input=model.tokens_input + tokens_input,
                tokens_output=model.tokens_output + tokens_output,
                cost_usd=model.cost_usd + (cost_usd or Decimal(0)),
                unpriced_requests=model.unpriced_requests + int(cost_usd is None),
            )
            .execution_options(**NO_SYNC)
        )


async def request_bytes(session: AsyncSession, plan_id: str, *, before: datetime) -> int:
    """Return about how many bytes `forget_requests` would free."""
    return await _bytes_of(session, _asked_by_attempts(plan_id, before))


async def forget_requests(session: AsyncSession, plan_id: str, *, before: datetime) -> None:
    """Remove what a plan's attempts asked before a time, and were answered; the costs stay."""
    await _forget(session, _asked_by_attempts(plan_id, before))


async def deliberation_bytes(session: AsyncSession, *, before: datetime) -> int:
    """Return about how many bytes `forget_deliberations` would free."""
    return await _bytes_of(session, _asked_in_deliberations(before))


async def forget_deliberations(session: AsyncSession, *, before: datetime) -> None:
    """Remove what plans' generations and conversations' answers asked before a time.

    Those that are under way keep theirs, which they go on from after a crash; the costs stay.
    """
    await _forget(session, _asked_in_deliberations(before))


async def _bytes_of(session: AsyncSession, which: ColumnElement[bool]) -> int:
    size = func.length(cast(ModelRequest.request, Text)) + func.coalesce(
        func.length(cast(ModelRequest.response, Text)), 0
    )
    query = select(func.coalesce(func.sum(size), 0)).where(which)
    return int(await session.scalar(query) or 0)


async def _forget(session: AsyncSession, which: ColumnElement[bool]) -> None:
    await session.execute(delete(ModelRequest).where(which).execution_options(**NO_SYNC))


def _asked_by_attempts(plan_id: str, before: datetime) -> ColumnElement[bool]:
    return (
        (ModelRequest.masterplan_id == plan_id)
        & ModelRequest.attempt_id.is_not(None)
        & (ModelRequest.asked_at < before)
    )


def _asked_in_deliberations(before: datetime) -> ColumnElement[bool]:
    under_way = or_(
        exists().where(
            MasterPlan.id == ModelRequest.masterplan_id,
            MasterPlan.status == PlanStatus.GENERATING,
        ),
        exists().where(
            Message.id == ModelRequest.message_id, Message.status == MessageStatus.WRITING
        ),
    )
    return ModelRequest.attempt_id.is_(None) & (ModelRequest.asked_at < before) & ~under_way


async def void_requests(session: AsyncSession, request_ids: Collection[str]) -> None:
    """Reserve nothing more for requests that were cut off: nobody waits for their answers."""
    await session.execute(
        update(ModelRequest)
        .where(ModelRequest.id.in_(request_ids), ModelRequest.answered_at.is_(None))
        .values(tokens_input=0, tokens_output=0, cost_usd=None)
        .execution_options(**NO_SYNC)
    )


async def ask_again(session: AsyncSession, request_id: str, **estimate: Any) -> bool:
    """Note that a request which was cut off is made once more; False where there is none."""
    return was_changed(
        await session.execute(
            update(ModelRequest)
            .where(ModelRequest.id == request_id, ModelRequest.answered_at.is_(None))
            .values(error=None, **estimate)
            .execution_options(**NO_SYNC)
        )
    )


async def answer_request(session: AsyncSession, request_id: str, **answer: Any) -> bool:
    """Keep a request's answer; False where it was answered before."""
    return was_changed(
        await session.execute(
            update(ModelRequest)
            .where(ModelRequest.id == request_id, ModelRequest.answered_at.is_(None))
            .values(answered_at=utc_now(), error=None, **answer)
            .execution_options(**NO_SYNC)
        )
    )


async def refuse_request(session: AsyncSession, request_id: str, *, error: str) -> None:
    """Note that a request was refused for good; nothing was spent on it."""
    await session.execute(
        update(ModelRequest)
        .where(ModelRequest.id == request_id, ModelRequest.answered_at.is_(None))
        .values(error=error, tokens_input=0, tokens_output=0, cost_usd=None)
        .execution_options(**NO_SYNC)
    )
