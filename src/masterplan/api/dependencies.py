"""What endpoints ask for: the runtime, a session, and who is asking."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan.services.runtime import Runtime

DEFAULT_ACTOR = "operator"


def get_runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(get_runtime)]


async def unit_of_work(runtime: RuntimeDep) -> AsyncIterator[AsyncSession]:
    async with runtime.database.unit_of_work() as session:
        yield session


async def reading(runtime: RuntimeDep) -> AsyncIterator[AsyncSession]:
    async with runtime.database.reading() as session:
        yield session


# Commit before answering: a client that reads again at once must see what it changed.
WriteSession = Annotated[AsyncSession, Depends(unit_of_work, scope="function")]
ReadSession = Annotated[AsyncSession, Depends(reading, scope="function")]


def get_actor(
    x_masterplan_actor: Annotated[
        str | None, Header(max_length=100, pattern=r"^[\w.@ +-]*$", description="Who is acting.")
    ] = None,
) -> str:
    return (x_masterplan_actor or "").strip() or DEFAULT_ACTOR


Actor = Annotated[str, Depends(get_actor)]
