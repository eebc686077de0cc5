"""The web application: REST and Socket.IO behind one guard, over one runtime."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import socketio
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic.json_schema import models_json_schema
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from masterplan.api.auth import Access, AccessGuard
from masterplan.api.pages import Pages, has_bundle
from masterplan.api.routers import (
    control,
    conversations,
    discoveries,
    files,
    history,
    masterplans,
    plan_files,
    retention,
    review,
    revisions,
    system,
    tasks,
)
from masterplan.api.routers.chat_socket import ConversationRooms
from masterplan.api.routers.websocket import PlanRooms, SocketPublisher
from masterplan.api.schemas import ErrorAnswer, ErrorBody
from masterplan.datadir import DataDirectory
from masterplan.documents import PlanDocument
from masterplan.errors import MasterplanError
from masterplan.services.runtime import Runtime, open_runtime
from masterplan.settings import Settings

log = structlog.get_logger(__name__)


class MasterplanApp:
    """The ASGI application, with its access rules at hand for whoever serves it."""

    def __init__(self, guarded: ASGIApp, fastapi: FastAPI, access: Access) -> None:
        self._guarded = guarded
        self.fastapi = fastapi
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._guarded(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the application's lifespan where no server does."""
        async with self.fastapi.router.lifespan_context(self.fastapi):
            yield

    @property
    def runtime(self) -> Runtime:
        """What is served from, while the application runs."""
        runtime: Runtime = self.fastapi.state.runtime
        return runtime

    async def release_waiters(self) -> None:
        """Answer requests that wait for events at once, so that a server can close."""
        self.runtime.conversations.release_waiters()
        await self.runtime.relay.release_waiters()


def create_app(settings: Settings, *, execution: bool = True) -> MasterplanApp:
    """Make the application; with `execution` its lifespan runs the engine too."""
    access = Access(DataDirectory(settings.data_dir).token(settings.token))
    sio = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins=[])
    rooms = PlanRooms(sio, access)
    chats = ConversationRooms(sio)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        publisher = SocketPublisher(sio)
        async with open_runtime(settings, publisher, execution=execution) as runtime:
            app.state.runtime = rooms.runtime = chats.runtime = runtime
            yield

    fastapi = FastAPI(
        title="Masterplan",
        version=version("masterplan"),
        summary="A goal becomes a plan, a person approves it, agents build it, all is proven.",
        lifespan=lifespan,
    )
    fastapi.include_router(masterplans.router, prefix="/api/v1")
    fastapi.include_router(control.router, prefix="/api/v1")
    fastapi.include_router(history.router, prefix="/api/v1")
    fastapi.include_router(plan_files.router, prefix="/api/v1")
    fastapi.include_router(conversations.router, prefix="/api/v1")
    fastapi.include_router(discoveries.router, prefix="/api/v1")
    fastapi.include_router(review.router, prefix="/api/v1")
    fastapi.include_router(revisions.router, prefix="/api/v1")
    fastapi.include_router(tasks.router, prefix="/api/v1")
    fastapi.include_router(files.router, prefix="/api/v1")
    fastapi.include_router(retention.router, prefix="/api/v1")
    fastapi.include_router(system.router)
    if has_bundle():
        fastapi.router.default = Pages()
    _add_error_handlers(fastapi)
    combined = socketio.ASGIApp(sio, fastapi)
    fastapi.openapi = lambda: _openapi(fastapi)  # type: ignore[method-assign]
    guarded = AccessGuard(combined, access, hosts=[settings.host, *settings.allowed_hosts])
    return MasterplanApp(guarded, fastapi, access)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, with the schemas of plans and errors and the token that is needed."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes
        )
        components = document["components"]
        for name, schema in models_json_schema(
            [
                (ErrorAnswer, "serialization"),
                (ErrorBody, "serialization"),
                (PlanDocument, "validation"),
            ],
            ref_template="#/components/schemas/{model}",
        )[1]["$defs"].items():
            components["schemas"].setdefault(name, schema)
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
        app.openapi_schema = document
    return app.openapi_schema


def _add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(MasterplanError)
    async def render_error(_request: Request, error: MasterplanError) -> JSONResponse:
        return _error(error.status, error.code, error.message, error.details)

    @app.exception_handler(RequestValidationError)
    async def render_invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        problems = [
            {"where": ".".join(str(part) for part in problem["loc"]), "what": problem["msg"]}
            for problem in error.errors()
        ]
        first = problems[0]
        message = f"The request is not valid: {first['where']}: {first['what']}."
        return _error(422, "invalid_request", message, {"problems": problems})

    @app.exception_handler(DataError)
    async def render_unstorable(_request: Request, _unstorable: DataError) -> JSONResponse:
        message = "The request is not valid: it has a character or a number that cannot be stored."
        return _error(422, "invalid_request", message, {"problems": []})

    @app.exception_handler(Exception)
    async def render_unexpected(_request: Request, error: Exception) -> JSONResponse:
        log.error("request_failed", exc_info=error)
        return _error(
            500, "internal_error", "Something went wrong; the server's log says what.", {}
        )

    @app.exception_handler(HTTPException)
    async def render_http(_request: Request, error: HTTPException) -> JSONResponse:
        return _error(error.status_code, "http_error", str(error.detail), {})


def _error(status: int, code: str, message: str, details: dict[str, object]) -> JSONResponse:
    body = {"error": {"code": code, "message": message, "details": details}}
    return JSONResponse(body, status_code=status)
