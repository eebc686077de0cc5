"""Puts a plan together from what the stages found out, without asking any model.

Order, dependencies, target files and checks follow from the modules; a model could only get them
wrong. The tests are tasks of their own that come first and need no model: they hold exactly the
examples that the person approved, and whoever writes the code cannot change them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from masterplan.documents import (
    MilestoneDocument,
    PhaseDocument,
    PlanDocument,
    PlanSettings,
    TaskDocument,
)
from masterplan.lifecycle import Complexity
from masterplan.planning.examples import Example, render_tests, select_examples
from masterplan.planning.outline import ENTRY, Module, Wanted, import_line, stub, summary
from masterplan.planning.prompts import render
from masterplan.planning.session_tests import render_session_tests
from masterplan.planning.sessions import Session, Use, hints
from masterplan.planning.web_service import Service, render_service_tests, service_description

MOST_EXAMPLES = 4
"""Examples of each function that become tests; more say little more and are read by a person."""
LONGEST_TESTS = 3_600
"""Characters of a test file; a plan's command may have 4,000."""
_END = "END_OF_FILE"
_PACKAGE = "tests/__init__.py"


@dataclass(frozen=True, slots=True)
class PlannedModule:
    """A module and the examples that its tests hold."""

    module: Module
    examples: tuple[Example, ...]
    draft: str = ""
    """Text of the module on which all examples hold, if there is one."""


def assemble(
    goal: str,
    wanted: Wanted,
    modules: Sequence[PlannedModule],
    use: Use | None,
    *,
    settings: PlanSettings,
) -> PlanDocument:
    """Make the plan: tests first, then the modules, then the program that uses them."""
    modules = [_fitting(each) for each in modules]
    tests = [
        _tests_task(each.module.file, render_tests(each.module, each.examples)) for each in modules
    ]
    if use is not None:
        tests.append(_tests_task(ENTRY, _program_tests(use, modules)))
    tests[0] = _with_package(tests[0])
    phases = [_phase("Agreed behaviour", "Tests from examples", tests)]
    if modules:
        tasks = [_module_task(goal, each, modules) for each in modules]
        phases.append(_phase("Logic", "Modules", tasks))
    if use is not None:
        main = _main_task(goal, modules, use)
        phases.append(_phase("Program", "Command line", [main]))
    return PlanDocument(
        title=wanted.title,
        description="\n\n".join([wanted.summary, *_reservations(modules, use)]),
        goal=goal,
        settings=settings,
        phases=phases,
    )


def assemble_service(
    goal: str, service: Service, *, title: str, summary: str, settings: PlanSettings
) -> PlanDocument:
    """Make the plan of a web service: its tests, then its one file."""
    while len(text := render_service_tests(service)) > LONGEST_TESTS:
        service = replace(service, exchanges=service.exchanges[:-1])
    tests = _with_package(_tests_task(service.file, text))
    task = TaskDocument(
        key=service.name,
        name=f"The service {service.file}",
        description=service_description(goal, service),
        target_files=[service.file],
        depends_on=[tests.key],
        complexity=Complexity.MEDIUM,
        checks=[f"python -m unittest tests.test_{service.name}"],
        max_retries=3,
    )
    return PlanDocument(
        title=title,
        description=f"{summary}\n\n{service.summary}",
        goal=goal,
        settings=settings,
        phases=[
            _phase("Agreed behaviour", "Tests from the goal", [tests]),
            _phase("Service", service.file, [task]),
        ],
    )


def module_description(
    goal: str,
    module: Module,
    *,
    uses: Sequence[Module] = (),
    examples: Sequence[Example] = (),
    draft: str = "",
) -> str:
    """Say in full what a module's author has to write."""
    between = "\n\n" if module.is_stateful else "\n"
    shown = between.join("\n".join(each.statements) for each in examples)
    others = "\n\n".join(
        f"It may use `{each.file}`:\n\n```python\n{stub(each)}\n```" for each in uses
    )
    description = render(
        "module_task",
        file=module.file,
        purpose=module.purpose,
        goal=goal,
        stub=stub(module),
        others=f"{others}\n" if others else "",
        examples=f"These examples hold:\n\n```python\n{shown}\n```" if shown else "",
    )
    return _with_draft(description, draft)


def main_description(goal: str, modules: Sequence[Module], use: Use) -> str:
    """Say in full what the author of the entry point, or of a program of one file, has to write."""
    told = {
        "file": ENTRY,
        "goal": goal,
        "usage": use.usage,
        "hints": "\n".join(f"- {each}" for each in hints(use.sessions)),
        "sessions": _shown_sessions(use.sessions),
    }
    if not modules:
        return _with_draft(render("program_task", **told), use.draft)
    description = render(
        "main_task",
        **told,
        imports="\n".join(import_line(each) for each in modules),
        functions="\n".join(f"- {line}" for each in modules for line in summary(each)),
    )
    return _with_draft(description, use.draft)


