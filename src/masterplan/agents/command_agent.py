"""An agent that is a shell command: run by `sh` in the attempt's directory, in the sandbox."""

from __future__ import annotations

from masterplan.agents.base import AgentContext, AgentFailure, AgentResult
from masterplan.lifecycle import FailureKind
from masterplan.workspace.process import Limits
from masterplan.workspace.sandbox import Sandbox


class CommandAgent:
    """Runs the task's command; its exit code 0 ends the work, anything else fails the attempt.

    The attempt's number is in `MASTERPLAN_ATTEMPT`, the task's key in `MASTERPLAN_TASK`.
    """

    needs_project = True

    def __init__(self, sandbox: Sandbox, *, limits: Limits) -> None:
        self._sandbox = sandbox
        self._limits = limits

    async def run(self, context: AgentContext) -> AgentResult:
        command = context.task.command
        if command is None:
            raise AgentFailure(FailureKind.REFUSED, f"Task {context.task.key} has no command.")
        context.log(f"$ {command}\n")
        result = await self._sandbox.run(
            ["sh", "-c", command],
            directory=context.directory,
            network=context.network,
            limits=self._limits,
            on_output=context.log,
            extra_env={
                "MASTERPLAN_ATTEMPT": str(context.attempt),
                "MASTERPLAN_TASK": context.task.key,
            },
        )
        if result.timed_out:
            raise AgentFailure(
                FailureKind.AGENT,
                f"The command took longer than {self._limits.wall_s:g} s and was ended.\n"
                f"{result.output_tail}",
            )
        if result.output_truncated:
            raise AgentFailure(
                FailureKind.AGENT,
                f"The command printed more than {self._limits.output_bytes >> 20} MiB and was "
                f"ended.\n{result.output_tail}",
            )
        if result.exit_code != 0:
            raise AgentFailure(
                FailureKind.AGENT,
                f"The command ended with exit code {result.exit_code}.\n{result.output_tail}",
            )
        return AgentResult(summary=f"the command ended after {result.duration_s:.1f} s")
