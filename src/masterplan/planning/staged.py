"""Planning in small steps, for models that cannot design a whole plan at once.

Discovery, then each module's interface, then examples of what it does, tried on a draft; then how
the program is run, tried likewise. The plan itself follows from these without a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic_ai.exceptions import UnexpectedModelBehavior

from masterplan.documents import PlanDocument, PlanSettings
from masterplan.llm.answers import files_in
from masterplan.llm.asking import Interview, Sampling
from masterplan.planning.assembly import (
    PlannedModule,
    assemble,
    assemble_service,
    main_description,
    module_description,
    stubs,
)
from masterplan.planning.examples import (
    Example,
    read_examples,
    render_tests,
    test_class,
    test_names,
)
from masterplan.planning.generation import PlanningPhase, ProgressReport
from masterplan.planning.outline import (
    ENTRY,
    Discovery,
    InterfaceIdea,
    Module,
    Wanted,
    is_part_of_program,
    read_discovery,
    read_interface,
    stub,
)
from masterplan.planning.prompts import render
from masterplan.planning.rehearsal import passing_tests
from masterplan.planning.sessions import (
    FILE_TEST,
    SESSION_CLASS,
    Session,
    Use,
    UseIdea,
    lines_apart,
    put_together,
    read_use,
    reads_file,
    render_session_tests,
    session_names,
    stated_sessions,
)
from masterplan.planning.web_service import stated_service
from masterplan.workspace.sandbox import Sandbox

FIRST = Sampling(temperature=0.1, corrected_temperature=0.7, max_tokens=1500)
AGAIN = Sampling(temperature=0.7, corrected_temperature=0.7, max_tokens=1500)
DRAFTS = (FIRST, AGAIN)
MAX_STATED = 8
"""Runs that the goal states and that become checks: what fits into one command of a plan."""
EXAMPLES_MAX_TOKENS = 400
"""Asked for six lines, a small model may go on for ever; what comes after is not missed."""


class StagedPlanning:
    """One planning of one goal."""

    def __init__(
        self, goal: str, *, interview: Interview, sandbox: Sandbox, report: ProgressReport
    ) -> None:
        self._goal = goal
        self._interview = interview
        self._sandbox = sandbox
        self._report = report
        self._drafts: dict[str, str] = {}

    async def plan(self, settings: PlanSettings) -> PlanDocument:
        """Go through the stages. Raises what the interview raises."""
        wanted = await self._discover()
        if service := stated_service(self._goal):
            message = f"{service.file}: {len(service.exchanges)} requests of the goal are checks"
            await self._report(PlanningPhase.EXAMPLES, 90, message, 2)
            return assemble_service(
                self._goal,
                service,
                title=wanted.title,
                summary=wanted.summary,
                settings=settings,
            )
        planned: list[PlannedModule] = []
        for number, (file, purpose) in enumerate(wanted.modules):
            start = 15 + 50 * number // len(wanted.modules)
            others = [each.module for each in planned]
            module = await self._design(file, purpose, others, percent=start)
            if each := await self._try(module, wanted, others, percent=start + 10):
                planned.append(each)
        use = await self._show_use(planned) if wanted.is_program else None
        return assemble(self._goal, wanted, planned, use, settings=settings)

    async def _discover(self) -> Wanted:
        await self._report(PlanningPhase.DISCOVERY, 5, "Finding out what is asked for", 0)
        wanted = await self._interview.fill_in(
            render("discovery", goal=self._goal),
            Discovery,
            lambda answer: read_discovery(answer, goal=self._goal),
        )
        files = ", ".join(file for file, _ in wanted.modules) or ENTRY
        await self._report(PlanningPhase.DISCOVERY, 15, f"{wanted.title}: {files}; designing it", 0)
        return wanted

    async def _design(
        self, file: str, purpose: str, others: Sequence[Module], *, percent: int
    ) -> Module:
        module = await self._interview.fill_in(
            render(
                "interface",
                goal=self._goal,
                file=file,
                purpose=purpose,
                others="\n".join(f"Another module, `{m.file}`, holds: {m.purpose}" for m in others),
            ),
            InterfaceIdea,
            lambda answer: read_interface(answer, file=file, purpose=purpose),
        )
        names = ", ".join(module.public_names)
        await self._report(
            PlanningPhase.INTERFACES,
            percent + 5,
            f"{file}: {names}; finding examples of what it does",
            2 * (len(others) + 1),
        )
        return module

    async def _try(
        self, module: Module, wanted: Wanted, others: Sequence[Module], *, percent: int
    ) -> PlannedModule | None:
        """Find examples; None where the program had better do the module's work itself.

        Whoever asks for a program sees whether it works; a module of it that nothing proves helps
        nobody. One that the person named, or a library, is made all the same.
        """
        is_needed = wanted.are_modules_named or not wanted.is_program
        if is_needed or not is_part_of_program(module):
            planned = await self._exemplify(module, others, percent=percent)
            if is_needed or planned.examples:
                return planned
        self._drafts.pop(module.file, None)
        message = f"{module.file}: nothing of it can be tried by itself; {ENTRY} does its work"
        await self._report(PlanningPhase.REHEARSAL, percent + 10, message, 2 * len(others))
        return None

    async def _exemplify(
        self, module: Module, others: Sequence[Module], *, percent: int
    ) -> PlannedModule:
        """Find examples that hold; where a draft fulfils too few, try again more freely."""
        tasks = 2 * (len(others) + 1)
        examples: list[Example] = []
        kept: list[Example] = []
        for sampling in DRAFTS:
            if not kept:
                examples = await self._examples(module, sampling)
                message = f"{module.file}: {len(examples)} examples; trying them on a draft"
                await self._report(PlanningPhase.EXAMPLES, percent, message, tasks)
            draft = await self._draft(
                module.file, module_description(self._goal, module, uses=others), sampling
            )
            holding = await self._holding(module, examples, draft)
            if len(holding) > len(kept) or module.file not in self._drafts:
                kept, self._drafts[module.file] = holding, draft
            if 2 * len(kept) > len(examples):
                break
        await self._report(
            PlanningPhase.REHEARSAL,
            percent + 10,
            f"{module.file}: {len(kept)} of {len(examples)} examples hold on a draft and are kept",
            tasks,
        )
        return PlannedModule(module, tuple(kept))

    async def _examples(self, module: Module, sampling: Sampling) -> list[Example]:
        """Ask for examples; none where none can be read, so that it is asked afresh or without."""
        question = render(
            "examples",
            goal=self._goal,
            file=module.file,
            stub=stub(module),
            count=str(max(6, 3 * len(module.functions))),
            setup=render("examples_of_class") if module.is_stateful else "",
        )
        try:
            return await self._interview.ask(
                question,
                lambda answer: read_examples(answer, module),
                sampling=replace(sampling, max_tokens=EXAMPLES_MAX_TOKENS),
                corrections=0,
            )
        except UnexpectedModelBehavior:
            return []

    async def _draft(self, file: str, description: str, sampling: Sampling) -> str:
        """Write the file as an agent would; empty where the model brings forth no Python."""
        try:
            files = await self._interview.ask(
                f"{description}\n\nAnswer with the whole file in one Python code block only.",
                lambda answer: files_in(answer, [file]),
                sampling=sampling,
                corrections=1,
            )
        except UnexpectedModelBehavior:
            return ""
        return files[file]

    async def _holding(
        self, module: Module, examples: Sequence[Example], draft: str
    ) -> list[Example]:
        files = {**self._drafts, module.file: draft}
        files[f"tests/test_{module.file}"] = render_tests(module, examples)
        names = [f"{test_class(module)}.{name}" for name in test_names(examples)]
        verdicts = await passing_tests(self._sandbox, files, names)
        return [each for each, holds in zip(examples, verdicts, strict=True) if holds]

    async def _show_use(self, planned: Sequence[PlannedModule]) -> Use:
        """Take the runs that the goal states, else find some that hold on a draft."""
        tasks = 2 * len(planned) + 2
        if stated := stated_sessions(self._goal):
            taken = stated[:MAX_STATED]
            message = f"{ENTRY}: {len(taken)} of {len(stated)} runs given by the goal are checks"
            await self._report(PlanningPhase.EXAMPLES, 90, message, tasks)
            return Use(taken[0].command, tuple(taken))
        modules = [each.module for each in planned]
        use = await self._use(planned)
        await self._report(
            PlanningPhase.EXAMPLES, 75, f"It is run as {use.usage}; trying it", tasks
        )
        best: list[Session] = []
        for sampling in DRAFTS:
            draft = await self._draft(ENTRY, main_description(self._goal, modules, use), sampling)
            holding = put_together(await self._running(lines_apart(use.sessions), draft))
            best = max(
                best, holding, key=lambda each: (sum(len(s.output) for s in each), len(each))
            )
            if any(each.output for each in best):
                break
        await self._report(
            PlanningPhase.REHEARSAL,
            90,
            f"{ENTRY}: {len(best)} of {len(use.sessions)} runs hold on a draft and are kept",
            tasks,
        )
        return Use(use.usage, tuple(best))

    async def _use(self, planned: Sequence[PlannedModule]) -> Use:
        needs_file = reads_file(self._goal)
        facts = "\n".join("\n".join(each.statements) for p in planned for each in p.examples)
        question = render(
            "sessions",
            goal=self._goal,
            program=_program(planned),
            input=render("sessions_file" if needs_file else "sessions_no_file"),
            facts=f"Take the values from what is known to hold:\n\n```python\n{facts}\n```"
            if facts
            else "",
        )
        return await self._interview.fill_in(
            question, UseIdea, lambda answer: read_use(answer, needs_file=needs_file)
        )

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


def _program(planned: Sequence[PlannedModule]) -> str:
    if not planned:
        return f"The program is one file, {ENTRY}."
    return render("sessions_functions", stub=stubs([each.module for each in planned]))