def _with_draft(description: str, draft: str) -> str:
    return f"{description}\n\n{render('draft', draft=draft.strip())}" if draft else description


def _shown_sessions(sessions: Sequence[Session]) -> str:
    shown = [f"```\n{each.transcript()}\n```" for each in sessions]
    return "\n\n".join(["All of these sessions must work:", *shown] if shown else [])


def stubs(modules: Sequence[Module]) -> str:
    """Show the interfaces of several modules, each under its file's name."""
    return "\n\n".join(f"# {each.file}\n{stub(each)}" for each in modules)


def _module_task(
    goal: str, planned: PlannedModule, all_modules: Sequence[PlannedModule]
) -> TaskDocument:
    module = planned.module
    before = [each.module for each in all_modules[: all_modules.index(planned)]]
    return TaskDocument(
        key=module.name,
        name=f"Module {module.file}",
        description=module_description(
            goal, module, uses=before, examples=planned.examples, draft=planned.draft
        ),
        target_files=[module.file],
        depends_on=[_tests_key(module.file), *(each.name for each in before)],
        complexity=Complexity.LOW if len(module.functions) <= 2 else Complexity.MEDIUM,
        checks=[f"python -m unittest tests.test_{module.name}"],
        max_retries=3,
    )


def _main_task(goal: str, planned: Sequence[PlannedModule], use: Use) -> TaskDocument:
    modules = [each.module for each in planned]
    return TaskDocument(
        key="main",
        name="The program main.py",
        description=main_description(goal, modules, use),
        target_files=[ENTRY],
        depends_on=[_tests_key(ENTRY), *(each.name for each in modules)],
        complexity=Complexity.MEDIUM,
        checks=["python -m unittest tests.test_main", "python main.py --help"],
        max_retries=3,
    )


def _tests_task(file: str, text: str) -> TaskDocument:
    target = f"tests/test_{file}"
    return TaskDocument(
        key=_tests_key(file),
        name=f"Tests of {file}",
        description=f"Write down the agreed examples as tests of {file}.",
        target_files=[target],
        complexity=Complexity.LOW,
        agent="command",
        command=f"mkdir -p tests\n{_here_document(target, text)}",
        checks=[f"python -m py_compile {target}"],
    )


def _with_package(task: TaskDocument) -> TaskDocument:
    """Let one task make the folder a package, so that `python -m unittest` finds all tests."""
    line = '"""The behaviour agreed on in the plan."""\n'
    return task.model_copy(
        update={
            "target_files": [_PACKAGE, *task.target_files],
            "command": f"{task.command}\n{_here_document(_PACKAGE, line)}",
        }
    )


def _reservations(modules: Sequence[PlannedModule], use: Use | None) -> list[str]:
    """Tell the person who approves what the checks do not prove."""
    unproven = [
        f"Mind before you approve: no example of what {each.module.file} does could be confirmed, "
        "so its checks prove its interface only. State some in the goal, or add checks."
        for each in modules
        if not each.examples
    ]
    if use is not None and not use.sessions:
        unproven.append(
            f"Mind before you approve: no run of {ENTRY} could be confirmed, so its checks prove "
            "that it starts, not what it prints. State one in the goal, such as "
            f"`python {ENTRY} 2 3` prints 5, or add checks."
        )
    return unproven


def _fitting(planned: PlannedModule) -> PlannedModule:
    """Keep as many examples of each function as a command can hold."""
    for most in range(MOST_EXAMPLES, 0, -1):
        examples = tuple(select_examples(planned.examples, most=most))
        if len(render_tests(planned.module, examples)) <= LONGEST_TESTS:
            return replace(planned, examples=examples)
    return replace(planned, examples=())


def _program_tests(use: Use, modules: Sequence[PlannedModule]) -> str:
    return render_session_tests(use.sessions, uses=[each.module.name for each in modules])


def _here_document(path: str, text: str) -> str:
    return f"cat > {path} <<'{_END}'\n{text}{_END}"


def _tests_key(file: str) -> str:
    return f"tests-{file.removesuffix('.py')}"


def _phase(name: str, milestone: str, tasks: list[TaskDocument]) -> PhaseDocument:
    return PhaseDocument(name=name, milestones=[MilestoneDocument(name=milestone, tasks=tasks)])
