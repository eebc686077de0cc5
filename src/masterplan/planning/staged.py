"""Planning in small steps, for models that cannot design a whole plan at once.

Discovery, then each module's interface, then examples of what it does, tried on a draft; then how
the program is run, tried likewise. The plan itself follows from these without a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic_ai.exceptions import UnexpectedModelBehavior

from masterplan.documents import PlanDocument, PlanSettings
from masterplan.llm.asking import Interview, Sampling
from masterplan.planning.assembly import (
    PlannedModule,
    assemble,
    assemble_service,
    module_description,
)
from masterplan.planning.drafting import DRAFTS, write_draft
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
    as_drafted,
    is_part_of_program,
    read_discovery,
    read_interface,
    stub,
)
from masterplan.planning.program_runs import ProgramRuns
from masterplan.planning.prompts import render
from masterplan.planning.rehearsal import fulfils, passing_tests
from masterplan.planning.sessions import Use
from masterplan.planning.web_service import stated_service
from masterplan.workspace.sandbox import Sandbox

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
        use = await self._runs(planned) if wanted.is_program else None
        return assemble(self._goal, wanted, planned, use, settings=settings)

    async def _runs(self, planned: Sequence[PlannedModule]) -> Use:
        runs = ProgramRuns(
            self._goal,
            planned,
            drafts=self._drafts,
            interview=self._interview,
            sandbox=self._sandbox,
            report=self._report,
        )
        return await runs.find()

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
            description = module_description(self._goal, module, uses=others)
            draft = await write_draft(self._interview, module.file, description, sampling)
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
        if kept:
            module = as_drafted(module, self._drafts[module.file])
        return PlannedModule(module, tuple(kept), await self._right_draft(module, kept))

    async def _right_draft(self, module: Module, kept: Sequence[Example]) -> str:
        """Return the draft if it would pass the module's tests; they are more than the examples."""
        files = {**self._drafts, f"tests/test_{module.file}": render_tests(module, kept)}
        check = f"python -m unittest tests.test_{module.name}"
        is_right = bool(kept) and await fulfils(self._sandbox, files, check)
        return self._drafts[module.file] if is_right else ""

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

    async def _holding(
        self, module: Module, examples: Sequence[Example], draft: str
    ) -> list[Example]:
        files = {**self._drafts, module.file: draft}
        files[f"tests/test_{module.file}"] = render_tests(module, examples)
        names = [f"{test_class(module)}.{name}" for name in test_names(examples)]
        verdicts = await passing_tests(self._sandbox, files, names)
        return [each for each, holds in zip(examples, verdicts, strict=True) if holds]
