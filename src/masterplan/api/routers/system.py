"""Is it alive, is it ready, and what a plan document looks like."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from masterplan.api.dependencies import ReadSession, RuntimeDep
from masterplan.api.system_schemas import FindingView, Health, ModelView, SystemView
from masterplan.documents import json_schema
from masterplan.llm.catalog import available_models
from masterplan.services.doctor import examine
from masterplan.services.runtime import AGENT_NAMES

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


@router.get("/api/v1/system")
async def get_system(runtime: RuntimeDep) -> SystemView:
    """What works here: the findings of `masterplan doctor`, models, agents and the sandbox."""
    settings = runtime.settings
    findings = await examine(settings)
    return SystemView(
        version=version("masterplan"),
        data_dir=str(settings.data_dir),
        sandbox=settings.sandbox,
        max_parallel=settings.max_parallel,
        retention_days=settings.retention_days,
        executes=runtime.engine is not None,
        agents=sorted(AGENT_NAMES),
        models=[
            ModelView.model_validate(model, from_attributes=True)
            for model in available_models(settings)
        ],
        findings=[FindingView.model_validate(found, from_attributes=True) for found in findings],
    )
