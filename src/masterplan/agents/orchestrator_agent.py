"""Orders a plan's tasks and hands out those that may start.

It decides nothing about success: it says which tasks come next, announces each through the
progress callback, which may refuse (the task was taken, or the plan paused, in the meantime), and
dispatches those that were granted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from masterplan import graph
from masterplan.lifecycle import TaskStatus
from masterplan.paths import collision_key

Dispatch = Callable[[str, int], Awaitable[None]]
"""Starts the attempt of that number at the task of that id."""


class ProgressCallback(Protocol):
    """Records a task's new status; returns the attempt's number, or None where it is refused.

    `attempt` is the number of the attempt that reports: a late one is refused.
    """

    async def __call__(
        self,
        task_id: str,
        status: TaskStatus,
        description: str,
        current_task: int,
        total_tasks: int,
        *,
        attempt: int | None = None,
    ) -> int | None: ...


@dataclass(frozen=True, slots=True)
class OrchestratedTask:
    """What ordering needs to know of a task."""

    id: str
    key: str
    name: str
    number: int
    priority: int
    target_files: tuple[str, ...]

    def candidate(self) -> graph.Candidate:
        return graph.Candidate(
            id=self.id,
            priority=self.priority,
            position=self.number,
            targets=frozenset(collision_key(path) for path in self.target_files),
        )


class OrchestratorAgent:
    """Hands out tasks: longest critical path first, never two that write the same file."""

    def __init__(
        self, *, dispatch: Dispatch, progress_callback: ProgressCallback, total_tasks: int
    ) -> None:
        self._dispatch = dispatch
        self._progress_callback = progress_callback
        self._total_tasks = total_tasks

    async def start_ready(
        self,
        ready: Sequence[OrchestratedTask],
        running: Sequence[OrchestratedTask],
        *,
        limit: int,
        started_tasks: int,
    ) -> list[str]:
        """Start as many of the ready tasks as may run beside the running ones; return their ids.

        `limit` is how many may run at once, the running ones included.
        """
        chosen = graph.select_startable(
            [task.candidate() for task in ready],
            [task.candidate() for task in running],
            limit=limit,
        )
        by_id = {task.id: task for task in ready}
        order = self._topological_sort([by_id[candidate.id] for candidate in chosen])
        return await self._execute_tasks(order, started_tasks=started_tasks)

    @staticmethod
    def _topological_sort(tasks: Sequence[OrchestratedTask]) -> list[OrchestratedTask]:
        """Order tasks by their longest chain of dependents, the longest first.

        A task's chain is longer than that of any of its dependents, so this is a topological
        order too.
        """
        return sorted(tasks, key=lambda task: (-task.priority, task.number))

    async def _execute_tasks(
        self, tasks: Sequence[OrchestratedTask], *, started_tasks: int
    ) -> list[str]:
        started: list[str] = []
        for task in tasks:
            current = started_tasks + len(started) + 1
            attempt = await self._emit_progress(task, TaskStatus.IN_PROGRESS, current_task=current)
            if attempt is not None:
                await self._dispatch(task.id, attempt)
                started.append(task.id)
        return started

    async def _emit_progress(
        self, task: OrchestratedTask, status: TaskStatus, *, current_task: int
    ) -> int | None:
        return await self._progress_callback(
            task.id, status, task.name, current_task, self._total_tasks
        )
