"""Every query, so that what the database is asked for can be read in one place.

Functions take a session and plain values and return rows. Changes of status are compare-and-set:
they name the status they expect and tell by their result whether they won.
"""

from masterplan.repository.attempts import (
    RunningAttempt,
    attempts_in_plan,
    attempts_of,
    finish_attempt,
    forget_evidence,
    get_attempt,
    running_attempts,
)
from masterplan.repository.dependencies import (
    descendant_ids,
    release_dependents,
    skip_descendants,
    unskip_descendants,
)
from masterplan.repository.events import (
    events_after,
    last_seqs,
)
from masterplan.repository.plans import (
    PlanCounts,
    add_to_cost,
    count_in_plan,
    delete_tree,
    get_plan,
    get_plan_tree,
    list_plans,
    lock_plan,
    lock_plan_of_task,
    plan_ids_with_status,
    plan_outline,
    plans_ended_before,
    set_plan_status,
)
from masterplan.repository.tasks import (
    cancel_tasks,
    get_task,
    get_task_of_plan,
    set_task_status,
    task_statuses,
    tasks_by_id,
    tasks_with_status,
    tasks_without_files,
)

__all__ = [
    "PlanCounts",
    "RunningAttempt",
    "add_to_cost",
    "attempts_in_plan",
    "attempts_of",
    "cancel_tasks",
    "count_in_plan",
    "delete_tree",
    "descendant_ids",
    "events_after",
    "finish_attempt",
    "forget_evidence",
    "get_attempt",
    "get_plan",
    "get_plan_tree",
    "get_task",
    "get_task_of_plan",
    "last_seqs",
    "list_plans",
    "lock_plan",
    "lock_plan_of_task",
    "plan_ids_with_status",
    "plan_outline",
    "plans_ended_before",
    "release_dependents",
    "running_attempts",
    "set_plan_status",
    "set_task_status",
    "skip_descendants",
    "task_statuses",
    "tasks_by_id",
    "tasks_with_status",
    "tasks_without_files",
    "unskip_descendants",
]
