"""Everything a person may do to a plan, in any order, over the real service, database and engine.

Hypothesis draws the order. Requests are answered by whether the lifecycle allows them, and after
every step the events, replayed, come to the same state as the rows. The short form draws the same
examples each time; what fails is printed so that it can be run again.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from masterplan.api.app import create_app
from masterplan.models import MasterPlan, MasterPlanTask
from masterplan.settings import Settings
from support.app import TOKEN, client_of
from support.oracle import judge_events
from support.plans import API, create, detail_of, plan_of, scripted, tasks_of, until_detail

DEEP = bool(os.environ.get("MASTERPLAN_CRASH_DEEP"))
SIZE = settings(
    max_examples=500 if DEEP else 20,
    stateful_step_count=50 if DEEP else 20,
    derandomize=not DEEP,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
ALLOWED = {
    "approve": {"draft"},
    "reject": {"draft"},
    "edit": {"draft", "rejected", "approved", "completed", "cancelled", "failed"},
    "execute": {"approved"},
    "pause": {"in_progress"},
    "resume": {"paused"},
    "cancel": {"in_progress", "paused"},
    "retry": {"in_progress", "paused", "completed"},
}
MOVING = {"in_progress"}
"""A plan in these may have gone on by itself before a request reached it."""


class World:
    """One application for all examples, which runs only while it is asked something."""

    def __init__(self, data_dir: Path) -> None:
        self._runner = asyncio.Runner()
        self._app = create_app(Settings(data_dir=data_dir, token=TOKEN, port=0))
        self._running = self._app.running()
        self.run(self._running.__aenter__())
        self.client: httpx.AsyncClient = client_of(self._app)
        self.database: Engine = create_engine(f"sqlite:///{data_dir / 'masterplan.sqlite3'}")

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self.client.aclose())
        self.run(self._running.__aexit__(None, None, None))
        self.database.dispose()
        self._runner.close()


def document(failures: int, retries: int, duration: float) -> dict[str, Any]:
    script = {"fail_attempts": failures, "duration_s": duration}
    return plan_of(
        scripted("a", script=script, max_retries=retries),
        scripted("b", "a"),
        scripted("c", script={"fail_attempts": 1}, max_retries=0),
        scripted("d", "b", "c"),
    )


documents = st.builds(
    document, st.integers(0, 2), st.integers(0, 1), st.sampled_from([0.0, 0.0, 0.05])
)


class Lifecycle(RuleBasedStateMachine):
    """Plans and what is done to them."""

    plans = Bundle("plans")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.mine: list[str] = []

    @rule(target=plans, plan=documents)
    def import_plan(self, plan: dict[str, Any]) -> str:
        made = self.world.run(create(self.world.client, plan))
        self.mine.append(made["masterplan_id"])
        return str(made["masterplan_id"])

    @rule(target=plans, plan=documents)
    def start(self, plan: dict[str, Any]) -> str:
        plan_id = self.import_plan(plan)
        self.act(plan_id, "approve")
        self.act(plan_id, "execute")
        return plan_id

    @rule(plan_id=plans, action=st.sampled_from(["approve", "reject", "execute"]))
    def decide(self, plan_id: str, action: str) -> None:
        self.act(plan_id, action)

    @rule(plan_id=plans, action=st.sampled_from(["pause", "resume", "pause", "resume", "cancel"]))
    def steer(self, plan_id: str, action: str) -> None:
        self.act(plan_id, action)

    @rule(plan_id=plans, plan=documents)
    def edit(self, plan_id: str, plan: dict[str, Any]) -> None:
        before = self.detail(plan_id)["status"]
        answer = self.world.run(self.world.client.put(f"{API}/{plan_id}", json=plan))
        # A plan that was paused may still run, and one that was running may just have ended.
        if before in {"paused", "in_progress"}:
            assert answer.status_code in {200, 400}, answer.text
        else:
            self.judge(answer, before, "edit")

    @rule(plan_id=plans, key=st.sampled_from("abcd"), guidance=st.none() | st.just("try harder"))
    def retry(self, plan_id: str, key: str, guidance: str | None) -> None:
        detail = self.detail(plan_id)
        task = tasks_of(detail)[key]
        answer = self.world.run(
            self.world.client.post(
                f"{API}/{plan_id}/tasks/{task['task_id']}/retry", json={"guidance": guidance}
            )
        )
        if detail["status"] not in MOVING and task["status"] != "failed":
            assert answer.status_code == 400, answer.text
        else:
            self.judge(answer, detail["status"], "retry")

    @rule(plan_id=plans)
    def retry_all(self, plan_id: str) -> None:
        before = self.detail(plan_id)
        answer = self.world.run(self.world.client.post(f"{API}/{plan_id}/retry"))
        if before["status"] not in MOVING and not before["failed_tasks"]:
            assert answer.status_code == 400, answer.text
        else:
            self.judge(answer, before["status"], "retry")

    @rule(seconds=st.sampled_from([0.01, 0.05, 0.2]))
    def let_time_pass(self, seconds: float) -> None:
        self.world.run(asyncio.sleep(seconds))

    @rule(plan_id=plans)
    def wait_for_the_end(self, plan_id: str) -> None:
        self.world.run(until_detail(self.world.client, plan_id, is_at_rest))

    @invariant()
    def events_rows_and_counters_agree(self) -> None:
        with Session(self.world.database) as session:
            # One snapshot: a commit that a thread was at may come while nothing else runs.
            session.execute(text("BEGIN"))
            for plan in session.scalars(select(MasterPlan).where(MasterPlan.id.in_(self.mine))):
                tasks = session.scalars(
                    select(MasterPlanTask).where(MasterPlanTask.masterplan_id == plan.id)
                ).all()
                judge_events(session, plan, list(tasks))

    def teardown(self) -> None:
        for plan_id in self.mine:
            if self.detail(plan_id)["status"] == "paused":
                self.act(plan_id, "resume")
            self.wait_for_the_end(plan_id)
        self.events_rows_and_counters_agree()

    def act(self, plan_id: str, action: str) -> None:
        before = self.detail(plan_id)["status"]
        answer = self.world.run(self.world.client.post(f"{API}/{plan_id}/{action}"))
        self.judge(answer, before, action)

    def judge(self, answer: httpx.Response, before: str, action: str) -> None:
        """A request is granted where the lifecycle allows it, and answered by 400 where not."""
        if before in ALLOWED[action]:
            granted = {200, 202, 400} if before in MOVING else {200, 202}
        else:
            granted = {200, 202, 400} if before in MOVING and action == "retry" else {400}
        assert answer.status_code in granted, (before, action, answer.text)

    def detail(self, plan_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.world.run(detail_of(self.world.client, plan_id))
        return found


def is_at_rest(detail: dict[str, Any]) -> bool:
    return detail["status"] != "in_progress"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "data")
    yield world
    world.close()


@pytest.mark.timeout(7200 if DEEP else 300)
def test_only_legal_transitions_happen_whatever_is_asked(world: World) -> None:
    run_state_machine_as_test(lambda: Lifecycle(world), settings=SIZE)
