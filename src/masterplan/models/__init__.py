"""The tables.

`masterplan` holds the plan's tree, `attempt` the tries, `event` the outbox, `worker` who makes the
tries, `log_piece` what they printed, `request` the journal of what models were asked, `revision`
what the plan said before, `conversation` what was said before there was a plan.
"""

from masterplan.models.attempt import Attempt
from masterplan.models.base import Base, new_id, utc_now
from masterplan.models.conversation import Conversation, Message
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
    "Conversation",
    "Event",
    "LogPiece",
    "MasterPlan",
    "MasterPlanMilestone",
    "MasterPlanPhase",
    "MasterPlanTask",
    "Message",
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
