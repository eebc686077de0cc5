"""What the API takes and answers about this installation: what works, and what may be pruned."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from masterplan.api.schemas import Body
from masterplan.services.doctor import Verdict
from masterplan.settings import SandboxKind


class Health(BaseModel):
    status: str
    version: str


class ModelView(BaseModel):
    """A language model; `reason` says what makes it usable or what would, never a key."""

    name: str
    usable: bool
    reason: str
    default: bool


class FindingView(BaseModel):
    name: str
    verdict: Verdict
    said: str
    remedy: str


class SystemView(BaseModel):
    version: str
    data_dir: str
    sandbox: SandboxKind
    max_parallel: int
    retention_days: int
    executes: bool
    agents: list[str]
    models: list[ModelView]
    findings: list[FindingView]


class PruneRequest(Body):
    older_than_days: int = Field(default=30, ge=0, le=36_500, description="Days since the end.")


class PrunableView(BaseModel):
    masterplan_id: str
    title: str
    ended_at: datetime
    bytes: int


class PruneView(BaseModel):
    plans: list[PrunableView]
    bytes: int
