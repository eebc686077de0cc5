"""A deterministic agent for rehearsals and tests: it does what the task's script says.

It writes real files through the same safe writes as every agent and fails on purpose where the
script asks for it, so that a whole run can be rehearsed before money is spent on models.
"""

from __future__ import annotations

import asyncio

from masterplan.agents.base import AgentContext, AgentFailure, AgentResult
from masterplan.documents import Script
from masterplan.lifecycle import FailureKind
from masterplan.workspace.files import write_text


class ScriptedAgent:
    """Writes the script's files; raises AgentFailure for the attempts that shall fail."""

    needs_project = False

    async def run(self, context: AgentContext) -> AgentResult:
        script = Script.model_validate(context.task.script or {})
        context.log(f"Scripted agent, attempt {context.attempt} of {context.task.key}.\n")
        if script.duration_s:
            await asyncio.sleep(script.duration_s)
        if script.permanent:
            raise AgentFailure(FailureKind.REFUSED, script.message)
        if context.attempt <= script.fail_attempts:
            raise AgentFailure(FailureKind.AGENT, script.message)
        files = script.files or dict.fromkeys(
            context.task.target_files, f"{context.task.key}: {context.task.name}\n"
        )
        for path, text in {**files, **script.stray_files}.items():
            write_text(context.directory, path, text)
            context.log(f"wrote {path} ({len(text)} characters)\n")
        return AgentResult(summary=f"wrote {len(files)} files as scripted")
