"""Masterplan as a person uses it: `masterplan run`, with the engine, the sandbox and git.

A goal is planned and executed as it is; a task is a plan of one task, with its checks. What counts
is what the person would have in the end: the branch of the plan, with what was proven and nothing
else.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evals.arms.base import Room, Work, begin_repository, complaint, run_logged
from evals.cases import Brief, Level
from masterplan.documents import (
    MilestoneDocument,
    PhaseDocument,
    PlanDocument,
    TaskDocument,
    dump_yaml,
)
from masterplan.settings import PROVIDER_KEYS

PROGRAM = str(Path(sys.executable).with_name("masterplan"))
_OF_A_MODEL = "llm"


class Masterplan:
    name = "masterplan"

    async def prepare(self) -> None:
        """It is installed already: it is what is measured."""

    async def build(self, brief: Brief, room: Room) -> Work:
        """Let `masterplan run` do it, then put what its branch holds into the room's result."""
        environment = environment_for(room)
        repository = room.folder / "repository" if brief.given else None
        if repository is not None:
            await asyncio.to_thread(shutil.copytree, room.result, repository)
            await asyncio.to_thread(begin_repository, repository)
        what = await asyncio.to_thread(_what, brief, room.folder, repository)
        ended = await run_logged(
            [PROGRAM, "run", *what, "--yes"],
            environment=environment,
            directory=room.folder,
            log=room.folder / "masterplan.log",
            limit_s=room.limit_s,
        )
        plan = await asyncio.to_thread(_plan, environment, room.folder)
        await asyncio.to_thread(take_branch, plan, room.result)
        note = complaint(ended.output_tail) if ended.exit_code else ""
        work = work_of(plan, timed_out=ended.timed_out, note=note)
        planned = None if brief.level is Level.TASK else work.planned
        return replace(work, planned=planned, seconds=ended.duration_s)


def environment_for(room: Room) -> dict[str, str]:
    """An installation of its own, with no settings but these and no provider's key."""
    left_out = {"XDG_CONFIG_HOME", *PROVIDER_KEYS.values()}
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in left_out
        and (not name.startswith("MASTERPLAN_") or name == "MASTERPLAN_SANDBOX")
    }
    return {
        **inherited,
        "XDG_CONFIG_HOME": str(room.folder / "config"),
        "MASTERPLAN_DATA_DIR": str(room.folder / "data"),
        "MASTERPLAN_MODEL": "local",
        "MASTERPLAN_LOCAL_MODEL_URL": room.model.url,
        "NO_COLOR": "1",
    }


def plan_of_one(brief: Brief, repository: Path | None) -> PlanDocument:
    """Put a task into a plan, as a person would write it."""
    task = TaskDocument(
        key="task",
        name=f"Write {', '.join(brief.files)}",
        description=brief.text,
        target_files=list(brief.files),
        checks=list(brief.checks),
    )
    return PlanDocument(
        title=task.name,
        goal=brief.text,
        repository=str(repository) if repository else None,
        phases=[PhaseDocument(name="Work", milestones=[MilestoneDocument(name="1", tasks=[task])])],
    )


def work_of(plan: dict[str, Any] | None, *, timed_out: bool, note: str) -> Work:
    """Count what became of a plan, as `masterplan show --json` tells of it."""
    if plan is None:
        return Work(timed_out=timed_out, planned=False, note=note)
    tasks = [task for task in _tasks(plan) if task["agent"] == _OF_A_MODEL]
    proven = [task["attempt"] for task in tasks if task["status"] == "completed"]
    return Work(
        timed_out=timed_out,
        planned=bool(tasks),
        tasks=len(tasks),
        first=sum(attempt == 1 for attempt in proven),
        retried=sum(attempt > 1 for attempt in proven),
        note=note,
    )


def take_branch(plan: dict[str, Any] | None, result: Path) -> None:
    """Replace the files in `result` by those of the plan's branch, where it has come so far."""
    if plan is None or not plan["completed_tasks"]:
        return
    shutil.rmtree(result)
    repository = Path(plan["workspace_path"]) / "repository.git"
    branch = plan["branch"] or f"masterplan/{plan['masterplan_id'][:8]}"
    clone = ["git", "clone", "--quiet", "--branch", branch, str(repository), str(result)]
    subprocess.run(clone, check=True)
    shutil.rmtree(result / ".git")


def _what(brief: Brief, folder: Path, repository: Path | None) -> Sequence[str]:
    if brief.level is Level.TASK:
        file = folder / "plan.yaml"
        file.write_text(dump_yaml(plan_of_one(brief, repository)), encoding="utf-8")
        return ["--file", str(file)]
    return [brief.text, *(["--repository", str(repository)] if repository else [])]


def _plan(environment: dict[str, str], folder: Path) -> dict[str, Any] | None:
    shown = subprocess.run(
        [PROGRAM, "show", "last", "--json"],
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if shown.returncode:
        return None
    plan: dict[str, Any] = json.loads(shown.stdout)
    return plan


def _tasks(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        task
        for phase in plan["phases"]
        for milestone in phase["milestones"]
        for task in milestone["tasks"]
    ]
