"""Queries about the copies of attempts' logs."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.models import LogPiece
from masterplan.repository.attempts import RunningAttempt

PIECES_AT_ONCE = 4


async def add_log_piece(
    session: AsyncSession, attempt: RunningAttempt, *, offset: int, content: bytes
) -> None:
    session.add(
        LogPiece(task_id=attempt.task_id, attempt=attempt.attempt, offset=offset, content=content)
    )


async def copied_log_bytes(session: AsyncSession, attempt: RunningAttempt) -> int:
    """Return how much of the attempt's log was copied."""
    end = LogPiece.offset + func.length(LogPiece.content)
    return await session.scalar(select(func.max(end)).where(*_of(attempt))) or 0


async def copied_log(session: AsyncSession, attempt: RunningAttempt, *, after: int) -> bytes:
    """Return what was copied after a byte offset, or the beginning of it where it is much."""
    pieces = await session.scalars(
        select(LogPiece)
        .where(*_of(attempt), LogPiece.offset + func.length(LogPiece.content) > after)
        .order_by(LogPiece.offset)
        .limit(PIECES_AT_ONCE)
    )
    found = pieces.all()
    if not found:
        return b""
    return b"".join(piece.content for piece in found)[after - found[0].offset :]


def _of(attempt: RunningAttempt) -> tuple[ColumnElement[bool], ...]:
    return LogPiece.task_id == attempt.task_id, LogPiece.attempt == attempt.attempt
