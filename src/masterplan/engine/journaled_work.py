"""On whose behalf a model is asked: which answers there are, what limits it, who hears of waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import events, repository
from masterplan.budgets import Budget, Spent
from masterplan.db import Database
from masterplan.engine.announcements import Waiting, progress_of
from masterplan.engine.endurance import enduring
from masterplan.engine.places import Places
from masterplan.engine.plan_transitions import ENGINE, change_plan_status
from masterplan.errors import BudgetSpent, Unavailable
from masterplan.lifecycle import RUNNING, MessageStatus, PlanStatus, TaskStatus
from masterplan.models import Attempt, MasterPlan, MasterPlanTask, ModelRequest
from masterplan.repository import RunningAttempt

NO_PLACE = "Others work here now: it goes on as soon as one of them has ended or waits."
SET_PRICE = "set its price in MASTERPLAN_MODEL_PRICES"
RESERVED = "Requests under way may use up the rest of the budget."

Requests = Sequence[ModelRequest]


@dataclass(frozen=True, slots=True)
class AskedModel:
    """The request that is about to be made."""

    request_id: str
    model: str
    is_priced: bool
    """Whether it is known what it costs."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What an answer has used; `cost_usd` is None where the price is not known."""

    tokens_input: int
    tokens_output: int
    cost_usd: Decimal | None


class JournaledWork(Protocol):
    """An attempt at a task, a plan's generation, or an answer in a conversation."""

    @property
    def plan_id(self) -> str | None: ...
    @property
    def attempt_id(self) -> str | None: ...
    @property
    def message_id(self) -> str | None: ...
    @property
    def revision(self) -> int | None: ...
    @property
    def owner_id(self) -> str:
        """The plan or the conversation whose changes may let a request be made."""
        ...

    async def earlier_requests(self, session: AsyncSession) -> tuple[Requests, list[Requests]]:
        """Return this work's own requests, and those that it may take over, the latest first."""
        ...

    async def may_ask(self, session: AsyncSession, asked: AskedModel) -> bool:
        """Tell whether the budgets allow the request; where not, enter what follows from that.

        Begins with locking what the work belongs to. Raises BudgetSpent where nothing is to be
        waited for.
        """
        ...

    async def charge(self, session: AsyncSession, charge: Charge) -> None:
        """Add what an answer has used to whatever it was asked for."""
        ...

    async def announce_wait(self, database: Database, reason: str | None) -> None:
        """Tell what is waited for, or with None that the work goes on."""
        ...

    def step_aside(self) -> None:
        """Let others of this process work while this one waits."""
        ...

    async def come_back(self, database: Database) -> None:
        """Return when there is a place for this work again."""
        ...


def spent_by(row: MasterPlan | MasterPlanTask) -> Spent:
    return Spent(row.cost_usd, row.tokens_input + row.tokens_output)


def budget_of(row: MasterPlan | MasterPlanTask) -> Budget:
    return Budget(row.budget_usd, row.budget_tokens)


def exhausted_budget(plan: MasterPlan, task: MasterPlanTask | None) -> str | None:
    """Say which budget is spent and how to raise it; None where both allow more."""
    command = f"masterplan resume {plan.id[:8]}"
    if spent := budget_of(plan).exhausted_by(spent_by(plan)):
        return f"The plan's budget of {spent}. {_remedy(command, spent)}"
    if task is not None and (spent := budget_of(task).exhausted_by(spent_by(task))):
        command = f"{command} --task {task.task_number}"
        return f"The budget of task #{task.task_number} of {spent}. {_remedy(command, spent)}"
    return None


def powerless_budget(plan: MasterPlan, task: MasterPlanTask, *, model: str) -> str | None:
    """Say which budget cannot limit a model whose price is not known, and what would."""
    for row, option in ((plan, ""), (task, f" --task {task.task_number}")):
        budget = budget_of(row)
        if budget.usd is not None and budget.tokens is None:
            command = f"masterplan resume {plan.id[:8]}{option} --budget-tokens AMOUNT"
            return (
                f"{unknown_price(model, budget)} Give a budget in tokens to go on: {command}; "
                f"or {SET_PRICE}."
            )
    return None


def unknown_price(model: str, budget: Budget) -> str:
    return f"The price of {model} is not known, so the budget of {budget} would limit nothing."


def _remedy(command: str, spent: str) -> str:
    option = "--budget-usd" if "USD" in spent else "--budget-tokens"
    return f"Raise it to go on: {command} {option} AMOUNT"


