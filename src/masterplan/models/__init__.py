"""The tables.

`masterplan` holds the plan's tree, `attempt` the tries, `event` the outbox, `worker` who makes the
tries, `log_piece` what they printed, `request` the journal of what models were asked, `revision`
what the plan said before.
"""

from masterplan.models.attempt import Attempt
from masterplan.models.base import Base, new_id, utc_now
from masterplan.models.discovery import PlanDiscovery
from masterplan.models.event import Event
from masterplan.models.log_piece import LogPiece
from masterplan.models.masterplan import (
    MasterPlan,
    MasterPlanMilestone,
    MasterPlanPhase,
    MasterPlanTask,
    TaskDependency,
)
from masterplan.models.request import ModelRequest
from masterplan.models.revision import PlanComment, PlanRevision
from masterplan.models.source import PlanSource
from masterplan.models.worker import Worker

__all__ = [
    "Attempt",
    "Base",
    "Event",
    "LogPiece",
    "MasterPlan",
    "MasterPlanMilestone",
    "MasterPlanPhase",
    "MasterPlanTask",
    "ModelRequest",
    "PlanComment",
    "PlanDiscovery",
    "PlanRevision",
    "PlanSource",
    "TaskDependency",
    "Worker",
    "new_id",
    "utc_now",
]
