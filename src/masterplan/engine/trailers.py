"""What a published commit says of where it came from and what proved it."""

from __future__ import annotations

from masterplan.engine.report import AttemptReport
from masterplan.models import Attempt, MasterPlan, MasterPlanTask

MODEL_TRAILER = "Model"


def commit_trailers(
    plan: MasterPlan, task: MasterPlanTask, attempt: Attempt, report: AttemptReport
) -> dict[str, str]:
    """What a published commit says of where it came from and what proved it."""
    proven = sum(check.passed for check in report.check_results)
    empty = sum(bool(check.passed_on_base) for check in report.check_results)
    without = f", {empty} of them without the work too" if empty else ""
    trailers = {
        "Masterplan": plan.id,
        "Task": f"{task.task_number} {task.key}",
        "Attempt": str(attempt.number),
        "Plan-Hash": plan.plan_hash or "",
        "Agent": attempt.agent,
        MODEL_TRAILER: report.spending.model or "",
        "Approved-By": plan.approved_by or "",
        "Checks": f"{proven} of {len(report.check_results)} passed{without}",
    }
    return {name: value for name, value in trailers.items() if value}
