"""The journal of model requests in the database: nothing that was answered is asked again.

An answer is committed before it is used. When a step runs again after a crash, or an interrupted
attempt is made again, each request is looked up by its content: the n-th time that the same request
is made gets the n-th answer that was given to it. So the order in which work goes about its
requests may differ from the first time, and what differs in content is asked anew.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.db import Database
from masterplan.engine.attempt_inputs import AttemptInputs
from masterplan.engine.endurance import enduring
from masterplan.engine.journaled_work import (
    AnswerWork,
    AskedModel,
    AttemptWork,
    Charge,
    GenerationWork,
    JournaledWork,
)
from masterplan.engine.places import Places
from masterplan.engine.plan_changes import PlanChanges
from masterplan.failpoints import Failpoint, reach
from masterplan.llm.journal import JournalEntry, ModelAnswer, ModelJournal, ModelQuestion
from masterplan.llm.pricing import Prices
from masterplan.models import ModelRequest, new_id, utc_now

LAST_WORDS_SECONDS = 5.0
"""How long a cancelled piece of work may take to keep an answer that has just come."""

AnnounceWait = Callable[[str | None], Awaitable[None]]
"""Tells what a generation or an answer waits for, or with None that it goes on."""


class Journals:
    """Makes the journals of a process, whose attempts share its places."""

    def __init__(self, database: Database, places: Places, prices: Prices) -> None:
        self._database = database
        self._prices = prices
        self._places = places
        self._changes = PlanChanges(database)

    def of_attempt(self, inputs: AttemptInputs) -> ModelJournal:
        """Return the journal of an attempt, with what it was answered before."""
        work = AttemptWork(
            plan_id=inputs.plan.id,
            task_id=inputs.task.id,
            attempt=inputs.attempt,
            places=self._places,
        )
        return DatabaseJournal(self._database, self._changes, self._prices, work)

    def of_generation(
        self, plan_id: str, announce: AnnounceWait, *, revision: int | None = None
    ) -> ModelJournal:
        """Return the journal of the generation of a plan, or of a revision of it."""
        work = GenerationWork(plan_id=plan_id, announce=announce, revision=revision)
        return DatabaseJournal(self._database, self._changes, self._prices, work)

    def of_answer(
        self, conversation_id: str, message_id: str, announce: AnnounceWait
    ) -> ModelJournal:
        """Return the journal of an answer in a conversation, with what was answered before."""
        work = AnswerWork(conversation_id, message_id, announce)
        return DatabaseJournal(self._database, self._changes, self._prices, work)


@dataclass(slots=True)
class _Known:
    """The requests that were made before, and how often each was made again since."""

    own: defaultdict[str, list[ModelRequest]] = field(default_factory=lambda: defaultdict(list))
    taken_over: list[defaultdict[str, list[ModelRequest]]] = field(default_factory=list)
    """Those of the interrupted attempts right before, the latest first."""
    last_ordinal: int = 0
    made: Counter[str] = field(default_factory=Counter)

    def next_of(self, fingerprint: str) -> ModelRequest | None:
        """Return the row for the next time that this request is made."""
        number = self.made[fingerprint]
        self.made[fingerprint] += 1
        for rows in (self.own, *self.taken_over):
            if number < len(rows[fingerprint]):
                return rows[fingerprint][number]
        return None


class DatabaseJournal:
    """The journal of one run of one piece of work."""

    def __init__(
        self, database: Database, changes: PlanChanges, prices: Prices, work: JournaledWork
    ) -> None:
        self._database = database
        self._changes = changes
        self._prices = prices
        self._work = work
        self._known: _Known | None = None
        self._loading = asyncio.Lock()

    async def enter(self, question: ModelQuestion) -> JournalEntry:
        """Find the request's answer, or note it as soon as the budgets allow it to be made."""
        known = await self._load()
        before = known.next_of(question.fingerprint)
        if before is not None and before.response is not None:
            if before.attempt_id != self._work.attempt_id:
                known.last_ordinal += 1
                await enduring(self._take_over, before, known.last_ordinal)
            return JournalEntry(id=before.id, answer=before.response)
        if before is None:
            known.last_ordinal += 1
        # Named beforehand: a commit that is heard of as failed is found again by its name.
        entry = JournalEntry(id=before.id if before else new_id())
        ordinal = known.last_ordinal
        await self._admitted(entry.id, question, ordinal)
        reach(Failpoint.REQUEST_NOTED)
        return entry

    async def answer(self, entry: JournalEntry, answer: ModelAnswer) -> None:
        await _to_the_end(enduring(self._answer, entry, answer))
        self._changes.tell(self._work.owner_id)
        reach(Failpoint.ANSWER_KEPT)

    async def refuse(self, entry: JournalEntry, reason: str) -> None:
        async def note() -> None:
            async with self._database.unit_of_work() as session:
                await repository.refuse_request(session, entry.id, error=reason)

        await enduring(note)
        self._changes.tell(self._work.owner_id)

    async def wait(self, reason: str) -> None:
        await enduring(self._work.announce_wait, self._database, reason)
        self._work.step_aside()

    async def ask_again(self) -> None:
        await self._work.come_back(self._database)

    async def go_on(self) -> None:
        await enduring(self._work.announce_wait, self._database, None)

    async def _load(self) -> _Known:
        async with self._loading:
            if self._known is None:
                self._known = await enduring(self._read)
            return self._known

    async def _read(self) -> _Known:
        known = _Known()
        async with self._database.reading() as session:
            own, taken_over = await self._work.earlier_requests(session)
            cut_off = [row.id for row in own if row.answered_at is None and row.error is None]
        if cut_off:
            async with self._database.unit_of_work() as session:
                await repository.void_requests(session, cut_off)
        for row in own:
            if row.error is None:
                known.own[row.fingerprint].append(row)
            known.last_ordinal = max(known.last_ordinal, row.ordinal)
        known.taken_over = [_by_fingerprint(rows) for rows in taken_over]
        return known

    async def _take_over(self, before: ModelRequest, ordinal: int) -> None:
        """Note that an interrupted attempt's answer is used here; it was paid for there."""
        async with self._database.unit_of_work() as session:
            session.add(
                ModelRequest(
                    id=new_id(),
                    masterplan_id=before.masterplan_id,
                    attempt_id=self._work.attempt_id,
                    ordinal=ordinal,
                    fingerprint=before.fingerprint,
                    model=before.model,
                    request=before.request,
                    response=before.response,
                    replayed=True,
                    cost_usd=0,
                    answered_at=utc_now(),
                )
            )

    async def _admitted(self, request_id: str, question: ModelQuestion, ordinal: int) -> None:
        """Note the request; where a budget stands in its way, as soon as it does not any more."""
        waited = False
        with self._changes.of(self._work.owner_id) as change:
            while not await enduring(self._admit, request_id, question, ordinal):
                waited = True
                self._work.step_aside()
                await change.wait()
        if waited:
            await self.ask_again()
            await self.go_on()

    async def _admit(self, request_id: str, question: ModelQuestion, ordinal: int) -> bool:
        """Note the request that is about to be made; False where a budget stands in its way."""
        async with self._database.unit_of_work() as session:
            cost = self._prices.cost_of_tokens(
                question.model, question.tokens_input, question.tokens_output
            )
            asked = AskedModel(request_id, question.model, is_priced=cost is not None)
            if not await self._work.may_ask(session, asked):
                return False
            await self._note(session, request_id, question, ordinal, cost=cost)
            return True

    async def _note(
        self,
        session: AsyncSession,
        request_id: str,
        question: ModelQuestion,
        ordinal: int,
        *,
        cost: Decimal | None,
    ) -> None:
        # Reserved until the answer tells what it really was.
        estimate: dict[str, Any] = {
            "tokens_input": question.tokens_input,
            "tokens_output": question.tokens_output,
            "cost_usd": cost,
            "asked_at": utc_now(),
        }
        if await repository.ask_again(session, request_id, **estimate):
            return
        row = ModelRequest(
            id=request_id,
            masterplan_id=self._work.plan_id,
            attempt_id=self._work.attempt_id,
            revision=self._work.revision,
            message_id=self._work.message_id,
            ordinal=ordinal,
            fingerprint=question.fingerprint,
            model=question.model,
            request=question.content,
            **estimate,
        )
        session.add(row)

    async def _answer(self, entry: JournalEntry, answer: ModelAnswer) -> None:
        spent: dict[str, Any] = {
            "tokens_input": answer.usage.input_tokens,
            "tokens_output": answer.usage.output_tokens,
            "cost_usd": self._prices.cost_of(answer.model, answer.usage),
        }
        async with self._database.unit_of_work() as session:
            first = await repository.answer_request(
                session,
                entry.id,
                response=answer.content,
                waited_s=answer.waited_s,
                **spent,
            )
            if first:
                await self._work.charge(session, Charge(**spent))


def _by_fingerprint(rows: Sequence[ModelRequest]) -> defaultdict[str, list[ModelRequest]]:
    answered: defaultdict[str, list[ModelRequest]] = defaultdict(list)
    for row in rows:
        if row.response is not None:
            answered[row.fingerprint].append(row)
    return answered


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Do the work; whoever is cancelled meanwhile stays for it, a little."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=LAST_WORDS_SECONDS)
        raise
