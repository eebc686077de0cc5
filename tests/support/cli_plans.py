"""Plans and events as the API answers them, for the tests of the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from masterplan.cli import wire, wire_events
from masterplan.cli.progress import PlanView, view_of

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PLAN_ID = "0c9b1f6e-1111-4222-8333-444455556666"


def task(number: int, *, status: str = "pending", **fields: Any) -> dict[str, Any]:
    return {
        "task_id": f"task-{number}",
        "task_number": number,
        "key": f"key-{number}",
        "name": f"Task number {number}",
        "status": status,
        "max_retries": 2,
        "target_files": [f"src/file_{number}.py"],
        **fields,
    }


def phase(name: str, *milestones: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "milestones": [
            {"name": f"{name}, part {number}", "tasks": tasks}
            for number, tasks in enumerate(milestones, start=1)
        ],
    }


def plan(*phases: dict[str, Any], status: str = "in_progress", **fields: Any) -> wire.PlanDetail:
    return wire.PlanDetail.model_validate(
        {
            "masterplan_id": PLAN_ID,
            "title": "A todo list",
            "status": status,
            "created_at": START,
            "started_at": START,
            "last_seq": 0,
            "phases": list(phases),
            **fields,
        }
    )


def view(*phases: dict[str, Any], **fields: Any) -> PlanView:
    return view_of(plan(*phases, **fields))


def event(seq: int, type: str, **payload: Any) -> wire_events.Event:
    return wire_events.parse_event(
        {
            "type": type,
            "masterplan_id": PLAN_ID,
            "seq": seq,
            "occurred_at": START + timedelta(seconds=seq),
            "payload": payload,
        }
    )


def progressed(
    seq: int, number: int, status: str, *, attempt: int = 1, **payload: Any
) -> wire_events.Event:
    return event(
        seq,
        "task_execution_progress",
        task_id=f"task-{number}",
        task_number=number,
        status=status,
        description="",
        attempt=attempt,
        **payload,
    )


def ended(
    seq: int, number: int, status: str, *, attempt: int = 1, **payload: Any
) -> wire_events.Event:
    return event(
        seq,
        "task_execution_complete",
        task_id=f"task-{number}",
        task_number=number,
        status=status,
        attempt=attempt,
        **payload,
    )
