"""Is it alive, is it ready, and what a plan document looks like."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from masterplan.api.dependencies import ReadSession
from masterplan.api.schemas import Health
from masterplan.documents import json_schema

router = APIRouter(tags=["system"])


@router.get("/healthz")
async def get_health() -> Health:
    """Answers while the process lives."""
    return Health(status="ok", version=version("masterplan"))


@router.get("/readyz")
async def get_readiness(session: ReadSession) -> Health:
    """Answers while the database does too."""
    await session.execute(text("SELECT 1"))
    return Health(status="ready", version=version("masterplan"))


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_metrics() -> Response:
    """Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/v1/schema/plan")
async def get_plan_schema() -> dict[str, Any]:
    """The JSON Schema of a plan document."""
    return json_schema()
