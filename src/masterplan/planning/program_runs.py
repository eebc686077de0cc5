"""How a program is run: the runs that the goal states, else those that drafts of it show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from masterplan.llm.asking import Interview, Sampling
from masterplan.planning.assembly import PlannedModule, main_description, stubs
from masterplan.planning.drafting import DRAFTS, FIRST, write_draft
from masterplan.planning.generation import PlanningPhase, ProgressReport
from masterplan.planning.outline import ENTRY
from masterplan.planning.prompts import render
from masterplan.planning.rehearsal import fulfils, passing_tests, printed_lines
from masterplan.planning.session_tests import (
    FILE_TEST,
    SESSION_CLASS,
    render_session_tests,
    run_script,
    session_names,
)
from masterplan.planning.sessions import (
    Session,
    Use,
    UseIdea,
    lines_apart,
    printed_alike,
    put_together,
    read_use,
    reads_file,
    stated_sessions,
    told_sessions,
)
from masterplan.workspace.sandbox import Sandbox

MAX_STATED = 8
"""Runs that the goal states and that become checks: what fits into one command of a plan."""


class ProgramRuns:
    """The search for the runs of one program, with the drafts of the modules that it uses."""

    def __init__(
        self,
        goal: str,
        planned: Sequence[PlannedModule],
        *,
        drafts: Mapping[str, str],
        interview: Interview,
        sandbox: Sandbox,
        report: ProgressReport,
    ) -> None:
        self._goal = goal
        self._planned = planned
        self._drafts = drafts
        self._interview = interview
        self._sandbox = sandbox
        self._report = report

    async def find(self) -> Use:
        """Take the runs that the goal states, else find some that hold on a draft."""
        tasks = 2 * len(self._planned) + 2
        if stated := stated_sessions(self._goal):
            taken = stated[:MAX_STATED]
            message = f"{ENTRY}: {len(taken)} of {len(stated)} runs given by the goal are checks"
            await self._report(PlanningPhase.EXAMPLES, 90, message, tasks)
            return Use(taken[0].command, tuple(taken))
        told = told_sessions(self._goal)
        use = Use(told[0].before[0], tuple(told)) if told else await self._use()
        await self._report(
            PlanningPhase.EXAMPLES, 75, f"It is run as {use.usage}; trying it", tasks
        )
        draft, best = await self._try(use, FIRST, shown=use.sessions)
        # Few of many hold by accident only, where the model reckons wrong.
        if not _lines(best) or 2 * _lines(best) < _lines(use.sessions):
            bare = [each.expecting() for each in use.sessions]
            blind = [await self._try(use, each, shown=bare) for each in DRAFTS]
            agreed = await self._agreed(bare, [text for text, holding in blind if holding])
            draft, best = max([(blind[0][0], agreed), (draft, best), *blind], key=_worth)
        await self._report(
            PlanningPhase.REHEARSAL,
            90,
            f"{ENTRY}: {len(best)} of {len(use.sessions)} runs hold on a draft and are kept",
            tasks,
        )
        if not best:
            # A run that no draft could do may have words that stand for others, such as TEXT.
            return Use(use.usage, ())
        return Use(use.usage, tuple(best), await self._right_draft(draft, best))

    async def _right_draft(self, draft: str, sessions: Sequence[Session]) -> str:
        """Return the draft if it would pass the program's tests; they are more than its runs."""
        tests = render_session_tests(sessions, uses=[each.module.name for each in self._planned])
        files = {**self._drafts, ENTRY: draft, "tests/test_main.py": tests}
        is_right = await fulfils(self._sandbox, files, "python -m unittest tests.test_main")
        return draft if is_right else ""

    async def _try(
        self, use: Use, sampling: Sampling, *, shown: Sequence[Session]
    ) -> tuple[str, list[Session]]:
        """Return a draft of a program that is told the `shown` runs, and the runs that hold."""
        modules = [each.module for each in self._planned]
        description = main_description(self._goal, modules, Use(use.usage, tuple(shown)))
        draft = await write_draft(self._interview, ENTRY, description, sampling)
        return draft, put_together(await self._running(lines_apart(use.sessions), draft))

    async def _use(self) -> Use:
        needs_file = reads_file(self._goal)
        facts = "\n".join("\n".join(each.statements) for p in self._planned for each in p.examples)
        question = render(
            "sessions",
            goal=self._goal,
            program=self._program(),
            input=render("sessions_file" if needs_file else "sessions_no_file"),
            facts=f"Take the values from what is known to hold:\n\n```python\n{facts}\n```"
            if facts
            else "",
        )
        return await self._interview.fill_in(
            question, UseIdea, lambda answer: read_use(answer, needs_file=needs_file)
        )

    def _program(self) -> str:
        if not self._planned:
            return f"The program is one file, {ENTRY}."
        return render("sessions_functions", stub=stubs([each.module for each in self._planned]))

    async def _agreed(self, sessions: Sequence[Session], drafts: Sequence[str]) -> list[Session]:
        """Expect what both drafts print, where the model knows how to run it but not the result."""
        if len(drafts) < len(DRAFTS):
            return []
        script = run_script(sessions)
        one, other = [
            await printed_lines(
                self._sandbox, {**self._drafts, ENTRY: draft}, script, count=len(sessions)
            )
            for draft in drafts
        ]
        return printed_alike(sessions, one, other)

    async def _running(self, sessions: Sequence[Session], draft: str) -> list[Session]:
        """Find the sessions that hold; none where the draft does not even read its file."""
        tests = render_session_tests(sessions, uses=())
        files = {**self._drafts, ENTRY: draft, "tests/test_main.py": tests}
        reading = [FILE_TEST] if any(each.input_text for each in sessions) else []
        names = [f"{SESSION_CLASS}.{name}" for name in [*reading, *session_names(sessions)]]
        verdicts = await passing_tests(self._sandbox, files, names)
        if not all(verdicts[: len(reading)]):
            return []
        held = verdicts[len(reading) :]
        return [each for each, holds in zip(sessions, held, strict=True) if holds]


def _lines(sessions: Sequence[Session]) -> int:
    return sum(len(each.output) for each in sessions)


def _worth(tried: tuple[str, Sequence[Session]]) -> tuple[int, int]:
    _, sessions = tried
    return _lines(sessions), len(sessions)
