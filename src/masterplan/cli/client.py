"""The REST API as the command line uses it: one method per request, typed answers."""

from __future__ import annotations

import json
from typing import Any, Literal

from masterplan.cli import chat_wire, wire, wire_events, wire_review
from masterplan.cli.http_client import HttpClient
from masterplan.cli.selection import LAST, may_begin_id, select_plan
from masterplan.lifecycle import EDITABLE, PlanStatus

LIST_PAGE = 100
FORESEEN = EDITABLE | {PlanStatus.APPROVED}

TaskScope = Literal["all", "none"]
"""How much of its tasks an answer about a plan holds."""


class Client(HttpClient):
    """Asks one server: a method for each request."""

    async def list_plans(
        self, *, status: str | None = None, query: str | None = None, limit: int = LIST_PAGE
    ) -> wire.PlanPage:
        params = {"status": status, "q": query, "limit": limit}
        return await self._get("/masterplans", wire.PlanPage, params=params)

    async def _plans_like(self, word: str) -> list[wire.PlanSummary]:
        """Return every plan that `word` may mean, page by page."""
        if word == LAST:
            return (await self.list_plans(limit=1)).masterplans
        prefix = word.lower()
        plans: list[wire.PlanSummary] = []
        while may_begin_id(prefix):
            params = {"q": prefix, "limit": LIST_PAGE, "offset": len(plans)}
            page = await self._get("/masterplans", wire.PlanPage, params=params)
            plans.extend(page.masterplans)
            if not page.masterplans or len(plans) >= page.total:
                break
        return plans

    async def find_plan(self, word: str) -> wire.PlanHead:
        """Return the plan that a person means by an id, its beginning or `last`, without tasks."""
        return await self.head(select_plan(word, await self._plans_like(word)))

    async def find_whole_plan(self, word: str) -> wire.PlanDetail:
        """Return the plan that a person means, with its tasks."""
        return await self.plan(select_plan(word, await self._plans_like(word)))

    async def head(self, plan_id: str) -> wire.PlanHead:
        """Return the plan without its tasks, which takes milliseconds however many there are."""
        path, params = f"/masterplans/{plan_id}", {"tasks": "none"}
        return await self._get(path, wire.PlanHead, params=params)

    async def plan(self, plan_id: str) -> wire.PlanDetail:
        return await self._get(f"/masterplans/{plan_id}", wire.PlanDetail)

    async def forecast(self, plan_id: str, *, max_parallel: int | None = None) -> wire.Forecast:
        params = {} if max_parallel is None else {"max_parallel": max_parallel}
        return await self._get(f"/masterplans/{plan_id}/forecast", wire.Forecast, params=params)

    async def plan_to_review(self, plan_id: str) -> wire.PlanDetail:
        """Return the plan with its forecast, and with what was found in its repository."""
        plan = await self.plan(plan_id)
        if plan.status in FORESEEN:
            plan = plan.model_copy(update={"forecast": await self.forecast(plan_id)})
        if plan.repository is None:
            return plan
        found = await self._get(f"/masterplans/{plan_id}/discovery", wire.FoundDiscovery)
        return plan.model_copy(update={"discovery": found.discovery})

    async def plan_with_evidence(self, plan_id: str) -> wire.PlanDetail:
        """Return the plan to review, with what proves each of its tasks that was attempted."""
        plan = await self.plan_to_review(plan_id)
        if plan.started_at is None:
            return plan
        proof = await self._get(f"/masterplans/{plan_id}/evidence", wire.PlanEvidence)
        return plan.model_copy(update={"evidence": proof.tasks})

    async def create(self, document: dict[str, Any]) -> wire.PlanDetail:
        return await self._post("/masterplans", wire.PlanDetail, json=document)

    async def generate(
        self, goal: str, *, repository: str | None, settings: dict[str, Any]
    ) -> wire.PlanDetail:
        body = {"goal": goal, "repository": repository, "settings": settings}
        return await self._post("/masterplans/generate", wire.PlanDetail, json=body)

    async def import_text(
        self,
        text: str,
        *,
        format: str = "auto",
        name: str | None = None,
        sync_path: str | None = None,
    ) -> wire.Imported:
        params = {"format": format, "name": name, "sync_path": sync_path}
        return await self._post(
            "/masterplans/import",
            wire.Imported,
            params={name: value for name, value in params.items() if value is not None},
            content=text.encode(),
            headers={"Content-Type": "text/plain; charset=utf-8"},
        )

    async def export(self, plan_id: str, *, format: str) -> wire.Exported:
        path = f"/masterplans/{plan_id}/export"
        answer = await self._asked("GET", path, params={"format": format})
        notices = json.loads(answer.headers.get("X-Masterplan-Notices", "[]"))
        return wire.Exported(format=format, text=answer.content.decode(), notices=notices)

    async def edit(
        self,
        plan_id: str,
        document: dict[str, Any],
        *,
        plan_hash: str | None,
        reason: str | None = None,
    ) -> wire.PlanDetail:
        params = {"plan_hash": plan_hash, "reason": reason}
        answer = await self._asked(
            "PUT",
            f"/masterplans/{plan_id}",
            params={name: value for name, value in params.items() if value},
            json=document,
        )
        return wire.PlanDetail.model_validate_json(answer.content)

    async def document(self, plan_id: str) -> wire_review.EditableDocument:
        path = f"/masterplans/{plan_id}/document"
        return await self._get(path, wire_review.EditableDocument)

    async def revisions(self, plan_id: str) -> wire_review.RevisionList:
        return await self._get(f"/masterplans/{plan_id}/revisions", wire_review.RevisionList)

    async def revision_diff(self, plan_id: str, old: int, new: int) -> wire_review.RevisionDiff:
        path = f"/masterplans/{plan_id}/revisions/{old}/diff"
        return await self._get(path, wire_review.RevisionDiff, params={"to": new})

    async def restore(self, plan_id: str, number: int, *, plan_hash: str | None) -> wire.PlanDetail:
        path = f"/masterplans/{plan_id}/revisions/{number}/restore"
        return await self._post(path, wire.PlanDetail, json={"plan_hash": plan_hash})

    async def comments(self, plan_id: str) -> wire_review.CommentList:
        return await self._get(f"/masterplans/{plan_id}/comments", wire_review.CommentList)

    async def comment(
        self, plan_id: str, *, text: str, task_key: str | None
    ) -> wire_review.Comment:
        body = {"text": text, "task_key": task_key}
        path = f"/masterplans/{plan_id}/comments"
        return await self._post(path, wire_review.Comment, json=body)

    async def withdraw(self, plan_id: str, comment_id: str) -> None:
        await self._asked("DELETE", f"/masterplans/{plan_id}/comments/{comment_id}")

    async def revise(
        self, plan_id: str, *, feedback: str | None, plan_hash: str | None
    ) -> wire.PlanDetail:
        body = {"feedback": feedback, "plan_hash": plan_hash}
        return await self._post(f"/masterplans/{plan_id}/revise", wire.PlanDetail, json=body)

    async def approve(
        self, plan_id: str, *, plan_hash: str | None, tasks: TaskScope = "all"
    ) -> wire.PlanDetail:
        body = {"plan_hash": plan_hash}
        return await self._decide(f"/masterplans/{plan_id}/approve", body, tasks=tasks)

    async def reject(
        self, plan_id: str, *, reason: str | None, tasks: TaskScope = "all"
    ) -> wire.PlanDetail:
        body = {"rejection_reason": reason}
        return await self._decide(f"/masterplans/{plan_id}/reject", body, tasks=tasks)

    async def execute(self, plan_id: str) -> wire.Started:
        return await self._post(f"/masterplans/{plan_id}/execute", wire.Started, json={})

    async def pause(self, plan_id: str, *, tasks: TaskScope = "all") -> wire.PlanDetail:
        return await self._decide(f"/masterplans/{plan_id}/pause", {}, tasks=tasks)

    async def resume(self, plan_id: str, *, budget: dict[str, Any]) -> wire.PlanDetail:
        """Let the plan go on, with a raised budget where one is given."""
        return await self._post(f"/masterplans/{plan_id}/resume", wire.PlanDetail, json=budget)

    async def change_budget(self, plan_id: str, budget: dict[str, Any]) -> wire.PlanDetail:
        """Change what the plan, or the task that the budget names, may use."""
        path = f"/masterplans/{plan_id}/budget"
        answer = await self._asked("PATCH", path, json=budget)
        return wire.PlanDetail.model_validate_json(answer.content)

    async def cancel(self, plan_id: str, *, tasks: TaskScope = "all") -> wire.PlanDetail:
        return await self._decide(f"/masterplans/{plan_id}/cancel", {}, tasks=tasks)

    async def retry(self, plan_id: str, task_id: str, *, guidance: str | None) -> wire.Task:
        path = f"/masterplans/{plan_id}/tasks/{task_id}/retry"
        return await self._post(path, wire.Task, json={"guidance": guidance})

    async def prunable(self, *, older_than_days: int) -> wire.Pruned:
        params = {"older_than_days": older_than_days}
        return await self._get("/system/prunable", wire.Pruned, params=params)

    async def prune(self, *, older_than_days: int) -> wire.Pruned:
        body = {"older_than_days": older_than_days}
        return await self._post("/system/prunable/remove", wire.Pruned, json=body)

    async def retry_all(self, plan_id: str, *, guidance: str | None) -> wire.PlanDetail:
        path = f"/masterplans/{plan_id}/retry"
        return await self._post(path, wire.PlanDetail, json={"guidance": guidance})

    async def events(
        self, plan_id: str, *, after: int, limit: int = 500, wait: float = 0
    ) -> list[wire_events.Event]:
        """Return recorded events, waiting up to `wait` seconds for the first."""
        params = {"after": after, "limit": limit, "wait": wait}
        answer = await self._asked("GET", f"/masterplans/{plan_id}/events", params=params)
        return [wire_events.parse_event(raw) for raw in answer.json()["events"]]

    async def begin_conversation(
        self, *, model: str | None, repository: str | None
    ) -> chat_wire.Conversation:
        body = {"model": model, "repository": repository}
        return await self._post("/conversations", chat_wire.Conversation, json=body)

    async def list_conversations(
        self, *, limit: int, query: str | None = None
    ) -> chat_wire.ConversationPage:
        params = {"limit": limit, "q": query}
        return await self._get("/conversations", chat_wire.ConversationPage, params=params)

    async def conversation(
        self, conversation_id: str, *, after: int = 0, wait: float = 0
    ) -> chat_wire.Conversation:
        """Return the conversation with what changed after a version, waiting for a change."""
        params = {"after": after, "wait": wait}
        path = f"/conversations/{conversation_id}"
        return await self._get(path, chat_wire.Conversation, params=params)

    async def send_message(
        self, conversation_id: str, text: str, *, message_id: str
    ) -> chat_wire.Sent:
        """Say something; sending it again by its id is harmless."""
        body = {"text": text, "message_id": message_id}
        path = f"/conversations/{conversation_id}/messages"
        return await self._post(path, chat_wire.Sent, json=body)

    async def retry_answer(self, conversation_id: str) -> chat_wire.Message:
        path = f"/conversations/{conversation_id}/retry"
        return await self._post(path, chat_wire.Message, json={})

    async def stop_answer(self, conversation_id: str) -> chat_wire.Conversation:
        path = f"/conversations/{conversation_id}/stop"
        return await self._post(path, chat_wire.Conversation, json={})

    async def attempts(self, plan_id: str, task_id: str) -> list[wire.Attempt]:
        path = f"/masterplans/{plan_id}/tasks/{task_id}/attempts"
        answer = await self._asked("GET", path)
        return [wire.Attempt.model_validate(raw) for raw in answer.json()["attempts"]]

    async def log(self, plan_id: str, task_id: str, number: int, *, after: int) -> wire.LogChunk:
        """Return the attempt's log from byte `after` on."""
        path = f"/masterplans/{plan_id}/tasks/{task_id}/attempts/{number}/log"
        answer = await self._asked("GET", path, params={"after": after})
        return wire.LogChunk(
            text=answer.text,
            next_offset=int(answer.headers.get("X-Log-Offset", after + len(answer.content))),
        )

    async def model_requests(self, plan_id: str, task_id: str, number: int) -> wire.ModelRequests:
        path = f"/masterplans/{plan_id}/tasks/{task_id}/attempts/{number}/requests"
        return await self._get(path, wire.ModelRequests)

    async def diff(self, plan_id: str, task_id: str, number: int) -> str:
        path = f"/masterplans/{plan_id}/tasks/{task_id}/attempts/{number}/diff"
        return (await self._asked("GET", path)).text

    async def _decide(
        self, path: str, body: dict[str, Any], *, tasks: TaskScope
    ) -> wire.PlanDetail:
        return await self._post(path, wire.PlanDetail, json=body, params={"tasks": tasks})
