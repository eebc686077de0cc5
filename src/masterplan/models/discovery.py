"""What was found in the repository that a plan is made for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from masterplan.models.base import Base


class PlanDiscovery(Base):
    """Apart from the plan's row, which is read far more often than these kilobytes."""

    __tablename__ = "masterplan_discoveries"

    masterplan_id: Mapped[str] = mapped_column(
        ForeignKey("masterplans.id", ondelete="CASCADE"), primary_key=True
    )
    commit: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`RepositoryFacts`, validated where it is read."""
