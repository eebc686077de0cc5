"""Which plan or task a person means: a whole id, its beginning, `last`, a number or a key."""

from __future__ import annotations

from collections.abc import Sequence

from masterplan.cli import chat_wire, wire
from masterplan.cli.wire_review import Comment
from masterplan.errors import MasterplanError, NotFound

LAST = "last"
ID_LENGTH = 36


class AmbiguousError(MasterplanError):
    """The beginning of an id that several ids share."""

    code = "ambiguous"
    status = 400

    def __init__(self, kind: str, prefix: str, candidates: Sequence[str]) -> None:
        super().__init__(
            f"More than one {kind} begins with {prefix}: {', '.join(candidates)}. "
            "Give more of its id.",
            details={"kind": kind, "prefix": prefix, "candidates": list(candidates)},
        )


def select_plan(word: str, plans: Sequence[wire.PlanSummary]) -> str:
    """Return the id of the plan that `word` means.

    Raises NotFound where there is none and AmbiguousError where there are several.
    """
    if word == LAST:
        if not plans:
            raise MasterplanError("There is no masterplan yet. Make one: masterplan run GOAL.")
        return max(plans, key=lambda plan: plan.created_at).masterplan_id
    prefix = word.lower()
    found = [plan.masterplan_id for plan in plans if plan.masterplan_id.startswith(prefix)]
    if not found or not prefix:
        raise NotFound("masterplan", word)
    if len(found) > 1:
        raise AmbiguousError("masterplan", word, found[:5])
    return found[0]


def may_begin_id(prefix: str) -> bool:
    """Tell whether an id of a plan, in lower case, may begin so."""
    return 0 < len(prefix) <= ID_LENGTH and set(prefix) <= set("0123456789abcdef-")


def select_conversation(word: str, found: Sequence[chat_wire.ConversationSummary]) -> str:
    """Return the id of the conversation that `word` means; otherwise as `select_plan`."""
    if word == LAST:
        if not found:
            raise MasterplanError("There is no conversation yet. Begin one: masterplan chat.")
        return max(found, key=lambda each: each.updated_at).conversation_id
    prefix = word.lower()
    ids = [each.conversation_id for each in found if each.conversation_id.startswith(prefix)]
    if not ids or not prefix:
        raise NotFound("conversation", word)
    if len(ids) > 1:
        raise AmbiguousError("conversation", word, ids[:5])
    return ids[0]


def select_comment(word: str, comments: Sequence[Comment]) -> Comment:
    """Return the comment whose id is, or begins with, `word`; otherwise as `select_plan`."""
    found = [each for each in comments if word and each.comment_id.startswith(word.lower())]
    if not found:
        raise NotFound("comment", word)
    if len(found) > 1:
        raise AmbiguousError("comment", word, [each.comment_id for each in found[:5]])
    return found[0]


def select_task(word: str, plan: wire.PlanDetail) -> wire.Task:
    """Return the task that `word` means: its number (`12`, `#12`), its key or its id.

    A key wins over a number, for keys may be numbers. Raises NotFound.
    """
    tasks = list(plan.tasks())
    by_key = {task.key: task for task in tasks}
    by_number = {str(task.task_number): task for task in tasks}
    by_id = {task.task_id: task for task in tasks}
    task = by_key.get(word) or by_number.get(word.removeprefix("#")) or by_id.get(word.lower())
    if task is None:
        raise NotFound("task", f"{word} in masterplan {plan.masterplan_id[:8]}")
    return task
