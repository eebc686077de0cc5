"""Everything a person may do to a plan, in any order and at once, over the real application.

Hypothesis draws what is done, to a server in a process of its own, on its real database: single
requests, two or three at the same time, a model that has to be waited for, budgets that are spent,
SIGKILL in the middle of it. Answers must be explained by some order of the requests, and after
every step the events, replayed, come to the same state as the rows. The short form draws the same
examples each time; what fails is printed so that it can be run again.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from masterplan.models import MasterPlan, MasterPlanTask
from support.lifecycle_model import EFFECTS, Outcome, explained
from support.loopback_model import KEY, MODEL, ModelServer, Refusal, Step
from support.models import GOOD, module
from support.oracle import judge_events
from support.plans import API, create, detail_of, plan_of, scripted, tasks_of, until_detail
from support.process import Server, client_of_server

DEEP = bool(os.environ.get("MASTERPLAN_CRASH_DEEP"))
SIZE = settings(
    max_examples=500 if DEEP else 8,
    stateful_step_count=50 if DEEP else 16,
    # Time plays a part in what happens, so what fails cannot be made smaller.
    phases=(Phase.generate,),
    derandomize=not DEEP,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
NOT_NOW = Refusal(429, {"Retry-After": "0"})
TASKS_MOVE = {"in_progress", "paused"}
"""A plan in these may have tasks that change by themselves."""
RETRIED = EFFECTS["retry"].keys()
REFUSED = {400, 404}
"""404 where an edit has taken the task away that was to be retried."""

Result = TypeVar("Result")


class World:
    """One server for all examples, with the model that it asks; both run between the steps too."""

    def __init__(self, data_dir: Path, database_url: str, stack: ExitStack) -> None:
        self.model_answers = True
        self.figures = {"examples": 0, "requests": 0, "at once": 0, "kills": 0}
        model = stack.enter_context(ModelServer(self._answer).running())
        environment = {
            "MASTERPLAN_DATABASE_URL": database_url,
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": model.url,
            "NO_PROXY": "127.0.0.1",
        }
        self._runner = stack.enter_context(asyncio.Runner())
        self._server = Server(data_dir, environment)
        stack.callback(self._server.close)
        stack.callback(lambda: self.run(self.client.aclose()))
        self._start()
        self.database = _outside_view(database_url)
        stack.callback(self.database.dispose)

    def run(self, work: Awaitable[Result]) -> Result:
        async def wait() -> Result:
            return await work

        return self._runner.run(wait())

    def kill(self) -> None:
        self.figures["kills"] += 1
        self._server.kill()

    def restart(self) -> None:
        self.run(self.client.aclose())
        self._start()

    def _start(self) -> None:
        self._server.start()
        self.client = client_of_server(self._server)
        self.run(self._server.ready(self.client))

    def _answer(self, _: dict[str, Any]) -> Step:
        return GOOD if self.model_answers else NOT_NOW


def _outside_view(database_url: str) -> Engine:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return create_engine(url.set(drivername="sqlite"))
    return create_engine(url, isolation_level="REPEATABLE READ")


def document(failures: int, retries: int, duration: float, model: dict[str, Any]) -> dict[str, Any]:
    script = {"fail_attempts": failures, "duration_s": duration}
    tasks = [
        scripted("a", script=script, max_retries=retries),
        scripted("b", "a"),
        scripted("c", script={"fail_attempts": 1}, max_retries=0),
        scripted("d", "b", "c"),
    ]
    if model:
        asks = {"agent": "llm", "checks": []}
        tasks += [module("e", **asks), module("f", "e", **asks)]
    return plan_of(*tasks, settings=model)


documents = st.builds(
    document,
    st.integers(0, 2),
    st.integers(0, 1),
    st.sampled_from([0.0, 0.0, 0.05]),
    # With the budget, the second of its two requests has to be paid for first.
    st.sampled_from([{}, {"model": MODEL}, {"model": MODEL, "budget_tokens": 100}]),
)


@dataclass(frozen=True)
class Action:
    """A request about a plan; `key` names the task that is to be retried."""

    name: str
    path: str
    method: str = "POST"
    body: dict[str, Any] | None = None
    key: str | None = None

    async def ask(self, client: httpx.AsyncClient, detail: dict[str, Any]) -> httpx.Response:
        path = self.path
        if self.key is not None:
            task = tasks_of(detail).get(self.key)
            path = path.format(task["task_id"] if task else "none")
        url = f"{API}/{detail['masterplan_id']}{path}"
        return await client.request(self.method, url, json=self.body)


budgets = st.sampled_from([{"budget_tokens": 150}, {"budget_tokens": 10_000}])
guidances = st.sampled_from([{}, {"guidance": "try harder"}])
decisions = st.sampled_from(["approve", "reject", "execute"]).map(
    lambda name: Action(name, f"/{name}")
)
steering = st.sampled_from(["pause", "resume", "pause", "resume", "cancel"]).map(
    lambda name: Action(name, f"/{name}")
)
edits = documents.map(lambda plan: Action("edit", "", "PUT", plan))
extensions = budgets.map(lambda body: Action("budget", "/budget", "PATCH", body))
resumptions = budgets.map(lambda body: Action("resume", "/resume", body=body))
retries = st.builds(
    lambda key, body: Action("retry", "/tasks/{}/retry", body=body, key=key),
    st.sampled_from("abcde"),
    guidances,
)
retries_of_all = guidances.map(lambda body: Action("retry", "/retry", body=body))
actions = st.one_of(
    decisions, steering, steering, edits, extensions, resumptions, retries, retries_of_all
)


class Lifecycle(RuleBasedStateMachine):
    """Plans and what is done to them."""

    plans = Bundle("plans")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.mine: list[str] = []
        self.was_killed = False
        world.figures["examples"] += 1

    @rule(target=plans, plan=documents)
    def import_plan(self, plan: dict[str, Any]) -> str:
        made = self.world.run(create(self.world.client, plan))
        self.mine.append(made["masterplan_id"])
        return str(made["masterplan_id"])

    @rule(target=plans, plan=documents)
    def start(self, plan: dict[str, Any]) -> str:
        plan_id = self.import_plan(plan)
        for name in ("approve", "execute"):
            self.ask(plan_id, [Action(name, f"/{name}")])
        return plan_id

    @rule(plan_id=plans, action=st.one_of(decisions, edits, steering, extensions, resumptions))
    def do_one_thing(self, plan_id: str, action: Action) -> None:
        self.ask(plan_id, [action])

    @rule(plan_id=plans, action=retries)
    def retry(self, plan_id: str, action: Action) -> None:
        detail = self.detail(plan_id)
        (answer,) = self.ask(plan_id, [action])
        assert action.key is not None
        task = tasks_of(detail).get(action.key)
        if detail["status"] not in TASKS_MOVE and (task is None or task["status"] != "failed"):
            assert answer.status_code in REFUSED, answer.text
        elif task is not None and task["status"] == "failed" and detail["status"] in RETRIED:
            assert answer.status_code == 202, answer.text

    @rule(plan_id=plans, action=retries_of_all)
    def retry_all(self, plan_id: str, action: Action) -> None:
        detail = self.detail(plan_id)
        (answer,) = self.ask(plan_id, [action])
        if detail["status"] not in TASKS_MOVE and not detail["failed_tasks"]:
            assert answer.status_code == 400, answer.text
        elif detail["failed_tasks"] and detail["status"] in RETRIED:
            assert answer.status_code == 202, answer.text

    @rule(plan_id=plans, together=st.lists(actions, min_size=2, max_size=3))
    def several_at_once(self, plan_id: str, together: list[Action]) -> None:
        self.world.figures["at once"] += 1
        self.ask(plan_id, together)

    @rule(answers=st.booleans())
    def let_the_model_answer_or_have_it_waited_for(self, answers: bool) -> None:
        self.world.model_answers = answers

    @rule(plan_id=plans, seconds=st.sampled_from([0.01, 0.05, 0.2, None]))
    def let_time_pass_or_the_plan_end(self, plan_id: str, seconds: float | None) -> None:
        if seconds is not None:
            self.world.run(asyncio.sleep(seconds))
        elif self.world.model_answers:
            self.world.run(until_detail(self.world.client, plan_id, is_at_rest))

    @rule(
        plan_id=plans,
        together=st.lists(actions, min_size=1, max_size=3),
        after=st.sampled_from([0.0, 0.005, 0.02, 0.05]),
    )
    def kill_in_the_middle(self, plan_id: str, together: list[Action], after: float) -> None:
        # Once in an example: a start takes as long as some hundred requests.
        self.ask(plan_id, together, kill_after=None if self.was_killed else after)
        self.was_killed = True

    @invariant()
    def events_rows_and_counters_agree(self) -> None:
        with Session(self.world.database) as session:
            # One snapshot: the engine goes on meanwhile.
            if self.world.database.dialect.name == "sqlite":
                session.execute(text("BEGIN"))
            for plan in session.scalars(select(MasterPlan).where(MasterPlan.id.in_(self.mine))):
                tasks = session.scalars(
                    select(MasterPlanTask).where(MasterPlanTask.masterplan_id == plan.id)
                ).all()
                judge_events(session, plan, list(tasks))

    def teardown(self) -> None:
        self.world.model_answers = True
        for plan_id in self.mine:
            # Enough first, so that none is paused by itself any more.
            self.ask(plan_id, [Action("budget", "/budget", "PATCH", {"budget_tokens": 1_000_000})])
            if self.detail(plan_id)["status"] == "paused":
                self.ask(plan_id, [Action("resume", "/resume")])
            self.world.run(until_detail(self.world.client, plan_id, is_over))
        self.events_rows_and_counters_agree()

    def ask(
        self, plan_id: str, together: Sequence[Action], *, kill_after: float | None = None
    ) -> list[httpx.Response]:
        """Make the requests at the same time; fail where no order of them explains the answers."""
        detail = self.detail(plan_id)
        self.world.figures["requests"] += len(together)
        answers = self.world.run(self._answers(detail, together, kill_after))
        if kill_after is not None:
            self.world.restart()
        outcomes = [
            (action.name, _outcome(answer))
            for action, answer in zip(together, answers, strict=True)
        ]
        now = self.detail(plan_id)
        budget = bool(detail["budget_tokens"] or now["budget_tokens"])
        possible = explained(detail["status"], outcomes, may_pause=budget)
        texts = [answer.text for answer in answers if isinstance(answer, httpx.Response)]
        assert now["status"] in possible, (detail["status"], outcomes, now["status"], texts)
        return [answer for answer in answers if isinstance(answer, httpx.Response)]

    async def _answers(
        self, detail: dict[str, Any], together: Sequence[Action], kill_after: float | None
    ) -> list[httpx.Response | BaseException]:
        asking = asyncio.gather(
            *(action.ask(self.world.client, detail) for action in together), return_exceptions=True
        )
        if kill_after is not None:
            await asyncio.sleep(kill_after)
            self.world.kill()
        return await asking

    def detail(self, plan_id: str) -> dict[str, Any]:
        return self.world.run(detail_of(self.world.client, plan_id))


def _outcome(answer: httpx.Response | BaseException) -> Outcome:
    match answer:
        case httpx.Response(status_code=200 | 202):
            return Outcome.GRANTED
        case httpx.Response():
            assert answer.status_code in REFUSED, answer.text
            return Outcome.REFUSED
        case httpx.TransportError():
            return Outcome.UNKNOWN
        case _:
            raise answer


def is_at_rest(detail: dict[str, Any]) -> bool:
    return detail["status"] != "in_progress"


def is_over(detail: dict[str, Any]) -> bool:
    return detail["status"] not in TASKS_MOVE


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(tmp_path / "data", database_url, stack)


@pytest.mark.databases
@pytest.mark.timeout(4 * 3600 if DEEP else 300)
def test_only_legal_transitions_happen_whatever_is_asked(world: World, backend: str) -> None:
    run_state_machine_as_test(lambda: Lifecycle(world), settings=SIZE)
    print(f"\n{backend}: {SIZE.max_examples} by {SIZE.stateful_step_count}, {world.figures}")  # noqa: T201
