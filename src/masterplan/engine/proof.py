"""Proof: a task's checks, run on what an attempt would publish and on what it began with.

A check that passes without the work too has shown nothing about it, so each that passes is run on
the base as well, and the evidence says what came of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from masterplan.agents.base import TryOut, Verdict
from masterplan.engine.attempt_inputs import AttemptInputs
from masterplan.engine.attempt_log import AttemptLog
from masterplan.engine.report import AttemptReport, CheckResult
from masterplan.failpoints import Failpoint, reach
from masterplan.lifecycle import FailureKind
from masterplan.workspace.files import remove_tree, write_text
from masterplan.workspace.process import CommandResult, Limits
from masterplan.workspace.sandbox import Sandbox

OUTPUT_IN_FAILURE = 4_000
NO_PROOF = "\nThis check passes without the work too, so it proves nothing: {}\n"


class Prover:
    """Runs checks in the sandbox, each within the limits."""

    def __init__(self, sandbox: Sandbox, limits: Limits) -> None:
        self._sandbox = sandbox
        self._limits = limits

    async def prove(
        self, inputs: AttemptInputs, report: AttemptReport, log: AttemptLog
    ) -> AttemptReport:
        """Run the task's checks on the snapshot, and on its base to see that they can fail."""
        assert report.snapshot_commit is not None
        base = report.base_commit
        assert base is not None
        results = await self._run_checks(inputs, report.snapshot_commit, log=log)
        failing = [result for result in results if not result.passed]
        if failing:
            report = report.model_copy(update={"check_results": tuple(results)})
            return report.failed(FailureKind.CHECKS, describe_failed_checks(failing))
        on_base = await self._run_checks(inputs, base, log=None)
        results = [
            result.model_copy(update={"passed_on_base": before.passed})
            for result, before in zip(results, on_base, strict=True)
        ]
        for result in results:
            log.write(NO_PROOF.format(result.command) if result.passed_on_base else "")
        return report.model_copy(update={"check_results": tuple(results)})

    def try_out(self, inputs: AttemptInputs, base: str) -> TryOut:
        """Let an agent run the task's checks on its files before it hands them over.

        This proves nothing: what counts is how they end on the snapshot of what was handed over.
        """

        async def tried(files: Mapping[str, str]) -> Verdict:
            results = await self._run_checks(inputs, base, log=None, files=files)
            failing = [result for result in results if not result.passed]
            return Verdict(len(failing), describe_failed_checks(failing))

        return tried

    async def _run_checks(
        self,
        inputs: AttemptInputs,
        commit: str,
        *,
        log: AttemptLog | None,
        files: Mapping[str, str] | None = None,
    ) -> list[CheckResult]:
        """Run the checks on a commit, with `files` laid over it."""
        if not inputs.task.checks:
            return []
        directory = inputs.layout.proof(inputs.task.key, inputs.attempt.number)
        try:
            await inputs.git.checkout(commit, directory)
            await asyncio.to_thread(_write_all, directory, files or {})
            reach(Failpoint.PROOF_CHECKED_OUT)
            return [
                await self._run_check(inputs, check, directory, log=log)
                for check in inputs.task.checks
            ]
        finally:
            await asyncio.to_thread(remove_tree, directory)

    async def _run_check(
        self, inputs: AttemptInputs, check: str, directory: Path, *, log: AttemptLog | None
    ) -> CheckResult:
        if log is not None:
            log.write(f"\ncheck: {check}\n")
        result = await self._sandbox.run(
            ["sh", "-c", check],
            directory=directory,
            network=inputs.settings.network,
            limits=self._limits,
            on_output=log.write if log is not None else None,
            extra_env={},
        )
        reach(Failpoint.CHECK_ENDED)
        evidence = _evidence(check, result)
        if log is not None:
            log.write(f"check {'passed' if evidence.passed else 'failed'}: {check}\n")
        return evidence


def _evidence(check: str, result: CommandResult) -> CheckResult:
    return CheckResult(
        command=check,
        passed=result.exit_code == 0 and not result.timed_out,
        exit_code=result.exit_code,
        timed_out=result.timed_out,
        output_truncated=result.output_truncated,
        duration_s=round(result.duration_s, 3),
        output_tail=result.output_tail[-OUTPUT_IN_FAILURE:],
    )


def _write_all(directory: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        write_text(directory, path, text)


def how_it_ended(check: CheckResult) -> str:
    """Say in a few words why a check did not pass."""
    if check.timed_out:
        return "took too long"
    if check.output_truncated:
        return "ended for printing more than it may"
    return f"exit code {check.exit_code}"


def describe_failed_checks(failing: Sequence[CheckResult]) -> str:
    """Say which checks failed, how, and the end of what each printed."""
    parts = []
    for check in failing:
        how = how_it_ended(check)
        parts.append(f"The check failed ({how}): {check.command}\n{check.output_tail}".rstrip())
    return "\n\n".join(parts)
