"""A plan's tasks over REST: retry, attempts, logs, diffs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response
from fastapi.responses import PlainTextResponse

from masterplan import repository
from masterplan.api.answers import ILLEGAL, INVALID, NOT_FOUND, UNAVAILABLE
from masterplan.api.attempt_schemas import (
    AttemptList,
    AttemptView,
    ModelMessageView,
    ModelRequestList,
    ModelRequestView,
)
from masterplan.api.dependencies import Actor, ReadSession, RuntimeDep
from masterplan.api.schemas import RetryRequest, TaskView
from masterplan.api.serialization import serialize_task
from masterplan.engine.report import CheckResult
from masterplan.errors import NotFound
from masterplan.failpoints import Failpoint, reach
from masterplan.llm.transcript import readable_answer, readable_messages
from masterplan.models import Attempt, ModelRequest
from masterplan.repository import RunningAttempt

REMOVED = "it was removed a while after the plan had ended"
MAX_LOG_CHUNK = 1024 * 1024

router = APIRouter(prefix="/masterplans/{masterplan_id}/tasks", tags=["tasks"], responses=INVALID)


def serialize_attempt(attempt: Attempt) -> AttemptView:
    fields = {name: getattr(attempt, name) for name in AttemptView.model_fields}
    fields["check_results"] = [CheckResult.model_validate(check) for check in attempt.check_results]
    return AttemptView.model_validate(fields)


def serialize_request(request: ModelRequest) -> ModelRequestView:
    shown = {
        "messages": [
            ModelMessageView(role=message.role, text=message.text)
            for message in readable_messages(request.request)
        ],
        "answer": readable_answer(request.response) if request.response is not None else None,
    }
    same_name = ModelRequestView.model_fields.keys() - shown.keys()
    return ModelRequestView.model_validate(
        shown | {name: getattr(request, name) for name in same_name}
    )


@router.post(
    "/{task_id}/retry",
    status_code=202,
    responses={**NOT_FOUND, **ILLEGAL, **UNAVAILABLE},
)
async def retry_task(
    masterplan_id: str,
    task_id: str,
    runtime: RuntimeDep,
    actor: Actor,
    body: Annotated[RetryRequest | None, Body()] = None,
) -> TaskView:
    """Run a failed task again, with guidance if given, and what it had blocked."""
    engine = runtime.executing_engine()
    guidance = body.guidance if body else None
    async with runtime.database.unit_of_work() as session:
        await runtime.executions.retry(session, masterplan_id, task_id, guidance=guidance, by=actor)
        task = serialize_task(await repository.get_task(session, task_id))
    reach(Failpoint.RETRY_COMMITTED)
    engine.wake(masterplan_id)
    return task


@router.get("/{task_id}", responses=NOT_FOUND)
async def get_task(masterplan_id: str, task_id: str, session: ReadSession) -> TaskView:
    task = await repository.get_task_of_plan(session, masterplan_id, task_id)
    if task.removed_in is not None:
        raise NotFound("task", f"{task_id} any more: revision {task.removed_in} left it out")
    return serialize_task(task)


@router.get("/{task_id}/attempts", responses=NOT_FOUND)
async def list_attempts(masterplan_id: str, task_id: str, session: ReadSession) -> AttemptList:
    await repository.get_task_of_plan(session, masterplan_id, task_id)
    attempts = await repository.attempts_of(session, task_id)
    return AttemptList(attempts=[serialize_attempt(attempt) for attempt in attempts])


@router.get(
    "/{task_id}/attempts/{number}/log",
    responses=NOT_FOUND,
    response_class=PlainTextResponse,
)
async def get_attempt_log(
    masterplan_id: str,
    task_id: str,
    number: int,
    session: ReadSession,
    response: Response,
    after: Annotated[int, Query(ge=0, le=2**62, description="Byte offset.")] = 0,
) -> str:
    """The attempt's log from a byte offset; `X-Log-Offset` says where the next part begins."""
    await repository.get_task_of_plan(session, masterplan_id, task_id)
    attempt = await repository.get_attempt(session, task_id, number)
    if attempt.log_path is None:
        raise NotFound("log", f"of attempt {number} any more: {REMOVED}")
    chunk = await asyncio.to_thread(_read_log, attempt.log_path, after)
    if chunk is None:
        running = RunningAttempt(task_id, number)
        chunk = await repository.copied_log(session, running, after=after)
    text, offset = _whole_characters(chunk[:MAX_LOG_CHUNK], after)
    response.headers["X-Log-Offset"] = str(offset)
    return text


def _read_log(path: str | None, after: int) -> bytes | None:
    """Return at most 1 MiB of a log from a byte offset; None where the file is not here."""
    if path is None or not Path(path).exists():
        return None
    with Path(path).open("rb") as file:
        file.seek(after)
        return file.read(MAX_LOG_CHUNK)


def _whole_characters(chunk: bytes, after: int) -> tuple[str, int]:
    """Return the whole characters of a chunk from a byte offset, and the offset after them."""
    while chunk and chunk[-1] & 0b1100_0000 == 0b1000_0000 and not _is_utf8(chunk):
        chunk = chunk[:-1]
    return chunk.decode(errors="replace"), after + len(chunk)


def _is_utf8(chunk: bytes) -> bool:
    try:
        chunk.decode()
    except UnicodeDecodeError:
        return False
    return True


@router.get("/{task_id}/attempts/{number}/requests", responses=NOT_FOUND)
async def list_requests(
    masterplan_id: str, task_id: str, number: int, session: ReadSession
) -> ModelRequestList:
    """What the attempt asked models, and what they answered, as text."""
    await repository.get_task_of_plan(session, masterplan_id, task_id)
    attempt = await repository.get_attempt(session, task_id, number)
    requests = await repository.requests_of_attempts(session, [attempt.id])
    return ModelRequestList(requests=[serialize_request(request) for request in requests])


@router.get(
    "/{task_id}/attempts/{number}/diff",
    responses=NOT_FOUND,
    response_class=PlainTextResponse,
)
async def get_attempt_diff(
    masterplan_id: str, task_id: str, number: int, session: ReadSession, runtime: RuntimeDep
) -> str:
    """What the attempt changed, published or not, as a unified diff."""
    plan = await repository.get_plan(session, masterplan_id)
    task = await repository.get_task_of_plan(session, masterplan_id, task_id)
    attempt = await repository.get_attempt(session, task_id, number)
    if attempt.base_commit is None:
        return ""
    if attempt.snapshot_commit is not None:
        base, result = attempt.base_commit, attempt.snapshot_commit
    elif attempt.commit is not None:
        base, result = f"{attempt.commit}^", attempt.commit
    else:
        raise NotFound("diff", f"of attempt {number} any more: {REMOVED}")
    if plan.workspace_path is None:
        raise NotFound("workspace of masterplan", masterplan_id)
    git = await runtime.workspaces.opened(
        plan.id, plan.workspace_path, branch=plan.branch, key=task.key
    )
    if git is None:
        raise NotFound("workspace folder", plan.workspace_path)
    return await git.diff(base, result)