@dataclass(frozen=True, slots=True)
class AttemptWork:
    """An attempt waits where a budget is spent: the plan is paused until it is raised."""

    plan_id: str
    task_id: str
    attempt: Attempt
    places: Places
    revision: None = None
    message_id: None = None

    @property
    def attempt_id(self) -> str:
        return self.attempt.id

    @property
    def owner_id(self) -> str:
        return self.plan_id

    async def earlier_requests(self, session: AsyncSession) -> tuple[Requests, list[Requests]]:
        own = await repository.requests_of_attempts(session, [self.attempt.id])
        interrupted = await repository.interrupted_before(session, self.attempt)
        return own, [
            await repository.requests_of_attempts(session, [each.id])
            for each in reversed(interrupted)
        ]

    async def may_ask(self, session: AsyncSession, asked: AskedModel) -> bool:
        plan = await repository.lock_plan(session, self.plan_id)
        task = await repository.get_task(session, self.task_id)
        if task.attempt != self.attempt.number or task.status not in RUNNING:
            raise Unavailable("Another attempt has taken this task over; nothing more is asked.")
        obstacle = exhausted_budget(plan, task)
        if obstacle is None and not asked.is_priced:
            obstacle = powerless_budget(plan, task, model=asked.model)
        if obstacle is not None and plan.status == PlanStatus.IN_PROGRESS:
            await change_plan_status(
                session, plan, PlanStatus.PAUSED, by=ENGINE, reason=obstacle, pause_reason=obstacle
            )
        if obstacle is None and await self._all_is_reserved(
            session, plan, task, besides=asked.request_id
        ):
            obstacle = RESERVED
        await self._note_wait(session, obstacle)
        return obstacle is None

    async def charge(self, session: AsyncSession, charge: Charge) -> None:
        await repository.add_to_cost(
            session,
            self.plan_id,
            task_id=self.task_id,
            attempt=self.attempt.number,
            **asdict(charge),
        )

    async def announce_wait(self, database: Database, reason: str | None) -> None:
        async with database.unit_of_work() as session:
            await repository.lock_plan(session, self.plan_id)
            await self._note_wait(session, reason)

    def step_aside(self) -> None:
        self.places.step_aside(self._running)

    async def come_back(self, database: Database) -> None:
        if not self.places.take(self._running, self.plan_id):
            await enduring(self.announce_wait, database, NO_PLACE)
            await self.places.enter(self._running, self.plan_id)

    @property
    def _running(self) -> RunningAttempt:
        return RunningAttempt(self.task_id, self.attempt.number)

    async def _all_is_reserved(
        self, session: AsyncSession, plan: MasterPlan, task: MasterPlanTask, *, besides: str
    ) -> bool:
        for row, task_id in ((plan, None), (task, task.id)):
            budget = budget_of(row)
            if budget == Budget():
                continue
            under_way = await repository.spent_in_flight(
                session, plan.id, task_id=task_id, besides=besides
            )
            if under_way != Spent() and budget.exhausted_by(spent_by(row) + under_way):
                return True
        return False

    async def _note_wait(self, session: AsyncSession, reason: str | None) -> None:
        changed = await repository.set_waiting(
            session, self.task_id, attempt=self.attempt.number, reason=reason
        )
        if not changed:
            return
        task = await repository.get_task(session, self.task_id)
        waiting = None
        if task.waiting_reason is not None and task.waiting_since is not None:
            waiting = Waiting(task.waiting_reason, task.waiting_since)
        progress = progress_of(
            task,
            await repository.count_in_plan(session, self.plan_id),
            status=TaskStatus(task.status),
            description=f"waiting: {reason}" if reason else task.name,
            waiting=waiting,
        )
        await events.record(session, self.plan_id, progress)


@dataclass(frozen=True, slots=True)
class GenerationWork:
    """A generation ends where the budget is spent: there is no plan yet that could be paused."""

    plan_id: str
    announce: Callable[[str | None], Awaitable[None]]
    revision: int | None = None
    """The revision that is asked for; None for the first."""
    attempt_id: None = None
    message_id: None = None

    @property
    def owner_id(self) -> str:
        return self.plan_id

    async def earlier_requests(self, session: AsyncSession) -> tuple[Requests, list[Requests]]:
        return await repository.requests_of_generation(
            session, self.plan_id, revision=self.revision
        ), []

    async def may_ask(self, session: AsyncSession, asked: AskedModel) -> bool:
        plan = await repository.lock_plan(session, self.plan_id)
        budget = budget_of(plan)
        if not asked.is_priced and budget.usd is not None and budget.tokens is None:
            raise BudgetSpent(
                f"{unknown_price(asked.model, budget)} Generate it again with a budget in tokens, "
                f"or {SET_PRICE}."
            )
        if spent := budget_of(plan).exhausted_by(spent_by(plan)):
            raise BudgetSpent(f"The budget of {spent} {self._too_early()}")
        return True

    async def charge(self, session: AsyncSession, charge: Charge) -> None:
        await repository.add_to_cost(
            session, self.plan_id, task_id=None, attempt=None, **asdict(charge)
        )

    async def announce_wait(self, database: Database, reason: str | None) -> None:  # noqa: ARG002
        await self.announce(reason)

    def _too_early(self) -> str:
        if self.revision is None:
            return (
                "before the plan was made. "
                "Generate it again with a larger budget, or with another model."
            )
        return "and a revision needs more. Edit the plan's budget, then ask again."

    def step_aside(self) -> None:
        """A generation has no place: little of it works here, and the rest waits for a model."""

    async def come_back(self, database: Database) -> None:  # noqa: ARG002
        return


@dataclass(frozen=True, slots=True)
class AnswerWork:
    """An answer in a conversation: it may be asked for until somebody stops it."""

    conversation_id: str
    message_id: str
    announce: Callable[[str | None], Awaitable[None]]
    plan_id: None = None
    revision: None = None
    attempt_id: None = None

    @property
    def owner_id(self) -> str:
        return self.conversation_id

    async def earlier_requests(self, session: AsyncSession) -> tuple[Requests, list[Requests]]:
        return await repository.requests_of_message(session, self.message_id), []

    async def may_ask(self, session: AsyncSession, asked: AskedModel) -> bool:  # noqa: ARG002
        await repository.lock_conversation(session, self.conversation_id)
        message = await repository.get_message(session, self.message_id)
        if message.status != MessageStatus.WRITING:
            raise Unavailable("The answer was stopped; nothing more is asked.")
        return True

    async def charge(self, session: AsyncSession, charge: Charge) -> None:
        await repository.charge_conversation(session, self.conversation_id, **asdict(charge))

    async def announce_wait(self, database: Database, reason: str | None) -> None:  # noqa: ARG002
        await self.announce(reason)

    def step_aside(self) -> None:
        """An answer has no place: all of it waits for a model."""

    async def come_back(self, database: Database) -> None:  # noqa: ARG002
        return
